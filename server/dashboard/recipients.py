"""Where owners say who else hears of a site's reports, and which reports go to whom."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.notifications import form_values, form_words, read_choices, split_error
from server.database import write_transaction
from server.extensions import db
from server.models import AuthorAddress, RoutingRule, Site, Subscription
from server.notify.rules import (
    NewRule,
    add_author,
    add_rule,
    authors_of,
    evidence_names,
    move_up,
    rules_of,
)
from server.notify.subscriptions import Choices, add_recipient, recipients_without_account
from server.reports.membership import owned_site
from server.sites import InvalidInput
from server.text.evidence.weights import WEIGHTS
from server.text.matching import Conditions

ADDRESS = "/sites/<site_key>/recipients"


@blueprint.get(ADDRESS)
@auth_required("session")
def show_recipients(site_key: str) -> str:
    """A site's recipients without account, its rules, and its authors' addresses."""
    return _page(_site(site_key))


@blueprint.get(f"{ADDRESS}/<path:form>")
@auth_required("session")
def show_recipients_instead(site_key: str, form: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_recipients", site_key=site_key), 303)


@blueprint.post(f"{ADDRESS}/add")
@auth_required("session")
def add_site_recipient(site_key: str) -> Response | tuple[str, int]:
    """Let an address without an account hear of the site's reports."""

    def work(session: Session, site_id: int) -> str:
        address = request.form.get("address", "").strip()
        return str(add_recipient(session, site_id, address, read_choices(request.form)).address)

    return _change(site_key, "recipient", work, "{} is a recipient now.")


@blueprint.post(f"{ADDRESS}/remove")
@auth_required("session")
def remove_site_recipient(site_key: str) -> Response | tuple[str, int]:
    """Send an address nothing more."""

    def work(session: Session, site_id: int) -> str:
        found = _named(session, Subscription, site_id)
        if found.address is None:
            abort(404)
        session.delete(found)
        return str(found.address)

    return _change(site_key, "recipient", work, "{} is no recipient any more.")


@blueprint.post(f"{ADDRESS}/rules/add")
@auth_required("session")
def add_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Add a rule after the others."""

    def work(session: Session, site_id: int) -> str:
        form = request.form
        score = form.get("rule_score", "").strip() or "0"
        if not score.isascii() or not score.isdigit() or len(score) > 3:
            raise InvalidInput("min_score: must be a whole number.")
        conditions = Conditions(
            **{
                name: form.get(name, "").strip()
                for name in ("author", "section", "path", "language", "evidence")
            },
            min_score=int(score),
        )
        recipients = [each for each in re.split(r"[\s,;]+", form.get("recipients", "")) if each]
        new = NewRule(
            conditions=conditions,
            recipients=recipients,
            author_first=form.get("author_first") == "yes",
        )
        add_rule(session, site_id, new)
        return "The rule"

    return _change(site_key, "rule", work, "{} was added.")


@blueprint.post(f"{ADDRESS}/rules/up")
@auth_required("session")
def move_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Let a rule be tried earlier."""

    def work(session: Session, site_id: int) -> str:
        move_up(session, _named(session, RoutingRule, site_id))
        return "The rule"

    return _change(site_key, "rule", work, "{} is tried earlier now.")


@blueprint.post(f"{ADDRESS}/rules/remove")
@auth_required("session")
def remove_site_rule(site_key: str) -> Response | tuple[str, int]:
    """Take a rule away."""

    def work(session: Session, site_id: int) -> str:
        session.delete(_named(session, RoutingRule, site_id))
        return "The rule"

    return _change(site_key, "rule", work, "{} was removed.")


@blueprint.post(f"{ADDRESS}/authors/add")
@auth_required("session")
def add_site_author(site_key: str) -> Response | tuple[str, int]:
    """Say where an author reads mail."""

    def work(session: Session, site_id: int) -> str:
        form = request.form
        author = add_author(
            session, site_id, form.get("name", ""), form.get("author_address", "").strip()
        )
        return author.name

    return _change(site_key, "author", work, "The address of {} was saved.")


@blueprint.post(f"{ADDRESS}/authors/remove")
@auth_required("session")
def remove_site_author(site_key: str) -> Response | tuple[str, int]:
    """Forget where an author reads mail."""

    def work(session: Session, site_id: int) -> str:
        author: AuthorAddress = _named(session, AuthorAddress, site_id)
        session.delete(author)
        return author.name

    return _change(site_key, "author", work, "The address of {} was removed.")


def _change(
    site_key: str, form: str, work: Callable[[Session, int], str], done: str
) -> Response | tuple[str, int]:
    """Do what a form asks, and say so; or show the form again with what is wrong."""
    site_id = _site(site_key).id
    try:
        with write_transaction() as session:
            name = work(session, site_id)
    except InvalidInput as error:
        return _page(_site(site_key), form, str(error)), 422
    flash(done.format(name))
    return redirect(url_for(".show_recipients", site_key=site_key), 303)


def _page(site: Site, wrong_form: str = "", error: str = "") -> str:
    session = db.session()
    field, words = split_error(error)
    values: dict[str, Any] = {**form_values(Choices()), **(request.form if wrong_form else {})}
    return render_template(
        "dashboard/recipients.html",
        site=site,
        recipients=recipients_without_account(session, site.id),
        rules=rules_of(session, site.id),
        authors=authors_of(session, site.id),
        values=values,
        findings=[label for label in evidence_names() if label not in WEIGHTS],
        wrong_form=wrong_form,
        field=field,
        error=words,
        **form_words(),
    )


def _site(site_key: str) -> Site:
    return owned_site(db.session(), signed_in(), site_key) or abort(404)


def _named(session: Session, table: Any, site_id: int) -> Any:
    """The row of the site that a form names."""
    try:
        public_id = uuid.UUID(request.form.get("id", ""))
    except ValueError:
        abort(400, "id: is missing or none.")
    query = select(table).where(table.public_id == public_id, table.site_id == site_id)
    return session.scalars(query).first() or abort(404)
