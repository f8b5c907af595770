"""A resident's draft, as far as choosing a time needs it."""

from dataclasses import dataclass

from mediation.disputes.models import IntakeDraft
from mediation.disputes.rules.codes import CaseKind


@dataclass(frozen=True, slots=True)
class DraftRow:
    public_id: str
    kind: CaseKind
    case_id: int | None
    """Set when it was sent."""
    what_good: bool
    who_good: bool
    dispute_type: str
    community: str
    """Public id."""
    name: str
    phone: str
    needs: tuple[str, ...]

    @property
    def key(self) -> str:
        """The idempotency key of its booking: one draft, one booking."""
        return f"draft:{self.public_id}"


def draft_row(draft: IntakeDraft) -> DraftRow:
    answers = draft.answers
    return DraftRow(
        public_id=draft.public_id,
        kind=draft.kind,
        case_id=draft.case_id,
        what_good=bool(answers.get("what_good")),
        who_good=bool(answers.get("who_good")),
        dispute_type=answers.get("dispute_type", ""),
        community=answers.get("community", ""),
        name=answers.get("name", ""),
        phone=answers.get("phone", ""),
        needs=tuple(answers.get("needs", ())),
    )
