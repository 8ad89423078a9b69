"""What a site asks of senders, and what it does not want to hear from, or of."""

from __future__ import annotations

from flask import request
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.dashboard.blueprint import blueprint
from server.dashboard.site_pages import NO_REFUSAL, Refusal, change, owned, site_page
from server.dashboard.sites import SITE
from server.extensions import db
from server.intake.challenges import CHALLENGES
from server.invalid import InvalidInput
from server.language import gettext
from server.models import Site, User
from server.reports.blocks import add_block, blocks_of, remove_block
from server.sites import change_site

ADDRESS = f"{SITE}/protection"


@blueprint.get(ADDRESS)
@auth_required("session")
def show_protection(site_key: str) -> str:
    """Challenge, links, frames without origin, and the block list."""
    return _page(owned(site_key), NO_REFUSAL)


@blueprint.post(ADDRESS)
@auth_required("session")
def change_protection(site_key: str) -> Response | tuple[str, int]:
    """What is asked of senders."""

    def work(session: Session, site: Site, user: User) -> str:
        challenge = request.form.get("challenge", "")
        if challenge and challenge not in CHALLENGES:
            known = ", ".join(CHALLENGES)
            raise InvalidInput(
                "challenge: " + gettext("must be one of %(known)s, or none.", known=known)
            )
        changes = {
            "challenge": challenge,
            "links_allowed": request.form.get("links_allowed") == "yes",
            "null_origin": request.form.get("null_origin") == "yes",
        }
        change_site(site, **changes)
        detail = ", ".join(f"{name} {value or 'none'}" for name, value in changes.items())
        audit.record(session, "site.protection_changed", actor=user, site=site, detail=detail)
        return gettext("Saved. It is in force within ten seconds.")

    return change(site_key, "protection", work, _page, ".show_protection")


@blueprint.post(f"{ADDRESS}/block")
@auth_required("session")
def add_site_block(site_key: str) -> Response | tuple[str, int]:
    """Block a network, a word or an address."""

    def work(session: Session, site: Site, user: User) -> str:
        form = request.form
        block = add_block(
            session,
            site,
            form.get("kind", ""),
            form.get("pattern", ""),
            form.get("reason", ""),
        )
        audit.record(
            session,
            "site.block_added",
            actor=user,
            site=site,
            detail=f"{block.kind} {block.pattern}",
        )
        return gettext("%(pattern)s is blocked.", pattern=block.pattern)

    return change(site_key, "block", work, _page, ".show_protection")


@blueprint.post(f"{ADDRESS}/unblock")
@auth_required("session")
def remove_site_block(site_key: str) -> Response | tuple[str, int]:
    """Block it no longer."""

    def work(session: Session, site: Site, user: User) -> str:
        kind, _, pattern = request.form.get("block", "").partition(" ")
        remove_block(session, site, kind, pattern)
        audit.record(
            session, "site.block_removed", actor=user, site=site, detail=f"{kind} {pattern}"
        )
        return gettext("%(pattern)s is not blocked any more.", pattern=pattern)

    return change(site_key, "blocks", work, _page, ".show_protection")


def _page(site: Site, refusal: Refusal) -> str:
    return site_page(
        "site_protection.html",
        site,
        "owner",
        refusal,
        blocks=blocks_of(db.session(), site),
        challenges=list(CHALLENGES),
        values=request.form if refusal.form else {},
    )
