"""What one seat is told of a hearing, for tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from mediation.hearings import queries
from mediation.live import picture
from mediation.live.messages import State
from mediation.live.recording.recorder import OFF


def told(session: Session, hearing_id: int, seat_id: int, now: datetime) -> State:
    """The picture as `live` sends it to this seat at this moment, with nobody's line measured and nothing recorded."""
    snapshot = queries.snapshot(session, hearing_id)
    moment = picture.Moment(
        revision=1,
        now=now,
        lines={},
        carried={},
        recording=queries.recording_now(session, hearing_id),
        truth=OFF,
        tables=queries.tables(session, snapshot),
    )
    return picture.state(snapshot, snapshot.seat_by_id(seat_id), moment)
