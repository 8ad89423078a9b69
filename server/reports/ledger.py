"""The statements that record submissions, many at a time.

SQLAlchemy's Core instead of its sessions: keeping each row's object up to date would take longer
than writing it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)

from server.bulk_insert import BulkInsert
from server.models import Base
from server.reports.recurrence import Heard
from server.text.place import Quote

PageKey = tuple[int, bytes]
Values = dict[str, Any]

_tables = Base.metadata.tables
PAGE: Table = _tables["page"]
REPORT: Table = _tables["report"]
SUBMISSION: Table = _tables["submission"]
CONTACT: Table = _tables["reader_contact"]
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


# Each statement is made once: making one takes longer than running it.
_ANSWERS = select(
    SUBMISSION.c.site_id,
    SUBMISSION.c.idempotency_key,
    SUBMISSION.c.public_id,
    SUBMISSION.c.answered_status,
    SUBMISSION.c.answered_readers,
).where(
    SUBMISSION.c.site_id.in_(bindparam("sites", expanding=True)),
    SUBMISSION.c.idempotency_key.in_(bindparam("keys", expanding=True)),
)
_PAGES = select(PAGE.c.site_id, PAGE.c.url_hash, PAGE.c.id, *(PAGE.c[it] for it in SAID)).where(
    PAGE.c.site_id.in_(bindparam("sites", expanding=True)),
    PAGE.c.url_hash.in_(bindparam("hashes", expanding=True)),
)
_CHANGE_PAGE = update(PAGE).where(PAGE.c.id == bindparam("page"))
_NEW_PAGES = BulkInsert(PAGE, "site_id", "url", "url_hash", *SAID, "created_at")
_REPORTS = (
    select(REPORT.c.page_id, REPORT.c.place_hash, REPORT.c.id, *(REPORT.c[it] for it in CHANGING))
    .where(
        REPORT.c.page_id.in_(bindparam("pages", expanding=True)),
        REPORT.c.place_hash.in_(bindparam("places", expanding=True)),
    )
    .order_by(REPORT.c.id)
    .with_for_update()
)
_NEWER = REPORT.alias("newer")
_OLDEST_CANDIDATE = (
    select(_NEWER.c.id)
    .where(_NEWER.c.page_id == PAGE.c.id)
    .order_by(_NEWER.c.id.desc())
    .offset(MAX_CANDIDATES - 1)
    .limit(1)
    .correlate(PAGE)
    .scalar_subquery()
)
_QUOTES = (
    select(PAGE.c.id, REPORT.c.id, *(REPORT.c[name] for name in Quote._fields))
    .select_from(PAGE)
    .join(
        REPORT,
        and_(REPORT.c.page_id == PAGE.c.id, REPORT.c.id >= func.coalesce(_OLDEST_CANDIDATE, 0)),
    )
    .where(PAGE.c.id.in_(bindparam("pages", expanding=True)))
    .order_by(REPORT.c.id.desc())
)
_CHANGE_REPORT = update(REPORT).where(REPORT.c.id == bindparam("report"))
_NEW_REPORTS = BulkInsert(
    REPORT,
    *("public_id", "site_id", "page_id", "place_hash", "fragment", *Quote._fields),
    *("position", "text_length"),
    *("status", "version", "readers"),
    *("first_submitted_at", "last_submitted_at", "resolved_at", "evaluated_at"),
)
_NEW_SUBMISSIONS = BulkInsert(
    SUBMISSION,
    *("public_id", "site_id", "report_id", "idempotency_key"),
    *("answered_status", "answered_readers"),
    *("page_url", "page_title", "language", *Quote._fields, "comment", "widget"),
    *("position", "text_length"),
    *("reader_hash", "spam", "spam_reasons", "received_at"),
)
_NEW_EVENTS = BulkInsert(EVENT, "report_id", "kind", "source", "created_at")


@dataclass(slots=True)
class Draft:
    """A report as it will be when the transaction commits; ``id`` is None until it is written."""

    id: int | None
    values: Values
    # The latest that readers sent about it, newest first; None where nobody asked for it.
    heard: list[Heard] | None = None

    @property
    def written_id(self) -> int:
        assert self.id is not None
        return self.id


def answers_given(
    connection: Connection, keys: Collection[tuple[int, str]]
) -> dict[tuple[int, str], tuple[uuid.UUID, str, int]]:
    """The answers that submissions with these keys got: (site, idempotency key) to (public id,
    status, readers)."""
    wanted = {"sites": list({site for site, _ in keys}), "keys": [key for _, key in keys]}
    rows = connection.execute(_ANSWERS, wanted)
    return {(site, key): (*answer,) for site, key, *answer in rows if (site, key) in keys}


def page_ids(
    connection: Connection, seen: dict[PageKey, Values], told: dict[PageKey, dict[str, str]]
) -> tuple[dict[PageKey, int], set[int]]:
    """The pages' ids, and which were new. One that is not known is written as ``seen``; what is
    ``told`` of it, by SAID, counts before that and changes one that is known."""
    ids: dict[PageKey, int] = {}
    renamed: list[Values] = []
    if seen:
        sites, hashes = map(list, zip(*seen, strict=True))
        rows = connection.execute(_PAGES, {"sites": sites, "hashes": hashes})
        for site_id, url_hash, page_id, *former in rows:
            if (site_id, url_hash) not in seen:
                continue
            ids[site_id, url_hash] = page_id
            said = dict(zip(SAID, former, strict=True))
            named = said | told.get((site_id, url_hash), {})
            if named != said:
                renamed.append({"page": page_id, **named})
    if renamed:
        connection.execute(_CHANGE_PAGE, renamed)
    # In one order everywhere, so that two transactions never wait for each other.
    missing = [seen[key] | told.get(key, {}) for key in sorted(seen.keys() - ids.keys())]
    written = _NEW_PAGES.write(connection, missing, "site_id", "url_hash", "id")
    made = {(site_id, bytes(url_hash)): page_id for site_id, url_hash, page_id in written}
    return ids | made, set(made.values())


def reports_at(
    connection: Connection, places: Sequence[tuple[int, bytes]]
) -> dict[tuple[int, bytes], Draft]:
    """The reports at these places, (page, place hash), locked until the transaction ends."""
    if not places:
        return {}
    pages, hashes = map(list, zip(*places, strict=True))
    rows = connection.execute(_REPORTS, {"pages": pages, "places": hashes})
    return {
        (page, place): Draft(report, dict(zip(CHANGING, values, strict=True)))
        for page, place, report, *values in rows
    }


def newest_quotes(
    connection: Connection, pages: Collection[int]
) -> dict[int, list[tuple[int, Quote]]]:
    """The quotes of each page's newest reports, to MAX_CANDIDATES, by the report's id.

    The pages are locked: of two transactions that know no report of a mistake, the second sees
    what the first wrote. SQLite has one writer at a time.
    """
    found: dict[int, list[tuple[int, Quote]]] = {page: [] for page in pages}
    if pages and connection.dialect.name != "sqlite":
        connection.execute(
            select(PAGE.c.id)
            .where(PAGE.c.id.in_(pages))
            .order_by(PAGE.c.id)
            # Not against those who join a report of the page that they know.
            .with_for_update(key_share=True)
        )
    if pages:
        for page, report, *quote in connection.execute(_QUOTES, {"pages": list(pages)}):
            found[page].append((report, Quote(*quote)))
    return found


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


def latest_heard(connection: Connection, report: int | None) -> list[Heard]:
    """What readers last sent about a report, newest first, to MAX_HEARD."""
    table = SUBMISSION.c
    rows = connection.execute(
        select(table.suggestion, table.reader_hash, table.received_at)
        .where(table.report_id == report, table.spam.is_(False))
        .order_by(table.id.desc())
        .limit(MAX_HEARD)
    )
    return [Heard(*row) for row in rows]


def write_reports(connection: Connection, drafts: Iterable[Draft]) -> None:
    """Write the reports; each that is new gets its id."""
    each = list({id(draft): draft for draft in drafts}.values())
    known = [{"report": draft.id, **draft.values} for draft in each if draft.id is not None]
    # Those that show another quote apart: rows of one statement have the same columns.
    for requoted in (False, True):
        if rows := [row for row in known if ("exact" in row) == requoted]:
            connection.execute(_CHANGE_REPORT, rows)
    new = [draft for draft in each if draft.id is None]
    new.sort(key=lambda draft: (draft.values["page_id"], draft.values["place_hash"]))
    ids = _NEW_REPORTS.write_in_order(connection, [draft.values for draft in new])
    for draft, report_id in zip(new, ids, strict=True):
        draft.id = report_id


def write_submissions(connection: Connection, rows: list[Values]) -> None:
    rows.sort(key=lambda row: (row["site_id"], row["idempotency_key"]))
    _NEW_SUBMISSIONS.write(connection, rows)


def write_contacts(connection: Connection, rows: list[Values]) -> None:
    """Addresses to thank; ``submission`` is the public id of the submission they came with."""
    for row in rows:
        stored = select(SUBMISSION.c.id).where(SUBMISSION.c.public_id == row.pop("submission"))
        connection.execute(insert(CONTACT).values(submission_id=stored.scalar_subquery(), **row))


def write_events(connection: Connection, rows: list[Values]) -> Sequence[int]:
    """The events' ids, in order."""
    return _NEW_EVENTS.write_in_order(connection, rows)
