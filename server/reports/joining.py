"""Which reports submissions belong to, and what they do to them, decided in memory.

The rules are in docs/grouping.md; what they need is read within the transaction that writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from server.models.base import new_public_id
from server.reports import known as knowledge
from server.reports.grouping import is_clearer, nearest
from server.reports.known import Draft, Known
from server.reports.recurrence import Heard, opens_again
from server.reports.submission import NewSubmission
from server.text.place import Place, Quote
from server.text.stored_place import written


class Joining:
    """The reports that the submissions of one transaction may belong to, of which ``known`` are
    the stored ones. ``drafts``: those that it opened or changed."""

    def __init__(self, connection: Connection, known: Known) -> None:
        self._connection = connection
        self._at = dict(known.reports)
        self._drafts = {draft.id: draft for draft in known.reports.values()}
        self._stored_near = known.near
        # Of each page that is looked at more closely: a report and its place. The reports that
        # this transaction opens stand first.
        self._near: dict[int, list[tuple[Draft | int, Place]]] = {}
        self._new_ids: Iterator[int] = iter(known.report_ids)
        self._touched: dict[int, Draft] = {}
        # Whether it waited for a report, to which something may have happened meanwhile.
        self.has_waited = False

    @property
    def drafts(self) -> list[Draft]:
        return list(self._touched.values())

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
        if kind != "ignored":
            self._touched[draft.id] = draft
        self._at[page, new.place_hash] = draft
        return draft, kind

    def _like(self, page: int, new: NewSubmission) -> tuple[Draft | None, bool]:
        """A report of the same mistake with another quote, and whether the new one is clearer."""
        near = self._places_near(page)
        index = nearest(new.place, [(index, _shown_at(*each)) for index, each in enumerate(near)])
        if index is None:
            return None, False
        report, place = near[index]
        if isinstance(report, int):
            if report not in self._drafts:
                self._drafts[report] = knowledge.report_by_id(self._connection, report)
                self.has_waited = True
            report = self._drafts[report]
        near[index] = (report, place)
        return report, is_clearer(new.place, _shown_at(report, place))

    def _places_near(self, page: int) -> list[tuple[Draft | int, Place]]:
        if page not in self._near:
            stored = knowledge.places_near(self._connection, self._stored_near.get(page, ()))
            self._near[page] = [
                (self._drafts.get(report, report), place) for report, place in stored
            ]
        return self._near[page]

    def _open(self, page: int, new: NewSubmission, at: datetime) -> Draft:
        draft = Draft(
            id=next(self._new_ids),
            is_new=True,
            values={
                "public_id": new_public_id(),
                "site_id": new.site_id,
                "page_id": page,
                "status": "spam" if new.spam_reasons else "open",
                "version": 1,
                "readers": 1,
                "first_submitted_at": at,
                "last_submitted_at": at,
                "resolved_at": at if new.spam_reasons else None,
                "evaluated_at": None,
            },
        )
        _show(draft, new)
        self._places_near(page).insert(0, (draft, new.place))
        return draft

    def _join(self, draft: Draft, new: NewSubmission, at: datetime, clearer: bool) -> str:
        report = draft.values
        if report["status"] == "spam" and self._is_withheld(draft):
            # Somebody honest names the place: what spam said of it, and that it did, counts for
            # nothing.
            _show(draft, new)
            report.update(readers=1, last_submitted_at=at, evaluated_at=None)
            report.update(status="open", resolved_at=None, version=report["version"] + 1)
            return "reopened"
        report["readers"] += 1
        report["last_submitted_at"] = at
        # One reader more is evidence.
        report["evaluated_at"] = None
        if _is_open(draft):
            if clearer:
                _show(draft, new)
            return "joined"
        heard = Heard(new.suggestion, new.reader_hash, at)
        before = self._heard(draft)
        opens = opens_again(report["status"], report["resolved_at"], heard, before)
        before.insert(0, heard)
        if not opens:
            return "joined"
        if clearer or new.suggestion not in ("", report["suggestion"]):
            # What speaks for looking again is what editors should see.
            _show(draft, new)
        report.update(status="open", resolved_at=None, version=report["version"] + 1)
        return "reopened"

    def _is_withheld(self, draft: Draft) -> bool:
        return draft.is_new or knowledge.is_withheld(self._connection, draft.id)

    def _heard(self, draft: Draft) -> list[Heard]:
        if draft.heard is None:
            rejected = draft.values["status"] == "rejected"
            draft.heard = knowledge.latest_heard(self._connection, draft.id) if rejected else []
        return draft.heard


def quote_of(new: NewSubmission) -> Quote:
    return Quote(new.exact, new.prefix, new.suffix, new.before, new.after, new.suggestion)


def _show(draft: Draft, new: NewSubmission) -> None:
    """Let a report show a submission, and be found by it."""
    draft.place = new.place
    draft.values.update(
        quote_of(new)._asdict(),
        fragment=new.fragment,
        position=new.position,
        text_length=new.text_length,
        place_hash=new.place_hash,
        place=written(new.place),
    )


def _shown_at(report: Draft | int, place: Place) -> Place:
    """A report's place: the one it had, unless this transaction gives it another."""
    if isinstance(report, int) or report.place is None:
        return place
    return report.place


def _is_open(draft: Draft) -> bool:
    return bool(draft.values["status"] == "open")
