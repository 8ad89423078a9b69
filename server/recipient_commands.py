"""``copydesk recipients`` and ``copydesk rules``: who hears of a site's reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from server.database import write_transaction
from server.extensions import db
from server.models import RoutingRule
from server.models.subscription import MODES
from server.notify.rules import NewRule, add_rule, rules_of
from server.notify.subscriptions import Choices, add_recipient, recipients_without_account
from server.schema import require_current_schema
from server.sites import InvalidInput, site_named
from server.text.matching import Conditions


@click.group()
def recipients() -> None:
    """Addresses without an account that hear of a site's reports."""


@recipients.command("add")
@click.argument("address")
@click.option("--site", required=True, help="Name or key of the site.")
@click.option("--mode", type=click.Choice(MODES), default="at_once", show_default=True)
@click.option("--hour", type=click.IntRange(0, 23), default=8, show_default=True)
@click.option("--weekday", type=click.IntRange(0, 6), default=0, help="0 is Monday.")
@click.option("--zone", default="UTC", show_default=True, help="As Europe/Berlin.")
@with_appcontext
def recipients_add(address: str, site: str, mode: str, hour: int, weekday: int, zone: str) -> None:
    """Let an address hear of a site's reports."""
    with _writing() as session:
        choices = Choices(mode=mode, hour=hour, weekday=weekday, zone=zone)
        added = add_recipient(session, site_named(session, site).id, address, choices)
        wanted = added.address
    click.echo(f"Added {wanted}.")


@recipients.command("list")
@click.option("--site", required=True, help="Name or key of the site.")
@with_appcontext
def recipients_list(site: str) -> None:
    """List a site's recipients without account."""
    with _reading() as session:
        for each in recipients_without_account(session, site_named(session, site).id):
            click.echo(f"{each.address}\t{each.mode}\t{each.zone}")


@recipients.command("remove")
@click.argument("address")
@click.option("--site", required=True, help="Name or key of the site.")
@with_appcontext
def recipients_remove(address: str, site: str) -> None:
    """Send an address nothing more of a site."""
    with _writing() as session:
        known = recipients_without_account(session, site_named(session, site).id)
        found = next((each for each in known if each.address == address.lower()), None)
        if found is None:
            raise InvalidInput(f"address: {address} is no recipient without account.")
        session.delete(found)
    click.echo(f"Removed {address.lower()}.")


@click.group()
def rules() -> None:
    """Which of a site's reports go to whom."""


@rules.command("add")
@click.option("--site", required=True, help="Name or key of the site.")
@click.option("--author", default="", help="As the page declares; * stands for any text.")
@click.option("--section", default="", help="As the page declares.")
@click.option("--path", default="", help="As /sport/*.")
@click.option("--language", default="", help="As de, which is also de-AT.")
@click.option("--finding", default="", help="A finding, as 'a word twice'.")
@click.option("--min-score", type=click.IntRange(0, 100), default=0, help="Evidence, 0 to 100.")
@click.option("--author-first", is_flag=True, help="To the author, where the address is known.")
@click.option("--to", "addresses", multiple=True, help="An address. Repeatable.")
@with_appcontext
def rules_add(
    site: str,
    author: str,
    section: str,
    path: str,
    language: str,
    finding: str,
    min_score: int,
    author_first: bool,
    addresses: tuple[str, ...],
) -> None:
    """Add a rule after the others."""
    conditions = Conditions(
        author=author,
        section=section,
        path=path,
        language=language,
        evidence=finding,
        min_score=min_score,
    )
    with _writing() as session:
        new = NewRule(conditions=conditions, recipients=addresses, author_first=author_first)
        site_id = site_named(session, site).id
        add_rule(session, site_id, new)
        number = len(rules_of(session, site_id))
    click.echo(f"Added rule {number}.")


@rules.command("list")
@click.option("--site", required=True, help="Name or key of the site.")
@with_appcontext
def rules_list(site: str) -> None:
    """List a site's rules in the order in which they are tried."""
    with _reading() as session:
        for number, rule in enumerate(rules_of(session, site_named(session, site).id), 1):
            click.echo(f"{number}\t{_conditions(rule)}\t{_recipients(rule)}")


@rules.command("remove")
@click.argument("number", type=click.IntRange(1))
@click.option("--site", required=True, help="Name or key of the site.")
@with_appcontext
def rules_remove(number: int, site: str) -> None:
    """Remove a rule by its number in the list."""
    with _writing() as session:
        found = rules_of(session, site_named(session, site).id)
        if number > len(found):
            raise InvalidInput(f"number: the site has {len(found)} rules.")
        session.delete(found[number - 1])
    click.echo(f"Removed rule {number}.")


def _conditions(rule: RoutingRule) -> str:
    given = {name: getattr(rule, name) for name in Conditions.__annotations__}
    return " ".join(f"{name}={value}" for name, value in given.items() if value) or "every report"


def _recipients(rule: RoutingRule) -> str:
    named = [each.user.email if each.user else str(each.address) for each in rule.recipients]
    return ", ".join([*(["the author"] if rule.author_first else []), *named])


@contextmanager
def _writing() -> Iterator[Session]:
    require_current_schema()
    try:
        with write_transaction() as session:
            yield session
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def _reading() -> Iterator[Session]:
    require_current_schema()
    try:
        yield db.session()
    except InvalidInput as error:
        raise click.ClickException(str(error)) from None
