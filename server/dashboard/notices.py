"""What the next page tells the editor about what just happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from flask import flash

from server.dashboard.blueprint import signed_in
from server.dashboard.deeds import already, deed, many, skipped
from server.dashboard.words import in_words
from server.language import gettext
from server.models import BulkAction, Event, Report
from server.reports.bulk import Progress
from server.reports.undo import UNDONE
from server.text.visible import visible

# A notice travels in the session's cookie, and names the words it is about.
MAX_WORDS = 60


def tell_done(report: Report, event: Event, *, undone: bool = False) -> None:
    """The change was made; the account's own can be undone, unless it was an undoing."""
    notice = _about(report, gettext("Undone") if undone else deed(event))
    if event.kind in UNDONE and not undone:
        notice["undo_version"] = report.version
    _tell(notice)


def tell_stale(report: Report, meanwhile: Sequence[Event], wanted: str = "") -> None:
    """Somebody acted first: who, what and when. ``meanwhile``: what was done, newest first."""
    text = _first(report, meanwhile)
    _tell(_about(report, text, "" if wanted == report.status else _unchanged()))


def first_come(report: Report, meanwhile: Sequence[Event]) -> str:
    """The same beside what an editor typed, which is not lost."""
    return gettext(
        "%(what)s, so nothing was saved yet. Save again to go on with your words.",
        what=_first(report, meanwhile),
    )


def tell_noted(report: Report) -> None:
    _tell(_about(report, gettext("Note added")))


def tell_meanwhile(report: Report, meanwhile: Sequence[Event]) -> None:
    """What was typed is stored, and others acted while it was written."""
    text = gettext("Note added. Meanwhile: %(what)s", what=already(meanwhile[0], signed_in()))
    _tell(_about(report, text))


def tell_illegal(report: Report, wanted: str) -> None:
    """The report's state does not allow the change."""
    if wanted == "undo":
        text = gettext("There is nothing of yours to undo")
    elif wanted in ("assign", "take", "release"):
        holder = report.assignee.email if report.assignee else gettext("nobody")
        text = gettext("Already assigned to %(who)s", who=holder)
    else:
        text = _status_of(report)
    _tell(_about(report, text, _unchanged()))


def tell_many(action: BulkAction, progress: Progress) -> None:
    """What became of an action on many reports; it can be undone."""
    notice: dict[str, str | int] = {"text": many(action.kind, progress.done)}
    if progress.skipped:
        notice["consequence"] = skipped(progress.skipped)
    if action.kind != "undo" and progress.done:
        notice["bulk"] = str(action.public_id)
    _tell(notice)


def tell_nothing_chosen() -> None:
    _tell({"text": gettext("No report was selected."), "consequence": _unchanged()})


def tell_refused(field: str, error: str, typed: str) -> None:
    """What is wrong with a field of the next page, beside it, with what was typed."""
    _tell({"field": field, "text": error, "typed": typed})


def _first(report: Report, meanwhile: Sequence[Event]) -> str:
    last = next(iter(meanwhile), None)
    return already(last, signed_in()) if last else _status_of(report)


def _status_of(report: Report) -> str:
    return gettext("Already %(state)s", state=in_words(report.status))


def _unchanged() -> str:
    return gettext("Nothing was changed.")


def _tell(notice: dict[str, str | int]) -> None:
    # Flask's own type says str; what it keeps is any JSON.
    flash(cast(str, notice))


def _about(report: Report, text: str, consequence: str = "") -> dict[str, str | int]:
    words = visible(report.exact)
    shortened = words if len(words) <= MAX_WORDS else f"{words[: MAX_WORDS - 1]}…"
    return {
        "text": text,
        "words": shortened,
        "consequence": consequence,
        "report": str(report.public_id),
    }
