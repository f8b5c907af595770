"""What people are told: one table, event -> kind -> who -> template. Pure.

The template of a kind is `templates/notices/<kind>.sms` and `.txt`; a kind without an `.sms` goes
by mail only. A kind for staff has its own.
"""

from dataclasses import dataclass
from typing import Final

from mediation.kernel.codes import Code


class ChannelKind(Code):
    SMS = "sms", "短信", "SMS"
    MAIL = "mail", "邮件", "Mail"


class Whom(Code):
    """Who of the people around a case is told."""

    APPLICANTS = "applicants", "申请人", "Applicants"
    OTHERS = "others", "其他当事人", "The other parties"
    PARTIES = "parties", "各方当事人", "All parties"
    MEDIATOR = "mediator", "调解员", "Mediator"


class NoticeKind(Code):
    CODE = "code", "验证码", "One-time code"
    CASE_RECEIVED = "case_received", "已登记", "Application registered"
    CASE_ACCEPTED = "case_accepted", "已受理", "Application accepted"
    INVITATION = "invitation", "邀请参加调解", "Invitation to mediation"
    CASE_REFUSED = "case_refused", "不予受理", "Application not accepted"
    CASE_REFERRED = "case_referred", "已移交", "Case referred"
    ASSIGNED = "assigned", "请承办", "Case assigned to you"
    HEARING_BOOKED = "hearing_booked", "已预约", "Hearing booked"
    HEARING_CONFIRMED = "hearing_confirmed", "时间已确认", "Hearing confirmed"
    HEARING_MOVED = "hearing_moved", "改期", "Hearing moved"
    HEARING_CANCELLED = "hearing_cancelled", "取消", "Hearing cancelled"
    HEARING_SOON = "hearing_soon", "开始前提醒", "Hearing reminder"
    RECEPTION_CHANGED = "reception_changed", "接访日变动", "Reception day changed"
    EARLIER_TIME = "earlier_time", "有更早的时间", "An earlier time is free"
    DIARY_BOOKED = "diary_booked", "日程新增", "Diary: booked"
    DIARY_MOVED = "diary_moved", "日程改期", "Diary: moved"
    DIARY_CANCELLED = "diary_cancelled", "日程取消", "Diary: cancelled"
    AGREEMENT_TO_SIGN = "agreement_to_sign", "请签名", "Agreement to sign"
    AGREEMENT_IN_EFFECT = "agreement_in_effect", "协议生效", "Agreement in effect"
    MEDIATION_ENDED = "mediation_ended", "调解终结", "Mediation ended"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: when `event` (its log name) happens, `whom` are told by `kind`."""

    event: str
    kind: NoticeKind
    whom: Whom
    prompt: bool = False
    """Sent at night too: it answers what somebody is doing this minute."""
    calendar: bool = False
    """The mail carries the .ics file of the booking."""
    accepted_only: bool = False
    """Only once the case is accepted: before that nobody but the applicant hears of it."""


_K, _W = NoticeKind, Whom

CATALOGUE: Final = (
    Entry("case_received", _K.CASE_RECEIVED, _W.APPLICANTS, prompt=True),
    Entry("case_accepted", _K.CASE_ACCEPTED, _W.APPLICANTS),
    Entry("case_accepted", _K.INVITATION, _W.OTHERS, calendar=True),
    Entry("party_added", _K.INVITATION, _W.OTHERS, calendar=True, accepted_only=True),
    Entry("case_refused", _K.CASE_REFUSED, _W.APPLICANTS),
    Entry("referral_sent", _K.CASE_REFERRED, _W.APPLICANTS),
    Entry("mediator_assigned", _K.ASSIGNED, _W.MEDIATOR),
    Entry("booking_made", _K.HEARING_BOOKED, _W.APPLICANTS, prompt=True, calendar=True),
    Entry("booking_made", _K.HEARING_BOOKED, _W.OTHERS, calendar=True, accepted_only=True),
    Entry("booking_made", _K.DIARY_BOOKED, _W.MEDIATOR, calendar=True),
    Entry("booking_accepted", _K.HEARING_CONFIRMED, _W.APPLICANTS, calendar=True),
    Entry("booking_accepted", _K.HEARING_CONFIRMED, _W.OTHERS, calendar=True, accepted_only=True),
    Entry("booking_moved", _K.HEARING_MOVED, _W.APPLICANTS, calendar=True),
    Entry("booking_moved", _K.HEARING_MOVED, _W.OTHERS, calendar=True, accepted_only=True),
    Entry("booking_moved", _K.DIARY_MOVED, _W.MEDIATOR, calendar=True),
    Entry("booking_cancelled", _K.HEARING_CANCELLED, _W.APPLICANTS, calendar=True),
    Entry("booking_cancelled", _K.HEARING_CANCELLED, _W.OTHERS, calendar=True, accepted_only=True),
    Entry("booking_cancelled", _K.DIARY_CANCELLED, _W.MEDIATOR, calendar=True),
    Entry("reception_changed", _K.RECEPTION_CHANGED, _W.APPLICANTS),
    Entry("reception_changed", _K.RECEPTION_CHANGED, _W.OTHERS, accepted_only=True),
    Entry("earlier_time_offered", _K.EARLIER_TIME, _W.PARTIES, prompt=True),
    Entry("agreement_fixed", _K.AGREEMENT_TO_SIGN, _W.PARTIES, prompt=True),
    Entry("agreement_concluded", _K.AGREEMENT_IN_EFFECT, _W.PARTIES),
    Entry("outcome_recorded", _K.MEDIATION_ENDED, _W.APPLICANTS),
    Entry("outcome_recorded", _K.MEDIATION_ENDED, _W.OTHERS, accepted_only=True),
)


def entries(event: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in CATALOGUE if entry.event == event)
