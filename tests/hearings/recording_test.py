"""Consent, recording, putting together, watching, deleting: through the services, on the real database."""

import hashlib
from datetime import timedelta
from typing import Any

import av
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mediation.disputes.rules.codes import PartyRole
from mediation.hearings import queries, service
from mediation.hearings.models import Hearing, Recording, RecordingSource
from mediation.hearings.rules.codes import ConsentState, RecordingPurpose, RecordingState, SeatRole
from mediation.hearings.rules.consent import ConsentStep, RecordingStep
from mediation.hearings.rules.controls import SeatControl
from mediation.hearings.rules.life import HearingStep
from mediation.hearings.storage import recordings
from mediation.kernel import outbox
from mediation.kernel.errors import Denied, Missing, Refused
from mediation.kernel.log import LogEntry
from mediation.supervision.models import Timer
from mediation.supervision.rules.limits import TimerKind
from mediation.worker import tasks
from tests.cast import QIN
from tests.factories.disputes import as_party
from tests.factories.hearings import control, do, neutral, running_hearing, seat_of
from tests.fixtures.recorded import keep, pictures, sounds

pytestmark = pytest.mark.db
BOTH = (PartyRole.APPLICANT, PartyRole.RESPONDENT)


@pytest.fixture
def hearing(session: Session, clock, staff) -> Hearing:
    return running_hearing(session, clock, staff(QIN))


def say(session: Session, clock, hearing: Hearing, role: PartyRole, step: ConsentStep, **more: Any) -> ConsentState:
    return service.answer_consent(session, service.AnswerConsent(seat_of(hearing, role).id, step, **more), clock=clock)


def started(session: Session, clock, hearing: Hearing) -> Recording:
    for role in BOTH:
        say(session, clock, hearing, role, ConsentStep.GIVE)
    return service.start_recording(session, service.StartRecording(neutral(hearing).id), clock=clock)


def press(session: Session, clock, hearing: Hearing, step: RecordingStep) -> Recording:
    return service.control_recording(session, service.ControlRecording(neutral(hearing).id, step), clock=clock)


def filmed(session: Session, clock, recording: Recording, *, seconds: float = 1) -> None:
    """Both parties' sound and the applicant's picture lie in the folder, as `live` leaves them."""
    take = service.begin_take(session, recording.id)
    for role, video in ((PartyRole.APPLICANT, True), (PartyRole.APPLICANT, False), (PartyRole.RESPONDENT, False)):
        seat = seat_of(recording.hearing, role)
        command = service.BeginSource(recording.id, take, seat.public_id, video, began_at=clock())
        source = service.begin_source(session, command)
        frames = pictures(seconds) if video else sounds(seconds)
        keep(recordings(), source.file, source.data_key, frames, video=video)
        progress = service.SourceProgress(source.id, clock(), n_bytes=1, sha256="0" * 64)
        service.note_sources(session, [progress], clock=clock)


def work(sessions, clock) -> None:
    """The worker does everything that is due."""
    clock.pass_(seconds=30)
    while tasks.run_one(sessions, clock):
        pass


def ready(session: Session, sessions, clock, hearing: Hearing) -> Recording:
    recording = started(session, clock, hearing)
    filmed(session, clock, recording)
    clock.pass_(seconds=1)
    press(session, clock, hearing, RecordingStep.STOP)
    session.commit()
    work(sessions, clock)
    session.refresh(recording)
    return recording


def happened(session: Session, hearing: Hearing) -> list[str]:
    names = session.scalars(select(LogEntry.name).where(LogEntry.case_id == hearing.case_id).order_by(LogEntry.seq))
    return [name for name in names if name.startswith(("consent", "recording"))]


