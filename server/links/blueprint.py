"""What the pages behind links share: reading the link, the language, the headers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request

from server.extensions import db, settings_of
from server.language import ago, best_language, speaking
from server.models import Delivery
from server.notify import log
from server.notify.links import ExpiredLink, LinkError, Links
from server.notify.recipients import Recipient, recipient_at
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

    def __init__(self, reason: str, recipient: Recipient | None = None, site: str = "") -> None:
        """``recipient``: of the link, where that is known; ``site``: its site's language."""
        super().__init__(reason)
        self.reason = reason
        self.language = recipient.language if recipient else site
        self.account = None if recipient is None else recipient.user is not None


def links() -> Links:
    return Links.of(settings_of())


def delivery_named(public_id: UUID) -> Delivery:
    """The message that a link came in. Raises NoLink where it is kept no more."""
    delivery = log.delivery_with(db.session(), public_id)
    if delivery is None:
        raise NoLink("revoked")
    return delivery


def page(
    template: str, language: str, status: int = 200, *, account: bool | None = False, **values: Any
) -> Response:
    """A page in the language of whom the mail was for, else in the browser's. ``account``: whether
    they have one, and so a dashboard; None where nobody knows."""
    with speaking(best_language(language, *request.accept_languages.values())) as chrome:
        html = render_template(
            f"links/{template}.html",
            **chrome,
            dashboard=settings_of().public_url,
            account=account,
            ago=ago,
            shown_difference=shown_difference,
            **values,
        )
    return make_response(html, status)


@blueprint.errorhandler(NoLink)
def _no_link(error: NoLink) -> Response:
    status = 400 if error.reason == "invalid" else 410
    return page("no_link", error.language, status, account=error.account, reason=error.reason)


@blueprint.errorhandler(LinkError)
def _bad_link(error: LinkError) -> Response:
    if not isinstance(error, ExpiredLink):
        return _no_link(NoLink("invalid"))
    delivery = log.delivery_with(db.session(), error.delivery) if error.delivery else None
    if delivery is None or delivery.site is None:
        return _no_link(NoLink("expired"))
    recipient = recipient_at(db.session(), delivery.site, delivery.recipient)
    return _no_link(NoLink("expired", recipient, delivery.site.language))


@blueprint.after_request
def _protect(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.update(HEADERS)
    return response
