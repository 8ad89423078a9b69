"""Getting no more mail: with one click (RFC 8058), or from a page with a button."""

from __future__ import annotations

from flask import Response, request

from server.database import write_with_retry
from server.extensions import db, settings_of
from server.links.blueprint import blueprint, delivery_named, links, page
from server.models import Delivery
from server.notify import subscriptions
from server.notify.recipients import recipient_at
from server.notify.thanks import hashes_of, never_again

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/unsubscribe/<token>")
def ask_to_stop(token: str) -> Response:
    """What would stop, and a button. Opening it changes nothing."""
    return _stop_page(_delivery(token), done=False)


@blueprint.post("/unsubscribe/<token>")
def stop(token: str) -> Response:
    """Stop the site's messages to the mail's recipient. A mail program sends neither cookie nor
    form token; the signed link alone says who it is (RFC 8058, 3.2)."""
    delivery = _delivery(token)
    if not _is_one_click():
        return _stop_page(delivery, done=False, status=400)
    site_id, address = delivery.site.id, delivery.recipient
    write_with_retry(lambda session: subscriptions.stop(session, site_id, address))
    return _stop_page(delivery, done=True)


@blueprint.get("/never/<token>")
def ask_for_silence(token: str) -> Response:
    """For readers who were thanked: a button. Opening it changes nothing."""
    links().read_hash("never", token)
    return page("never", "", done=False)


@blueprint.post("/never/<token>")
def keep_silence(token: str) -> Response:
    """Never write to a reader's address again; what stays of it is a keyed hash."""
    address_hash = links().read_hash("never", token)
    if not _is_one_click():
        return page("never", "", 400, done=False)
    hashes = hashes_of(settings_of())
    write_with_retry(lambda session: never_again(session, address_hash, hashes))
    return page("never", "", done=True)


def _is_one_click() -> bool:
    name, value = ONE_CLICK
    return request.form.get(name) == value


def _delivery(token: str) -> Delivery:
    return delivery_named(links().read_stop("unsubscribe", token))


def _stop_page(delivery: Delivery, *, done: bool, status: int = 200) -> Response:
    recipient = recipient_at(db.session(), delivery.site, delivery.recipient)
    return page(
        "unsubscribe",
        recipient.language if recipient else delivery.site.language,
        status,
        account=bool(recipient and recipient.user),
        done=done,
        site=delivery.site.name,
    )
