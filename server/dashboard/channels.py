"""Webhooks and chat services of the sites that the account owns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.decorators import auth_required
from werkzeug.wrappers import Response

from server import audit, tasks
from server.dashboard.blueprint import blueprint, signed_in
from server.database import write_transaction
from server.extensions import db, settings_of
from server.invalid import InvalidInput
from server.language import gettext, lazy
from server.models import Channel, Site, User
from server.notify import log, site_channels
from server.notify.channels.chat import SERVICES, shown_address
from server.reports.membership import sites_owned_by

ACTION = "<any(pause, resume, test, rotate, remove):action>"
DONE = {
    "pause": lazy("Paused. What it is owed waits; what happens meanwhile is not sent."),
    "resume": lazy("Active again."),
    "test": lazy("A test message is on its way; see below."),
    "remove": lazy("Removed."),
}
RECORDED = {
    "pause": "channel.paused",
    "resume": "channel.resumed",
    "test": "channel.tested",
    "rotate": "channel.secret_renewed",
    "remove": "channel.removed",
}
# When a report is:
EVENT_WORDS = {
    "opened": lazy("new"),
    "reopened": lazy("reported again"),
    "fixed": lazy("fixed"),
    "rejected": lazy("rejected"),
    "spam": lazy("spam"),
}
assert tuple(EVENT_WORDS) == site_channels.EVENTS


@dataclass
class Draft:
    """The form for a new channel, and what is wrong with it: by field, in words."""

    site: str = ""
    kind: str = "webhook"
    name: str = ""
    address: str = ""
    events: tuple[str, ...] = site_channels.DEFAULT_EVENTS
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Draft:
        form = request.form
        return cls(
            site=form.get("site", ""),
            kind=form.get("kind", ""),
            name=form.get("name", ""),
            address=form.get("address", "").strip(),
            events=tuple(form.getlist("events")),
        )


@dataclass(frozen=True)
class Secret:
    """A secret to be shown once."""

    reference: str
    value: str


@blueprint.get("/channels")
@auth_required("session")
def show_channels() -> str:
    """All channels of the account's own sites."""
    _owned_sites()
    return _page(Draft())


@blueprint.post("/channels")
@auth_required("session")
def add_channel() -> Response | str | tuple[str, int]:
    """A new channel. The page that follows shows its secret, and no page after it does."""
    draft = Draft.read()
    site_id = next((site.id for site in _owned_sites() if site.key == draft.site), None) or abort(
        404
    )
    user_id = signed_in().id
    try:
        with write_transaction() as session:
            site = session.get_one(Site, site_id)
            channel = site_channels.add_channel(
                session,
                site,
                draft.kind,
                name=draft.name,
                address=draft.address,
                events=draft.events,
                allow_private=settings_of().webhook_allow_private,
            )
            user = session.get_one(User, user_id)
            audit.record(session, "channel.added", actor=user, site=site, detail=channel.name)
    except InvalidInput as error:
        name, _, words = str(error).partition(": ")
        draft.errors[name] = words[:1].upper() + words[1:]
        return _page(draft), 422
    if not channel.secret:
        flash(gettext("Added %(name)s.", name=channel.name))
        return redirect(url_for(".show_channels"), 303)
    return _page(Draft(), Secret(channel.reference, channel.secret))


@blueprint.get(f"/channels/<reference>/{ACTION}")
@auth_required("session")
def show_channels_instead(reference: str, action: str) -> Response:
    """Who logs in after an action was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_channels"), 303)


@blueprint.post(f"/channels/<reference>/{ACTION}")
@auth_required("session")
def change_channel(reference: str, action: str) -> Response | str:
    """Pause, resume, test, rotate or remove one."""
    channel_id, user_id = _channel(reference).id, signed_in().id
    secret = ""
    with write_transaction() as session:
        channel = session.get_one(Channel, channel_id)
        audit.record(
            session,
            RECORDED[action],
            actor=session.get_one(User, user_id),
            site=channel.site,
            detail=channel.name,
        )
        if action == "rotate":
            if channel.kind != "webhook":
                abort(404)
            secret = site_channels.rotate_secret(session, channel)
        elif action == "test":
            site_channels.owe_test(session, channel, settings_of().mail_from)
        elif action == "remove":
            site_channels.remove_channel(session, channel)
        else:
            site_channels.set_active(session, channel, action == "resume")
    tasks.ring()
    if secret:
        return _page(Draft(), Secret(reference, secret))
    flash(str(DONE[action]))
    anchor = None if action == "remove" else reference
    return redirect(url_for(".show_channels", _anchor=anchor), 303)


@blueprint.app_context_processor
def _ownership() -> dict[str, Any]:
    def owns_a_site() -> bool:
        return current_user.is_authenticated and bool(sites_owned_by(db.session(), signed_in()))

    return {"owns_a_site": owns_a_site}


def _page(draft: Draft, secret: Secret | None = None) -> str:
    session = db.session()
    sites = _owned_sites()
    channels = {site.id: site_channels.channels_of(session, site) for site in sites}
    references = [each.reference for found in channels.values() for each in found]
    return render_template(
        "dashboard/channels.html",
        draft=draft,
        secret=secret,
        sites=sites,
        channels=channels,
        latest=log.latest_by_recipient(session, references),
        waiting=log.waiting_by_recipient(session, references),
        events=EVENT_WORDS,
        services=sorted(set(SERVICES.values())),
        shown_address=shown_address,
    )


def _owned_sites() -> list[Site]:
    """Answers 403 where the account owns none."""
    sites = list(sites_owned_by(db.session(), signed_in()))
    if not sites:
        abort(403, gettext("Webhooks and chats are set by a site’s owners."))
    return sites


def _channel(reference: str) -> Channel:
    try:
        channel = site_channels.channel_by(db.session(), reference)
    except InvalidInput:
        abort(404)
    if channel.site_id not in {site.id for site in _owned_sites()}:
        abort(404)
    return channel
