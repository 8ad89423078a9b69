"""A newsroom that has been at work for a while: what its pages show is looked at, by tests and in
pictures."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from browsing import Newspaper
from flask import Flask, current_app
from labelled_reports import load
from live_server import LiveServer, wait_until
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server import create_app
from server.accounts import security
from server.api_tokens import issue
from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Event, Page, Report, Site, Submission
from server.notify.authors import add_author
from server.notify.desk import add_recipient
from server.notify.mutes import mute
from server.notify.rules import NewRule, add_rule
from server.notify.site_channels import add_channel
from server.notify.subscriptions import Choices
from server.people import invite
from server.reports import bulk
from server.sites import add_member, add_site, add_user, user_of
from server.text.matching import Conditions

QUIET_SITE = "The Evening Post"
CHIEF = "chief@news.example"
NEWCOMER = "newcomer@post.example"
# With an authenticator.
GUARDED = "guarded@post.example"
INVITED = "invited@news.example"
PASSWORD = "a long password for pictures"

HARBOUR = "The harbour that learned to wait"
BRIDGE = "Ninety days without a bridge"
MARKET = "What the market women remember"
AUTHORS = {HARBOUR: "Anna Berg", BRIDGE: "Ben Cole", MARKET: "Anna Berg"}


@dataclass(frozen=True)
class Mistake:
    title: str
    before: str
    exact: str
    after: str
    suggestion: str = ""
    comment: str = ""
    language: str = "en"
    readers: int = 1


# What readers after the first say, by their number.
OTHERS = {1: "It jumped out at me.", 4: "Also in the caption\nof the second photograph."}

# The last stands first in the queue.
MISTAKES = [
    Mistake(MARKET, "Nobody asked her to ", "accomodate", " the tourists.", "accommodate"),
    Mistake(BRIDGE, "The ferry, ", "it’s", " engine older than its captain, runs.", "its"),
    Mistake(
        "Оттепель в порту",
        "Жители ",
        "предпологают",
        ", что мост откроют в мае.",
        "предполагают",
        language="ru",
        readers=2,
    ),
    Mistake(
        MARKET,
        "See ",
        "https://example.org/a-very-long-address/that-nobody-ever-shortened/index.html",
        " for the list.",
        comment="This link leads nowhere.",
    ),
    Mistake("יומן הנמל", "הם ", "כתבו", " אל המערכת כל בוקר.", "כתב", language="he"),
    Mistake(BRIDGE, "A survey in June counted ", "the the", " visitors by boat.", "the"),
    Mistake(
        HARBOUR,
        "Since the new road her weekday trade has ",
        "definately",
        " doubled, though she would not say by how much.",
        "definitely",
        "Twice in this text!",
        readers=7,
    ),
    Mistake(
        HARBOUR,
        "Last year there were four hundred and nine, and the town council has begun to ",
        "recieve",
        " letters asking for more moorings.",
        "receive",
        readers=3,
    ),
]


TITLES = list(dict.fromkeys(mistake.title for mistake in MISTAKES))

# Real sentences for what was decided long ago.
PRINTED = [each for each in load() if each.mistake and each.reported.language == "en"]


def seed(server: LiveServer, origin: str) -> None:
    """Send the mistakes as readers do, one after the other."""
    for number, mistake in enumerate(MISTAKES):
        for reader in range(mistake.readers):
            body = _body(server.site_key, origin, number, mistake)
            if reader:
                body["comment"] = OTHERS.get(reader, "")
            status, answer = server.post(body, origin)
            assert status in (200, 201), answer


def _body(site_key: str, origin: str, number: int, mistake: Mistake) -> dict[str, object]:
    return {
        "site": site_key,
        "idempotency_key": uuid.uuid4().hex,
        "page": {
            "url": f"{origin}/{TITLES.index(mistake.title)}",
            "title": mistake.title,
            "language": mistake.language,
            "author": AUTHORS.get(mistake.title, ""),
        },
        "selector": {
            "exact": mistake.exact,
            "prefix": mistake.before,
            "suffix": mistake.after,
        },
        "passage": {"before": mistake.before, "after": mistake.after},
        "fragment": f"text={quote(mistake.exact, safe='')}",
        "suggestion": mistake.suggestion,
        "comment": mistake.comment,
    }


def _furnish(site: Site, session: Session, origin: str) -> None:
    """Who works where, where reports go, and what somebody muted."""
    quiet = add_site(session, QUIET_SITE, ["https://post.example"])
    chief, newcomer, guarded = (
        add_user(session, email, PASSWORD) for email in (CHIEF, NEWCOMER, GUARDED)
    )
    add_member(session, chief, site, "owner")
    add_member(session, chief, quiet, "editor")
    add_member(session, newcomer, quiet, "owner")
    add_member(session, guarded, quiet, "viewer")
    guarded.tf_primary_method = "authenticator"
    guarded.tf_totp_secret = security.totp_factory.generate_totp_secret()
    settings = current_app.extensions["copydesk_settings"]
    issue(session, chief, site, "Planning board", ["reports:read", "reports:resolve"], 90)
    invite(session, settings, site, INVITED, "viewer", actor=chief)
    # It answers that it does not know how.
    address = f"{origin}/hook"
    add_channel(session, site, "webhook", name="Desk", address=address, allow_private=True)
    add_recipient(session, site.id, "desk@news.example", Choices(mode="daily"))
    add_author(session, site.id, "Anna Berg", "anna@news.example")
    add_rule(
        session,
        site.id,
        NewRule(conditions=Conditions(author="Anna Berg"), recipients=["desk@news.example"]),
    )


def _add_past(site: Site, session: Session) -> None:
    """Four weeks of reports that were decided, on the pages of which readers just wrote."""
    pages = session.scalars(select(Page.id).where(Page.title.in_(AUTHORS))).all()
    session.add_all(_decided(site.id, pages[number % len(pages)], number) for number in range(60))
    muted = session.scalars(select(Page.id).where(Page.title == MARKET)).first()
    assert muted is not None
    mute(session, muted, CHIEF, user_of(session, CHIEF))
    chief = user_of(session, CHIEF)
    closed = session.execute(select(Report.id, Report.version).where(Report.status == "spam"))
    bulk.finish(session, bulk.begin(session, chief, "take", [(id, seen) for id, seen in closed]))


def _decided(site_id: int, page_id: int, number: int) -> Report:
    came = now() - timedelta(days=2 + number * 5 % 26, hours=number % 9)
    reported = PRINTED[number].reported
    status = ("fixed", "fixed", "rejected", "fixed", "spam", "fixed")[number % 6]
    resolved = came + timedelta(hours=1 + number * 7 % 30)
    submission = Submission(
        site_id=site_id,
        idempotency_key=f"past-{number}",
        answered_status="new",
        answered_readers=1,
        page_url="https://news.example/",
        exact=reported.exact,
        suggestion=reported.suggestion,
        reader_hash=bytes([number % 7]) * 16,
        received_at=came,
    )
    return Report(
        submissions=[submission],
        events=[
            Event(kind="opened", source="widget", created_at=came),
            Event(kind=status, source="dashboard", created_at=resolved),
        ],
        site_id=site_id,
        page_id=page_id,
        place_hash=number.to_bytes(32),
        exact=reported.exact,
        before=reported.before,
        after=reported.after,
        suggestion=reported.suggestion,
        status=status,
        version=2,
        score=(90, 40, 20)[number % 3],
        first_submitted_at=came,
        last_submitted_at=came,
        resolved_at=resolved,
        evaluated_at=came,
    )


def spread_over_days(database: Path) -> None:
    """Let the reports look as if they had come in one after the other, not in one second."""
    with sqlite3.connect(database) as connection:
        identifiers = connection.execute("SELECT id FROM report ORDER BY last_submitted_at DESC")
        for number, (report_id,) in enumerate(identifiers.fetchall()):
            moment = datetime.now(UTC) - timedelta(minutes=4 + 37 * number**2)
            connection.execute(
                "UPDATE report SET first_submitted_at = ?1, last_submitted_at = ?1 WHERE id = ?2",
                (moment.replace(tzinfo=None).isoformat(" "), report_id),
            )
            connection.execute(
                "UPDATE submission SET received_at = ?1 WHERE report_id = ?2",
                (moment.replace(tzinfo=None).isoformat(" "), report_id),
            )


@contextmanager
def open_newsroom(folder: Path) -> Iterator[tuple[LiveServer, Newspaper, Flask]]:
    """A server at work, the newspaper whose readers write to it, and an application of our own on
    the same database. Everything that a worker owes is done."""
    newspaper = Newspaper()
    data = folder / "var"
    server = LiveServer(
        data, newspaper.origin, login_limit="1000/minute", webhook_allow_private="true"
    )
    app = create_app(Settings.from_environment(server.environment))
    with app.app_context():
        with write_transaction() as session:
            site = session.scalars(select(Site)).one()
            _furnish(site, session, newspaper.origin)
        server.start()
        try:
            seed(server, newspaper.origin)
            wait_until(_nothing_is_owed, 120, "evidence and mails")
            spread_over_days(data / "copydesk.db")
            with write_transaction() as session:
                _add_past(session.get_one(Site, site.id), session)
            yield server, newspaper, app
        finally:
            server.stop()
            db.session.remove()
            db.engine.dispose()


def _nothing_is_owed() -> bool:
    session = db.session()
    session.rollback()
    unexamined = select(func.count()).where(Report.evaluated_at.is_(None))
    # The webhook's address answers nobody.
    mails = select(func.count()).where(Delivery.channel == "mail", Delivery.state == "kept")
    return not session.scalar(unexamined) and (session.scalar(mails) or 0) >= len(MISTAKES)
