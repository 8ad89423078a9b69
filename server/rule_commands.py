"""``copydesk rules``: which of a site's reports go to whom."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from server.audit import record
from server.command_session import reading, writing
from server.invalid import InvalidInput
from server.models import RoutingRule, Site
from server.notify.rules import NewRule, add_rule, addresses_of, move, remove_rule, rules_of
from server.sites import site_named
from server.text.matching import Conditions

_site = click.option("--site", required=True, help="Name or key of the site.")


@click.group()
def rules() -> None:
    """Which of a site's reports go to whom."""


@rules.command("add")
@_site
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
    with writing() as session:
        new = NewRule(conditions=conditions, recipients=addresses, author_first=author_first)
        where = site_named(session, site)
        rule = add_rule(session, where.id, new)
        _record(session, "rule.added", where, rule)
        number = len(rules_of(session, where.id))
    click.echo(f"Added rule {number}.")


@rules.command("list")
@_site
@with_appcontext
def rules_list(site: str) -> None:
    """List a site's rules in the order in which they are tried."""
    with reading() as session:
        for number, rule in enumerate(rules_of(session, site_named(session, site).id), 1):
            click.echo(f"{number}\t{_conditions(rule)}\t{_recipients(rule)}")


@rules.command("move")
@click.argument("number", type=click.IntRange(1))
@click.argument("position", type=click.IntRange(1))
@_site
@with_appcontext
def rules_move(number: int, position: int, site: str) -> None:
    """Let a rule be tried as another in the list: 3 1 makes the third the first."""
    with writing() as session:
        where = site_named(session, site)
        rule = _rule(session, where, number)
        _record(session, "rule.moved", where, rule)
        move(session, rule, position)
    click.echo(f"Moved rule {number}.")


@rules.command("remove")
@click.argument("number", type=click.IntRange(1))
@_site
@with_appcontext
def rules_remove(number: int, site: str) -> None:
    """Remove a rule by its number in the list."""
    with writing() as session:
        where = site_named(session, site)
        rule = _rule(session, where, number)
        _record(session, "rule.removed", where, rule)
        remove_rule(session, rule)
    click.echo(f"Removed rule {number}.")


def _record(session: Session, action: str, site: Site, rule: RoutingRule) -> None:
    detail = ", ".join(addresses_of(rule))
    record(session, action, actor=None, site=site, detail=detail)


def _rule(session: Session, site: Site, number: int) -> RoutingRule:
    """By its number in the list. Raises InvalidInput."""
    found = rules_of(session, site.id)
    if number > len(found):
        raise InvalidInput(f"number: the site has {len(found)} rules.")
    return found[number - 1]


def _conditions(rule: RoutingRule) -> str:
    given = {name: getattr(rule, name) for name in Conditions.__annotations__}
    return " ".join(f"{name}={value}" for name, value in given.items() if value) or "every report"


def _recipients(rule: RoutingRule) -> str:
    return ", ".join([*(["the author"] if rule.author_first else []), *addresses_of(rule)])
