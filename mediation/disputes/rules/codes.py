"""Code lists of the case: shared/DOMAIN.md section 7. Pure."""

from mediation.kernel.codes import Code


class DisputeType(Code):
    MARRIAGE_FAMILY = "marriage_family", "婚姻家庭", "Marriage and family"
    NEIGHBOUR = "neighbour", "邻里", "Neighbours"
    HOUSE_HOMESTEAD = "house_homestead", "房屋宅基地", "Houses and homesteads"
    CONTRACT = "contract", "合同", "Contract"
    PRODUCTION_OPERATION = "production_operation", "生产经营", "Production and operation"
    DAMAGES = "damages", "损害赔偿", "Damages"
    LABOUR = "labour", "劳动争议", "Labour"
    WAGES_MIGRANT = "wages_migrant", "拖欠农民工工资", "Migrant workers' wages"
    VILLAGE_AFFAIRS = "village_affairs", "村务管理", "Village affairs"
    FOREST_LAND = "forest_land", "山林土地", "Forest and land"
    DEMOLITION = "demolition", "征地拆迁", "Land taking and demolition"
    ENVIRONMENT = "environment", "环境污染", "Environment"
    MEDICAL = "medical", "医疗", "Medical"
    TRAFFIC = "traffic", "道路交通事故", "Road traffic"
    PROPERTY_MGMT = "property_mgmt", "物业", "Property management"
    CONSUMER = "consumer", "消费", "Consumer"
    ECOMMERCE = "ecommerce", "电子商务", "E-commerce"
    TOURISM = "tourism", "旅游", "Tourism"
    INSURANCE_FINANCE = "insurance_finance", "金融保险", "Finance and insurance"
    CONSTRUCTION = "construction", "建设工程", "Construction"
    IP = "ip", "知识产权", "Intellectual property"
    OTHER = "other", "其他", "Other"


class CaseKind(Code):
    MEDIATION = "mediation", "调解", "Mediation"
    VIDEO_VISIT = "video_visit", "视频接访", "Video visit"


class Channel(Code):
    WALK_IN = "walk_in", "来访", "Walk-in"
    PHONE = "phone", "来电", "Phone"
    LETTER = "letter", "来信", "Letter"
    ONLINE = "online", "网上", "Online"
    HOTLINE = "hotline", "12345热线", "12345 hotline"
    POLICE = "police", "警调对接（110）", "Police transfer (110)"
    COURT = "court", "诉调对接", "Court transfer"
    PROCURATORATE = "procuratorate", "检调对接", "Procuratorate transfer"
    PETITION = "petition", "访调对接", "Petition office transfer"
    GRID_PATROL = "grid_patrol", "网格排查", "Grid patrol"
    STATION_VIDEO = "station_video", "视频接访站", "Video station"
    OTHER_DEPARTMENT = "other_department", "部门转办", "Other department"


class Track(Code):
    PEOPLE = "people", "人民调解", "People's mediation"
    ADMINISTRATIVE = "administrative", "行政调解", "Administrative mediation"
    JUDICIAL = "judicial", "司法调解", "Judicial mediation"


class Risk(Code):
    ORDINARY = "ordinary", "一般", "Ordinary"
    MAJOR = "major", "重大", "Major"
    COLLECTIVE = "collective", "群体性", "Collective"
    ESCALATING = "escalating", "可能激化", "May turn violent"


class CaseState(Code):
    RECEIVED = "received", "已登记，待受理", "Registered, to be decided"
    ACCEPTED = "accepted", "已受理", "Accepted"
    IN_MEDIATION = "in_mediation", "调解中", "In mediation"
    REFERRED = "referred", "已移交，待对方接收", "Referred, to be taken over"
    AGREED = "agreed", "达成协议", "Agreed"
    CLOSED = "closed", "已办结", "Closed"
    REFUSED = "refused", "不予受理", "Not accepted"
    WITHDRAWN = "withdrawn", "已撤回", "Withdrawn"


class PartyRole(Code):
    APPLICANT = "applicant", "申请人", "Applicant"
    RESPONDENT = "respondent", "被申请人", "Respondent"
    AGENT = "agent", "代理人", "Representative"
    THIRD = "third", "其他参加人", "Other participant"

    @property
    def applies(self) -> bool:
        return self is PartyRole.APPLICANT


class OutcomeKind(Code):
    AGREED_WRITTEN = "agreed_written", "达成书面协议", "Written agreement"
    AGREED_ORAL = "agreed_oral", "达成口头协议", "Oral agreement"
    NOT_AGREED = "not_agreed", "调解不成", "No agreement"
    WITHDRAWN = "withdrawn", "撤回申请", "Application withdrawn"
    ENDED_REFUSAL = "ended_refusal", "当事人拒绝而终止", "Ended: a party refuses"
    ENDED_OTHER = "ended_other", "其他终止", "Ended for another reason"
    REFERRED = "referred", "移送", "Referred"
    REFUSED = "refused", "不予受理", "Not accepted"


