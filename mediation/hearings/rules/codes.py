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
    CO_MEDIATOR = "co_mediator", "协同调解员", "Co-mediator"
    PARTY = "party", "当事人", "Party"
    AGENT = "agent", "代理人", "Representative"
    INTERPRETER = "interpreter", "翻译", "Interpreter"
    WITNESS = "witness", "证人", "Witness"
    CLERK = "clerk", "记录员", "Clerk"


class PassKind(Code):
    DEVICE = "device", "另一台设备", "Another device"
    GUEST = "guest", "证人", "Witness"


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


class ConsentState(Code):
    UNASKED = "unasked", "未询问", "Not asked"
    ASKED = "asked", "已询问，未答复", "Asked, no answer yet"
    GIVEN = "given", "同意录制", "Agrees to be recorded"
    REFUSED = "refused", "不同意录制", "Does not agree"
    WITHDRAWN = "withdrawn", "已撤回同意", "Took the consent back"


class RecordingPurpose(Code):
    READ_BACK = "read_back", "宣读协议", "Reading the agreement aloud"
    SESSION = "session", "本场全程", "The whole session"


class RecordingState(Code):
    RUNNING = "running", "正在录制", "Being recorded"
    PAUSED = "paused", "录制暂停", "Paused"
    ENDED = "ended", "正在整理", "Being put together"
    READY = "ready", "可以播放", "Can be played"
    BROKEN = "broken", "整理失败", "Could not be put together"
    DELETED = "deleted", "已删除", "Deleted"


class AlertKind(Code):
    CHECK_FAILED = "check_failed", "设备检查未通过", "A device does not work"
    CAMERA_BLOCKED = "camera_blocked", "摄像头或麦克风未获允许", "Camera or microphone not allowed"
    DISCONNECTED = "disconnected", "掉线超过30秒", "Off the line for more than 30 seconds"
    NOBODY_CAME = "nobody_came", "过了10分钟仍无人到场", "10 minutes past the time, nobody has come"
    OVERRUN = "overrun", "超过预定时间10分钟", "10 minutes past the booked end"


class AlertOutcome(Code):
    HELPED = "helped", "已帮助解决", "Helped"
    BY_TEXT = "by_text", "改用文字或电话参加", "Takes part by text or telephone"
    NOT_REACHED = "not_reached", "联系不上", "Could not be reached"
    NO_NEED = "no_need", "无需处理", "Nothing to do"


class CallResult(Code):
    REACHED = "reached", "已接通", "Reached"
    NO_ANSWER = "no_answer", "无人接听", "No answer"
    WRONG_NUMBER = "wrong_number", "号码有误", "Wrong number"
    LATER = "later", "稍后到场", "Will come later"
