"""Base of what happened. Pure: the log's table stands in log.py."""

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, past tense. `case_id` chooses the chain it is written to.

    Fields carry ids, codes, instants, never names, numbers or text of people.
    """

    case_id: int | None = None

    @classmethod
    def name(cls) -> str:
        """`CaseAccepted` -> `case_accepted`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def payload(self) -> dict[str, object]:
        """The fields as JSON can hold them."""
        return {key: _plain(value) for key, value in asdict(self).items() if key != "case_id"}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
