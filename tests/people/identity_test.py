"""Numbers of people and organisations."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.kernel.errors import Invalid
from mediation.people.identity import (
    age,
    check_credit_code,
    check_digit,
    check_id_number,
    check_phone,
    credit_check,
    is_minor,
)

born = st.dates(date(1900, 1, 1), date(2099, 12, 31))
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def number_of(born_on: date, order: int, region: str = "510108") -> str:
    first = f"{region}{born_on:%Y%m%d}{order:03d}"
    return first + check_digit(first)


@given(born, st.integers(0, 999))
def test_a_right_number_tells_birth_and_sex(born_on: date, order: int) -> None:
    read = check_id_number(number_of(born_on, order))
    assert read.born_on == born_on
    assert read.is_female is (order % 2 == 0)


@given(born, st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born_on: date, order: int, place: int, by: int) -> None:
    number = number_of(born_on, order)
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        check_id_number(changed)


@given(born, st.integers(0, 999), st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_always_found(born_on: date, order: int, place: int) -> None:
    number = number_of(born_on, order)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        with pytest.raises(Invalid):
            check_id_number(swapped)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_is_refused_as_invalid(text: str) -> None:
    try:
        assert len(check_id_number(text).number) == 18
    except Invalid:
        return


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("11010519491231002", "id_number_shape"),
        ("11010519491231002Y", "id_number_shape"),
        ("990105194912310025", "id_number_region"),
        ("110105194902310024", "id_number_birth"),
        ("110105189912310020", "id_number_birth"),
        ("110105194912310021", "id_number_check"),
        ("", "id_number_shape"),
    ],
)
def test_what_is_wrong_is_named(text: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        check_id_number(text)


def test_the_example_of_the_standard_passes_in_every_way_people_type_it() -> None:
    for text in (
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002x ",
        "１１０１０５１９４９１２３１００２Ｘ",
    ):
        assert check_id_number(text).number == "11010519491231002X"


def test_nobody_is_born_tomorrow() -> None:
    number = number_of(date(2026, 11, 24), 1)
    with pytest.raises(Invalid, match="id_number_birth"):
        check_id_number(number, today=date(2026, 11, 23))
    assert check_id_number(number, today=date(2026, 11, 24)).age_on(date(2026, 11, 24)) == 0


@given(st.text(ALPHABET, min_size=2, max_size=2), st.text("0123456789", min_size=6, max_size=6), st.data())
def test_a_credit_code_with_its_check_passes_and_a_changed_one_does_not(
    head: str, region: str, data: st.DataObject
) -> None:
    first = head + region + data.draw(st.text(ALPHABET, min_size=9, max_size=9))
    code = first + credit_check(first)
    assert check_credit_code(code.lower()) == code
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != code[17]]))
    with pytest.raises(Invalid, match="credit_code_check"):
        check_credit_code(first + other)


def test_a_published_credit_code_passes() -> None:
    # The example of GB 32100-2015.
    assert check_credit_code("91350100M000100Y43") == "91350100M000100Y43"


@pytest.mark.parametrize("text", ["13812345678", "138 1234 5678", "+86 138-1234-5678", "0086 13812345678"])
def test_a_mobile_is_read_as_people_write_it(text: str) -> None:
    assert check_phone(text) == "13812345678"


@pytest.mark.parametrize(
    "text", ["12812345678", "1381234567", "028-85551234", "138123456789", "", "１３八", "13812345678'--"]
)
def test_what_is_no_mobile_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="phone_shape"):
        check_phone(text)


def test_age_counts_completed_years() -> None:
    assert age(date(2008, 11, 24), date(2026, 11, 23)) == 17
    assert is_minor(date(2008, 11, 24), date(2026, 11, 23))
    assert age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert not is_minor(date(2008, 2, 29), date(2026, 3, 1))
