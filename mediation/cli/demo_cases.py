"""Cases of the fictional district, each at another point of its life, made by the services as its people would.

What is past happened in office hours of the days before; one hearing begins within five minutes of loading, so that
whoever starts the program for the first time can try it. Nobody here is real: numbers begin with 1380000.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mediation.agreements import service as agreements
from mediation.agreements.service import NewClause
from mediation.cli.demo_stage import Stage, as_party, at_work, both_wish_for, fix_text, party_of, receive, sign, take
from mediation.disputes import service as disputes
from mediation.disputes.rules.codes import AssignmentReason, CaseKind, Channel, DisputeType, PartyRole, RefusalGround
from mediation.kernel.actor import VISITOR
from mediation.kernel.clock import CHINA, Clock, local_date
from mediation.people.rules import Need, PersonKind
from mediation.people.service import RecordPerson
from mediation.scheduling import service as scheduling
from mediation.scheduling.rules.hours import Span
from mediation.scheduling.service import BookTime

HOME: Final = "桃溪社区"
HEARING_MINUTES: Final = 120
"""Twice the usual length: time enough to read the README first."""
_STEP: Final = timedelta(minutes=5)

LUO: Final = RecordPerson(
    name="罗桂兰",
    id_number="510199194603120024",
    address="桃花巷12号3单元2楼1号",
    needs=(Need.LARGE_PRINT,),
)
ZHAO: Final = RecordPerson(
    name="赵晓明", phone="13800000001", id_number="510199199607150012", address="柳荫路35号2栋1单元502室"
)
ZHOU: Final = RecordPerson(name="周国强", phone="13800000002", address="桃花巷8号1单元301室")
CHEN: Final = RecordPerson(name="陈浩", phone="13800000011", address="桃花巷12号3单元3楼1号")
XU: Final = RecordPerson(name="许建平", phone="13800000012", address="桃花巷20号2单元602室")
PARKING: Final = RecordPerson(
    name="桃园里停车管理有限公司", kind=PersonKind.ORGANISATION, phone="13800000013", address="桃花巷20号地下一层"
)
SUN: Final = RecordPerson(name="孙丽华", phone="13800000014", address="春熙巷6号1单元402室")
GAO: Final = RecordPerson(name="高志斌", phone="13800000015", address="春熙巷6号1单元502室")
FANG: Final = RecordPerson(name="方文静", phone="13800000016", address="桃园里小区5栋1101室")
ESTATE: Final = RecordPerson(
    name="安居物业服务有限公司", kind=PersonKind.ORGANISATION, phone="13800000017", address="桃园里小区物业中心"
)
WANG_MOTHER: Final = RecordPerson(name="王秀英", phone="13800000018", address="桃花巷3号1单元102室")
WANG_SON: Final = RecordPerson(name="王建军", phone="13800000019", address="锦江街道望江路30号4栋701室")
LI: Final = RecordPerson(name="李大勇", phone="13800000020", address="柳荫路工地生活区2号板房")
BUILDER: Final = RecordPerson(
    name="宏远装饰工程有限公司", kind=PersonKind.ORGANISATION, phone="13800000021", address="柳荫路88号3楼"
)
QIAN: Final = RecordPerson(name="钱玉梅", phone="13800000022", address="桃花巷15号2单元201室")
MA: Final = RecordPerson(name="马立国", phone="13800000023")


@dataclass(frozen=True, slots=True)
class OpenHearing:
    """The hearing that can be tried at once."""

    case: str
    """Public id."""
    mediator: str
    """Sign-in."""
    parties: tuple[str, ...]
    starts_at: datetime


def load(session: Session, *, clock: Clock) -> OpenHearing:
    """Make all cases in a district that was just loaded by `demo.load`, in its transaction. Call it once."""
    stage = Stage(session, clock())
    _settled_deposit(stage)
    _refused_divorce(stage)
    _wages_to_sign(stage)
    _accepted_leak(stage)
    _hotline_parking(stage)
    _booked_property_fee(stage)
    _new_noise(stage)
    return _support_now(stage)


def _new_noise(stage: Stage) -> None:
    """Grandma Luo at the desk, yesterday; nobody has decided yet."""
    command = disputes.ReceiveCase(
        kind=CaseKind.MEDIATION,
        dispute_type=DisputeType.NEIGHBOUR,
        channel=Channel.WALK_IN,
        community=stage.community(HOME),
        summary="楼上住户每晚十一点以后还在放音乐、拖桌椅，老人心脏不好，整夜睡不着。上门说过三次，对方说年轻人下班晚，没有办法。",
        relief="晚上十点以后不要再有大的响动。",
        happened_at_place="桃花巷12号3单元",
        applicant=LUO,
        respondents=(CHEN,),
    )
    disputes.receive(stage.session, stage.staff("shen"), command, clock=stage.ago(1, 10, 15))


def _hotline_parking(stage: Stage) -> None:
    """Passed on by the 12345 hotline; its time to decide ends before that of the others."""
    command = disputes.ReceiveCase(
        kind=CaseKind.MEDIATION,
        dispute_type=DisputeType.CONTRACT,
        channel=Channel.HOTLINE,
        source_reference="12345-202611-08871",
        community=stage.community(HOME),
        summary="来电人称：年初交了全年停车费2400元，上月起固定车位被改成临时车位，回家经常没有地方停。停车公司只答应以后优惠，不肯退钱。",
        relief="退还剩余月份的停车费，或者恢复固定车位。",
        happened_at_place="桃花巷20号地下停车场",
        applicant=XU,
        respondents=(PARKING,),
    )
    disputes.receive(stage.session, stage.staff("shen"), command, clock=stage.ago(2, 16, 40))


def _accepted_leak(stage: Stage) -> None:
    """Accepted; whoever opens it next assigns a mediator."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.NEIGHBOUR,
            channel=Channel.ONLINE,
            community=stage.community(HOME),
            summary="楼上卫生间漏水，我家卧室天花板起皮发霉，衣柜也泡坏了。楼上说是老房子管道的问题，不愿意修，也不愿意赔。",
            relief="楼上修好漏水，赔偿粉刷和衣柜损失约4000元。",
            happened_at_place="春熙巷6号1单元",
            applicant=SUN,
            respondents=(GAO,),
            consents_online=True,
        ),
        VISITOR,
        stage.ago(3, 20, 5),
    )
    disputes.accept(stage.session, stage.staff("shen"), disputes.AcceptCase(case.id), clock=stage.ago(2, 9, 30))


