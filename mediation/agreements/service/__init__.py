"""Drafting, signing, sealing, recording outcomes."""

from mediation.agreements.service.draft import WORKING, NewClause, SaveDraft, fix, save_draft, void
from mediation.agreements.service.outcome import RecordOutcome, check_nobody_signs, lapse, note_withdrawal, record
from mediation.agreements.service.sign import Sign, seal, send_code, sign
from mediation.agreements.service.talk import AnswerClause, answer_clause, confirm_reading, show_draft

__all__ = [
    "WORKING",
    "AnswerClause",
    "NewClause",
    "RecordOutcome",
    "SaveDraft",
    "Sign",
    "answer_clause",
    "check_nobody_signs",
    "confirm_reading",
    "fix",
    "lapse",
    "note_withdrawal",
    "record",
    "save_draft",
    "seal",
    "send_code",
    "show_draft",
    "sign",
    "void",
]
