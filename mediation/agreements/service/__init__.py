"""Drafting, signing, sealing, recording outcomes."""

from mediation.agreements.service.draft import WORKING, NewClause, SaveDraft, fix, save_draft, void
from mediation.agreements.service.outcome import RecordOutcome, check_nobody_signs, lapse, note_withdrawal, record
from mediation.agreements.service.sign import Sign, seal, send_code, sign

__all__ = [
    "WORKING",
    "NewClause",
    "RecordOutcome",
    "SaveDraft",
    "Sign",
    "check_nobody_signs",
    "fix",
    "lapse",
    "note_withdrawal",
    "record",
    "save_draft",
    "seal",
    "send_code",
    "sign",
    "void",
]
