"""What the next page tells the editor about what just happened."""

from __future__ import annotations

from typing import cast

from flask import flash

from server.dashboard.format import age
from server.models import Event, Report, User
from server.reports.history import actor_of
from server.text.visible import visible

# A notice travels in the session's cookie, and names the words it is about.
MAX_WORDS = 60

DONE = {
    "fixed": "Marked as fixed",
    "rejected": "Rejected",
    "spam": "Marked as spam",
    "reopened": "Opened again",
}


def tell_done(report: Report, event: Event) -> None:
    """The change was made; what closed a report can be undone."""
    notice = _about(report, DONE[event.kind])
    if event.kind != "reopened":
        notice["undo_version"] = report.version
    _tell(notice)


def tell_stale(report: Report, wanted: str, last: Event | None, user: User) -> None:
    """Somebody acted first: who, what and when."""
    if last is None or not actor_of(last):
        who = "a reader"
    else:
        who = "you" if last.actor_id == user.id else actor_of(last)
    what = DONE[last.kind].lower() if last and last.kind in DONE else report.status
    when = f" {age(last.created_at)}" if last else ""
    consequence = "" if wanted == report.status else " Nothing was changed."
    _tell(_about(report, f"Already {what} by {who}{when}", consequence))


def tell_illegal(report: Report) -> None:
    """The report's status does not allow the change."""
    _tell(_about(report, f"Already {report.status}", " Nothing was changed."))


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
