"""The State Council's notice: the published ones read as they are, and every slip named by its line."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.kernel.actor import SYSTEM
from mediation.kernel.errors import Invalid
from mediation.orgs import queries, service
from mediation.orgs.models import WorkdayNotice, WorkdayOverride
from mediation.orgs.rules.notice import LineFault, read, year_of
from mediation.orgs.service import ApplyNotice
from mediation.orgs.workdays import HOLIDAYS_2025, HOLIDAYS_2026, Holiday, is_workday
from tests.fixtures.clock import FakeClock

NOTICE_2025 = """国务院办公厅关于2025年
部分节假日安排的通知
国办发明电〔2024〕12号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2025年元旦、春节、清明节、劳动节、端午节、国庆节和中秋节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告并妥善处置。
国务院办公厅
2024年11月12日
"""
NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""
# Fictional: the real one of 2027 is not in anybody's hands here.
NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至11日（周四）放假调休，共7天。1月31日（星期日）、2月20日（星期六）上班。鼓励各单位安排职工在2月4日休息。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。4月25日（周日）、5月8日（周六）上班。
五、端午节：6月9日（周三）放假，不调休。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""


@pytest.mark.parametrize(("text", "known"), [(NOTICE_2025, HOLIDAYS_2025), (NOTICE_2026, HOLIDAYS_2026)])
def test_a_published_notice_says_what_is_known(text: str, known: tuple[Holiday, ...]) -> None:
    found = read(text, known[0].first.year)
    assert found.is_good
    assert found.holidays == known


def test_the_year_stands_in_the_heading() -> None:
    assert year_of(NOTICE_2026) == 2026
    assert year_of("国务院办公厅关于２０２７年部分节假日安排的通知") == 2027
    assert year_of("一、元旦") is None


@pytest.mark.parametrize(
    ("right", "wrong", "number", "fault"),
    [
        ("1月3日", "", 0, None),
        ("五、端午节：6月9日（周三）放假", "五、端午节6月9日放假", 6, LineFault.UNREADABLE),
        ("共7天。1月31日", "共7天，1月31日", 3, LineFault.UNREADABLE),
        ("（星期六）上班", "（星期六）上课", 3, LineFault.UNREADABLE),
        ("6月9日（周三）", "6月9日（周四）", 6, LineFault.WRONG_WEEKDAY),
        ("共5天", "共4天", 5, LineFault.WRONG_COUNT),
        ("4月3日至5日", "4月31日至5日", 4, LineFault.NO_SUCH_DAY),
        ("4月3日至5日", "4月5日至3日", 4, LineFault.NO_SUCH_DAY),
        ("4月3日至5日", "2028年4月3日至5日", 4, LineFault.WRONG_YEAR),
        ("9月15日（周三）放假1天", "10月6日（周三）放假1天", 8, LineFault.TWICE),
    ],
)
def test_a_slip_is_named_by_its_line(right: str, wrong: str, number: int, fault: LineFault | None) -> None:
    found = read(NOTICE_2027.replace(right, wrong), 2027)
    assert [(line.number, line.fault) for line in found.faults] == ([(number, fault)] if fault else [])
    assert found.is_good is (fault is None)


def test_the_sample_of_the_brief_names_a_monday_as_a_sunday() -> None:
    found = read("一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。1月4日（周日）上班。", 2027)
    assert [line.fault for line in found.faults] == [LineFault.WRONG_WEEKDAY]


def test_a_missing_holiday_is_named() -> None:
    text = "\n".join(line for line in NOTICE_2027.splitlines() if "端午" not in line)
    assert read(text, 2027).missing == ("端午节",)


@given(st.text(alphabet="一二、：:元旦春节1234567890月日（）()周至放假调休共天上班。,\n ", max_size=200))
def test_whatever_is_pasted_is_read_or_named_and_never_breaks(text: str) -> None:
    found = read(text, 2027)
    assert all(line.text.strip() for line in found.lines)
    assert not found.is_good or len(found.holidays) >= 6


@pytest.mark.db
def test_a_notice_is_applied_whole_and_makes_its_year_known(session: Session, clock: FakeClock) -> None:
    assert queries.known_until(session) == date(2026, 12, 31)
    service.apply_notice(session, SYSTEM, ApplyNotice(2027, NOTICE_2027), clock=clock)
    assert queries.known_until(session) == date(2027, 12, 31)
    days = queries.overrides(session)
    assert not is_workday(date(2027, 2, 8), days)
    assert is_workday(date(2027, 2, 20), days)
    corrected = NOTICE_2027.replace("2月20日（星期六）", "2月21日（星期日）")
    service.apply_notice(session, SYSTEM, ApplyNotice(2027, corrected), clock=clock)
    assert not is_workday(date(2027, 2, 20), queries.overrides(session))
    assert len(session.scalars(select(WorkdayNotice)).all()) == 1


@pytest.mark.db
def test_a_correction_of_a_known_year_takes_the_old_days_back(session: Session, clock: FakeClock) -> None:
    corrected = NOTICE_2026.replace("5月9日（周六）", "5月10日（周日）")
    service.apply_notice(session, SYSTEM, ApplyNotice(2026, corrected), clock=clock)
    days = queries.overrides(session)
    assert (is_workday(date(2026, 5, 9), days), is_workday(date(2026, 5, 10), days)) == (False, True)


@pytest.mark.db
def test_an_unreadable_notice_changes_nothing(session: Session, clock: FakeClock) -> None:
    with pytest.raises(Invalid, match="notice_unreadable") as refusal:
        service.apply_notice(session, SYSTEM, ApplyNotice(2027, NOTICE_2027.replace("共5天", "共4天")), clock=clock)
    assert refusal.value.params["lines"] == "5"
    assert session.scalars(select(WorkdayOverride)).all() == []
