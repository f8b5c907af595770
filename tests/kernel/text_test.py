"""Names, numbers and money as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.kernel import text
from mediation.kernel.crypto import Keyring, Undecipherable


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (100, "壹元整"),
        (123450, "壹仟贰佰叁拾肆元伍角"),
        (5, "伍分"),
        (105, "壹元零伍分"),
        (1000000, "壹万元整"),
        (1000500, "壹万零伍元整"),
        (10_0500_00, "壹拾万零伍佰元整"),
        (1_0000_0001_00, "壹亿零壹元整"),
        (20_3040_5067_89, "贰拾亿叁仟零肆拾万伍仟零陆拾柒元捌角玖分"),
    ],
)
def test_money_is_written_in_capitals(fen: int, words: str) -> None:
    assert text.money_capital(fen) == words


def test_personal_data_is_masked() -> None:
    assert text.masked_name("罗桂兰") == "罗**"
    assert text.masked_phone("13812345678") == "138****5678"
    assert text.masked_id_number("510104195203071234") == "510***********1234"


@given(st.binary(), st.text(min_size=1))
def test_what_one_key_sealed_the_ring_opens_after_rotation(plain: bytes, secret: str) -> None:
    old = Keyring([secret])
    new = Keyring(["another", secret])
    assert new.decrypt(old.encrypt(plain)) == plain
    assert new.blind_index("x", "phone") == old.blind_index("x", "phone")


def test_a_changed_bit_or_a_strange_key_does_not_open() -> None:
    ring = Keyring(["a"])
    sealed = bytearray(ring.encrypt(b"plain"))
    with pytest.raises(Undecipherable):
        Keyring(["b"]).decrypt(bytes(sealed))
    sealed[-1] ^= 1
    with pytest.raises(Undecipherable):
        ring.decrypt(bytes(sealed))
