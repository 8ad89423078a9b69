"""``copydesk recipients`` and ``copydesk authors``: addresses that hear of a site's reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
from flask.cli import with_appcontext

from server.audit import record
from server.command_session import reading, writing
from server.models.subscription import MODES
from server.notify.authors import add_author, author_called, authors_of, remove_author
from server.notify.desk import (
    Desk,
    add_recipient,
    change_recipient,
    recipient_with,
    recipients_without_account,
    remove_recipient,
)
from server.notify.subscriptions import Choices, choices_of
from server.sites import site_named

_site = click.option("--site", required=True, help="Name or key of the site.")


@click.group()
def recipients() -> None:
    """Addresses without an account that hear of a site's reports."""


def _chosen(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of what somebody chooses; None where it is not given."""
    for option in (
        click.option("--zone", help="As Europe/Berlin; at first the site's."),
        click.option("--weekday", type=click.IntRange(0, 6), help="0 is Monday."),
        click.option("--hour", type=click.IntRange(0, 23), help="Of a digest; at first 8."),
        click.option("--mode", type=click.Choice(MODES), help="At first at_once."),
        click.option("--language", help="Of its mail, as ru; empty: the site's."),
        click.option("--name", help="How you call it."),
    ):
        command = option(command)
    return command


@recipients.command("add")
@click.argument("address")
@_site
@_chosen
@with_appcontext
def recipients_add(
    address: str, site: str, name: str | None, language: str | None, **chosen: Any
) -> None:
    """Let an address hear of a site's reports."""
    with writing() as session:
        found = site_named(session, site)
        choices = _changed(Choices(zone=found.zone), chosen)
        added = add_recipient(
            session, found.id, address, choices, name=name or "", language=language or ""
        )
        wanted = str(added.address)
        record(session, "recipient.added", actor=None, site=found, detail=wanted)
    click.echo(f"Added {wanted}.")


@recipients.command("set")
@click.argument("address")
@_site
@click.option("--address", "new_address", help="Another address in its place.")
@_chosen
@with_appcontext
def recipients_set(
    address: str,
    site: str,
    new_address: str | None,
    name: str | None,
    language: str | None,
    **chosen: Any,
) -> None:
    """Change what an address hears, or which it is; what is not named stays."""
    with writing() as session:
        where = site_named(session, site)
        found = recipient_with(session, where.id, address)
        desk = Desk(
            address=new_address or address,
            name=found.name if name is None else name,
            language=found.language if language is None else language,
            choices=_changed(choices_of(found), chosen),
        )
        changed = str(change_recipient(session, found, desk).address)
        record(session, "recipient.changed", actor=None, site=where, detail=changed)
    click.echo(f"Changed {changed}.")


@recipients.command("list")
@_site
@with_appcontext
def recipients_list(site: str) -> None:
    """List a site's recipients without account."""
    with reading() as session:
        for each in recipients_without_account(session, site_named(session, site).id):
            click.echo("\t".join((each.address or "", each.mode, each.zone, each.name)).rstrip())


@recipients.command("remove")
@click.argument("address")
@_site
@with_appcontext
def recipients_remove(address: str, site: str) -> None:
    """Send an address nothing more of a site."""
    with writing() as session:
        where = site_named(session, site)
        found = recipient_with(session, where.id, address)
        record(session, "recipient.removed", actor=None, site=where, detail=str(found.address))
        remove_recipient(session, found)
    click.echo(f"Removed {address.lower()}.")


def _changed(choices: Choices, chosen: dict[str, Any]) -> Choices:
    return replace(choices, **{name: each for name, each in chosen.items() if each is not None})


@click.group()
def authors() -> None:
    """Where the authors of a site's pages read mail, for rules with the author first."""


@authors.command("add")
@click.argument("name")
@click.argument("address")
@_site
@with_appcontext
def authors_add(name: str, address: str, site: str) -> None:
    """Tell where an author reads mail, by the name that pages declare; again: changes it."""
    with writing() as session:
        where = site_named(session, site)
        author = add_author(session, where.id, name, address)
        record(session, "author.address_set", actor=None, site=where, detail=author.name)
        known, wanted = author.name, author.address
    click.echo(f"{known} reads {wanted}.")


@authors.command("list")
@_site
@with_appcontext
def authors_list(site: str) -> None:
    """List a site's authors."""
    with reading() as session:
        for each in authors_of(session, site_named(session, site).id):
            click.echo(f"{each.name}\t{each.address}")


@authors.command("remove")
@click.argument("name")
@_site
@with_appcontext
def authors_remove(name: str, site: str) -> None:
    """Forget where an author reads mail."""
    with writing() as session:
        where = site_named(session, site)
        author = author_called(session, where.id, name)
        record(session, "author.address_removed", actor=None, site=where, detail=author.name)
        remove_author(session, author)
    click.echo(f"Removed {name}.")
