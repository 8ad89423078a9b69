"""Where members choose when they hear of reports."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import available_timezones

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.audit import record
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.mail_choices import mail_choices
from server.database import write_with_retry
from server.extensions import db
from server.invalid import InvalidInput
from server.language import gettext, lazy, weekdays
from server.models import Site, User
from server.models.subscription import MODES
from server.notify.subscriptions import Choices, choices_of, choose, memberships_of

MODE_WORDS = {
    "at_once": lazy("At once"),
    "hourly": lazy("Every hour"),
    "daily": lazy("Every day"),
    "weekly": lazy("Every week"),
    "never": lazy("Never"),
}
assert tuple(MODE_WORDS) == MODES


@blueprint.get("/notifications")
@auth_required("session")
def show_notifications() -> str:
    """The account's choices for each of its sites."""
    return _page()


@blueprint.get("/notifications/<site_key>")
@auth_required("session")
def show_notifications_instead(site_key: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_notifications"), 303)


@blueprint.post("/notifications/<site_key>")
@auth_required("session")
def choose_notifications(site_key: str) -> Response | tuple[str, int]:
    """Store the choices for one site."""
    found = memberships_of(db.session(), signed_in())
    site = next((each.site for each, _ in found if each.site.key == site_key), None) or abort(404)
    site_id, name, user_id = site.id, site.name, signed_in().id
    try:
        choices = read_choices(request.form)
        write_with_retry(lambda session: _choose(session, site_id, user_id, choices))
    except InvalidInput as error:
        return _page(site_key, str(error)), 422
    flash(gettext("Saved for %(site)s.", site=name))
    return redirect(url_for(".show_notifications"), 303)


def _choose(session: Session, site_id: int, user_id: int, choices: Choices) -> None:
    user, site = session.get_one(User, user_id), session.get_one(Site, site_id)
    choose(session, site_id, user, choices)
    record(session, "notifications.chosen", actor=user, site=site, detail=choices.mode)


def read_choices(form: Mapping[str, str]) -> Choices:
    """Raises InvalidInput; the message names the field."""
    return Choices(
        mode=form.get("mode", ""),
        hour=_number(form, "hour", 8),
        weekday=_number(form, "weekday", 0),
        zone=form.get("zone", "").strip() or "UTC",
        min_readers=_number(form, "min_readers", 1),
        min_score=_number(form, "min_score", 0),
        quiet_from=_time(form, "quiet_from"),
        quiet_until=_time(form, "quiet_until"),
        assigned=bool(form.get("assigned")),
    )


def form_values(choices: Choices) -> dict[str, str]:
    """What a form shows of stored choices."""
    return {
        "mode": choices.mode,
        "hour": str(choices.hour),
        "weekday": str(choices.weekday),
        "zone": choices.zone,
        "min_readers": str(choices.min_readers),
        "min_score": str(choices.min_score),
        "quiet_from": _clock(choices.quiet_from),
        "quiet_until": _clock(choices.quiet_until),
        "assigned": "1" if choices.assigned else "",
    }


def form_words() -> dict[str, object]:
    """What the form of choices needs beside its values."""
    return {
        "modes": MODE_WORDS,
        "weekdays": weekdays(),
        "zones": sorted(name for name in available_timezones() if "/" in name or name == "UTC"),
    }


def split_error(message: str) -> tuple[str, str]:
    """The field that a message of :class:`InvalidInput` names, and what it says of it."""
    field, _, words = message.partition(": ")
    return field, words


def _page(wrong_site: str = "", error: str = "") -> str:
    session = db.session()
    session.rollback()
    field, words = split_error(error)
    sites = [
        {
            "site": membership.site,
            "role": membership.role,
            "values": {
                **form_values(choices_of(subscription, membership.role, membership.site.zone)),
                **(_sent() if membership.site.key == wrong_site else {}),
            },
            "field": field if membership.site.key == wrong_site else "",
            "error": words,
        }
        for membership, subscription in memberships_of(session, signed_in())
    ]
    return render_template(
        "dashboard/notifications.html",
        sites=sites,
        **form_words(),
        **mail_choices(session, signed_in()),
    )


def _sent() -> dict[str, str]:
    """What the form said; of a box that is not ticked it says nothing."""
    return {"assigned": "", **request.form}


def _number(form: Mapping[str, str], name: str, default: int) -> int:
    text = form.get(name, "").strip()
    if not text:
        return default
    # Longer ones are no choice of anybody, and slow to read.
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        words = gettext("must be a whole number.")
        raise InvalidInput(f"{name}: {words}")
    return int(text)


def _time(form: Mapping[str, str], name: str) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    hours, colon, rest = text.partition(":")
    minutes = rest.partition(":")[0]
    numbers = [each for each in (hours, minutes) if each.isascii() and each.isdigit()]
    if not colon or len(numbers) != 2 or len(text) > 8 or int(hours) > 23 or int(minutes) > 59:
        words = gettext("must be a time of the day, as 22:00.")
        raise InvalidInput(f"{name}: {words}")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60:02}:{minutes % 60:02}"
