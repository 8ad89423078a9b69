"""What the pages behind links share: reading the link, the language, the headers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template

from server.extensions import db, settings_of
from server.language import ago, best_language, speaking
from server.models import Delivery
from server.notify import log
from server.notify.links import ExpiredLink, LinkError, Links
from server.text.difference import shown_difference

blueprint = Blueprint(
    "links",
    __name__,
    url_prefix="/mail",
    template_folder="templates",
    static_folder="static",
    static_url_path="/static",
)

# No script at all, nothing from elsewhere; the address holds a secret, so it is told to nobody.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


class NoLink(Exception):  # noqa: N818 - reads as what happened
    """A link that leads nowhere any more. ``reason``: ``invalid``, ``expired`` or ``revoked``."""

    def __init__(self, reason: str, language: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.language = language


def links() -> Links:
    return Links.of(settings_of())


def delivery_named(public_id: UUID) -> Delivery:
    """The message that a link came in. Raises NoLink where it is kept no more."""
    delivery = log.delivery_with(db.session(), public_id)
    if delivery is None:
        raise NoLink("revoked")
    return delivery


def page(template: str, language: str, status: int = 200, **values: Any) -> Response:
    """A page in the language of whom the mail was for."""
    with speaking(best_language(language)) as chrome:
        html = render_template(
            f"links/{template}.html",
            **chrome,
            dashboard=settings_of().public_url,
            ago=ago,
            shown_difference=shown_difference,
            **values,
        )
    return make_response(html, status)


@blueprint.errorhandler(NoLink)
def _no_link(error: NoLink) -> Response:
    status = 400 if error.reason == "invalid" else 410
    return page("no_link", error.language, status, reason=error.reason)


@blueprint.errorhandler(LinkError)
def _bad_link(error: LinkError) -> Response:
    return _no_link(NoLink("expired" if isinstance(error, ExpiredLink) else "invalid"))


@blueprint.after_request
def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.update(HEADERS)
    return response
