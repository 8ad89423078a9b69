"""The channels of a site: adding, pausing, rotating, removing, and what they are owed."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from server import outbound
from server.clock import now
from server.config import Settings
from server.invalid import InvalidInput
from server.language import gettext, in_english_or
from server.models import CHANNEL_KINDS, Announcement, Channel, Delivery, Site
from server.notify.audience import Subscriber
from server.notify.channels.chat import require_chat_address
from server.notify.channels.destination import REMOVED
from server.notify.channels.signature import new_secret
from server.notify.outbox import owe
from server.notify.pacing import room_at, tell

# Kinds of events that a channel can ask for, as the page "Channels" offers them.
EVENTS = ("opened", "reopened", "fixed", "rejected", "spam")
DEFAULT_EVENTS = ("opened", "reopened")
MAX_NAME = 80
MAX_CHANNELS = 20
# While receivers change over to a new secret, the former one signs as well.
GRACE = timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def add_channel(
    session: Session,
    site: Site,
    kind: str,
    *,
    name: str,
    address: str,
    events: Collection[str] = DEFAULT_EVENTS,
    allow_private: bool = False,
) -> Channel:
    """A new channel. Raises InvalidInput, whose message begins with the field: kind, name, address,
    events. The message never holds the address, as that may hold a password."""
    if kind not in CHANNEL_KINDS:
        words = gettext("must be one of %(known)s.", known=", ".join(CHANNEL_KINDS))
        raise InvalidInput(f"kind: {words}")
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or not name.isprintable():
        words = gettext("must have 1 to %(most)s printable characters.", most=MAX_NAME)
        raise InvalidInput(f"name: {words}")
    wanted = [event for event in EVENTS if event in events]
    if not wanted or set(events) - set(EVENTS):
        words = gettext("at least one of %(known)s, and nothing else.", known=", ".join(EVENTS))
        raise InvalidInput(f"events: {words}")
    of_site = channels_of(session, site)
    if len(of_site) >= MAX_CHANNELS:
        words = gettext(
            "a site has at most %(most)s channels; remove one first.", most=MAX_CHANNELS
        )
        raise InvalidInput(f"name: {words}")
    if any(channel.name == name for channel in of_site):
        words = gettext("there is already a channel named %(name)s.", name=name)
        raise InvalidInput(f"name: {words}")
    try:
        if kind == "webhook":
            outbound.target_of(address, allow_private=allow_private)
        else:
            require_chat_address(address, allow_private=allow_private)
    except outbound.Refused as error:
        words = in_english_or(gettext("This address cannot be called."), error)
        raise InvalidInput(f"address: {words}") from None
    channel = Channel(
        site_id=site.id,
        kind=kind,
        name=name,
        address=address,
        secret=new_secret() if kind == "webhook" else "",
        events=wanted,
    )
    session.add(channel)
    session.flush()
    return channel


def channels_of(session: Session, site: Site) -> Sequence[Channel]:
    """A site's channels, by name."""
    return session.scalars(
        select(Channel).where(Channel.site_id == site.id).order_by(Channel.name)
    ).all()


def all_channels(session: Session) -> Sequence[Channel]:
    """Those of every site, with it, by name."""
    return session.scalars(
        select(Channel)
        .join(Site)
        .options(joinedload(Channel.site))
        .order_by(Site.name, Channel.name)
    ).all()


def channel_by(session: Session, reference: str) -> Channel:
    """Raises InvalidInput where there is none."""
    channel = session.scalar(select(Channel).where(Channel.reference == reference))
    if channel is None:
        words = gettext("there is no channel %(reference)s.", reference=reference)
        raise InvalidInput(f"channel: {words} See: copydesk channels list")
    return channel


def rotate_secret(session: Session, channel: Channel, *, at_once: bool = False) -> str:
    """Replace a webhook's secret; the former one signs as well for :data:`GRACE`, or not at all
    (``at_once``: it leaked). Raises InvalidInput where the channel has none."""
    if channel.kind != "webhook":
        words = gettext("only webhooks have a secret to rotate.")
        raise InvalidInput(f"channel: {words}")
    channel.former_secret = "" if at_once else channel.secret
    channel.former_until = None if at_once else now() + GRACE
    channel.secret = new_secret()
    session.flush()
    return channel.secret


def set_active(session: Session, channel: Channel, active: bool) -> None:
    """Pause or go on. What is owed to a paused channel waits; what happens meanwhile does not."""
    channel.active = active
    session.flush()


def remove_channel(session: Session, channel: Channel) -> None:
    """Forget a channel with its secrets. What it is still owed fails, and says why."""
    session.execute(
        update(Delivery)
        .where(Delivery.recipient == channel.reference, Delivery.state == "queued")
        .values(state="failed", last_error=REMOVED)
        .execution_options(synchronize_session=False)
    )
    session.delete(channel)
    session.flush()


def owe_event(
    session: Session, announcement: Announcement, moment: datetime, settings: Settings
) -> None:
    """Owe an event to the active channels of its site that asked for its kind: people in a chat are
    told as by mail, many events in one message; programs of each, so many in a minute."""
    event = announcement.event
    for channel in session.scalars(
        select(Channel)
        .where(Channel.site_id == announcement.site_id, Channel.active)
        .order_by(Channel.id)
    ):
        if event.kind not in channel.events:
            continue
        if channel.kind == "webhook":
            owe(
                session,
                announcement.site_id,
                channel.reference,
                settings.mail_from,
                cause=f"event:{event.id}",
                channel=channel.kind,
                about=[(announcement.report_id, event.id)],
                due_at=room_at(
                    session,
                    channel.reference,
                    moment,
                    settings.webhook_calls_per_minute,
                    MINUTE,
                ),
            )
        else:
            chat = Subscriber(address=channel.reference, channel=channel.kind)
            tell(session, chat, announcement.report, event, moment, settings)


def owe_test(session: Session, channel: Channel, mail_from: str) -> None:
    """Owe a channel a message that is about no report."""
    owe(
        session,
        channel.site_id,
        channel.reference,
        mail_from,
        cause=f"test:{secrets.token_hex(16)}",
        kind="test",
        channel=channel.kind,
    )
