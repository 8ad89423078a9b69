"""A mail of each kind, as the newsroom's recipients would get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from newsroom import CHIEF, INVITED, MISTAKES
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.models import Delivery, Event, Report, Site
from server.notify.account_mail import owe_account_mail
from server.notify.message import render
from server.notify.outbox import owe
from server.notify.recipients import Recipients
from server.reports.resolution import reopen
from server.sites import user_of

READER = "reader@elsewhere.example"


@dataclass(frozen=True)
class Subject:
    """What mails can be about: open reports, the clearest first, and fixed ones."""

    open: Sequence[Report]
    closed: Sequence[Report]
    fixed: Sequence[Report]

    @classmethod
    def of(cls, session: Session) -> Subject:
        # The server changes them meanwhile.
        fresh = {"populate_existing": True}
        newest = select(Report).order_by(Report.id.desc()).execution_options(**fresh)
        fixed = session.scalars(newest.where(Report.status == "fixed").limit(3)).all()
        by_words = {each.exact: each for each in session.scalars(newest).all()}
        found = [by_words[each.exact] for each in reversed(MISTAKES)]
        open_now = [each for each in found if each.status == "open"]
        return cls(open_now, [each for each in found if each not in open_now], fixed)

    @property
    def site(self) -> Site:
        return self.open[0].site

    def told(self, reports: Sequence[Report]) -> list[tuple[int, int]]:
        return [(each.id, each.events[0].id) for each in reports]


@contextmanager
def mails_in(app: Flask, language: str) -> Iterator[dict[str, str]]:
    """The HTML of each, by name, while the chief and the site's readers read this language."""
    settings: Settings = app.extensions["copydesk_settings"]
    with write_transaction() as session:
        _speak(session, language)
        owed = _owe(session, settings)
        html = {
            name: render(session, delivery, settings, Recipients()).html
            for name, delivery in owed.items()
        }
    yield html
    with write_transaction() as session:
        _speak(session, "")
        # What was closed by a link is pictured again.
        for report in Subject.of(session).closed:
            reopen(session, report, version=report.version, actor=None, source="api")


def _speak(session: Session, language: str) -> None:
    """Whoever chose no language hears that of the browser, or of the site."""
    user_of(session, CHIEF).language = language
    Subject.of(session).site.language = language or "en"


def _owe(session: Session, settings: Settings) -> dict[str, Delivery]:
    subject = Subject.of(session)
    site = subject.site

    def mail(name: str, about: Sequence[Report] = (), **more: Any) -> Delivery:
        owed = owe(
            session,
            site.id,
            more.pop("recipient", CHIEF),
            settings.mail_from,
            cause=f"picture:{name}:{now()}",
            about=more.pop("told", None) or subject.told(about),
            **more,
        )
        assert owed is not None
        session.refresh(owed)
        return owed

    def of_account(about: str, recipient: str, **details: Any) -> Delivery:
        cause = f"picture:{now()}"
        owed = owe_account_mail(
            session, settings, recipient, about=about, cause=cause, details=details
        )
        assert owed is not None
        return owed

    again = subject.open[1]
    opened = Event(report_id=again.id, kind="reopened", source="widget")
    closed = Event(report_id=again.id, kind="fixed", source="mail", address="desk@news.example")
    session.add_all([closed, opened])
    session.flush()
    invited = session.scalars(
        select(Delivery).where(Delivery.kind == "account", Delivery.recipient == INVITED)
    ).first()
    assert invited is not None
    words = {each.exact: each for each in subject.open}
    chief_id = user_of(session, CHIEF).id
    one = {"kind": "report"}
    return {
        "mail-report": mail("report", [words["definately"]], **one),
        "mail-report-rtl": mail("rtl", [words["כתבו"]], **one),
        "mail-report-long-word": mail("long", [subject.open[-4]], **one),
        "mail-report-again": mail("again", told=[(again.id, opened.id)], **one),
        "mail-collected": mail(
            "burst", subject.open[:2], kind="collected", collects=f"page:{again.page_id}"
        ),
        "mail-flood": mail(
            "flood",
            subject.open[:1],
            kind="collected",
            collects="flood",
            details={"more_than": 100},
        ),
        "mail-digest": mail(
            "digest", subject.open, kind="digest", details=_numbers(subject, fresh=3)
        ),
        # In the language of the page that was read.
        "mail-thanks": mail(
            "thanks",
            [words["предпологают"]] if site.language == "ru" else subject.fixed[:1],
            kind="thanks",
            recipient=READER,
        ),
        "mail-thanks-several": mail("several", subject.fixed, kind="thanks", recipient=READER),
        "mail-invitation": invited,
        "mail-reset": of_account("reset", CHIEF, account=chief_id),
        "mail-changed": of_account("changed", CHIEF, account=chief_id),
    }


def _numbers(subject: Subject, fresh: int) -> dict[str, Any]:
    """What a digest says beside its reports."""
    return {
        "fresh": fresh,
        "fresh_ids": [each.id for each in subject.open[:fresh]],
        "open": len(subject.open) + 37,
        "pages": len({each.page_id for each in subject.open}),
        "fixed": len(subject.fixed),
        "fixed_ids": [each.id for each in subject.fixed],
    }