def test_recording_begins_only_when_everybody_in_the_room_has_agreed(session, clock, hearing) -> None:
    command = service.StartRecording(neutral(hearing).id)
    assert service.ask_consent(session, service.AskConsent(neutral(hearing).id), clock=clock) == 2
    with pytest.raises(Refused, match="nobody_to_ask"):
        service.ask_consent(session, service.AskConsent(neutral(hearing).id), clock=clock)
    say(session, clock, hearing, PartyRole.APPLICANT, ConsentStep.GIVE)
    with pytest.raises(Refused, match="recording_not_agreed"):
        service.start_recording(session, command, clock=clock)
    say(session, clock, hearing, PartyRole.RESPONDENT, ConsentStep.REFUSE)
    with pytest.raises(Refused, match="recording_not_agreed"):
        service.start_recording(session, command, clock=clock)
    say(session, clock, hearing, PartyRole.RESPONDENT, ConsentStep.GIVE)
    with pytest.raises(Denied, match="not_yours"):
        service.start_recording(session, service.StartRecording(seat_of(hearing).id), clock=clock)
    with pytest.raises(Refused, match="recording_not_agreed"):  # the consent was for the read-back only
        service.start_recording(session, service.StartRecording(command.by, RecordingPurpose.SESSION), clock=clock)
    recording = service.start_recording(session, command, clock=clock)
    with pytest.raises(Refused, match="recording_already"):
        service.start_recording(session, command, clock=clock)
    now, snapshot = queries.recording_now(session, hearing.id), queries.snapshot(session, hearing.id)
    assert {one.seat for one in now.recorded(snapshot)} == {seat.public_id for seat in hearing.seats}
    assert recording.purpose is RecordingPurpose.READ_BACK


def test_whoever_comes_in_unasked_holds_it_up_and_whoever_is_apart_is_not_recorded(session, clock, hearing) -> None:
    started(session, clock, hearing)
    clock.pass_(seconds=1)
    zhou = seat_of(hearing, PartyRole.RESPONDENT)
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    now = queries.recording_now(session, hearing.id)
    assert zhou.public_id not in {one.seat for one in now.recorded(queries.snapshot(session, hearing.id))}
    say(session, clock, hearing, PartyRole.RESPONDENT, ConsentStep.WITHDRAW)
    say(session, clock, hearing, PartyRole.RESPONDENT, ConsentStep.GIVE)
    session.flush()
    assert queries.recording_now(session, hearing.id).active is None, "it had been in the recording"


def test_taken_back_it_stops_at_once_and_nothing_of_it_is_left(session, sessions, clock, hearing) -> None:
    recording = started(session, clock, hearing)
    filmed(session, clock, recording)
    session.commit()
    assert len(list(recordings().keys())) == 3
    say(session, clock, hearing, PartyRole.APPLICANT, ConsentStep.WITHDRAW)
    snapshot = queries.snapshot(session, hearing.id)
    assert queries.recording_now(session, hearing.id).recorded(snapshot) == frozenset()
    assert (recording.state, recording.deleted_why) == (RecordingState.DELETED, "withdrawn")
    assert session.scalars(select(RecordingSource.data_key)).all() == ["", "", ""]
    with pytest.raises(Refused, match="not_now"):
        service.begin_take(session, recording.id)
    session.commit()
    work(sessions, clock)
    assert list(recordings().keys()) == []
    assert happened(session, hearing)[-3:] == ["consent_moved", "recording_moved", "recording_deleted"]


