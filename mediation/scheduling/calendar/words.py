"""The few words of a calendar entry, in both languages: entries are also written where no page is."""

from mediation.kernel.codes import Code


class Word(Code):
    HOSTED = "hosted", "主持", "Led by"
    NUMBER = "number", "案号", "Case"
    AT_HOME = "at_home", "线上视频（用手机或电脑加入）", "By video, from a phone or computer"
    OPEN = "open", "打开您的专属页面，从那里加入、改期或取消", "Open your page to join, move or cancel"
    JOIN = "join", "加入视频", "Join by video"
    STAFF_PAGE = "staff_page", "案件页面", "Case page"
    PENDING = "pending", "待调解员确认", "Waiting for the mediator"
    PROVISIONAL = (
        "provisional",
        "暂定：当年法定节假日安排尚未公布",
        "Provisional: the public holidays of that year are not published yet",
    )
    PHONE = "phone", "电话", "Phone"
    BUSY = "busy", "忙", "Busy"
    DIARY = "diary", "调解日程", "Mediation diary"
    BUSY_TIMES = "busy_times", "忙碌时间", "Busy times"
    RECEPTION = "reception", "视频接访", "Reception by video"
