"""What the database knows of submissions before they are recorded: their answers, pages, reports.

Asked for all of a transaction at once, by statements that travel together; each page is then locked
until the transaction ends.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, select

from server.models import Base
from server.reports.recurrence import Heard
from server.reports.submission import NewSubmission
from server.statements import BulkSelect, Lookup, Statements
from server.text.place import Place, Quote, place_of
from server.text.stored_place import read

# A site's id and an idempotency key, and what was answered: public id, status, readers.
AnswerKey = tuple[int, str]
Answer = tuple[uuid.UUID, str, int]
# A site's id and the hash of a page's address.
PageKey = tuple[int, bytes]
# A page's id and a place's hash.
PlaceKey = tuple[int, bytes]
Values = dict[str, Any]

_tables = Base.metadata.tables
PAGE: Table = _tables["page"]
REPORT: Table = _tables["report"]
SUBMISSION: Table = _tables["submission"]
EVENT: Table = _tables["event"]

# What a submission changes of a report that is known.
CHANGING = (
    "status",
    "version",
    "suggestion",
    "readers",
    "last_submitted_at",
    "resolved_at",
    "evaluated_at",
)
# What a page says of itself; the latest that was said counts.
SAID = ("title", "language", "author", "section")
# A page has few reports. Where somebody floods it, the newest are looked at: that costs little,
# and what is missed is one report too many.
MAX_CANDIDATES = 100
MAX_HEARD = 50

ANSWERS = BulkSelect(
    [
        SUBMISSION.c[name]
        for name in (
            *("site_id", "idempotency_key"),
            *("public_id", "answered_status", "answered_readers"),
        )
    ],
    [SUBMISSION.c.site_id, SUBMISSION.c.idempotency_key],
    Lookup(
        *("submission", "idempotency_key", "asked.idempotency_key"),
        "submission.site_id = asked.site_id",
    ),
)
_PAGE = ("page", "url_hash", "asked.url_hash", "page.site_id = asked.site_id")
PAGES = BulkSelect(
    [PAGE.c[name] for name in ("site_id", "url_hash", "id", *SAID)],
    [PAGE.c.site_id, PAGE.c.url_hash],
    # Of two transactions that know no report of a mistake, the second sees what the first wrote.
    # Whoever refers to the page waits for nobody.
    Lookup(*_PAGE, lock="FOR NO KEY UPDATE"),
)
REPORTS = BulkSelect(
    [REPORT.c[name] for name in ("page_id", "place_hash", "id", *CHANGING)],
    [PAGE.c.site_id, PAGE.c.url_hash, REPORT.c.place_hash],
    Lookup(*_PAGE),
    Lookup(
        *("report", "place_hash", "asked.place_hash"),
        "report.site_id = page.site_id AND report.page_id = page.id",
        lock="FOR UPDATE",
    ),
)
PLACES = BulkSelect(
    [REPORT.c.page_id, REPORT.c.id, REPORT.c.place],
    [PAGE.c.site_id, PAGE.c.url_hash],
    Lookup(*_PAGE),
    Lookup("report", "page_id", "page.id", newest=MAX_CANDIDATES),
)


@dataclass(slots=True)
class Draft:
    """A report as it will be when the transaction commits.
    ``is_new``: it is not stored yet."""

    id: int
    values: Values
    is_new: bool = False
    # Its place, where this transaction gave it another.
    place: Place | None = None
    # The latest that readers sent about it, newest first; None where nobody asked for it.
    heard: list[Heard] | None = None


@dataclass(slots=True)
class Known:
    """What is known of a batch. ``near``: of each page the newest reports' ids, newest first, to
    MAX_CANDIDATES, each with its place as it is written; ``report_ids``, ``event_ids``: as many as
    the batch can need, in order."""

    answers: dict[AnswerKey, Answer]
    pages: dict[PageKey, Values]
    reports: dict[PlaceKey, Draft]
    near: dict[int, list[tuple[int, str | None]]] = field(default_factory=dict)
    report_ids: Sequence[int] = ()
    event_ids: Sequence[int] = ()


def look(connection: Connection, batch: Collection[NewSubmission]) -> Known:
    """What is known of the batch. Its pages, and the reports at its places, are locked until the
    transaction ends; SQLite has one writer at a time."""
    asked = Statements(connection, by_index=True)
    pages = {(new.site_id, new.url_hash) for new in batch}
    ANSWERS.add(asked, {(new.site_id, new.idempotency_key) for new in batch})
    PAGES.add(asked, pages)
    REPORTS.add(asked, {(new.site_id, new.url_hash, new.place_hash) for new in batch})
    PLACES.add(asked, pages)
    # Drawn when the pages are locked: a report's events are in the order of their ids.
    most = sum(2 if new.spam_reasons else 1 for new in batch)
    _draw_ids(asked, most)
    answers, found, reports, places, drawn = asked.send()
    report_ids, event_ids = _drawn(asked, drawn, most)
    known = Known(
        answers={(site, key): (*answer,) for site, key, *answer in ANSWERS.rows(asked, answers)},
        pages={
            (site, bytes(url_hash)): dict(zip(("id", *SAID), values, strict=True))
            for site, url_hash, *values in PAGES.rows(asked, found)
        },
        reports={
            (page, bytes(place)): Draft(report, dict(zip(CHANGING, values, strict=True)))
            for page, place, report, *values in REPORTS.rows(asked, reports)
        },
        report_ids=report_ids,
        event_ids=event_ids,
    )
    for page, report, place in places:
        known.near.setdefault(page, []).append((report, place))
    return known


def event_ids_of_now(connection: Connection, most: int) -> Sequence[int]:
    """Ids that are later than those of all that happened."""
    asked = Statements(connection)
    _draw_ids(asked, most)
    (drawn,) = asked.send()
    return _drawn(asked, drawn, most)[1]


def _draw_ids(asked: Statements, most: int) -> None:
    if asked.on_postgresql:
        drawn = "SELECT nextval('report_id_seq'), nextval('event_id_seq')"
        asked.add(f"{drawn} FROM generate_series(1, %s)", (most,))
    else:
        # Nobody else writes meanwhile.
        asked.add("SELECT (SELECT max(id) FROM report), (SELECT max(id) FROM event)", ())


def _drawn(
    asked: Statements, rows: Sequence[Any], most: int
) -> tuple[Sequence[int], Sequence[int]]:
    if asked.on_postgresql:
        return [report for report, _ in rows], [event for _, event in rows]
    report, event = (latest or 0 for latest in rows[0])
    return range(report + 1, report + 1 + most), range(event + 1, event + 1 + most)


def places_near(
    connection: Connection, near: Iterable[tuple[int, str | None]]
) -> list[tuple[int, Place]]:
    """The places of reports, in order. Of those that were written in no form that is known, from
    their quotes."""
    places = [(report, read(text)) for report, text in near]
    unwritten = [report for report, place in places if place is None]
    made = _places_made(connection, unwritten) if unwritten else {}
    return [(report, made[report] if place is None else place) for report, place in places]


def _places_made(connection: Connection, reports: Collection[int]) -> Mapping[int, Place]:
    quotes = select(REPORT.c.id, *(REPORT.c[name] for name in Quote._fields))
    rows = connection.execute(quotes.where(REPORT.c.id.in_(reports)))
    return {report: place_of(Quote(*quote)) for report, *quote in rows}


def report_by_id(connection: Connection, report: int) -> Draft:
    """A report that is known, locked until the transaction ends."""
    changing = [REPORT.c[name] for name in CHANGING]
    row = connection.execute(select(*changing).where(REPORT.c.id == report).with_for_update())
    return Draft(report, dict(row.mappings().one()))


def is_withheld(connection: Connection, report: int) -> bool:
    """Whether a report that is spam is so because a rule said it, and no editor did."""
    return connection.scalar(latest_source_of_spam(report)) == "rule"


def latest_source_of_spam(report: int | ColumnElement[int]) -> Select[str]:
    """Who last called a report spam: ``rule``, or by what way an editor did."""
    event = EVENT.c
    return (
        select(event.source)
        .where(event.report_id == report, event.kind == "spam")
        .order_by(event.id.desc())
        .limit(1)
    )


def latest_heard(connection: Connection, report: int) -> list[Heard]:
    """What readers last sent about a report, newest first, to MAX_HEARD."""
    table = SUBMISSION.c
    rows = connection.execute(
        select(table.suggestion, table.reader_hash, table.received_at)
        .where(table.report_id == report, table.spam.is_(False))
        .order_by(table.id.desc())
        .limit(MAX_HEARD)
    )
    return [Heard(*row) for row in rows]
