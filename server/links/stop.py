"""Getting no more mail: with one click (RFC 8058), or from a page with a button."""

from __future__ import annotations

from flask import Response, request

from server.links.blueprint import blueprint, delivery_named, links, page

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@blueprint.get("/unsubscribe/<token>")
def ask_to_stop(token: str) -> Response:
    """What would stop, and a button. Opening it changes nothing."""
    return _page(token, done=False)


@blueprint.post("/unsubscribe/<token>")
def stop(token: str) -> Response:
    """Stop the site's messages to the mail's recipient. A mail program sends neither cookie nor
    form token; the signed link alone says who it is (RFC 8058, 3.2)."""
    name, value = ONE_CLICK
    if request.form.get(name) != value:
        return _page(token, done=False, status=400)
    return _page(token, done=True)


def _page(token: str, *, done: bool, status: int = 200) -> Response:
    delivery = delivery_named(links().read_stop("unsubscribe", token))
    return page("unsubscribe", delivery.site.language, status, done=done, site=delivery.site.name)
