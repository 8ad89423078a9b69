"""Where owners say who else hears of a site's reports; rules and authors: :mod:`.rules`."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.dashboard.blueprint import blueprint
from server.dashboard.notifications import form_values, form_words, read_choices, split_error
from server.dashboard.site_pages import Work, change_owned, owned
from server.extensions import db
from server.invalid import InvalidInput
from server.language import gettext, names_of_languages
from server.models import Site, Subscription, User
from server.notify.authors import authors_of
from server.notify.desk import (
    Desk,
    add_recipient,
    change_recipient,
    recipient_named,
    recipients_without_account,
    remove_recipient,
)
from server.notify.rules import addresses_of, evidence_names, rules_of
from server.notify.subscriptions import Choices, choices_of
from server.text.evidence.weights import WEIGHTS

ADDRESS = "/sites/<site_key>/recipients"


@blueprint.get(ADDRESS)
@auth_required("session")
def show_recipients(site_key: str) -> str:
    """A site's recipients without account, its rules, and its authors' addresses."""
    return recipients_page(owned(site_key))


@blueprint.get(f"{ADDRESS}/<path:form>")
@auth_required("session")
def show_recipients_instead(site_key: str, form: str) -> Response:
    """Who logs in after a form was refused comes here. A GET never changes anything."""
    return redirect(url_for(".show_recipients", site_key=site_key), 303)


@blueprint.post(f"{ADDRESS}/add")
@auth_required("session")
def add_site_recipient(site_key: str) -> Response | tuple[str, int]:
    """Let an address without an account hear of the site's reports."""

    def work(session: Session, site: Site, user: User) -> str:
        desk = _desk()
        added = add_recipient(
            session,
            site.id,
            desk.address,
            desk.choices,
            name=desk.name,
            language=desk.language,
        )
        audit.record(session, "recipient.added", actor=user, site=site, detail=desk.address)
        return gettext("%(address)s is a recipient now.", address=added.address)

    return change(site_key, "recipient", work)


@blueprint.get(f"{ADDRESS}/<uuid:public_id>")
@auth_required("session")
def show_recipient(site_key: str, public_id: uuid.UUID) -> str:
    """One recipient without account, to be changed."""
    site = owned(site_key)
    return _recipient_page(site, recipient_named(db.session(), site.id, public_id) or abort(404))


@blueprint.post(f"{ADDRESS}/<uuid:public_id>")
@auth_required("session")
def change_site_recipient(site_key: str, public_id: uuid.UUID) -> Response | tuple[str, int]:
    """Change the address, its name, its language and when it hears."""

    def work(session: Session, site: Site, user: User) -> str:
        found = recipient_named(session, site.id, public_id) or abort(404)
        address = str(change_recipient(session, found, _desk()).address)
        audit.record(session, "recipient.changed", actor=user, site=site, detail=address)
        return gettext("%(address)s was saved.", address=address)

    try:
        said = change_owned(site_key, work)
    except InvalidInput as error:
        site = owned(site_key)
        found = recipient_named(db.session(), site.id, public_id) or abort(404)
        return _recipient_page(site, found, str(error)), 422
    flash(said)
    return redirect(url_for(".show_recipients", site_key=site_key), 303)


@blueprint.post(f"{ADDRESS}/remove")
@auth_required("session")
def remove_site_recipient(site_key: str) -> Response | tuple[str, int]:
    """Send an address nothing more."""

    def work(session: Session, site: Site, user: User) -> str:
        found = recipient_named(session, site.id, named_row()) or abort(404)
        audit.record(session, "recipient.removed", actor=user, site=site, detail=str(found.address))
        remove_recipient(session, found)
        return gettext("%(address)s is no recipient any more.", address=found.address)

    return change(site_key, "recipient", work)


def change(site_key: str, form: str, work: Work) -> Response | tuple[str, int]:
    """Do what a form asks, and say what ``work`` says; or show the form again with what is
    wrong."""
    try:
        said = change_owned(site_key, work)
    except InvalidInput as error:
        return recipients_page(owned(site_key), form, str(error)), 422
    flash(said)
    return redirect(url_for(".show_recipients", site_key=site_key), 303)


def recipients_page(site: Site, wrong_form: str = "", error: str = "") -> str:
    session = db.session()
    field, words = split_error(error)
    values: dict[str, Any] = {
        **form_values(Choices(zone=site.zone)),
        **(request.form if wrong_form else {}),
    }
    return render_template(
        "dashboard/recipients.html",
        site=site,
        recipients=recipients_without_account(session, site.id),
        rules=rules_of(session, site.id),
        addresses_of=addresses_of,
        authors=authors_of(session, site.id),
        values=values,
        findings=[label for label in evidence_names() if label not in WEIGHTS],
        wrong_form=wrong_form,
        field=field,
        error=words,
        languages=names_of_languages(),
        **form_words(),
    )


def named_row() -> uuid.UUID:
    """The id of what a form's button is about."""
    try:
        return uuid.UUID(request.form.get("id", ""))
    except ValueError:
        abort(400, "id: is missing or none.")


def _desk() -> Desk:
    """Raises InvalidInput."""
    form = request.form
    return Desk(
        address=form.get("address", ""),
        name=form.get("name", ""),
        language=form.get("language", ""),
        choices=read_choices(form),
    )


def _recipient_page(site: Site, found: Subscription, error: str = "") -> str:
    field, words = split_error(error)
    stored = {"address": found.address, "name": found.name, "language": found.language}
    return render_template(
        "dashboard/recipient.html",
        site=site,
        recipient=found,
        values={
            **stored,
            **form_values(choices_of(found)),
            **(request.form if error else {}),
        },
        field=field,
        error=words,
        languages=names_of_languages(),
        **form_words(),
    )