def _booked_property_fee(stage: Stage) -> None:
    """With the property committee's mediator, tomorrow morning."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.PROPERTY_MGMT,
            channel=Channel.ONLINE,
            community=stage.community(HOME),
            summary="电梯今年停了五次，楼道没人打扫，物业却按全额催交两年的物业费6480元，还说要起诉。我愿意交，但是应当打折。",
            relief="物业费按七折交，电梯尽快修好。",
            happened_at_place="桃园里小区5栋",
            applicant=FANG,
            respondents=(ESTATE,),
            consents_online=True,
        ),
        VISITOR,
        stage.ago(4, 12, 20),
    )
    take(stage, case, "xie", AssignmentReason.SPECIALITY, day=3, body="桃溪区物业纠纷人民调解委员会")
    tomorrow = local_date(stage.now) + timedelta(days=1)
    morning = Span(9 * 60, 12 * 60)
    mediator = stage.mediator_id("xie")
    duty = scheduling.SetDay(mediator, tomorrow, (morning, Span(14 * 60, 17 * 60 + 30)), "值班")
    scheduling.set_day(stage.session, stage.staff("xie"), duty, clock=lambda: stage.now)
    command = BookTime(
        case_id=case.id,
        starts_at=datetime.combine(tomorrow, time(9, 30), CHINA).astimezone(UTC),
        idempotency_key="demo:property-fee",
    )
    scheduling.book(stage.session, stage.staff("shen"), command, clock=lambda: stage.now)


def _support_now(stage: Stage) -> OpenHearing:
    """A mother asks her son for support; the hearing begins within five minutes."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.MARRIAGE_FAMILY,
            channel=Channel.ONLINE,
            community=stage.community(HOME),
            summary="我七十二岁，退休金不够看病吃药。儿子搬走以后，半年没有给过生活费，电话也不接。我不想上法院，就想请社区帮我们坐下来说一说。",
            relief="儿子每月给生活费，常回来看看。",
            applicant=WANG_MOTHER,
            respondents=(WANG_SON,),
            consents_online=True,
        ),
        VISITOR,
        stage.ago(5, 15, 30),
    )
    take(stage, case, "qin", AssignmentReason.SPECIALITY, day=4)
    starts_at = stage.now + _STEP - (stage.now - datetime.min.replace(tzinfo=UTC)) % _STEP
    at_work(stage, "qin", starts_at, starts_at + timedelta(minutes=HEARING_MINUTES))
    command = BookTime(case_id=case.id, starts_at=starts_at, idempotency_key="demo:support", minutes=HEARING_MINUTES)
    scheduling.book(stage.session, stage.staff("shen"), command, clock=lambda: stage.now)
    return OpenHearing(case.public_id, "qin", (WANG_MOTHER.name, WANG_SON.name), starts_at)


