"""The fictional district of Taoxi as data: places, bodies, stations, staff. No real place, person or number."""

from dataclasses import dataclass
from typing import Final

from mediation.access.permissions import Role
from mediation.access.rules import DEMO_PASSWORD
from mediation.orgs.rules import OrgKind, OrgLevel
from mediation.people.rules import MediatorKind

PASSWORD: Final = DEMO_PASSWORD
MAIL_DOMAIN: Final = "taoxi.example"


@dataclass(frozen=True, slots=True)
class Node:
    """A place or body; `key` names it here, `parent` is another node's key."""

    key: str
    level: OrgLevel
    name: str
    name_en: str
    parent: str = ""
    kind: OrgKind = OrgKind.AREA
    address: str = ""
    phone: str = ""
    takes: tuple[str, ...] = ()


def _community(key: str, name: str, name_en: str, parent: str, *, address: str, phone: str) -> tuple[Node, ...]:
    """A community with two grids and its mediation committee."""
    return (
        Node(key, OrgLevel.COMMUNITY, f"{name}社区", f"{name_en} Community", parent, address=address, phone=phone),
        Node(f"{key}-1", OrgLevel.GRID, f"{name}第一网格", f"{name_en} Grid 1", key),
        Node(f"{key}-2", OrgLevel.GRID, f"{name}第二网格", f"{name_en} Grid 2", key),
        Node(
            f"{key}-committee",
            OrgLevel.BODY,
            f"{name}社区人民调解委员会",
            f"{name_en} Community Mediation Committee",
            key,
            kind=OrgKind.COMMITTEE_COMMUNITY,
            address=address,
            phone=phone,
        ),
    )


def _street(key: str, name: str, name_en: str, *, address: str, phone: str) -> tuple[Node, ...]:
    """A street with its mediation committee."""
    return (
        Node(key, OrgLevel.STREET, f"{name}街道", f"{name_en} Subdistrict", "taoxi", address=address, phone=phone),
        Node(
            f"{key}-committee",
            OrgLevel.BODY,
            f"{name}街道人民调解委员会",
            f"{name_en} Subdistrict Mediation Committee",
            key,
            kind=OrgKind.COMMITTEE_STREET,
            address=address,
            phone=phone,
        ),
    )


def _body(
    key: str, name: str, name_en: str, kind: OrgKind, *, address: str, phone: str, takes: tuple[str, ...] = ()
) -> Node:
    return Node(key, OrgLevel.BODY, name, name_en, "taoxi", kind=kind, address=address, phone=phone, takes=takes)


NODES: Final = (
    Node("taoxi", OrgLevel.DISTRICT, "桃溪区", "Taoxi District", address="桃溪区花照路1号", phone="028-5550-0100"),
    *_street("taoxi-street", "桃溪", "Taoxi", address="桃溪区桃溪街道春熙巷18号", phone="028-5550-0110"),
    *_street("jinjiang-street", "锦江", "Jinjiang", address="桃溪区锦江街道望江路66号", phone="028-5550-0120"),
    *_community(
        "taoxi-community", "桃溪", "Taoxi", "taoxi-street", address="桃溪街道桃花巷12号", phone="028-5550-0111"
    ),
    *_community("liuyin", "柳荫", "Liuyin", "taoxi-street", address="桃溪街道柳荫路35号", phone="028-5550-0112"),
    *_community(
        "wangjiang", "望江", "Wangjiang", "jinjiang-street", address="锦江街道望江路8号", phone="028-5550-0121"
    ),
    *_community("shiban", "石板", "Shiban", "jinjiang-street", address="锦江街道石板街27号", phone="028-5550-0122"),
    _body(
        "court",
        "桃溪区人民法院",
        "Taoxi District People's Court",
        OrgKind.COURT,
        address="桃溪区明理路9号",
        phone="028-5550-0130",
    ),
    _body(
        "police",
        "桃溪派出所",
        "Taoxi Police Station",
        OrgKind.POLICE,
        address="桃溪街道平安路3号",
        phone="028-5550-0140",
        takes=("neighbour", "damages", "marriage_family", "traffic", "other"),
    ),
    _body(
        "labour-bureau",
        "桃溪区人力资源和社会保障局",
        "Taoxi District Labour Bureau",
        OrgKind.LABOUR,
        address="桃溪区花照路21号",
        phone="028-5550-0150",
        takes=("labour", "wages_migrant"),
    ),
    _body(
        "labour-committee",
        "桃溪区劳动争议人民调解委员会",
        "Taoxi Labour Dispute Mediation Committee",
        OrgKind.COMMITTEE_PROFESSIONAL,
        address="桃溪区花照路21号二楼",
        phone="028-5550-0151",
        takes=("labour", "wages_migrant"),
    ),
    _body(
        "property-committee",
        "桃溪区物业纠纷人民调解委员会",
        "Taoxi Property Management Mediation Committee",
        OrgKind.COMMITTEE_PROFESSIONAL,
        address="桃溪区花照路33号",
        phone="028-5550-0161",
        takes=("property_mgmt", "house_homestead"),
    ),
    _body(
        "traffic-committee",
        "桃溪区道路交通事故人民调解委员会",
        "Taoxi Road Traffic Mediation Committee",
        OrgKind.COMMITTEE_PROFESSIONAL,
        address="桃溪街道平安路5号",
        phone="028-5550-0171",
        takes=("traffic", "insurance_finance"),
    ),
)


