"""``copydesk sites``: what an owner sets and blocks."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from server import audit
from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.installation.keys import end_former_key, former_keys, renew_key
from server.intake.challenges import CHALLENGES
from server.invalid import InvalidInput
from server.models import Site
from server.models.block import BLOCK_KINDS
from server.reports.blocks import InvalidBlock, add_block, blocks_of, remove_block
from server.reports.site_erasure import begin_erasing, erase_leaving_sites
from server.schema import require_current_schema
from server.sites import change_origins, change_site, site_named

NO_CHALLENGE = "none"
PROTECTION = ("challenge", "links_allowed", "null_origin")


@click.command("set")
@click.argument("name")
@click.option(
    "--challenge",
    type=click.Choice([NO_CHALLENGE, *CHALLENGES]),
    help="What senders must solve before a report is taken.",
)
@click.option(
    "--null-origin/--no-null-origin",
    default=None,
    help="Take reports from sandboxed frames, whose origin is null.",
)
@click.option(
    "--links/--no-links",
    "links_allowed",
    default=None,
    help="Take links in comments for what they are, not for a sign of spam.",
)
@click.option(
    "--retention-days",
    type=int,
    help="How long what readers wrote is kept after a report was closed.",
)
@click.option("--zone", help="Dates for who chose no other zone are in it, as Europe/Berlin.")
@click.option("--add-origin", multiple=True, help="One more place where articles live. Repeatable.")
@click.option("--remove-origin", multiple=True, help="Articles live there no more. Repeatable.")
@with_appcontext
def sites_set(
    name: str,
    challenge: str | None,
    null_origin: bool | None,
    links_allowed: bool | None,
    retention_days: int | None,
    zone: str | None,
    add_origin: tuple[str, ...],
    remove_origin: tuple[str, ...],
) -> None:
    """Change a site's settings; without options, show them."""
    require_current_schema()
    changes = {
        "challenge": "" if challenge == NO_CHALLENGE else challenge,
        "null_origin": null_origin,
        "links_allowed": links_allowed,
        "retention_days": retention_days,
        "zone": zone,
    }
    try:
        with write_transaction() as session:
            site = site_named(session, name)
            given = {key: value for key, value in changes.items() if value is not None}
            change_site(site, **given)
            change_origins(site, add_origin, remove_origin)
            _record_changes(session, site, given, add_origin, remove_origin)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    for option, value in (
        ("challenge", site.challenge or NO_CHALLENGE),
        ("null-origin", "yes" if site.null_origin else "no"),
        ("links", "yes" if site.links_allowed else "no"),
        ("retention-days", site.retention_days),
        ("zone", site.zone),
        ("origins", " ".join(sorted(origin.pattern for origin in site.origins))),
    ):
        click.echo(f"{option}\t{value}")


def _record_changes(
    session: Session,
    site: Site,
    given: dict[str, Any],
    added: tuple[str, ...],
    removed: tuple[str, ...],
) -> None:
    """In the audit log, by the names that the dashboard's forms give to it."""

    def note(action: str, detail: str) -> None:
        audit.record(session, action, actor=None, site=site, detail=detail)

    protection = {name: given[name] for name in PROTECTION if name in given}
    if protection:
        shown = (f"{name} {value or 'none'}" for name, value in protection.items())
        note("site.protection_changed", ", ".join(shown))
    if "retention_days" in given:
        note("site.retention_changed", str(site.retention_days))
    if "zone" in given:
        note("site.renamed", f"{site.name}, {site.language}, {site.zone}")
    for pattern in added:
        note("site.origin_added", pattern)
    for pattern in removed:
        note("site.origin_removed", pattern)


@click.group("block")
def sites_block() -> None:
    """What a site does not want to hear from, or of."""


_kind = click.argument("kind", type=click.Choice(BLOCK_KINDS))


@sites_block.command("add")
@click.argument("name")
@_kind
@click.argument("pattern")
@click.option("--reason", default="", help="Why, for the site's other owners.")
@with_appcontext
def block_add(name: str, kind: str, pattern: str, reason: str) -> None:
    """Block a network (192.0.2.0/24), a word or an address; * stands for anything.

    Nothing is accepted from a blocked network. What has a blocked word or address goes among the
    spam.
    """
    require_current_schema()
    try:
        with write_transaction() as session:
            site = site_named(session, name)
            block = add_block(session, site, kind, pattern, reason)
            detail = f"{block.kind} {block.pattern}"
            audit.record(session, "site.block_added", actor=None, site=site, detail=detail)
    except (InvalidInput, InvalidBlock) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Blocked {block.kind} {block.pattern}.")


@sites_block.command("list")
@click.argument("name")
@with_appcontext
def block_list(name: str) -> None:
    """List what is blocked."""
    require_current_schema()
    try:
        found = blocks_of(db.session(), site_named(db.session(), name))
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    for blocks in found.values():
        for block in blocks:
            click.echo(f"{block.kind}\t{block.pattern}\t{block.created_at:%Y-%m-%d}")
    if not any(found.values()):
        click.echo("Nothing is blocked.")


@sites_block.command("remove")
@click.argument("name")
@_kind
@click.argument("pattern")
@with_appcontext
def block_remove(name: str, kind: str, pattern: str) -> None:
    """Block it no longer."""
    require_current_schema()
    try:
        with write_transaction() as session:
            site = site_named(session, name)
            remove_block(session, site, kind, pattern)
            detail = f"{kind} {pattern}"
            audit.record(session, "site.block_removed", actor=None, site=site, detail=detail)
    except (InvalidInput, InvalidBlock) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{pattern} is not blocked any more.")


@click.command("key")
@click.argument("name")
@click.option("--renew", is_flag=True, help="Make a new key; the former one works for 30 days.")
@click.option("--end", metavar="KEY", help="Let a former key work no longer.")
@with_appcontext
def sites_key(name: str, renew: bool, end: str | None) -> None:
    """Show a site's key and its former ones, renew it, or end a former one."""
    require_current_schema()
    try:
        with write_transaction() as session:
            site = site_named(session, name)
            if renew:
                renew_key(session, site, site.key)
                audit.record(session, "site.key_renewed", actor=None, site=site)
            if end:
                end_former_key(session, site, end)
                audit.record(session, "site.key_ended", actor=None, site=site)
            found = [(each.key, each.works_until) for each in former_keys(session, site)]
            key = site.key
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{key}\tpresent")
    for former, until in found:
        state = f"works until {until:%Y-%m-%d}" if until > now() else "ended"
        click.echo(f"{former}\t{state}")


@click.command("erase")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask for the name again.")
@with_appcontext
def sites_erase(name: str, yes: bool) -> None:
    """Erase a site with all that it holds. There is no way back."""
    require_current_schema()
    try:
        found = site_named(db.session(), name).name
        if not yes and click.prompt("Type the site's name") != found:
            raise click.ClickException("name: this is not the site's name.")
        with write_transaction() as session:
            begin_erasing(session, site_named(session, name))
            audit.record(session, "site.erased", actor=None, site=None, detail=found)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    erase_leaving_sites()
    click.echo(f"Erased {found}.")
