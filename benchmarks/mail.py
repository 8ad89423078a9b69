"""How fast mail leaves beside plain smtplib: ``python benchmarks/mail.py``.

All send the same messages to the same mail server (``sink.py``, a process of its own), each over
one connection at a time, in turns, so that what disturbs the machine disturbs all. Copydesk does
all that it does in service: claim from the database, render, write the message, send, mark as
sent. Plain smtplib is measured twice: given the finished bytes (``sendmail``), and writing its
messages from the finished texts as the standard library does (``EmailMessage``,
``send_message``). Rates and ratios are medians of the rounds. The processor's time for a message
is printed as well, as it depends less on what else the machine does.
"""

from __future__ import annotations

import argparse
import email
import email.policy
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from sqlalchemy import update

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from postgresql_server import MISSING, find_initdb, postgresql_cluster  # noqa: E402 - path first
from smtp_server import free_port  # noqa: E402 - the path comes first
from submissions import body_for  # noqa: E402 - the path comes first

from server import create_app  # noqa: E402 - the path comes first
from server.clock import now  # noqa: E402 - the path comes first
from server.config import Settings  # noqa: E402 - the path comes first
from server.database import write_transaction  # noqa: E402 - the path comes first
from server.models import Delivery  # noqa: E402 - the path comes first
from server.notify.channels.mail import MailTransport  # noqa: E402 - the path comes first
from server.notify.channels.transport import Prepared  # noqa: E402 - the path comes first
from server.notify.deliver import deliver_due  # noqa: E402 - the path comes first
from server.notify.routing import route_due  # noqa: E402 - the path comes first
from server.notify.smtp import Envelope  # noqa: E402 - the path comes first
from server.schema import upgrade_schema  # noqa: E402 - the path comes first
from server.sites import add_member, add_site, add_user  # noqa: E402 - the path comes first

ORIGIN = "https://news.example"


@contextmanager
def mail_server() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(HERE / "sink.py"), str(port)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


@contextmanager
def database(postgresql: bool) -> Iterator[str]:
    """The address of a fresh PostgreSQL database; empty for SQLite, which is a file of its own."""
    if not postgresql:
        yield ""
        return
    initdb = find_initdb()
    if initdb is None:
        sys.exit(MISSING)
    with postgresql_cluster(initdb) as url:
        yield url


def owe(app: Flask, messages: int) -> None:
    """Reports by readers, and what one editor is owed of them."""
    with write_transaction() as session:
        site = add_site(session, "The News", [ORIGIN])
        add_member(session, add_user(session, "ann@news.example", uuid.uuid4().hex), site)
    client = app.test_client()
    for number in range(messages):
        # Words that differ, so that none joins another.
        word = f"recieve{uuid.uuid4().hex[:6]}"
        body = body_for(
            site,
            page__url=f"{ORIGIN}/article-{number}",
            selector__exact=word,
            suggestion=word.replace("ie", "ei"),
            comment="It is in the second paragraph, I think.",
        )
        answer = client.post("/api/v1/submissions", json=body, headers={"Origin": ORIGIN})
        assert answer.status_code == 201, answer.text
    while route_due():
        pass


def sent_by_copydesk() -> tuple[int, float, float]:
    """How many, seconds, and seconds of this process's processor time."""
    begun, used, count = time.perf_counter(), time.process_time(), 0
    while sent := deliver_due():
        count += sent
    return count, time.perf_counter() - begun, time.process_time() - used


def sent_by_smtplib(envelopes: list[Envelope], port: int) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for envelope in envelopes:
            connection.sendmail(envelope.sender, [envelope.recipient], envelope.content)
    return time.perf_counter() - begun, time.process_time() - used


@dataclass(frozen=True)
class Texts:
    """What a program that writes its messages begins with."""

    headers: list[tuple[str, str]]
    text: str
    html: str

    @classmethod
    def of(cls, envelope: Envelope) -> Texts:
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        skipped = ("content-type", "mime-version")
        headers = [(k, str(v)) for k, v in message.items() if k.lower() not in skipped]
        return cls(headers, str(plain.get_content()), str(html.get_content()))


def written_by_smtplib(texts: list[Texts], port: int) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.process_time()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for each in texts:
            message = EmailMessage()
            for name, value in each.headers:
                message[name] = value
            message.set_content(each.text)
            message.add_alternative(each.html, subtype="html")
            connection.send_message(message)
    return time.perf_counter() - begun, time.process_time() - used


def kept_envelopes() -> list[Envelope]:
    """What Copydesk hands over from now on."""
    kept: list[Envelope] = []
    prepare = MailTransport.prepare

    def keep(transport: MailTransport, delivery: Delivery) -> Prepared:
        prepared = prepare(transport, delivery)
        kept.append(prepared.message)
        return prepared

    MailTransport.prepare = keep  # to hear what is sent
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        mail_server() as port,
        database(options.postgresql) as url,
    ):
        settings = Settings(
            mode="development",
            data_dir=Path(folder),
            database_url=url,
            smtp_host="127.0.0.1",
            smtp_port=port,
            log_level="WARNING",
            intake_network_limit="1000000/second",
            intake_site_limit="1000000/second",
            spam_pages="1000000/second",
            spam_places="1000000/second",
            spam_page_places="1000000/second",
            burst_minutes=0,
            flood_reports=0,
            mails_per_hour=0,
        )
        app = create_app(settings)
        with app.app_context():
            upgrade_schema()
            owe(app, options.messages)
            measure(options.rounds, options.messages, port)


def measure(rounds: int, messages: int, port: int) -> None:
    envelopes = kept_envelopes()
    found: list[tuple[float, float, float]] = []
    for _ in range(rounds):
        envelopes.clear()
        count, seconds, used = sent_by_copydesk()
        assert count == messages == len(envelopes), (count, len(envelopes))
        bytes_seconds, bytes_used = sent_by_smtplib(envelopes, port)
        texts = [Texts.of(envelope) for envelope in envelopes]
        texts_seconds, texts_used = written_by_smtplib(texts, port)
        found.append((seconds, bytes_seconds, texts_seconds))
        print(
            f"copydesk {count / seconds:5.0f}/s ({used / count * 1000:.1f} ms)   "
            f"smtplib, bytes {count / bytes_seconds:5.0f}/s ({bytes_used / count * 1000:.1f} ms)   "
            f"smtplib, texts {count / texts_seconds:5.0f}/s ({texts_used / count * 1000:.1f} ms)"
        )
        with write_transaction() as session:
            session.execute(update(Delivery).values(state="queued", attempts=0, due_at=now()))
    to_bytes = statistics.median(plain / ours for ours, plain, _ in found)
    to_texts = statistics.median(writing / ours for ours, _, writing in found)
    size = statistics.median(len(each.content) for each in envelopes) / 1024
    print(f"ratio to finished bytes {to_bytes:.2f}, to texts {to_texts:.2f}; {size:.1f} KiB each")


if __name__ == "__main__":
    main()