@dataclass(frozen=True, slots=True)
class StationData:
    node: str
    name: str
    name_en: str
    address: str
    phone: str


STATIONS: Final = (
    StationData(
        "taoxi-community",
        "桃溪社区视频接访站",
        "Taoxi Community Video Station",
        "桃溪街道桃花巷12号一楼",
        "028-5550-0113",
    ),
    StationData(
        "wangjiang",
        "望江社区视频接访站",
        "Wangjiang Community Video Station",
        "锦江街道望江路8号一楼",
        "028-5550-0123",
    ),
)
ROOMS: Final = (("第一视频室", "Video room 1"), ("第二视频室", "Video room 2"))


@dataclass(frozen=True, slots=True)
class Appointment:
    """Makes a member of staff a mediator of `node`."""

    node: str
    kind: MediatorKind
    skills: tuple[str, ...]
    hours: str = "office"
    """Key of HOURS."""
    languages: tuple[str, ...] = ("普通话", "四川话")
    weight: int = 100


@dataclass(frozen=True, slots=True)
class Staff:
    username: str
    name: str
    posts: tuple[tuple[Role, str], ...]
    """(role, key of the node where it is held)."""
    mediates: Appointment | None = None


HOURS: Final[dict[str, tuple[tuple[int, int, int], ...]]] = {
    "office": tuple((day, *span) for day in range(5) for span in ((9 * 60, 12 * 60), (14 * 60, 17 * 60 + 30))),
    "half": tuple((day, 9 * 60, 12 * 60) for day in range(5)),
    "evening": (
        *((day, 14 * 60, 18 * 60) for day in (1, 3)),
        *((day, 18 * 60 + 30, 20 * 60 + 30) for day in (1, 3)),
        (5, 9 * 60, 12 * 60),
    ),
}
"""(weekday, from, to): 0 is Monday; minutes of the day in the organisation's zone."""

_EVERYDAY: Final = ("neighbour", "marriage_family", "house_homestead", "contract", "damages", "consumer", "other")
_BUSINESS: Final = (
    "contract",
    "production_operation",
    "demolition",
    "construction",
    "consumer",
    "ecommerce",
    "tourism",
    "ip",
    "insurance_finance",
    "environment",
    "medical",
    "village_affairs",
    "forest_land",
)


def _mediator(username: str, name: str, appointment: Appointment) -> Staff:
    return Staff(username, name, ((Role.MEDIATOR, appointment.node),), appointment)


_PEOPLE, _PROFESSIONAL = MediatorKind.PEOPLE, MediatorKind.PROFESSIONAL

