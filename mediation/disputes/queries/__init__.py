"""Reads of cases."""

from mediation.disputes.queries.case import (
    AssignmentRow,
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
    LeftOut,
    MediatorChoice,
    mediators_left_out,
    mediators_to_choose,
    open_cases,
)
from mediation.disputes.queries.lists import CaseFilter, CaseRow, cases, cases_of_phone, draft_files

__all__ = [
    "AssignmentRow",
    "CaseFilter",
    "CasePanel",
    "CaseRow",
    "EvidenceRow",
    "LeftOut",
    "MediatorChoice",
    "PartyRow",
    "ReferralRow",
    "case_panel",
    "cases",
    "cases_of_phone",
    "draft_files",
    "evidence",
    "limit_of",
    "mediators_left_out",
    "mediators_to_choose",
    "open_cases",
    "parties",
    "running_limit",
]
