"""``copydesk mail`` and ``copydesk channels``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from server import tasks
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import CHANNEL_KINDS, Channel, Site
from server.notify import site_channels
from server.notify.channels.chat import shown_address
from server.notify.diagnosis import Diagnosis, send_test
from server.schema import require_current_schema
from server.sites import InvalidInput, site_named


def _settings() -> Settings:
    settings: Settings = current_app.extensions["copydesk_settings"]
    return settings


@contextmanager
def _channel(reference: str) -> Iterator[tuple[Session, Channel]]:
    """A channel to change, in one transaction. What is wrong becomes the command's error."""
    require_current_schema()
    try:
        with write_transaction() as session:
            yield session, site_channels.channel_by(session, reference)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None


@click.group()
def mail() -> None:
    """The mail server."""


@mail.command("test")
@click.argument("address")
@with_appcontext
def mail_test(address: str) -> None:
    """Send a test message, and say what is wrong where it is not accepted."""
    settings = _settings()
    try:
        send_test(current_app.extensions["mail"], settings, address)
    except Diagnosis as diagnosis:
        raise click.ClickException(str(diagnosis)) from None
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    click.echo(f"{server} accepted the message to {address} from {settings.mail_from}.")
    click.echo("If it does not arrive, look into the spam folder and check SPF and DKIM.")


@click.group()
def channels() -> None:
    """Webhooks and chat services of a site."""


@channels.command("add")
@click.argument("name")
@click.option("--site", "site_name", required=True, help="Name or key of the site.")
@click.option("--kind", type=click.Choice(CHANNEL_KINDS), default="webhook", show_default=True)
@click.option(
    "--address",
    prompt="Address",
    hide_input=True,
    help="The webhook's https:// address, or an Apprise address; asked for if absent, as it may "
    "hold a password.",
)
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice(site_channels.EVENTS),
    default=site_channels.DEFAULT_EVENTS,
    show_default=True,
    help="What it hears of. Repeatable.",
)
@with_appcontext
def channels_add(
    name: str, site_name: str, kind: str, address: str, events: tuple[str, ...]
) -> None:
    """Add a channel; of a webhook, print the secret that signs it."""
    require_current_schema()
    try:
        with write_transaction() as session:
            channel = site_channels.add_channel(
                session,
                site_named(session, site_name),
                kind,
                name=name,
                address=address,
                events=events,
                allow_private=_settings().webhook_allow_private,
            )
            reference, secret = channel.reference, channel.secret
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {name}: {reference}")
    if secret:
        click.echo(f"Secret: {secret}")


@channels.command("list")
@with_appcontext
def channels_list() -> None:
    """List all channels, without what is secret."""
    require_current_schema()
    found = db.session.scalars(
        select(Channel)
        .join(Site)
        .options(joinedload(Channel.site))
        .order_by(Site.name, Channel.name)
    ).all()
    if not found:
        click.echo("There is no channel yet. Add one: copydesk channels add NAME --site SITE")
    for channel in found:
        state = "active" if channel.active else "paused"
        click.echo(
            "\t".join(
                (
                    channel.reference,
                    channel.site.name,
                    channel.name,
                    channel.kind,
                    shown_address(channel.address),
                    ",".join(channel.events),
                    state,
                )
            )
        )


@channels.command("test")
@click.argument("reference")
@with_appcontext
def channels_test(reference: str) -> None:
    """Send a test message through a channel, on the worker's way."""
    with _channel(reference) as (session, channel):
        site_channels.owe_test(session, channel, _settings().mail_from)
    tasks.ring()
    click.echo("Queued. See Deliveries.")


@channels.command("rotate")
@click.argument("reference")
@click.option("--now", "at_once", is_flag=True, help="The former secret leaked: it ends at once.")
@with_appcontext
def channels_rotate(reference: str, at_once: bool) -> None:
    """Replace a webhook's secret; the former one signs as well for 24 hours."""
    with _channel(reference) as (session, channel):
        secret = site_channels.rotate_secret(session, channel, at_once=at_once)
    click.echo(f"Secret: {secret}")


@channels.command("remove")
@click.argument("reference")
@with_appcontext
def channels_remove(reference: str) -> None:
    """Forget a channel. What it is still owed fails."""
    with _channel(reference) as (session, channel):
        site_channels.remove_channel(session, channel)
    click.echo("Removed.")
