"""``copydesk channels``."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from server import tasks
from server.audit import record
from server.command_session import reading, writing
from server.extensions import settings_of
from server.models import CHANNEL_KINDS
from server.notify import site_channels
from server.notify.channels.chat import shown_address
from server.sites import site_named


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
    with writing() as session:
        site = site_named(session, site_name)
        channel = site_channels.add_channel(
            session,
            site,
            kind,
            name=name,
            address=address,
            events=events,
            allow_private=settings_of().webhook_allow_private,
        )
        record(session, "channel.added", actor=None, site=site, detail=channel.name)
        reference, secret = channel.reference, channel.secret
    click.echo(f"Added {name}: {reference}")
    if secret:
        click.echo(f"Secret: {secret}")


@channels.command("list")
@with_appcontext
def channels_list() -> None:
    """List all channels, without what is secret."""
    with reading() as session:
        found = site_channels.all_channels(session)
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
    with writing() as session:
        channel = site_channels.channel_by(session, reference)
        site_channels.owe_test(session, channel, settings_of().mail_from)
        record(session, "channel.tested", actor=None, site=channel.site, detail=channel.name)
    tasks.ring()
    click.echo("Queued. See Deliveries.")


@channels.command("rotate")
@click.argument("reference")
@click.option("--now", "at_once", is_flag=True, help="The former secret leaked: it ends at once.")
@with_appcontext
def channels_rotate(reference: str, at_once: bool) -> None:
    """Replace a webhook's secret; the former one signs as well for 24 hours."""
    with writing() as session:
        channel = site_channels.channel_by(session, reference)
        secret = site_channels.rotate_secret(session, channel, at_once=at_once)
        name = channel.name
        record(session, "channel.secret_renewed", actor=None, site=channel.site, detail=name)
    click.echo(f"Secret: {secret}")


@channels.command("remove")
@click.argument("reference")
@with_appcontext
def channels_remove(reference: str) -> None:
    """Forget a channel. What it is still owed fails."""
    with writing() as session:
        channel = site_channels.channel_by(session, reference)
        record(session, "channel.removed", actor=None, site=channel.site, detail=channel.name)
        site_channels.remove_channel(session, channel)
    click.echo("Removed.")
