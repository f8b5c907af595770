"""The approved text of every message, in both languages: what people receive is read in review."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mediation.notices import render
from mediation.notices.catalogue import CATALOGUE, Entry, NoticeKind
from mediation.notices.queries import Meeting
from mediation.notices.rules import Colleague
from tests.fixtures.golden import approve

TRANSLATED = (render._TRANSLATIONS / "zh_Hans_CN" / "LC_MESSAGES" / "messages.mo").exists()
GOLDEN = Path(__file__).parent.parent / "golden" / "notices"
QIN = Colleague(1, "秦海燕", "", "", "zh_Hans_CN")
PART = 67
"""Characters of one part of a long SMS in UCS-2 (3GPP TS 23.040)."""
LINK = "https://tiaohe.example/p/4f7k92qm4f7k92qm.abcdefghijklmnopqrstuv"


def meeting(*, at_station: bool = False, pending: bool = False, provisional: bool = False) -> Meeting:
    return Meeting(
        booking_id=1,
        sequence=0,
        mediator=QIN,
        starts_at=datetime(2026, 11, 25, 1, 30, tzinfo=UTC),
        minutes=60,
        mediator_name="秦海燕",
        at_station=at_station,
        station="桃溪社区视频接访站",
        station_en="Taoxi Community Video Station",
        station_address="桃溪路18号",
        room="一号视频室",
        room_en="Video room 1",
        pending=pending,
        provisional=provisional,
    )


CASES: dict[str, dict[str, object]] = {kind.value: {} for kind in NoticeKind} | {
    "case_accepted": {"meeting": None},
    "case_received": {"meeting": None},
    "hearing_booked@station": {"meeting": meeting(at_station=True, pending=True), "greeting": ""},
    "hearing_booked@provisional": {"meeting": meeting(provisional=True)},
    "hearing_booked@visit": {"kind": "video_visit"},
    "hearing_moved@leave": {"why": "调解员请假"},
    "hearing_cancelled@holiday": {"why": "法定节假日（国庆节）"},
    "invitation@protected": {"others": ""},
    "mediation_ended@withdrawn": {"withdrawn": True},
}


def facts(locale: str, **changes: object) -> dict[str, object]:
    chinese = locale.startswith("zh")
    base: dict[str, object] = {
        "greeting": "罗桂兰" if chinese else "Mary O'Neill",
        "link": LINK,
        "others": "赵**",
        "number": "2026-4F7K-92QM",
        "kind": "mediation",
        "place": "桃溪社区" if chinese else "Taoxi Community",
        "ground": "不属于民间纠纷" if chinese else "It is not a civil dispute",
        "reason": "请向桃溪派出所反映。" if chinese else "Please turn to Taoxi police station.",
        "withdrawn": False,
        "why": "",
        "offered_at": datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
        "offered_until": datetime(2026, 11, 23, 5, 0, tzinfo=UTC),
        "agreement": "桃溪调协〔2026〕12号",
        "body": "桃溪区人民法院" if chinese else "Taoxi District People's Court",
        "meeting": meeting(),
        "station": "桃溪社区视频接访站" if chinese else "Taoxi Community Video Station",
        "room": "一号视频室" if chinese else "Video room 1",
        "code": "042137",
        "minutes": 5,
    }
    return base | changes


@pytest.mark.parametrize("locale", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize("case", CASES)
def test_the_message_reads_as_approved(case: str, locale: str) -> None:
    if locale != "en" and not TRANSLATED:
        pytest.skip("the Chinese catalogue is not built")
    kind = NoticeKind(case.partition("@")[0])
    given = facts(locale, **CASES[case])
    text = f"SMS\n{render.sms(kind, locale, given)}\n" if render.has_sms(kind) else "No SMS\n"
    if render.has_mail(kind):
        subject, body = render.mail(kind, locale, given)
        text += f"\nMail: {subject}\n\n{body}"
    approve(GOLDEN / f"{case}.{locale}.txt", text)


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: f"{entry.event}-{entry.kind}")
def test_every_kind_has_a_mail_and_every_sms_stays_short(entry: Entry) -> None:
    kind = entry.kind
    assert render.has_mail(kind)
    if not render.has_sms(kind):
        return
    for locale, parts in (("zh_Hans_CN", 4), ("en", 6)) if TRANSLATED else (("en", 6),):
        assert len(render.sms(kind, locale, facts(locale))) <= parts * PART


def test_no_message_carries_markup_or_a_forgotten_placeholder() -> None:
    for path in GOLDEN.glob("*.txt"):
        text = path.read_text()
        assert "%(" not in text
        assert "{{" not in text
        assert "&amp;" not in text
