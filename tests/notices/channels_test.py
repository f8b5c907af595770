"""Each road by which a message leaves keeps the same promises: carried, refused for good, or later."""

import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from mediation.notices.channels import Kept, Parcel, Undeliverable, choose
from mediation.notices.channels.mail import Smtp, compose
from mediation.notices.channels.sms import Gateway
from mediation.settings import Settings

CALENDAR_TYPES = {"text/calendar", "application/ics"}
ICS = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
PARCEL = Parcel("4f7k92qm", "qin@tiaohe.example", "预约成功", "您好,\n周三见。\n", ICS)


class MailSink(socketserver.ThreadingTCPServer):
    """As much of RFC 5321 as a client needs; refuses recipients by their name."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SmtpTalk)
        self.received: list[bytes] = []


class _SmtpTalk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and b"nobody@" in line:
                self._say("550 no such mailbox")
            elif verb == b"RCPT" and b"full@" in line:
                self._say("452 mailbox full")
            elif verb == b"DATA":
                self._say("354 go on")
                data = b""
                while not data.endswith(b"\r\n.\r\n"):
                    data += self.rfile.readline()
                cast("MailSink", self.server).received.append(data[:-5])
                self._say("250 taken")
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class SmsSink(HTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.received: list[tuple[bytes, str]] = []


class _Post(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        to = json.loads(body)["to"]
        cast("SmsSink", self.server).received.append((body, self.headers["X-Signature"]))
        self.send_response({"000": 422, "999": 503}.get(to, 202))
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    yield from _serving(MailSink())


@pytest.fixture
def sms_sink() -> Iterator[SmsSink]:
    yield from _serving(SmsSink())


def _serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def smtp(sink: MailSink) -> Smtp:
    return Smtp(f"smtp://127.0.0.1:{sink.server_address[1]}", "调和 <tiaohe@tiaohe.example>")


def test_a_mail_arrives_with_its_text_and_its_calendar_file(mail_sink: MailSink) -> None:
    smtp(mail_sink).send(PARCEL)
    mail = message_from_bytes(mail_sink.received[0], policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    assert (mail["To"], mail["Subject"]) == ("qin@tiaohe.example", "预约成功")
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == PARCEL.body
    assert shape(mail) == [
        "multipart/mixed",
        ["multipart/alternative", "text/plain", "text/html", "text/calendar; method=REQUEST"],
        "application/ics",
    ]
    assert next(iter(mail.iter_attachments())).get_filename() == "hearing.ics"
    carried = [part.get_content() for part in mail.walk() if part.get_content_type() in CALENDAR_TYPES]
    assert [part.encode() if isinstance(part, str) else part for part in carried] == [ICS, ICS]


def shape(part: Message) -> Any:
    """The tree of a mail by its types, with the method that a calendar part names."""
    if part.is_multipart():
        return [part.get_content_type(), *(shape(child) for child in cast("list[Message]", part.get_payload()))]
    method = part.get_param("method")
    return part.get_content_type() + (f"; method={method}" if method else "")


def test_a_cancelled_booking_says_so_in_the_head_of_its_part_too() -> None:
    cancel = ICS.replace(b"REQUEST", b"CANCEL")
    mail = compose(Parcel("a", "qin@tiaohe.example", "s", "看 https://a.example/p/x&y <b>", cancel), "tiaohe@a.example")
    assert shape(mail)[1][-1] == "text/calendar; method=CANCEL"
    page = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_content()
    assert "&lt;b&gt;" in page
    assert '<a href="https://a.example/p/x' in page


def test_a_mailbox_that_does_not_exist_is_not_tried_again_and_a_full_one_is(mail_sink: MailSink) -> None:
    with pytest.raises(Undeliverable, match="no such mailbox"):
        smtp(mail_sink).send(Parcel("a", "nobody@tiaohe.example", "s", "b"))
    with pytest.raises(Exception, match="full") as later:
        smtp(mail_sink).send(Parcel("a", "full@tiaohe.example", "s", "b"))
    assert not isinstance(later.value, Undeliverable)


def test_a_mail_server_that_is_away_means_later() -> None:
    with pytest.raises(OSError, match="refused"):
        Smtp("smtp://127.0.0.1:1", "tiaohe@localhost").send(PARCEL)


def test_the_same_message_tried_twice_has_the_same_message_id() -> None:
    first, second = compose(PARCEL, "tiaohe@a.example"), compose(PARCEL, "tiaohe@a.example")
    assert first["Message-ID"] == second["Message-ID"] == "<4f7k92qm@a.example>"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=200))
def test_no_text_can_smuggle_a_header_into_a_mail(to: str, subject: str, body: str) -> None:
    try:
        mail = compose(Parcel("a", to, subject, body), "tiaohe@a.example")
    except Undeliverable:
        return
    names = {name.lower() for name in message_from_bytes(mail.as_bytes()).keys()}  # noqa: SIM118 - repeated names too
    assert names <= {
        "to", "from", "subject", "message-id", "auto-submitted",
        "mime-version", "content-type", "content-transfer-encoding",
    }  # fmt: skip


@pytest.mark.parametrize("to", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "", "罗桂兰", "a@b@c"])
def test_what_is_no_single_mail_address_is_refused_for_good(to: str) -> None:
    with pytest.raises(Undeliverable):
        compose(Parcel("a", to, "s", "b"), "tiaohe@a.example")


def test_the_gateway_gets_a_signed_message(sms_sink: SmsSink) -> None:
    gateway = Gateway(f"http://127.0.0.1:{sms_sink.server_address[1]}/send", SecretStr("s3cret"))
    gateway.send(Parcel("4f7k92qm", "13800000000", "", "【调和】您好!"))
    body, signature = sms_sink.received[0]
    assert json.loads(body) == {"id": "4f7k92qm", "to": "13800000000", "text": "【调和】您好!"}
    assert signature == hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()


def test_the_gateway_may_refuse_a_number_for_good_or_ask_for_later(sms_sink: SmsSink) -> None:
    gateway = Gateway(f"http://127.0.0.1:{sms_sink.server_address[1]}/send", SecretStr("s3cret"))
    with pytest.raises(Undeliverable):
        gateway.send(Parcel("a", "000", "", "b"))
    with pytest.raises(OSError, match="503"):
        gateway.send(Parcel("a", "999", "", "b"))


def test_without_settings_nothing_leaves_the_machine() -> None:
    assert {type(channel) for channel in choose(Settings()).values()} == {Kept}
    Kept().send(PARCEL)
