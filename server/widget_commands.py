"""``copydesk sites widget`` and ``copydesk sites tag``: what an owner tells the widget."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from server.audit import record
from server.database import write_transaction
from server.extensions import db, settings_of
from server.invalid import InvalidInput
from server.schema import require_current_schema
from server.sites import pinned_tag, script_tag, set_widget_options, site_named
from server.widget.build import NotBuilt


@click.command("widget")
@click.argument("name")
@click.argument("options", nargs=-1, metavar="[OPTION=VALUE]...")
@with_appcontext
def sites_widget(name: str, options: tuple[str, ...]) -> None:
    """Show or change what the widget does on a site; an empty VALUE takes an option away.

    The options are those of docs/widget.md, such as mode=confirm or article=main. Pages take a
    change within minutes.
    """
    require_current_schema()
    try:
        with write_transaction() as session:
            site = site_named(session, name)
            settings = set_widget_options(site, options)
            if options:
                names = ", ".join(each.partition("=")[0] for each in options)
                record(session, "site.widget_changed", actor=None, site=site, detail=names)
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
    for option, value in settings.items():
        click.echo(f"{option}={value}")


@click.command("tag")
@click.argument("name")
@click.option("--pinned", is_flag=True, help="With this version's hash; change it at each upgrade.")
@with_appcontext
def sites_tag(name: str, pinned: bool) -> None:
    """Print the script tag of a site, whose NAME may be its key."""
    require_current_schema()
    try:
        site = site_named(db.session(), name)
        make_tag = pinned_tag if pinned else script_tag
        click.echo(make_tag(site, settings_of().public_url))
    except (InvalidInput, NotBuilt) as error:
        raise click.ClickException(str(error)) from None