def _wages_to_sign(stage: Stage) -> None:
    """The text is fixed; worker and mediator have signed, the firm and the committee have not."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.WAGES_MIGRANT,
            channel=Channel.GRID_PATROL,
            community=stage.community("柳荫社区"),
            summary="我和同乡在柳荫路给宏远公司做装修，七月到九月的工钱一共18600元没有结，老板说等甲方付款。有工资欠条和考勤本。",
            relief="付清拖欠的工资18600元。",
            applicant=LI,
            respondents=(BUILDER,),
        ),
        stage.staff("liu"),
        stage.ago(8, 11, 0),
    )
    take(stage, case, "deng", AssignmentReason.SPECIALITY, day=7, clerk="liu", body="桃溪区劳动争议人民调解委员会")
    month_end = local_date(stage.now) + timedelta(days=30)
    text_hash = fix_text(
        stage,
        case,
        "deng",
        "李大勇于今年七月至九月为宏远装饰工程有限公司做装修，双方对账确认尚欠工资18600元。公司承认欠款，称甲方尚未付款，请求分期。",
        (
            NewClause(
                "宏远装饰工程有限公司先付一半工资。",
                party_of(case, PartyRole.RESPONDENT).id,
                "银行转账",
                local_date(stage.now) + timedelta(days=7),
                930_000,
            ),
            NewClause("其余工资一次付清。", party_of(case, PartyRole.RESPONDENT).id, "银行转账", month_end, 930_000),
        ),
        day=1,
    )
    sign(stage, case, text_hash, as_party(case, PartyRole.APPLICANT), stage.ago(1, 15, 20))
    sign(stage, case, text_hash, stage.staff("deng"), stage.ago(1, 15, 40))


def _settled_deposit(stage: Stage) -> None:
    """Signed and sealed four days ago: confirmation, performance and follow-up have their limits."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.CONTRACT,
            channel=Channel.ONLINE,
            community=stage.community(HOME),
            summary="租期已满，房东说墙面有污损，不退押金三千元。",
            relief="退还押金。",
            happened_at_place="桃花巷8号1单元301室",
            applicant=ZHAO,
            respondents=(ZHOU,),
            consents_online=True,
        ),
        VISITOR,
        stage.ago(12, 19, 10),
    )
    both_wish_for(stage, case, "qin", day=12)
    take(stage, case, "qin", AssignmentReason.PARTIES_CHOICE, day=11)
    text_hash = fix_text(
        stage,
        case,
        "qin",
        "赵晓明租住周国强的房屋，租期届满后退房。墙面有少量污损，双方同意折价400元，对其余押金没有争议。",
        (
            NewClause(
                "周国强退还赵晓明押金2600元。",
                party_of(case, PartyRole.RESPONDENT).id,
                "微信转账",
                local_date(stage.now) + timedelta(days=6),
                260_000,
            ),
            NewClause("双方就本次租房再无其他争议。"),
        ),
        day=4,
    )
    for minute, role in ((20, PartyRole.APPLICANT), (25, PartyRole.RESPONDENT)):
        sign(stage, case, text_hash, as_party(case, role), stage.ago(4, 15, minute))
    sign(stage, case, text_hash, stage.staff("qin"), stage.ago(4, 15, 40))
    agreements.seal(stage.session, stage.staff("wu"), case.id, text_hash, clock=stage.ago(4, 16, 30))


def _refused_divorce(stage: Stage) -> None:
    """Only a court or the registry dissolves a marriage: refused, with the right way to go in writing."""
    case = receive(
        stage,
        disputes.ReceiveCase(
            kind=CaseKind.MEDIATION,
            dispute_type=DisputeType.MARRIAGE_FAMILY,
            channel=Channel.WALK_IN,
            community=stage.community(HOME),
            summary="丈夫离家四年没有音信，想请调委会出一份离婚证明，好去办户口。",
            relief="开具离婚证明。",
            applicant=QIAN,
            respondents=(MA,),
        ),
        stage.staff("shen"),
        stage.ago(6, 9, 50),
    )
    command = disputes.RefuseCase(
        case.id,
        RefusalGround.EXCLUSIVE,
        "解除婚姻关系只能由婚姻登记机关或者人民法院办理，调解委员会不能出具离婚证明。对方下落不明的，请到桃溪区人民法院（明理路9号）"
        "立案窗口起诉离婚；打官司有困难的，可以拨打12348，向法律援助中心申请免费律师。",
    )
    disputes.refuse(stage.session, stage.staff("shen"), command, clock=stage.ago(5, 10, 30))
