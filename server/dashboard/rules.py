"""The forms of rules and authors on the page of :mod:`.recipients`."""

from __future__ import annotations

import re

from flask import abort, request
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.dashboard.blueprint import blueprint
from server.dashboard.recipients import ADDRESS, change, named_row
from server.invalid import InvalidInput
from server.language import gettext
from server.models import RoutingRule, Site, User
from server.notify.authors import add_author, author_named, remove_author
from server.notify.rules import NewRule, add_rule, addresses_of, move_up, remove_rule, rule_named
from server.text.matching import Conditions


@blueprint.post(f"{ADDRESS}/rules/add")
@auth_required("session")
def add_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Add a rule after the others."""

    def work(session: Session, site: Site, user: User) -> str:
        rule = add_rule(session, site.id, _rule())
        audit.record(session, "rule.added", actor=user, site=site, detail=_detail(rule))
        return gettext("The rule was added.")

    return change(site_key, "rule", work)


@blueprint.post(f"{ADDRESS}/rules/up")
@auth_required("session")
def move_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Let a rule be tried earlier."""

    def work(session: Session, site: Site, user: User) -> str:
        rule = rule_named(session, site.id, named_row()) or abort(404)
        move_up(session, rule)
        audit.record(session, "rule.moved", actor=user, site=site, detail=_detail(rule))
        return gettext("The rule is tried earlier now.")

    return change(site_key, "rule", work)


@blueprint.post(f"{ADDRESS}/rules/remove")
@auth_required("session")
def remove_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Take a rule away."""

    def work(session: Session, site: Site, user: User) -> str:
        rule = rule_named(session, site.id, named_row()) or abort(404)
        audit.record(session, "rule.removed", actor=user, site=site, detail=_detail(rule))
        remove_rule(session, rule)
        return gettext("The rule was removed.")

    return change(site_key, "rule", work)


@blueprint.post(f"{ADDRESS}/authors/add")
@auth_required("session")
def add_site_author(site_key: str) -> Response | tuple[str, int]:
    """Say where an author reads mail."""

    def work(session: Session, site: Site, user: User) -> str:
        form = request.form
        author = add_author(
            session, site.id, form.get("name", ""), form.get("author_address", "").strip()
        )
        audit.record(session, "author.address_set", actor=user, site=site, detail=author.name)
        return gettext("The address of %(author)s was saved.", author=author.name)

    return change(site_key, "author", work)


@blueprint.post(f"{ADDRESS}/authors/remove")
@auth_required("session")
def remove_site_author(site_key: str) -> Response | tuple[str, int]:
    """Forget where an author reads mail."""

    def work(session: Session, site: Site, user: User) -> str:
        author = author_named(session, site.id, named_row()) or abort(404)
        audit.record(session, "author.address_removed", actor=user, site=site, detail=author.name)
        remove_author(session, author)
        return gettext("The address of %(author)s was removed.", author=author.name)

    return change(site_key, "author", work)


def _detail(rule: RoutingRule) -> str:
    """To whom it sends, for the audit log."""
    return ", ".join(addresses_of(rule))


def _rule() -> NewRule:
    """Raises InvalidInput."""
    form = request.form
    score = form.get("rule_score", "").strip() or "0"
    if not score.isascii() or not score.isdigit() or len(score) > 3:
        words = gettext("must be a whole number.")
        raise InvalidInput(f"min_score: {words}")
    conditions = Conditions(
        **{
            name: form.get(name, "").strip()
            for name in ("author", "section", "path", "language", "evidence")
        },
        min_score=int(score),
    )
    return NewRule(
        conditions=conditions,
        recipients=[each for each in re.split(r"[\s,;]+", form.get("recipients", "")) if each],
        author_first=form.get("author_first") == "yes",
    )