def test_it_is_put_together_played_and_its_parts_let_go(session, sessions, clock, staff, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    assert (recording.state, recording.progress) == (RecordingState.READY, 100)
    assert session.scalars(select(RecordingSource)).all() == []
    assert list(recordings().keys()) == [recording.file]
    viewing = service.open_viewing(session, staff(QIN), recording.public_id, clock=clock)
    with service.viewed_bytes(session, staff(QIN), recording.public_id, viewing.ticket, clock=clock) as film:
        content = film.read()
        film.seek(0)
        with av.open(film) as played:
            assert sum(1 for _ in played.decode(video=0)) >= 14
            assert abs(recording.duration_ms - 1000) < 150
    assert hashlib.sha256(content).hexdigest() == recording.sha256
    assert happened(session, hearing)[-3:] == ["recording_moved", "recording_composed", "recording_viewed"]


def test_only_who_was_in_it_and_the_mediator_may_watch_and_each_for_themselves(
    session, sessions, clock, staff, hearing
) -> None:
    recording = ready(session, sessions, clock, hearing)
    zhao, zhou = as_party(hearing.case), as_party(hearing.case, PartyRole.RESPONDENT)
    mine = service.open_viewing(session, zhao, recording.public_id, clock=clock)
    assert mine.row.names
    with pytest.raises(Missing, match="viewing_over"):
        service.viewed_bytes(session, zhou, recording.public_id, mine.ticket, clock=clock)
    for wrong in ("", "1", f"{2**40}.{'0' * 64}", mine.ticket[:-1]):
        with pytest.raises(Missing, match="viewing_over"):
            service.viewed_bytes(session, zhao, recording.public_id, wrong, clock=clock)
    clock.pass_(hours=4)
    with pytest.raises(Missing, match="viewing_over"):
        service.viewed_bytes(session, zhao, recording.public_id, mine.ticket, clock=clock)
    with pytest.raises(Missing, match="recording_unknown"):
        service.open_viewing(session, staff("ma"), recording.public_id, clock=clock)
    with pytest.raises(Missing, match="recording_unknown"):
        service.delete_recording(session, zhao, recording.public_id, clock=clock)


def test_who_was_not_in_the_room_does_not_learn_of_it(session, clock, hearing) -> None:
    zhou = seat_of(hearing, PartyRole.RESPONDENT)
    do(session, hearing, zhou, SeatControl.DISMISS, clock)
    clock.pass_(minutes=1)
    say(session, clock, hearing, PartyRole.APPLICANT, ConsentStep.GIVE)
    service.start_recording(session, service.StartRecording(neutral(hearing).id), clock=clock)
    clock.pass_(minutes=1)
    press(session, clock, hearing, RecordingStep.STOP)
    clock.pass_(minutes=1)
    do(session, hearing, zhou, SeatControl.ADMIT, clock)
    case_id = hearing.case_id
    assert len(queries.recordings(session, case_id, as_party(hearing.case)).rows) == 1
    assert queries.recordings(session, case_id, as_party(hearing.case, PartyRole.RESPONDENT)).rows == ()


def test_the_end_of_the_hearing_ends_it_and_nothing_recorded_is_nothing_kept(session, sessions, clock, hearing) -> None:
    recording = started(session, clock, hearing)
    control(session, hearing, HearingStep.CLOSE, clock)
    assert (recording.state, recording.ended_why) == (RecordingState.ENDED, "closed")
    session.commit()
    work(sessions, clock)
    session.refresh(recording)
    assert (recording.state, recording.deleted_why) == (RecordingState.DELETED, "empty")


def test_kept_long_enough_it_is_deleted_with_its_key(session, sessions, clock, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    assert recording.expires_at == recording.ended_at + timedelta(days=90)
    clock.pass_(days=89)
    service.tend_recordings(session, clock())
    assert recording.state is RecordingState.READY
    clock.pass_(days=1)
    service.tend_recordings(session, clock())
    session.commit()
    work(sessions, clock)
    assert (recording.state, recording.data_key, recording.deleted_why) == (RecordingState.DELETED, "", "expired")
    assert list(recordings().keys()) == []


def test_on_the_mediators_word_it_is_deleted(session, sessions, clock, staff, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    service.delete_recording(session, staff(QIN), recording.public_id, clock=clock)
    session.commit()
    work(sessions, clock)
    assert list(recordings().keys()) == []
    with pytest.raises(Refused, match="recording_not_ready"):
        service.open_viewing(session, staff(QIN), recording.public_id, clock=clock)


def test_a_party_takes_consent_back_after_the_hearing_and_the_film_is_gone(session, sessions, clock, hearing) -> None:
    recording = ready(session, sessions, clock, hearing)
    control(session, hearing, HearingStep.CLOSE, clock)
    command = service.AnswerOwnConsent(hearing.public_id, ConsentStep.WITHDRAW)
    service.answer_own_consent(session, as_party(hearing.case), command, clock=clock)
    assert (recording.state, recording.data_key) == (RecordingState.DELETED, "")
    give = service.AnswerOwnConsent(hearing.public_id, ConsentStep.GIVE)
    with pytest.raises(Refused, match="hearing_closed"):
        service.answer_own_consent(session, as_party(hearing.case), give, clock=clock)


def test_what_cannot_be_put_together_is_a_task_on_the_desk_until_it_can(
    session, sessions, clock, staff, hearing
) -> None:
    recording = started(session, clock, hearing)
    filmed(session, clock, recording)
    press(session, clock, hearing, RecordingStep.STOP)
    session.commit()
    hurt = {key: (recordings().folder / key).read_bytes() for key in list(recordings().keys())}
    for key, content in hurt.items():
        (recordings().folder / key).write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
    work(sessions, clock)
    session.refresh(recording)
    assert (recording.state, recording.fault) == (RecordingState.BROKEN, "damaged")
    timer = session.scalars(select(Timer).where(Timer.kind == TimerKind.RECORDING)).one()
    assert timer.done_at is None
    for key, content in hurt.items():
        (recordings().folder / key).write_bytes(content)
    service.retry_composing(session, staff(QIN), recording.public_id, clock=clock)
    session.commit()
    work(sessions, clock)
    session.expire_all()
    assert recording.state is RecordingState.READY
    assert timer.done_at is not None


def test_an_alarm_ends_the_recording_and_not_the_hearing_and_is_a_task(session, clock, hearing) -> None:
    recording = started(session, clock, hearing)
    service.alarm_recording(session, recording.id, "disk_full", clock=clock)
    service.alarm_recording(session, recording.id, "disk_full", clock=clock)
    assert (recording.state, recording.ended_why) == (RecordingState.ENDED, "disk_full")
    assert queries.recording_now(session, hearing.id).alarm == "disk_full"
    assert hearing.state == "in_session"
    assert session.scalars(select(Timer.kind).where(Timer.kind == TimerKind.RECORDING)).all() == [TimerKind.RECORDING]
    assert happened(session, hearing)[-2:] == ["recording_moved", "recording_alarmed"]


def test_a_file_that_live_did_not_close_is_waited_for_and_then_taken_as_it_is(
    session, sessions, clock, hearing
) -> None:
    recording = started(session, clock, hearing)
    filmed(session, clock, recording)
    for source in session.scalars(select(RecordingSource)):
        source.ended_at = None
    press(session, clock, hearing, RecordingStep.STOP)
    session.commit()
    with sessions() as reading, pytest.raises(Refused, match="not_now"):
        service.compose_recording(reading, {"recording_id": recording.id, "key": "k"}, clock())
    work(sessions, clock)
    session.refresh(recording)
    assert recording.state is RecordingState.READY


def test_what_nobody_stopped_is_stopped_by_itself(session, clock, hearing) -> None:
    recording = started(session, clock, hearing)
    clock.pass_(hours=11)
    service.tend_recordings(session, clock())
    assert recording.state is RecordingState.RUNNING
    clock.pass_(hours=2)
    service.tend_recordings(session, clock())
    assert (recording.state, recording.ended_why) == (RecordingState.ENDED, "closed")


def test_a_file_that_no_row_names_is_removed_after_a_day(session, clock, hearing) -> None:
    recordings().create("stray").close()
    service.tend_recordings(session, clock())
    assert list(recordings().keys()) == ["stray"]
    clock.set(clock().replace(year=clock().year + 1))
    service.tend_recordings(session, clock())
    assert list(recordings().keys()) == []


def test_the_neutral_is_not_asked_and_a_witness_is(session, clock, hearing) -> None:
    command = service.AnswerConsent(neutral(hearing).id, ConsentStep.GIVE)
    with pytest.raises(Refused, match="not_yours"):
        service.answer_consent(session, command, clock=clock)
    seat_of(hearing, PartyRole.RESPONDENT).role = SeatRole.WITNESS
    session.flush()
    say(session, clock, hearing, PartyRole.APPLICANT, ConsentStep.GIVE)
    with pytest.raises(Refused, match="recording_not_agreed"):
        service.start_recording(session, service.StartRecording(neutral(hearing).id), clock=clock)


def test_work_that_takes_long_stays_with_who_does_it(session, sessions, clock) -> None:
    outbox.put(session, "test.long", {}, key="long", due_at=clock())
    outbox.take(session, clock())
    clock.pass_(minutes=1)
    outbox.renew(session, "long", clock())
    clock.pass_(seconds=90)
    assert not outbox.is_due(session, clock())
