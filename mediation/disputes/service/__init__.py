"""What people do with a case."""

from mediation.disputes.service.evidence import FileEvidence, file_evidence
from mediation.disputes.service.intake import ReceiveCase, applicant_of, known_people, receive, receive_draft
from mediation.disputes.service.move import (
    ExtendMediation,
    MoveCase,
    ReopenCase,
    WithdrawCase,
    extend,
    move,
    reopen,
    withdraw,
)
from mediation.disputes.service.parties import (
    AddParty,
    RefuseMediation,
    add_party,
    consent_online,
    refuse_mediation,
)
from mediation.disputes.service.refer import AnswerReferral, ReferCase, answer_referral, refer
from mediation.disputes.service.triage import (
    AcceptCase,
    AnswerAssignment,
    AssignMediator,
    RefuseCase,
    accept,
    answer_assignment,
    assign,
    refuse,
)

__all__ = [
    "AcceptCase",
    "AddParty",
    "AnswerAssignment",
    "AnswerReferral",
    "AssignMediator",
    "ExtendMediation",
    "FileEvidence",
    "MoveCase",
    "ReceiveCase",
    "ReferCase",
    "RefuseCase",
    "RefuseMediation",
    "ReopenCase",
    "WithdrawCase",
    "accept",
    "add_party",
    "answer_assignment",
    "answer_referral",
    "applicant_of",
    "assign",
    "consent_online",
    "extend",
    "file_evidence",
    "known_people",
    "move",
    "receive",
    "receive_draft",
    "refer",
    "refuse",
    "refuse_mediation",
    "reopen",
    "withdraw",
]
