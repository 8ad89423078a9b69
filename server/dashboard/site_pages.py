"""What all pages of one site share: the site, who may change it, and forms that were refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server.dashboard.blueprint import signed_in
from server.database import write_with_retry
from server.extensions import db
from server.invalid import InvalidInput
from server.models import Membership, Site, User
from server.reports.blocks import InvalidBlock
from server.reports.membership import membership_with_key, owned_site

REFUSALS = (InvalidInput, InvalidBlock)


@dataclass(frozen=True)
class Refusal:
    """What is wrong with which form of a page; of none where all is well."""

    form: str = ""
    field: str = ""
    words: str = ""

    @classmethod
    def of(cls, form: str, error: Exception) -> Refusal:
        """From a message ``field: words``."""
        field, _, words = str(error).partition(": ")
        return cls(form, field, words)


NO_REFUSAL = Refusal()

T = TypeVar("T")

Work = Callable[[Session, Site, User], str]
Page = Callable[[Site, Refusal], str]


def membership(site_key: str) -> Membership:
    """The account's own on the site of a page; 404 where it has none."""
    return membership_with_key(db.session(), signed_in(), site_key) or abort(404)


def owned(site_key: str) -> Site:
    """The site of a page for its owners; 404 for anybody else."""
    return owned_site(db.session(), signed_in(), site_key) or abort(404)


def change_owned(site_key: str, work: Callable[[Session, Site, User], T]) -> T:
    """Let an owner change something of a site in one transaction; 404 for anybody else. Raises
    what ``work`` raises; then nothing is changed."""
    site_id, user_id = owned(site_key).id, signed_in().id
    # On PostgreSQL a form that is sent twice at once loses a race, and then says so.
    return write_with_retry(
        lambda session: work(
            session, session.get_one(Site, site_id), session.get_one(User, user_id)
        )
    )


def change(
    site_key: str, form: str, work: Work, page: Page, endpoint: str
) -> Response | tuple[str, int]:
    """Do what an owner's form asks for in one transaction, then show ``endpoint`` with what
    ``work`` says of it; or ``page`` again with what is wrong."""

    def work_and_key(session: Session, site: Site, user: User) -> tuple[str, str]:
        # In this order: the work may renew the key.
        return work(session, site, user), site.key

    try:
        done, key = change_owned(site_key, work_and_key)
    except REFUSALS as error:
        return page(owned(site_key), Refusal.of(form, error)), 422
    flash(done)
    return redirect(url_for(endpoint, site_key=key), 303)


def site_page(template: str, site: Site, role: str, refusal: Refusal, **values: Any) -> str:
    """A page of one site."""
    return render_template(f"dashboard/{template}", site=site, role=role, refusal=refusal, **values)
