"""Answers out of a folder of a real mail server: each read once, none lost, none marked."""

import imaplib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from structlog.testing import capture_logs

from mediation.disputes.models import Case
from mediation.scheduling import queries, service
from mediation.scheduling.calendar import imap
from mediation.scheduling.models import Booking, ReplyMail
from mediation.scheduling.rules.codes import MailResult, ReplyAnswer
from mediation.settings import Settings
from mediation.worker import schedule, tasks
from tests.factories.scheduling import at, book
from tests.fixtures.clock import FakeClock
from tests.fixtures.district import Staff
from tests.fixtures.imap import PASSWORD, ImapServer
from tests.notices.invitations_test import RESPONDENT, case_with_mail
from tests.scheduling.replies_test import answer

pytestmark = pytest.mark.db


@dataclass(frozen=True)
class Post:
    """The folder as the mail server's other clients see it, and the worker that reads it."""

    server: ImapServer
    other: imaplib.IMAP4_SSL
    sessions: sessionmaker[Session]
    clock: FakeClock

    def arrive(self, raw: bytes, flags: str = "") -> None:
        self.other.append("Answers", flags, "", raw)

    def read(self) -> None:
        self.clock.pass_(minutes=1)
        with self.sessions.begin() as session:
            service.ask_for_replies(session, self.clock())
        while tasks.run_one(self.sessions, self.clock):
            pass

    def results(self) -> list[MailResult]:
        with self.sessions() as session:
            return list(session.scalars(select(ReplyMail.result).order_by(ReplyMail.key)))

    def answers(self, booking: Booking) -> set[ReplyAnswer]:
        with self.sessions() as session:
            return {one.answer for one in queries.answers(session, booking.id)}

    def flags(self) -> list[bytes]:
        self.other.select("Answers")
        return [part for part in self.other.fetch("1:*", "(FLAGS)")[1] if isinstance(part, bytes)]


@pytest.fixture
def post(
    dovecot: ImapServer, sessions: sessionmaker[Session], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Post]:
    schedule.subscribe()
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    other = dovecot.client()
    service.read_replies_from(None, dovecot.url())
    yield Post(dovecot, other, sessions, clock)
    service.read_replies_from(None)
    other.select("INBOX")
    other.delete("Answers")
    other.logout()


@pytest.fixture
def booking(session: Session, clock: FakeClock, staff: Staff) -> Booking:
    case: Case = case_with_mail(session, clock)
    made = book(session, staff("shen"), case.id, at(24, 9), clock=clock)
    session.commit()
    return made


@pytest.mark.parametrize("tls_first", [True, False], ids=["imaps", "STARTTLS"])
def test_each_mail_is_read_once_and_left_as_it_lies(post: Post, booking: Booking, *, tls_first: bool) -> None:
    service.read_replies_from(None, post.server.url(tls_first=tls_first))
    post.arrive(answer(booking).as_bytes())
    post.arrive(b"From: somebody@example.org\r\nSubject: hello\r\n\r\nhello\r\n")
    post.read()
    assert post.results() == [MailResult.TAKEN, MailResult.UNCLEAR]
    assert post.answers(booking) == {ReplyAnswer.ACCEPTED}
    post.read()
    assert len(post.results()) == 2
    assert all(b"Seen" not in flags for flags in post.flags())


def test_a_mail_that_somebody_has_opened_is_not_missed(post: Post, booking: Booking) -> None:
    post.arrive(answer(booking).as_bytes(), r"(\Seen)")
    post.read()
    assert post.results() == [MailResult.TAKEN]


def test_what_was_not_kept_is_read_again(post: Post, booking: Booking) -> None:
    """The process dies between the server's answer and the commit."""
    post.arrive(answer(booking).as_bytes())
    with post.sessions() as session:
        assert len(service.fetch_replies(session, {}, post.clock())["mails"]) == 1
    assert post.results() == []
    post.read()
    assert post.results() == [MailResult.TAKEN]


def test_a_full_folder_is_read_in_order_some_each_minute(
    post: Post, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "AT_ONCE", 2)
    for second in range(3):
        said = "DECLINED" if second == 2 else "ACCEPTED"
        post.arrive(answer(booking, sender=RESPONDENT, said=said, stamp=f"20261123T02000{second}Z").as_bytes())
    post.read()
    assert post.answers(booking) == {ReplyAnswer.ACCEPTED}
    post.read()
    assert post.answers(booking) == {ReplyAnswer.DECLINED}
    assert len(post.results()) == 3


def test_a_mail_beyond_all_measure_is_not_fetched_and_stops_nothing(post: Post, booking: Booking) -> None:
    post.arrive(b"Subject: large\r\n\r\n" + b"x" * 1_100_000)
    post.arrive(answer(booking).as_bytes())
    post.read()
    assert post.results() == [MailResult.UNCLEAR, MailResult.TAKEN]


def test_a_folder_made_anew_numbers_its_mails_anew_and_none_is_taken_for_an_old_one(
    post: Post, booking: Booking
) -> None:
    post.arrive(answer(booking).as_bytes())
    post.read()
    post.other.select("INBOX")
    post.other.delete("Answers")
    post.other.create("Answers")
    post.arrive(answer(booking, said="DECLINED", stamp="20261123T030000Z").as_bytes())
    post.read()
    assert post.answers(booking) == {ReplyAnswer.DECLINED}


@pytest.mark.parametrize("what", ["password", "folder", "certificate", "server"])
def test_while_the_server_refuses_or_is_away_nothing_fails_and_nothing_is_lost(
    post: Post, booking: Booking, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    post.arrive(answer(booking).as_bytes())
    wrong = {
        "password": post.server.url(password="another"),
        "folder": post.server.url("Elsewhere"),
        "certificate": post.server.url(),
        "server": post.server.url().replace(str(post.server.port), "1"),
    }
    service.read_replies_from(None, wrong[what])
    if what == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    with capture_logs() as logs:
        post.read()
    (said,) = [one for one in logs if one["event"] == "scheduling.replies_unreachable"]
    assert PASSWORD not in str(said)
    assert not [one for one in logs if one["event"] == "worker.work_failed"]
    monkeypatch.setenv("SSL_CERT_FILE", str(post.server.certificate))
    service.read_replies_from(None, post.server.url())
    post.read()
    assert post.results() == [MailResult.TAKEN]


@pytest.mark.parametrize(
    "url",
    [
        "imaps://mail.example/Answers", "imaps://who@mail.example/", "https://who:word@mail.example/",
        "imaps://who:word@mail.example:none/", "imaps://who:word@/", "imaps://who:word@mail.example/答复",
    ],
)  # fmt: skip
def test_an_address_that_lacks_something_is_said_at_the_start(url: str) -> None:
    with pytest.raises(ValidationError, match="REPLIES_URL is imaps://"):
        Settings(replies_url=url)  # type: ignore[arg-type]  # as the environment gives it


def test_the_address_of_a_folder_is_read_with_its_signs() -> None:
    box = imap.box_of("imaps://a%40b:w%2Ford@mail.example/INBOX%2FAnswers")
    assert (box.user, box.password, box.host, box.port) == ("a@b", "w/ord", "mail.example", 993)
    assert (box.folder, imap.box_of("imap://a:b@mail.example").folder) == ("INBOX/Answers", "INBOX")
    assert imap.box_of("imap://a:b@mail.example").port == 143
    assert "w/ord" not in repr(box)
