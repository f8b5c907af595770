"""Storing, reading, deleting and verifying files."""

from mediation.files.rules import MAX_BYTES, MAX_FILES, FileKind, check_number
from mediation.files.service.check import Checked, check
from mediation.files.service.pages import WIDTHS, page_of
from mediation.files.service.store import StoreFile, attach, bytes_of, delete, discard, shown_of, store, unsealed
from mediation.files.service.verify import Fault, verify

__all__ = [
    "MAX_BYTES",
    "MAX_FILES",
    "WIDTHS",
    "Checked",
    "Fault",
    "FileKind",
    "StoreFile",
    "attach",
    "bytes_of",
    "check",
    "check_number",
    "delete",
    "discard",
    "page_of",
    "shown_of",
    "store",
    "unsealed",
    "verify",
]