MEDIATORS: Final = (
    _mediator("qin", "秦海燕", Appointment("taoxi-community-committee", _PEOPLE, _EVERYDAY)),
    _mediator(
        "peng", "彭建民", Appointment("liuyin-committee", _PEOPLE, (*_EVERYDAY, "environment"), languages=("普通话",))
    ),
    _mediator(
        "fan", "范玉珍", Appointment("wangjiang-committee", MediatorKind.VOLUNTEER, _EVERYDAY, "evening", weight=40)
    ),
    _mediator(
        "tian",
        "田志刚",
        Appointment(
            "taoxi-street-committee", MediatorKind.LAWYER, (*_BUSINESS, "other"), "half", ("普通话", "English"), 50
        ),
    ),
    _mediator(
        "cao",
        "曹静怡",
        Appointment("jinjiang-street-committee", _PEOPLE, tuple(dict.fromkeys((*_EVERYDAY, *_BUSINESS)))),
    ),
    _mediator("deng", "邓永康", Appointment("labour-committee", _PROFESSIONAL, ("labour", "wages_migrant"))),
    _mediator(
        "xie",
        "谢婉婷",
        Appointment("property-committee", _PROFESSIONAL, ("property_mgmt", "house_homestead", "neighbour")),
    ),
    _mediator(
        "jiang", "蒋文斌", Appointment("traffic-committee", _PROFESSIONAL, ("traffic", "damages", "insurance_finance"))
    ),
)

OFFICE: Final = (
    Staff("shen", "沈静", ((Role.CLERK, "taoxi-community"),)),
    Staff("liu", "刘洋", ((Role.CLERK, "liuyin"),)),
    Staff("hu", "胡萍", ((Role.CLERK, "wangjiang"),)),
    Staff("zhu", "朱磊", ((Role.CLERK, "shiban"),)),
    Staff("ma", "马骏", ((Role.GRID_WORKER, "taoxi-community"),)),
    Staff("wu", "吴启明", ((Role.COMMITTEE_HEAD, "taoxi-community"),)),
    Staff("tao", "陶立", ((Role.COMMITTEE_HEAD, "taoxi-street"),)),
    Staff("yuan", "袁梅", ((Role.COMMITTEE_HEAD, "jinjiang-street"),)),
    Staff(
        "han",
        "韩立新",
        tuple((Role.COMMITTEE_HEAD, node) for node in ("labour-committee", "property-committee", "traffic-committee")),
    ),
    Staff("he", "何志远", ((Role.STREET_SUPERVISOR, "taoxi-street"),)),
    Staff("yan", "严晓岚", ((Role.STREET_SUPERVISOR, "jinjiang-street"),)),
    Staff("gao", "高敏", ((Role.DISTRICT_SUPERVISOR, "taoxi"),)),
    Staff(
        "zheng",
        "郑勇",
        ((Role.OFFICER, "police"), (Role.MEDIATOR, "police")),
        Appointment("police", MediatorKind.OFFICER, ("neighbour", "damages", "marriage_family", "traffic", "other")),
    ),
    Staff(
        "ren",
        "任丽",
        ((Role.OFFICER, "labour-bureau"), (Role.MEDIATOR, "labour-bureau")),
        Appointment("labour-bureau", MediatorKind.OFFICER, ("labour", "wages_migrant")),
    ),
    Staff(
        "lin",
        "林峰",
        ((Role.JUDGE, "court"), (Role.MEDIATOR, "court")),
        Appointment(
            "court", MediatorKind.JUDGE, tuple(dict.fromkeys((*_EVERYDAY, *_BUSINESS, "labour", "traffic"))), "half"
        ),
    ),
    Staff("tang", "唐雪", ((Role.COURT_CLERK, "court"),)),
    Staff("guo", "郭伟", ((Role.ADMIN, "taoxi"),)),
)

STAFF: Final = (*MEDIATORS, *OFFICE)

ON_LEAVE: Final = "曹静怡"
CLOSED: Final = "shiban"
"""A community whose office is closed for a day."""
