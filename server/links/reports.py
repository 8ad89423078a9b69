"""Acting on a report from its mail: fixed, rejected, spam, and hearing no more of its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from server.database import write_transaction, write_with_retry
from server.extensions import db
from server.links.blueprint import NoLink, blueprint, delivery_named, links, page
from server.models import Report, User
from server.notify import mutes
from server.notify.links import Act
from server.notify.recipients import Recipient, recipient_at
from server.notify.report_mail import title_of
from server.reports.find import report_of_site
from server.reports.history import actor_of, latest_changes, was_decided_since
from server.reports.resolution import IllegalChange, StaleReport, resolve

RESOLUTION = "<any(fixed, rejected, spam):purpose>"
MUTING = "<any(mute, unmute):purpose>"


@dataclass(frozen=True)
class Opened:
    """A link that holds: who may do what with which report."""

    purpose: str
    token: str
    act: Act
    report: Report
    recipient: Recipient
    # The report was closed, perhaps also opened again, after the mail was written.
    decided: bool

    @property
    def language(self) -> str:
        return self.recipient.language

    def form(self) -> dict[str, str]:
        """What the page's form sends back."""
        return {"token": links().form_token(self.token)}

    def is_own_form(self) -> bool:
        return links().is_form_token(self.token, request.form.get("token", ""))


@blueprint.get(f"/{RESOLUTION}/<token>")
def ask(purpose: str, token: str) -> Response:
    """The report as it stands, and one button. Opening it changes nothing."""
    return _report_page(_open(purpose, token))


@blueprint.post(f"/{RESOLUTION}/<token>")
def act(purpose: str, token: str) -> BaseResponse:
    """Close the report in the name of the mail's recipient."""
    opened = _open(purpose, token)
    if not opened.is_own_form():
        return _report_page(opened, 400, notice="again")
    actor_id = opened.recipient.user.id if opened.recipient.user else None
    try:
        with write_transaction() as session:
            resolve(
                session,
                session.get_one(Report, opened.report.id),
                purpose,
                version=opened.act.version if opened.decided else opened.report.version,
                actor=session.get_one(User, actor_id) if actor_id else None,
                source="mail",
                address=opened.recipient.address,
            )
    except (StaleReport, IllegalChange):
        return _report_page(_open(purpose, token), 409, notice="unchanged")
    return redirect(request.path, 303)


@blueprint.get(f"/{MUTING}/<token>")
def ask_to_mute(purpose: str, token: str) -> Response:
    """Whether the page is muted, and a button for the other."""
    return _mute_page(_open(purpose, token))


@blueprint.post(f"/{MUTING}/<token>")
def mute(purpose: str, token: str) -> BaseResponse:
    """Mute the page for the mail's recipient, or end that."""
    opened = _open(purpose, token)
    if not opened.is_own_form():
        return _mute_page(opened, 400, notice="again")
    change = mutes.mute if purpose == "mute" else mutes.unmute
    page_id, address = opened.report.page_id, opened.recipient.address
    user_id = opened.recipient.user.id if opened.recipient.user else None
    write_with_retry(
        lambda session: change(
            session, page_id, address, session.get_one(User, user_id) if user_id else None
        )
    )
    return redirect(request.path, 303)


def _open(purpose: str, token: str) -> Opened:
    """Raises LinkError, NoLink."""
    act = links().read_act(purpose, token)
    delivery = delivery_named(act.delivery)
    recipient = recipient_at(db.session(), delivery.site, delivery.recipient)
    if recipient is None or not recipient.acting or recipient.seal != act.seal:
        raise NoLink("revoked", recipient, delivery.site.language)
    report = report_of_site(db.session(), delivery.site.id, act.report)
    if report is None:
        raise NoLink("revoked", recipient)
    decided = report.status != "open" or was_decided_since(db.session(), report, act.version)
    return Opened(purpose, token, act, report, recipient, decided)


def _report_page(opened: Opened, status: int = 200, notice: str = "") -> Response:
    last = next(iter(latest_changes(db.session(), opened.report, limit=1)), None)
    actor = actor_of(last) if last else ""
    return page(
        "report",
        opened.language,
        status,
        **_shown(opened, notice),
        last=last,
        actor=actor,
        by_you=actor.lower() == opened.recipient.address.lower(),
        decided=opened.decided,
    )


def _mute_page(opened: Opened, status: int = 200, notice: str = "") -> Response:
    session = db.session()
    muted = mutes.is_muted(session, opened.report.page_id, opened.recipient.address)
    other = "unmute" if muted else "mute"
    token = opened.token if other == opened.purpose else links().sign_act(other, opened.act)
    return page(
        "mute",
        opened.language,
        status,
        **_shown(opened, notice) | {"form": {"token": links().form_token(token)}},
        muted=muted,
        other=other,
        other_token=token,
    )


def _shown(opened: Opened, notice: str) -> dict[str, Any]:
    report = opened.report
    return {
        "purpose": opened.purpose,
        "report": report,
        "title": title_of(report),
        "text_language": report.page.language or report.site.language,
        "recipient": opened.recipient,
        "account": opened.recipient.user is not None,
        "form": opened.form(),
        "notice": notice,
    }
