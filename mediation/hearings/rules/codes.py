"""Code lists of the hearing. Pure."""

from mediation.kernel.codes import Code


class HearingState(Code):
    SCHEDULED = "scheduled", "未开始", "Scheduled"
    OPEN = "open", "等候室已开放", "Waiting room open"
    IN_SESSION = "in_session", "正在进行", "In session"
    PAUSED = "paused", "暂停", "Paused"
    SUSPENDED = "suspended", "中止", "Suspended"
    CLOSED = "closed", "已结束", "Closed"
    CANCELLED = "cancelled", "已取消", "Cancelled"


class SeatState(Code):
    EXPECTED = "expected", "未到", "Expected"
    CHECKING = "checking", "正在检查设备", "Checking the device"
    WAITING = "waiting", "在等候室", "Waiting"
    IN_ROOM = "in_room", "已入会", "In the room"
    DISCONNECTED = "disconnected", "掉线，正在等其重连", "Line lost, reconnecting"
    LEFT = "left", "已离开", "Left"


class SeatRole(Code):
    NEUTRAL = "neutral", "调解员", "Mediator"
    PARTY = "party", "当事人", "Party"
    AGENT = "agent", "代理人", "Representative"
    INTERPRETER = "interpreter", "翻译", "Interpreter"
    WITNESS = "witness", "证人", "Witness"
    CLERK = "clerk", "记录员", "Clerk"


class CaucusState(Code):
    INVITING = "inviting", "等待答复", "Waiting for the answer"
    RUNNING = "running", "正在单独谈话", "Talking apart"
    ENDED = "ended", "已结束", "Ended"
    DECLINED = "declined", "不愿单独谈", "Declined"
    EXPIRED = "expired", "无人应答", "Nobody answered"
    WITHDRAWN = "withdrawn", "已收回", "Taken back"


class GuestAnswer(Code):
    ASKED = "asked", "未答复", "Asked"
    ACCEPTED = "accepted", "同意", "Accepted"
    DECLINED = "declined", "不愿意", "Declined"
    EXPIRED = "expired", "未应答", "Did not answer"
    WITHDRAWN = "withdrawn", "已收回", "Taken back"


class NoteTag(Code):
    KEEP = "keep", "保密，不转告", "Keep to yourself"
    MAY_TELL = "may_tell", "可以转告意思", "The meaning may be told"
    TELL_WORDS = "tell_words", "可以转告原话", "These words may be told"


class MinuteStage(Code):
    OPENING = "opening", "开始", "Opening"
    STATEMENTS = "statements", "陈述", "Statements"
    PROPOSALS = "proposals", "协商方案", "Proposals"
    RESULT = "result", "结果", "Result"
