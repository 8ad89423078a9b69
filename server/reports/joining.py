"""Which reports submissions belong to, and what they do to them, decided in memory.

The rules are in docs/grouping.md; what they need is read within the transaction that writes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from server.models.base import new_public_id
from server.reports import ledger
from server.reports.grouping import is_clearer, nearest
from server.reports.ledger import Draft, Values
from server.reports.recurrence import Heard, opens_again
from server.reports.submission import NewSubmission
from server.text.place import Quote, place_of

PlaceKey = tuple[int, bytes]


class Joining:
    """The reports that the submissions of one transaction may belong to.

    ``places``: page and place hash of each; ``new_pages``: those that have no reports yet.
    """

    def __init__(
        self, connection: Connection, places: Sequence[PlaceKey], new_pages: Collection[int]
    ) -> None:
        self._connection = connection
        self._at = ledger.reports_at(connection, places)
        self._drafts = {draft.id: draft for draft in self._at.values()}
        missed = {place[0] for place in places if place not in self._at} - set(new_pages)
        # Of each page that is looked at more closely: a report and its quote. The reports that
        # this transaction opens stand first.
        self._near: dict[int, list[tuple[Draft | int, Quote]]] = {
            page: list(quotes) for page, quotes in ledger.newest_quotes(connection, missed).items()
        }

    def report(self, page: int, new: NewSubmission, at: datetime) -> tuple[Draft, str]:
        """The report that a submission opens or joins, as it then is, and which of ``opened``,
        ``joined`` and ``reopened`` it did; ``ignored`` where it is spam and the place is known."""
        draft = self._at.get((page, new.place_hash))
        clearer = draft is not None and not draft.values["suggestion"] and bool(new.suggestion)
        if draft is None:
            draft, clearer = self._like(page, new)
        if draft is None:
            draft, kind = self._open(page, new, at), "opened"
        elif new.spam_reasons:
            kind = "ignored"
        else:
            kind = self._join(draft, new, at, clearer)
        self._at[page, new.place_hash] = draft
        return draft, kind

    def _like(self, page: int, new: NewSubmission) -> tuple[Draft | None, bool]:
        """A report of the same mistake with another quote, and whether the new one is clearer."""
        near = self._near.get(page, [])
        index = nearest(new.place, [(index, _shown_by(*each)) for index, each in enumerate(near)])
        if index is None:
            return None, False
        report, quote = near[index]
        if isinstance(report, int):
            if report not in self._drafts:
                self._drafts[report] = ledger.report_by_id(self._connection, report)
            report = self._drafts[report]
        near[index] = (report, quote)
        return report, is_clearer(new.place, place_of(_shown_by(report, quote)))

    def _open(self, page: int, new: NewSubmission, at: datetime) -> Draft:
        draft = Draft(
            id=None,
            values={
                "public_id": new_public_id(),
                "site_id": new.site_id,
                "page_id": page,
                "status": "spam" if new.spam_reasons else "open",
                "version": 1,
                **_shown(new),
                "readers": 1,
                "first_submitted_at": at,
                "last_submitted_at": at,
                "resolved_at": at if new.spam_reasons else None,
                "evaluated_at": None,
            },
        )
        self._near.setdefault(page, []).insert(0, (draft, quote_of(new)))
        return draft

    def _join(self, draft: Draft, new: NewSubmission, at: datetime, clearer: bool) -> str:
        report = draft.values
        if report["status"] == "spam" and self._is_withheld(draft):
            # Somebody honest names the place: what spam said of it, and that it did, counts for
            # nothing.
            report.update(_shown(new), readers=1, last_submitted_at=at, evaluated_at=None)
            report.update(status="open", resolved_at=None, version=report["version"] + 1)
            return "reopened"
        report["readers"] += 1
        report["last_submitted_at"] = at
        # One reader more is evidence.
        report["evaluated_at"] = None
        if _is_open(draft):
            if clearer:
                report.update(_shown(new))
            return "joined"
        heard = Heard(new.suggestion, new.reader_hash, at)
        before = self._heard(draft)
        opens = opens_again(report["status"], report["resolved_at"], heard, before)
        before.insert(0, heard)
        if not opens:
            return "joined"
        if clearer or new.suggestion not in ("", report["suggestion"]):
            # What speaks for looking again is what editors should see.
            report.update(_shown(new))
        report.update(status="open", resolved_at=None, version=report["version"] + 1)
        return "reopened"

    def _is_withheld(self, draft: Draft) -> bool:
        return draft.id is None or ledger.is_withheld(self._connection, draft.id)

    def _heard(self, draft: Draft) -> list[Heard]:
        if draft.heard is None:
            rejected = draft.values["status"] == "rejected"
            draft.heard = ledger.latest_heard(self._connection, draft.id) if rejected else []
        return draft.heard


def quote_of(new: NewSubmission) -> Quote:
    return Quote(new.exact, new.prefix, new.suffix, new.before, new.after, new.suggestion)


def _shown(new: NewSubmission) -> Values:
    """What a report shows of a submission, and by what it is found."""
    return {
        **quote_of(new)._asdict(),
        "fragment": new.fragment,
        "position": new.position,
        "text_length": new.text_length,
        "place_hash": new.place_hash,
    }


def _shown_by(report: Draft | int, quote: Quote) -> Quote:
    """A report's quote: the one it had, unless this transaction gives it another."""
    if isinstance(report, int) or "exact" not in report.values:
        return quote
    return Quote(*(report.values[name] for name in Quote._fields))


def _is_open(draft: Draft) -> bool:
    return bool(draft.values["status"] == "open")
