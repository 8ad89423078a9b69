"""``copydesk``: commands for owners and operators, on Flask's command line."""

from __future__ import annotations

from typing import Any

import click
from flask import Flask, current_app
from flask.cli import FlaskGroup, NoAppException, with_appcontext
from flask_migrate.cli import db as db_group
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from server import create_app, tasks
from server.audit import record
from server.channel_commands import channels
from server.config import SettingError, Settings
from server.database import write_transaction
from server.database_commands import backup
from server.demo.command import demo
from server.erase_command import erase_command
from server.extensions import db, settings_of
from server.first_run import is_set_up, setup_address
from server.invalid import InvalidInput
from server.mail_commands import mail
from server.models import Site
from server.recipient_commands import authors, recipients
from server.reports.evidence import evaluate_pending, mark_all_pending, pending_count
from server.rule_commands import rules
from server.schema import require_current_schema
from server.serve import require_free_port, serve
from server.site_commands import sites_block, sites_erase, sites_key, sites_set
from server.sites import (
    add_site,
    script_tag,
)
from server.user_commands import users
from server.widget_commands import sites_tag, sites_widget


def _create_app() -> Flask:
    try:
        return create_app()
    except SettingError as error:
        raise NoAppException(str(error)) from None


class CopydeskGroup(FlaskGroup):
    """Our commands alone, without those that other packages add to ``flask``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Which application, which environment file, debug: not choices of ours to offer.
        self.params = [each for each in self.params if each.name == "version"]

    def _load_plugin_commands(self) -> None:
        return None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.commands)


@click.group(
    cls=CopydeskGroup,
    create_app=_create_app,
    add_default_commands=False,
    add_version_option=False,
)
@click.version_option(package_name="copydesk")
def main() -> None:
    """Copydesk: readers report spelling errors, editors fix them.

    Settings come from the environment; see docs/configuration.md.
    """


db_group.add_command(backup)
main.add_command(db_group)
main.add_command(demo)
main.add_command(erase_command)
main.add_command(mail)
main.add_command(channels)
main.add_command(users)
main.add_command(recipients)
main.add_command(rules)
main.add_command(authors)


def _settings() -> Settings:
    settings = settings_of()
    return settings


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
@click.option(
    "--threads",
    type=click.IntRange(1, 1024),
    help="At most, per process (COPYDESK_THREADS, else 256); they start as they are needed: one "
    "for each request in work, and one for each client that is slow in sending its body.",
)
@with_appcontext
def run(host: str, port: int, workers: int, threads: int | None) -> None:
    """Serve the widget, the intake and the dashboard."""
    require_current_schema()
    require_free_port(host, port)
    if not is_set_up():
        click.echo(f"Nobody has an account yet. Make the first one: {setup_address(_settings())}")
    serve(host, port, workers=workers, threads=threads or _settings().threads)


@main.command("setup-token")
@with_appcontext
def print_setup_token() -> None:
    """Print where the first account is made, while nobody has one."""
    require_current_schema()
    if is_set_up():
        raise click.ClickException("somebody has an account already. See: copydesk users list")
    click.echo(setup_address(_settings()))


@main.command()
@click.option(
    "--threads",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="For each kind of work: what came in, mail, webhooks, chats.",
)
@with_appcontext
def worker(threads: int) -> None:
    """Look at what came in, and send what is owed. Any number may run."""
    require_current_schema()
    try:
        tasks.run_worker(current_app._get_current_object(), workers=threads)  # type: ignore[attr-defined]  # a proxy
    except SettingError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--all", "everything", is_flag=True, help="Also what was examined before.")
@with_appcontext
def evaluate(everything: bool) -> None:
    """Examine the reports that wait for it; with --all every report, after a dictionary came."""
    require_current_schema()
    if everything:
        last: int | None = 0
        while last is not None:
            with write_transaction() as session:
                last = mark_all_pending(session, last)
    total = 0
    while examined := evaluate_pending():
        total += examined
        click.echo(f"{total} examined, {pending_count(db.session())} to go", err=True)
    click.echo(f"Examined {total} reports.")


@main.group()
def sites() -> None:
    """Sites: publications whose readers report to you."""


@sites.command("add")
@click.argument("name")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    required=True,
    help="Where its articles live: https://example.org or https://*.example.org. Repeatable.",
)
@click.option("--language", default="en", show_default=True, help="Its main language, BCP 47.")
@with_appcontext
def sites_add(name: str, origins: tuple[str, ...], language: str) -> None:
    """Add a site and print the script tag for its pages."""
    require_current_schema()
    try:
        with write_transaction() as session:
            site = add_site(session, name, list(origins), language)
            record(session, "site.added", actor=None, site=site, detail=site.name)
            tag = script_tag(site, _settings().public_url)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {name}. Paste this into its pages:\n{tag}")


@sites.command("list")
@with_appcontext
def sites_list() -> None:
    """List the sites with their keys and origins."""
    require_current_schema()
    found = db.session.scalars(
        select(Site)
        .where(Site.erasing_since.is_(None))
        .options(selectinload(Site.origins))
        .order_by(Site.name)
    ).all()
    if not found:
        click.echo("There is no site yet. Add one: copydesk sites add NAME --origin ORIGIN")
    for site in found:
        origins = " ".join(origin.pattern for origin in site.origins)
        click.echo(f"{site.name}\t{site.key}\t{origins}")


sites.add_command(sites_set)
sites.add_command(sites_key)
sites.add_command(sites_erase)
sites.add_command(sites_block)
sites.add_command(sites_tag)
sites.add_command(sites_widget)
