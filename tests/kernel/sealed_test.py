"""Sealed files: what was written is read from anywhere, what was changed is not read at all."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediation.kernel.crypto import Undecipherable
from mediation.kernel.sealed import CHUNK, SealedFile, SealedLog, SealedReader, new_key

KEY = new_key()
PIECES = st.lists(st.binary(max_size=300), max_size=12)


def logged(path: Path, pieces: list[bytes]) -> SealedLog:
    log = SealedLog(path.open("xb", buffering=0), KEY, "one")
    for piece in pieces:
        log.append(piece)
    log.sync()
    log.close()
    return log


def opened(path: Path, key: bytes = KEY, context: str = "one") -> SealedReader:
    return SealedReader(path.open("rb"), key, context)


@given(PIECES, st.integers(0, 4000), st.integers(0, 4000))
def test_a_log_is_read_from_any_place(tmp_path_factory, pieces: list[bytes], start: int, n: int) -> None:
    path = tmp_path_factory.mktemp("log") / "file"
    logged(path, pieces)
    whole = b"".join(pieces)
    with opened(path) as reader:
        assert reader.size == len(whole)
        reader.seek(start)
        assert io.BufferedReader(reader).read(n) == whole[start : start + n]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3 * CHUNK), st.binary(min_size=1, max_size=2 * CHUNK)), max_size=6))
def test_a_file_holds_what_was_written_last_at_each_place(tmp_path_factory, writes: list[tuple[int, bytes]]) -> None:
    path = tmp_path_factory.mktemp("file") / "file"
    sealed, plain = SealedFile(path.open("xb+"), KEY, "one"), io.BytesIO()
    for place, data in writes:
        at = min(place, sealed.seek(0, io.SEEK_END))
        for one in (sealed, plain):
            one.seek(at)
            one.write(data)
    sealed.close()
    with opened(path) as reader:
        assert reader.read() == plain.getvalue()


def test_nothing_of_it_can_be_read_on_the_disk(tmp_path: Path) -> None:
    logged(tmp_path / "file", [b"the deposit is 3000 yuan"] * 3)
    assert b"deposit" not in (tmp_path / "file").read_bytes()


@given(st.data())
def test_a_changed_byte_is_found(tmp_path_factory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("log") / "file"
    logged(path, [b"a" * 50, b"b" * 50])
    raw = bytearray(path.read_bytes())
    raw[data.draw(st.integers(12, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(raw)
    with opened(path) as reader:
        try:
            assert reader.read() != b"a" * 50 + b"b" * 50
        except Undecipherable:
            return
        assert reader.size < 100, "only a length that does not fit any more hides the rest"


def test_records_cannot_change_places_files_or_keys(tmp_path: Path) -> None:
    logged(tmp_path / "file", [b"first", b"other"])
    raw = (tmp_path / "file").read_bytes()
    size = (len(raw) - 8) // 2
    (tmp_path / "swapped").write_bytes(raw[:8] + raw[8 + size :] + raw[8 : 8 + size])
    for path, key, context in (
        (tmp_path / "swapped", KEY, "one"),
        (tmp_path / "file", KEY, "two"),
        (tmp_path / "file", new_key(), "one"),
    ):
        with opened(path, key, context) as reader, pytest.raises(Undecipherable):
            reader.read()
    (tmp_path / "stranger").write_bytes(b"not one of ours")
    with pytest.raises(Undecipherable):
        opened(tmp_path / "stranger")


@given(st.integers(0, 400))
def test_cut_off_anywhere_the_whole_records_before_it_are_read(tmp_path_factory, cut: int) -> None:
    path = tmp_path_factory.mktemp("log") / "file"
    logged(path, [bytes([n]) * 20 for n in range(8)])
    raw = path.read_bytes()
    path.write_bytes(raw[: max(8, len(raw) - cut)])
    with opened(path) as reader:
        kept = reader.read()
    assert kept == b"".join(bytes([n]) * 20 for n in range(len(kept) // 20))
    assert len(kept) >= 160 - 20 * (1 + cut // 52)
