"""Times that law and norms set for a case, each with its source. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from mediation.disputes.rules.codes import Track
from mediation.kernel.codes import Code
from mediation.orgs.workdays import KNOWN, Overrides, add_working_days


class LimitKind(Code):
    DECIDE = "decide", "决定是否受理", "Decide whether to accept"
    ANSWER_REFERRAL = "answer_referral", "答复移交", "Answer the referral"
    MEDIATE = "mediate", "调解期限", "Finish the mediation"


class Basis(Code):
    """Where a limit comes from, as the page names it."""

    WORKING_RULES = (
        "working_rules",
        "《人民调解工作规范》SF/T 0083-2020",
        "Working rules of people's mediation, SF/T 0083-2020",
    )
    ADMINISTRATIVE = "administrative", "行政调解办法（省级规定）", "Administrative mediation rules (provincial)"
    COURT_ONLINE = (
        "court_online",
        "《人民法院在线调解规则》法释〔2021〕23号",
        "Online mediation rules of the courts (2021) 23",
    )
    CONFIRMATION = (
        "confirmation",
        "《人民调解法》第三十三条；《民事诉讼法》第二百零五条",
        "People's Mediation Law art. 33; Civil Procedure Law art. 205",
    )
    PERFORMANCE = "performance", "《人民调解法》第三十一条", "People's Mediation Law art. 31"
    PRACTICE = "practice", "本区工作制度", "Working practice of the district"


@dataclass(frozen=True, slots=True)
class Limit:
    kind: LimitKind
    due_on: date
    """The last day on which it is still on time."""
    basis: Basis


DECIDE_WORKDAYS: Final = {Track.PEOPLE: 3, Track.ADMINISTRATIVE: 5, Track.JUDICIAL: 3}
DECIDE_BASIS: Final = {
    Track.PEOPLE: Basis.WORKING_RULES,
    Track.ADMINISTRATIVE: Basis.ADMINISTRATIVE,
    Track.JUDICIAL: Basis.PRACTICE,
}
MEDIATE_DAYS: Final = 30
MEDIATE_BASIS: Final = {
    Track.PEOPLE: Basis.WORKING_RULES,
    Track.ADMINISTRATIVE: Basis.ADMINISTRATIVE,
    Track.JUDICIAL: Basis.COURT_ONLINE,
}
ANSWER_WORKDAYS: Final = 3


def decide_by(received_on: date, track: Track, overrides: Overrides = KNOWN) -> Limit:
    """Accept or refuse within 3 working days (people's), 5 (administrative); the day of receipt does not count."""
    due = add_working_days(received_on, DECIDE_WORKDAYS[track], overrides)
    return Limit(LimitKind.DECIDE, due, DECIDE_BASIS[track])


def mediate_by(accepted_on: date, track: Track, extended_to: date | None = None) -> Limit:
    """Finish within 30 days of acceptance, or by the day to which all parties agreed to extend it."""
    due = extended_to or accepted_on + timedelta(days=MEDIATE_DAYS)
    return Limit(LimitKind.MEDIATE, due, MEDIATE_BASIS[track])


def answer_by(sent_on: date, overrides: Overrides = KNOWN) -> Limit:
    """Take over or return a referral within 3 working days."""
    return Limit(LimitKind.ANSWER_REFERRAL, add_working_days(sent_on, ANSWER_WORKDAYS, overrides), Basis.PRACTICE)
