"""Putting together: everything in its time and place, nothing where nothing was."""

from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediation.hearings.compose import Order, Part, Unplayable, compose, compose_apart
from mediation.hearings.compose.parts import grid, placed, reader, tile
from mediation.hearings.storage import RecordingFiles
from mediation.kernel.sealed import new_key
from tests.fixtures.recorded import keep, pictures, sounds

PARTS = st.lists(
    st.tuples(
        st.builds(
            Part,
            seat=st.integers(1, 4),
            video=st.booleans(),
            take=st.integers(1, 3),
            begins_ms=st.integers(-100, 100_000),
            file=st.just("f"),
            data_key=st.just(b""),
        ),
        st.integers(1, 60_000),
    ),
    min_size=1,
    max_size=8,
)


@given(PARTS)
def test_takes_follow_each_other_and_keep_their_inner_time(parts: list[tuple[Part, int]]) -> None:
    rows = placed(parts)
    assert len(rows) == len(parts)
    assert min(row.at_ms for row in rows) == 0
    for one in rows:
        for other in rows:
            if one.part.take == other.part.take:
                assert one.at_ms - other.at_ms == one.part.begins_ms - other.part.begins_ms
            elif one.part.take < other.part.take:
                assert one.at_ms + one.length_ms <= other.at_ms


@given(st.integers(1, 12))
def test_there_is_a_place_for_everybody_within_the_picture(n: int) -> None:
    columns, rows = grid(n)
    assert columns * rows >= n
    assert columns * tile(n)[0] <= 1280 or n > 9
    assert all(side % 2 == 0 for side in tile(n))


class Studio:
    def __init__(self, folder: Path) -> None:
        self.files = RecordingFiles(folder)
        self.parts: list[Part] = []

    def sound(self, seat: int, begins_ms: int, *, take: int = 1) -> None:
        self._part(seat, begins_ms, take, video=False)

    def picture(self, seat: int, begins_ms: int, *, take: int = 1) -> None:
        self._part(seat, begins_ms, take, video=True)

    def _part(self, seat: int, begins_ms: int, take: int, *, video: bool) -> None:
        part = Part(seat, video, take, begins_ms, f"part{len(self.parts)}", new_key())
        keep(self.files, part.file, part.data_key, pictures(1) if video else sounds(1), video=video)
        self.parts.append(part)

    def order(self) -> Order:
        return Order(self.files, tuple(self.parts), "film", new_key())


def loudness(order: Order) -> list[bool]:
    """Of each tenth of a second, whether it is loud."""
    found: list[float] = []
    with reader(order.files, order.file, order.data_key) as sealed, av.open(sealed) as film:
        for frame in film.decode(audio=0):
            found += memoryview(bytes(frame.planes[0])[: frame.samples * 4]).cast("f")
    return [max(map(abs, found[at : at + 4800])) > 0.05 for at in range(0, len(found) - 4800, 4800)]


def brightness(order: Order, x: int, y: int) -> list[int]:
    """Of each picture, at one place."""
    with reader(order.files, order.file, order.data_key) as sealed, av.open(sealed) as film:
        return [bytes(frame.planes[0])[y * frame.planes[0].line_size + x] for frame in film.decode(video=0)]


def test_each_is_heard_and_seen_when_they_spoke_and_were_there(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.sound(1, 0)
    studio.sound(2, 2000)
    studio.picture(2, 2000)
    studio.picture(2, 5500)
    order, told = studio.order(), []
    composed = compose(order, told.append)
    assert abs(composed.duration_ms - 6500) < 150
    loud = loudness(order)
    assert loud[1:9] == [True] * 8
    assert loud[11:19] == [False] * 8
    assert loud[21:29] == [True] * 8
    assert not any(loud[32:])
    seen = brightness(order, 640 + 320, 180)
    assert max(seen[:28]) < 40, "black before the first picture"
    assert min(seen[33:44]) > 150
    assert max(seen[76:81]) < 40, "a camera that is off looks off"
    assert min(seen[85:95]) > 150
    assert told == sorted(told)


def test_what_was_paused_is_left_out(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    studio.sound(1, 0, take=1)
    studio.sound(1, 600_000, take=2)
    order = studio.order()
    assert abs(compose(order, lambda _: None).duration_ms - 2000) < 150
    assert loudness(order)[1:19].count(False) <= 1


def test_a_part_that_was_lost_or_cut_short_costs_only_itself(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    for seat in (1, 2, 3):
        studio.sound(seat, 0)
    (tmp_path / "part0").unlink()
    whole = (tmp_path / "part1").read_bytes()
    (tmp_path / "part1").write_bytes(whole[: len(whole) // 3])
    assert abs(compose(studio.order(), lambda _: None).duration_ms - 1000) < 150


@pytest.mark.parametrize("n_bytes", [0, 8, 60])
def test_of_nothing_nothing_is_made(tmp_path: Path, n_bytes: int) -> None:
    studio = Studio(tmp_path)
    studio.sound(1, 0)
    content = (tmp_path / "part0").read_bytes()
    (tmp_path / "part0").write_bytes(content[:n_bytes])
    with pytest.raises(Unplayable):
        compose_apart(studio.order(), lambda _: None)
    assert not (tmp_path / "film").exists()