class RefusalGround(Code):
    """Why a dispute may not be accepted (working rules of people's mediation; DOMAIN section 2)."""

    EXCLUSIVE = (
        "exclusive",
        "依法只能由法院、仲裁机构或行政机关处理",
        "By law only a court, arbitration or agency may decide it",
    )
    ALREADY = (
        "already",
        "法院、行政机关或仲裁机构已受理或已处理",
        "A court, agency or arbitration has taken or decided it",
    )
    PARTY_REFUSES = "party_refuses", "一方当事人明确拒绝调解", "One party expressly refuses mediation"
    CRIMINAL = "criminal", "属于刑事案件", "It is a criminal matter"
    OUT_OF_SCOPE = "out_of_scope", "不属于民间纠纷", "It is not a civil dispute"


class ReferralMode(Code):
    TRANSFER = "transfer", "移送", "Transfer"
    ENTRUST = "entrust", "委托", "Entrust"
    INVITE = "invite", "邀请", "Invite"
    JOINT = "joint", "联合", "Joint"


class ReferralState(Code):
    OPEN = "open", "待答复", "To be answered"
    TAKEN = "taken", "已接收", "Taken over"
    RETURNED = "returned", "已退回", "Returned"


class AssignmentState(Code):
    ASKED = "asked", "待答复", "To be answered"
    ACCEPTED = "accepted", "已接受", "Accepted"
    DECLINED = "declined", "已谢绝", "Declined"
    REPLACED = "replaced", "已更换", "Replaced"
    RECUSED = "recused", "已回避", "Recused"


class AssignmentReason(Code):
    """Why this mediator; the parties' choice stands first (People's Mediation Law art. 19)."""

    PARTIES_CHOICE = "parties_choice", "当事人共同选定", "The parties chose"
    BOOKED = "booked", "申请人预约的时间", "Free at the time that was booked"
    SPECIALITY = "speciality", "熟悉此类纠纷", "Knows this kind of dispute"
    LEAST_LOADED = "least_loaded", "在办案件最少", "Has the fewest open cases"
    OTHER = "other", "其他", "Other"


class LeftOutReason(Code):
    """Why a mediator who serves the place is not asked."""

    UNSKILLED = "unskilled", "不处理此类纠纷", "Does not take this kind of dispute"
    RECUSED = "recused", "已回避", "Stepped back: not neutral here"
    DECLINED = "declined", "已谢绝本案", "Has declined this case"
    PARTY = "party", "本人是当事人", "Is a party to the case"
    AGENT_BEFORE = "agent_before", "曾代理过本案当事人", "Represented a party of this case before"
    RELATED = "related", "与当事人有关系", "Is tied to a party"
    UNWANTED = "unwanted", "有当事人不同意由其调解", "A party does not accept them"
    NOT_CHOSEN = "not_chosen", "双方已共同选定另一位调解员", "The parties chose somebody else together"


class NotProposed(Code):
    """Why a mediator who may take the case is not the one that is proposed."""

    NOT_CHOSEN = "not_chosen", "双方共同选定了另一位", "The parties chose somebody else together"
    MORE_LOADED = "more_loaded", "按工作份额计算，在办案件更多", "Has more cases for their share of work"
    FARTHER = "farther", "在办案件一样多，所属单位较远", "As busy, but their body is farther away"
    LATER = "later", "条件相同，登记在后", "Alike in everything, and listed later"
    BY_STAFF = "by_staff", "原为首选，工作人员另选他人", "Was proposed; staff chose somebody else"


class WishKind(Code):
    """What a party says of a mediator (People's Mediation Law art. 19, 23)."""

    WANTS = "wants", "希望由其调解", "Wishes for"
    REFUSES = "refuses", "不希望由其调解", "Does not want"


class RelationKind(Code):
    """What ties a mediator to a party, so that somebody else must mediate (working rules of people's mediation)."""

    RELATIVE = "relative", "是当事人的近亲属", "Is a close relative of a party"
    HOUSEHOLD = "household", "与当事人同住一户", "Lives in one household with a party"
    INTEREST = "interest", "与纠纷有利害关系", "Has an interest in the dispute"
    AGENT = "agent", "曾代理过一方当事人", "Represented a party before"
    OTHER = "other", "有其他可能影响公正的关系", "Another relation that may affect fairness"


class RecusalState(Code):
    OPEN = "open", "待决定", "To be decided"
    GRANTED = "granted", "同意回避", "Granted"
    REJECTED = "rejected", "不同意回避", "Not granted"


class DeclineGround(Code):
    """Why a mediator steps back; the first three are recusal (working rules of people's mediation)."""

    RELATIVE = "relative", "是当事人的近亲属", "Is a close relative of a party"
    INTEREST = "interest", "与纠纷有利害关系", "Has an interest in the dispute"
    OTHER_RELATION = "other_relation", "有其他可能影响公正的关系", "Another relation that may affect fairness"
    BUSY = "busy", "时间安排不开", "Has no time"
    UNSUITED = "unsuited", "不熟悉此类纠纷", "Does not know this kind of dispute"

    @property
    def is_recusal(self) -> bool:
        return self in {DeclineGround.RELATIVE, DeclineGround.INTEREST, DeclineGround.OTHER_RELATION}
