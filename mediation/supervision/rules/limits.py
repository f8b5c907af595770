"""Limits that follow an agreement, beside those of the case (disputes.rules.limits). Pure."""

from datetime import date, timedelta
from typing import Final

from mediation.disputes.rules.limits import Basis
from mediation.kernel.codes import Code


class TimerKind(Code):
    DECIDE = "decide", "决定是否受理", "Decide whether to accept"
    ANSWER_REFERRAL = "answer_referral", "答复移交", "Answer the referral"
    MEDIATE = "mediate", "调解期限", "Finish the mediation"
    CONFIRM = "confirm", "共同申请司法确认", "Joint application for judicial confirmation"
    PERFORM = "perform", "履行协议", "Perform the agreement"
    FOLLOW_UP = "follow_up", "回访", "Follow-up visit"
    RECORDING = "recording", "处理录制故障", "See to a recording that failed"


CONFIRM_DAYS: Final = 30
FOLLOW_UP_DAYS: Final = 15
"""After the last day of performance, or after effect when none is set (district practice)."""


def confirm_by(effective_on: date) -> tuple[date, Basis]:
    """Both parties together, within 30 days from the day the agreement takes effect."""
    return effective_on + timedelta(days=CONFIRM_DAYS), Basis.CONFIRMATION


def follow_up_by(effective_on: date, last_due_on: date | None) -> tuple[date, Basis]:
    """The committee supervises performance and urges it (People's Mediation Law art. 31)."""
    return max(effective_on, last_due_on or effective_on) + timedelta(days=FOLLOW_UP_DAYS), Basis.PERFORMANCE


def see_to_recording_by(failed_on: date) -> tuple[date, Basis]:
    """The next day, while everybody remembers: read the agreement aloud again, or go without a recording."""
    return failed_on + timedelta(days=1), Basis.PRACTICE
