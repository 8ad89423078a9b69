"""What was done with a report, in words."""

from __future__ import annotations

from flask import Flask

from server.language import ago, gettext, ngettext
from server.models import Event, User
from server.reports.history import actor_of


def deed(event: Event) -> str:
    """What happened, without who did it."""
    if event.kind == "assigned":
        if event.assignee is None:
            return gettext("Assigned")
        if event.assignee_id == event.actor_id:
            return gettext("Taken")
        return gettext("Assigned to %(who)s", who=event.assignee.email)
    if event.kind == "corrected" and not event.correction:
        return gettext("Own correction taken away")
    return {
        "opened": gettext("Reported"),
        "fixed": gettext("Marked as fixed"),
        "rejected": gettext("Rejected"),
        "spam": gettext("Marked as spam"),
        "reopened": gettext("Opened again"),
        "unassigned": gettext("Given back"),
        "corrected": gettext("Correction changed"),
    }[event.kind]


def happened(event: Event) -> str:
    """What happened and who did it, where that is somebody."""
    what, who = deed(event), actor_of(event)
    if who and event.source == "mail":
        return gettext("%(what)s by %(who)s, from the mail", what=what, who=who)
    if who:
        return gettext("%(what)s by %(who)s", what=what, who=who)
    if event.source == "widget":
        return gettext("%(what)s by a reader", what=what)
    return gettext("%(what)s by a rule", what=what) if event.source == "rule" else what


def already(event: Event, reader: User) -> str:
    """What somebody did before, to the account that reads it: who and when."""
    if not actor_of(event):
        who = gettext("a reader") if event.source == "widget" else gettext("the server")
    else:
        who = gettext("you") if event.actor_id == reader.id else actor_of(event)
    said = {"who": who, "when": ago(event.created_at)}
    return {
        "fixed": lambda: gettext("Already marked as fixed by %(who)s %(when)s", **said),
        "rejected": lambda: gettext("Already rejected by %(who)s %(when)s", **said),
        "spam": lambda: gettext("Already marked as spam by %(who)s %(when)s", **said),
        "reopened": lambda: gettext("Already opened again by %(who)s %(when)s", **said),
        "assigned": lambda: _already_assigned(event, said),
        "unassigned": lambda: gettext("Already put back by %(who)s %(when)s", **said),
        "corrected": lambda: gettext("Correction changed by %(who)s %(when)s", **said),
    }.get(event.kind, lambda: gettext("Changed by %(who)s %(when)s", **said))()


def _already_assigned(event: Event, said: dict[str, str]) -> str:
    if event.assignee is None or event.assignee_id == event.actor_id:
        return gettext("Already taken by %(who)s %(when)s", **said)
    return gettext(
        "Already assigned to %(holder)s by %(who)s %(when)s", holder=event.assignee.email, **said
    )


def many(kind: str, count: int) -> str:
    """What was done with how many reports."""
    return {
        "fixed": lambda: ngettext(
            "%(num)s report marked as fixed.", "%(num)s reports marked as fixed.", count
        ),
        "rejected": lambda: ngettext(
            "%(num)s report rejected.", "%(num)s reports rejected.", count
        ),
        "spam": lambda: ngettext(
            "%(num)s report marked as spam.", "%(num)s reports marked as spam.", count
        ),
        "take": lambda: ngettext("%(num)s report taken.", "%(num)s reports taken.", count),
        "undo": lambda: ngettext(
            "%(num)s report is as it was before.", "%(num)s reports are as they were before.", count
        ),
    }[kind]()


def skipped(count: int) -> str:
    return ngettext(
        "%(num)s was left alone: somebody changed it meanwhile.",
        "%(num)s were left alone: somebody changed them meanwhile.",
        count,
    )


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(happened=happened, skipped=skipped)
    app.jinja_env.globals["many"] = many
