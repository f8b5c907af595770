"""Answers by mail: whose count, which do not, and what staff see."""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from mediation.disputes.models import Case
from mediation.scheduling import queries, service
from mediation.scheduling.models import Booking, ReplyMail
from mediation.scheduling.rules.codes import MailResult, ReplyAnswer
from mediation.scheduling.service import MoveBooking
from mediation.worker import schedule, tasks
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.notices.invitations_test import APPLICANT, RESPONDENT, case_with_mail
from tests.scheduling.staff_views_test import signed_in

pytestmark = pytest.mark.db


@dataclass(frozen=True)
class Post:
    """A box of answers, and the worker that reads it."""

    box: mailbox.Maildir
    sessions: sessionmaker[Session]
    clock: FakeClock

    def read(self, *mails: EmailMessage) -> None:
        for mail in mails:
            self.box.add(mail)
        self.clock.pass_(minutes=1)
        with self.sessions.begin() as session:
            service.ask_for_replies(session, self.clock())
        while tasks.run_one(self.sessions, self.clock):
            pass

    def results(self) -> list[MailResult]:
        with self.sessions() as session:
            return list(session.scalars(select(ReplyMail.result).order_by(ReplyMail.read_at)))

    def answers(self, booking: Booking) -> set[tuple[ReplyAnswer, datetime | None]]:
        with self.sessions() as session:
            return {(one.answer, one.starts_at) for one in queries.answers(session, booking.id)}

    def folders(self) -> list[str]:
        return [self.box.get_message(name).get_subdir() for name in self.box.keys()]  # noqa: SIM118 - a mailbox


@pytest.fixture
def post(tmp_path: Path, sessions: sessionmaker[Session], clock: FakeClock) -> Iterator[Post]:
    schedule.subscribe()
    folder = tmp_path / "answers"
    service.read_replies_from(folder)
    yield Post(mailbox.Maildir(folder), sessions, clock)
    service.read_replies_from(None)


@pytest.fixture
def case(session: Session, clock: FakeClock, staff: Staff) -> Case:
    return case_with_mail(session, clock)


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff, case: Case) -> Booking:
    made = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return made


def answer(
    booking: Booking,
    *,
    sender: str = APPLICANT,
    attendee: str = "",
    said: str = "ACCEPTED",
    method: str = "REPLY",
    sequence: int = 0,
    stamp: str = "20261123T020000Z",
    uid: str = "",
) -> EmailMessage:
    """As Outlook and Google write it, in short."""
    lines = [
        "BEGIN:VCALENDAR", "PRODID:-//Other//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid or f'booking-{booking.public_id}@tiaohe.invalid'}", f"SEQUENCE:{sequence}", f"DTSTAMP:{stamp}",
        f"ATTENDEE;PARTSTAT={said}:MAILTO:{(attendee or sender).upper()}", "ORGANIZER:mailto:tiaohe@localhost",
        "DTSTART:20261125T060000Z", "DTEND:20261125T070000Z", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Somebody <{sender}>", "tiaohe@localhost", "Re"
    mail.set_content("Yes")
    mail.add_alternative("\r\n".join(lines), subtype="calendar", params={"method": method})
    return mail


def test_staff_see_who_says_yes_and_who_proposes_another_time(app: Flask, post: Post, booking: Booking) -> None:
    post.read(answer(booking), answer(booking, sender=RESPONDENT, method="COUNTER", said="TENTATIVE"))
    assert post.answers(booking) == {(ReplyAnswer.ACCEPTED, None), (ReplyAnswer.COUNTER, at(25, 14))}
    with post.sessions() as session:
        assert session.get_one(Booking, booking.id).starts_at == at(24, 9), "nothing moves by itself"
    assert booking.case is not None
    page = signed_in(app, "shen").get(f"/cases/{booking.case.public_id}").text
    assert "已接受" in page
    assert re.search("建议另一个时间[^<]*25日[^<]*14:00", page)


@pytest.mark.parametrize(
    ("wrong", "result"),
    [
        ({"uid": "booking-zzzzzzzzzzzz@tiaohe.invalid"}, MailResult.UNKNOWN),
        ({"uid": "somebody-elses@example.org"}, MailResult.UNCLEAR),
        ({"sender": "stranger@example.org"}, MailResult.STRANGER),
        ({"sender": "stranger@example.org", "attendee": APPLICANT}, MailResult.UNCLEAR),
        ({"sequence": 7}, MailResult.OLDER),
        ({"method": "REQUEST"}, MailResult.UNCLEAR),
        ({"said": "WHATEVER"}, MailResult.UNCLEAR),
        ({"stamp": "soon"}, MailResult.UNCLEAR),
    ],
)
def test_an_answer_that_cannot_be_ours_changes_nothing(
    post: Post, booking: Booking, wrong: dict[str, str], result: MailResult
) -> None:
    post.read(answer(booking, **wrong))  # type: ignore[arg-type]
    assert post.results() == [result]
    assert post.answers(booking) == set()


def test_an_answer_to_an_earlier_time_does_not_count_and_an_older_one_does_not_win(
    post: Post, session: Session, clock: FakeClock, booking: Booking, staff: Staff
) -> None:
    post.read(answer(booking, said="DECLINED", stamp="20261123T030000Z"))
    post.read(answer(booking, stamp="20261123T020000Z"))
    assert post.results() == [MailResult.TAKEN, MailResult.OLDER]
    assert post.answers(booking) == {(ReplyAnswer.DECLINED, None)}
    session.rollback()
    service.reschedule(session, staff("shen"), MoveBooking(booking.public_id, at(25, 10)), clock=clock)
    session.commit()
    assert post.answers(booking) == set()
    post.read(answer(booking, stamp="20261123T040000Z"))
    assert post.results()[-1] is MailResult.OLDER


def test_a_mail_is_marked_only_when_it_was_dealt_with(post: Post, booking: Booking) -> None:
    post.read(answer(booking))
    assert post.folders() == ["new"]
    post.read()
    assert (post.folders(), post.results()) == (["cur"], [MailResult.TAKEN])
