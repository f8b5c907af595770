"""One outbox row from taken to done: each in a transaction of its own."""

from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from mediation.kernel import outbox
from mediation.kernel.clock import Clock
from mediation.kernel.db import read, transaction

log = structlog.get_logger()


def run_one(sessions: sessionmaker[Session], clock: Clock) -> bool:
    """Take one due row and do it; False when nothing is due.

    One at a time, so that a row's lease is never spent on waiting behind another. Killed anywhere, the row is not
    `done` and comes again when its lease ends; the receivers are idempotent.
    """
    with read(sessions) as session:
        if not outbox.is_due(session, clock()):
            return False
    with transaction(sessions) as session:
        rows = [(row.id, row.kind, row.payload, row.tries) for row in outbox.take(session, clock(), limit=1)]
    for row_id, kind, payload, tries in rows:
        try:
            _do(sessions, clock, row_id, kind=kind, payload=payload)
        except Exception as error:  # noqa: BLE001 - the outer loop of a job: note it and go on
            with transaction(sessions) as session:
                outbox.failed(session, row_id, f"{type(error).__name__}: {error}", clock())
            level = log.error if tries >= outbox.most_tries(kind) else log.warning
            level("worker.work_failed", kind=kind, row=row_id, tries=tries, exc_info=True)
        else:
            log.info("worker.work_done", kind=kind, row=row_id)
    return bool(rows)


def _do(sessions: sessionmaker[Session], clock: Clock, row_id: int, *, kind: str, payload: dict[str, Any]) -> None:
    work = outbox.work(kind)
    if work.outside is not None:
        with read(sessions) as session:
            payload = {**payload, **work.outside(session, payload, clock())}
    with transaction(sessions) as session:
        now = clock()
        work.receiver(session, payload, now)
        outbox.done(session, row_id, now)
