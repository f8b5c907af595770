"""Code lists of scheduling. Pure."""

from typing import Final

from mediation.kernel.codes import Code

QUANTUM_S: Final = 300
"""Time is owned in quanta of five minutes: quantum = floor(epoch seconds / 300)."""


class BookingState(Code):
    HELD = "held", "暂为您保留", "Kept for you"
    PENDING = "pending", "待调解员确认", "Waiting for the mediator"
    CONFIRMED = "confirmed", "已预约", "Booked"
    CANCELLED = "cancelled", "已取消", "Cancelled"
    DONE = "done", "已进行", "Took place"


class ResourceKind(Code):
    MEDIATOR = "mediator", "调解员", "Mediator"
    ROOM = "room", "视频室", "Video room"
    PARTY = "party", "当事人", "Party"


class CapPeriod(Code):
    """For how long a mediator's sessions are counted."""

    DAY = "day", "每天", "A day"
    WEEK = "week", "每周", "A week"


class Attendance(Code):
    HOME = "home", "在家，用手机或电脑参加", "From home, by phone or computer"
    STATION = "station", "到社区视频接访站参加", "At the community's video station"


class ChoiceReason(Code):
    """Why this mediator has the booking; kept with it and shown."""

    ASSIGNED = "assigned", "本案已指定的调解员", "The mediator already assigned to the case"
    ONLY_ONE = "only_one", "该时段只有这一位合适的调解员有空", "The only suitable mediator free at that time"
    LEAST_LOADED = "least_loaded", "合适的调解员中工作量最轻", "The least busy of the suitable mediators"
    NEAREST = "nearest", "工作量相同，选择离得最近的调委会", "Equally busy: the nearest committee"
    BY_STAFF = "by_staff", "工作人员选定", "Chosen by staff"
    PARTIES = "parties", "双方当事人共同选定", "Chosen by both parties"
    RECEPTION = "reception", "当天接访的调解员", "Receives people on that day"


class CancelReason(Code):
    """Why a booking was cancelled. The last four are written by the system, the others are a person's choice."""

    CANNOT_COME = "cannot_come", "有事不能参加", "Cannot come"
    SETTLED = "settled", "已经自行解决", "Settled in the meantime"
    ILLNESS = "illness", "生病", "Illness"
    ROOM_CLOSED = "room_closed", "视频室不能使用", "The room cannot be used"
    MEDIATOR_AWAY = "mediator_away", "调解员那时不在", "The mediator is away then"
    DAY_CLOSED = "day_closed", "当天放假或停止办公", "Closed on that day"
    OTHER = "other", "其他原因", "Another reason"
    DECLINED = "declined", "调解员不能承接", "The mediator cannot take it"
    MEDIATOR_CHANGED = (
        "mediator_changed",
        "调解员已更换，新的调解员这个时间没有空",
        "Another mediator now, who is not free then",
    )
    CASE_ENDED = "case_ended", "案件已结束", "The case has ended"
    CASE_REFERRED = "case_referred", "案件已移交", "The case was handed to another body"


CHOSEN_BY_PEOPLE: Final = (
    CancelReason.CANNOT_COME,
    CancelReason.SETTLED,
    CancelReason.ILLNESS,
    CancelReason.ROOM_CLOSED,
    CancelReason.MEDIATOR_AWAY,
    CancelReason.DAY_CLOSED,
    CancelReason.OTHER,
)
CHOSEN_BY_PARTIES: Final = (
    CancelReason.CANNOT_COME,
    CancelReason.SETTLED,
    CancelReason.ILLNESS,
    CancelReason.OTHER,
)


class BlockReason(Code):
    """Why a time is not offered: somebody is not at work or taken, or the time itself cannot be booked."""

    OFF_HOURS = "off_hours", "不在工作时间内", "Outside working hours"
    HOLIDAY = "holiday", "法定节假日", "Public holiday"
    LEAVE = "leave", "调解员请假", "The mediator is away"
    CLOSURE = "closure", "机构停止办公", "The house is closed"
    ROOM_CLOSED = "room_closed", "视频室停用", "The room is closed"
    BOOKED = "booked", "已有预约", "Booked"
    REST = "rest", "前一场会后的整理时间", "The rest after another session"
    HELD = "held", "正为另一位当事人保留", "Kept for somebody who is booking now"
    ELSEWHERE = "elsewhere", "这个时间要参加另一场调解", "Takes part in another session then"
    DAY_FULL = "day_full", "调解员当天的场次已满", "The mediator has as many sessions that day as they take"
    WEEK_FULL = "week_full", "调解员当周的场次已满", "The mediator has as many sessions that week as they take"
    PAST = "past", "时间已过", "It is over"
    NOTICE = "notice", "距离现在太近", "Too near to now"
    HORIZON = "horizon", "超出可预约的范围", "Too far ahead to be booked"
    NOBODY = "nobody", "没有合适的调解员", "No mediator suits"
    OTHER_CALENDAR = "other_calendar", "其他日历中有安排", "Busy in another calendar"
    RECEPTION = "reception", "接访时间", "Reception hours"
    RECEPTION_OFF = "reception_off", "接访日有变动", "The reception day was changed"


class ReplyAnswer(Code):
    """What somebody's calendar program answered to an invitation."""

    ACCEPTED = "accepted", "已接受", "Accepted"
    DECLINED = "declined", "已拒绝", "Declined"
    TENTATIVE = "tentative", "暂定", "Perhaps"
    COUNTER = "counter", "建议另一个时间", "Proposes another time"


class MailResult(Code):
    """What became of a mail in the box of answers."""

    TAKEN = "taken", "已采用", "Taken"
    UNCLEAR = "unclear", "不是对邀请的答复", "No answer to an invitation"
    UNKNOWN = "unknown", "没有这个预约", "No such booking"
    STRANGER = "stranger", "发件人未被邀请", "The sender was not invited"
    OLDER = "older", "已有更新的安排或答复", "Something newer is known"


class OrphanState(Code):
    """What became of a booking whose time no longer lies in working hours."""

    OPEN = "open", "待处理", "To be decided"
    KEPT = "kept", "照常进行", "Kept"
    MOVED = "moved", "已改期", "Moved"
    CANCELLED = "cancelled", "已取消", "Cancelled"
    STANDS = "stands", "恢复正常", "Stands again"


class OccurrenceState(Code):
    """Whether one reception day is held."""

    PLANNED = "planned", "照常", "As planned"
    MOVED = "moved", "改期", "Moved"
    CANCELLED = "cancelled", "取消", "Cancelled"
    HOLIDAY = "holiday", "节假日停访", "Public holiday"


class WaitState(Code):
    """Somebody who wants an earlier time than the booked one."""

    WAITING = "waiting", "等待更早的时间", "Waiting for an earlier time"
    OFFERED = "offered", "有更早的时间", "An earlier time is kept"
    ACCEPTED = "accepted", "已改到更早的时间", "Took an earlier time"
    ENDED = "ended", "已结束", "Over"


class Arrival(Code):
    """Whether somebody came to a booked time, as staff saw it."""

    CAME = "came", "已到场", "Came"
    MISSED = "missed", "未到场", "Did not come"
