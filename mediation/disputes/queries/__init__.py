"""Reads of cases."""

from mediation.disputes.queries.case import (
    CasePanel,
    EvidenceRow,
    PartyRow,
    ReferralRow,
    case_panel,
    evidence,
    limit_of,
    parties,
    running_limit,
)
from mediation.disputes.queries.choice import (
    ChoiceBoard,
    LeftOut,
    MediatorChoice,
    choice_board,
    joint_choice,
    mediators_left_out,
    mediators_serving,
    mediators_to_choose,
)
from mediation.disputes.queries.lists import CaseFilter, CaseRow, cases, cases_of_phone, draft_files
from mediation.disputes.queries.wishes import AssignmentRow, RelationRow, WishRow, considered, relations, wishes

__all__ = [
    "AssignmentRow",
    "CaseFilter",
    "CasePanel",
    "CaseRow",
    "ChoiceBoard",
    "EvidenceRow",
    "LeftOut",
    "MediatorChoice",
    "PartyRow",
    "ReferralRow",
    "RelationRow",
    "WishRow",
    "case_panel",
    "cases",
    "cases_of_phone",
    "choice_board",
    "considered",
    "draft_files",
    "evidence",
    "joint_choice",
    "limit_of",
    "mediators_left_out",
    "mediators_serving",
    "mediators_to_choose",
    "parties",
    "relations",
    "running_limit",
    "wishes",
]
