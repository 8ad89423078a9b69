"""What the next page tells the editor about what just happened."""

from __future__ import annotations

from typing import cast

from flask import flash

from server.dashboard.words import in_words
from server.language import ago, gettext, lazy
from server.models import Event, Report, User
from server.reports.history import actor_of
from server.text.visible import visible

# A notice travels in the session's cookie, and names the words it is about.
MAX_WORDS = 60

DONE = {
    "fixed": lazy("Marked as fixed"),
    "rejected": lazy("Rejected"),
    "spam": lazy("Marked as spam"),
    "reopened": lazy("Opened again"),
}


def tell_done(report: Report, event: Event) -> None:
    """The change was made; what closed a report can be undone."""
    notice = _about(report, str(DONE[event.kind]))
    if event.kind != "reopened":
        notice["undo_version"] = report.version
    _tell(notice)


def tell_stale(report: Report, wanted: str, last: Event | None, user: User) -> None:
    """Somebody acted first: who, what and when."""
    consequence = "" if wanted == report.status else gettext("Nothing was changed.")
    _tell(_about(report, _already(report, last, user), consequence))


def tell_illegal(report: Report) -> None:
    """The report's status does not allow the change."""
    _tell(_about(report, _already_so(report), gettext("Nothing was changed.")))


def _already(report: Report, last: Event | None, user: User) -> str:
    if last is None or last.kind not in DONE:
        return _already_so(report)
    who = actor_of(last) or gettext("a reader")
    if last.actor_id == user.id:
        who = gettext("you")
    when = ago(last.created_at)
    if last.kind == "fixed":
        return gettext("Already marked as fixed by %(who)s %(when)s", who=who, when=when)
    if last.kind == "rejected":
        return gettext("Already rejected by %(who)s %(when)s", who=who, when=when)
    if last.kind == "spam":
        return gettext("Already marked as spam by %(who)s %(when)s", who=who, when=when)
    return gettext("Already opened again by %(who)s %(when)s", who=who, when=when)


def _already_so(report: Report) -> str:
    return gettext("Already %(state)s", state=in_words(report.status))


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
