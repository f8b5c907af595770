"""The papers: kind, statutory number, template, who it is for. Pure.

Source: 人民调解文书格式 (司发通〔2010〕239号); the number is the paper's place in that set.
"""

from dataclasses import dataclass
from typing import Final

from mediation.kernel.codes import Code


class DocumentKind(Code):
    AGREEMENT = "agreement", "人民调解协议书", "Mediation agreement"
    ORAL_RECORD = "oral_record", "人民调解口头协议登记表", "Oral agreement register"
    REFUSAL_NOTICE = "refusal_notice", "不予受理通知书", "Notice of non-acceptance"


@dataclass(frozen=True, slots=True)
class Paper:
    number: int | None
    """None: beside the set."""
    template: str
    for_parties: bool
    """Parties get their copy on their page."""


CATALOGUE: Final = {
    DocumentKind.AGREEMENT: Paper(9, "agreement.html", for_parties=True),
    DocumentKind.ORAL_RECORD: Paper(10, "oral_record.html", for_parties=True),
    DocumentKind.REFUSAL_NOTICE: Paper(None, "refusal_notice.html", for_parties=True),
}
