"""Every page of the dashboard, with something to show on it.

What holds for all pages (accessible, light, of phone width, translated) is tested and pictured by
this table; a test compares it with the addresses that there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, url_for
from flask_security.recoverable import generate_reset_password_token
from newsroom import CHIEF, INVITED, MISTAKES
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.extensions import db
from server.models import BulkAction, Delivery, Invitation, Report, Site, Subscription, User
from server.notify.links import Links

Values = Callable[[Session], dict[str, Any]]


@dataclass(frozen=True)
class Shown:
    """A page as it is looked at: ``values`` of its address are found in the newsroom."""

    name: str
    endpoint: str
    values: Values = field(default=lambda session: {})


def query(**values: str) -> Values:
    """Fixed values of an address."""
    return lambda session: values


def _report(number: int) -> Values:
    """The report of one of the newsroom's mistakes."""
    exact = MISTAKES[number].exact

    def values(session: Session) -> dict[str, Any]:
        found = select(Report.public_id).where(Report.exact == exact, Report.status == "open")
        return {"public_id": session.scalars(found).one()}

    return values


def _closed(session: Session) -> dict[str, Any]:
    found = select(Report.public_id).where(Report.status == "fixed").limit(1)
    return {"public_id": session.scalars(found).one()}


def _bulk(session: Session) -> dict[str, Any]:
    return {"public_id": session.scalars(select(BulkAction.public_id)).one()}


def _delivery(channel: str) -> Values:
    def values(session: Session) -> dict[str, Any]:
        found = select(Delivery.public_id).where(
            Delivery.channel == channel, Delivery.report_id.is_not(None)
        )
        return {"public_id": session.scalars(found.limit(1)).one()}

    return values


def _site(session: Session) -> dict[str, Any]:
    return {"site_key": session.scalars(select(Site.key).order_by(Site.id)).first()}


def _recipient(session: Session) -> dict[str, Any]:
    found = select(Subscription.public_id).where(Subscription.address.is_not(None)).limit(1)
    return {**_site(session), "public_id": session.scalars(found).one()}


def _page(session: Session) -> dict[str, Any]:
    """The page with the most reports."""
    most = select(Report.page_id).group_by(Report.page_id).order_by(func.count().desc())
    return {"page_id": session.scalars(most).first()}


def _reset(session: Session) -> dict[str, Any]:
    chief = session.scalars(select(User).where(User.email == CHIEF)).one()
    return {"token": generate_reset_password_token(chief)}


def _invited(session: Session) -> dict[str, Any]:
    settings = current_app.extensions["copydesk_settings"]
    found = select(Invitation.public_id).where(Invitation.email == INVITED)
    return {"token": Links.of(settings).sign_invitation(session.scalars(found).one())}


# For who is logged out.
OUTSIDE = (
    Shown("login", "security.login"),
    Shown("login-passkey", "security.wan_signin"),
    Shown("forgot-password", "security.forgot_password"),
    Shown("new-password", "security.reset_password", _reset),
    Shown("invitation", "dashboard.show_invitation", _invited),
    Shown("invitation-over", "dashboard.show_invitation", query(token="x")),
)

# For who said the password of an account with an authenticator, and no code yet.
HALFWAY = (
    Shown("code", "security.two_factor_token_validation"),
    Shown("recovery-code", "security.mf_recovery"),
)

# For the chief, who owns a site and edits another.
INSIDE = (
    Shown("queue", "dashboard.show_queue"),
    Shown("queue-certain", "dashboard.show_queue", query(sort="certainty")),
    Shown("queue-all", "dashboard.show_queue", query(view="all")),
    Shown("queue-filtered", "dashboard.show_queue", query(view="all", language="en", readers="1")),
    Shown("queue-none-fits", "dashboard.show_queue", query(author="Nobody", q="nowhere")),
    Shown("queue-mine", "dashboard.show_queue", query(view="mine")),
    Shown("report", "dashboard.show_report", _report(-1)),
    Shown("report-rtl", "dashboard.show_report", _report(4)),
    Shown("report-long-word", "dashboard.show_report", _report(3)),
    Shown("report-closed", "dashboard.show_report", _closed),
    Shown("page", "dashboard.show_page", _page),
    Shown("bulk", "dashboard.show_bulk_action", _bulk),
    Shown("deliveries", "dashboard.show_deliveries"),
    Shown("deliveries-none", "dashboard.show_deliveries", query(state="failed")),
    Shown("delivery-mail", "dashboard.show_delivery", _delivery("mail")),
    Shown("delivery-webhook", "dashboard.show_delivery", _delivery("webhook")),
    Shown("statistics", "dashboard.show_statistics"),
    Shown("account", "dashboard.show_account"),
    Shown("password", "security.change_password"),
    Shown("authenticator", "security.two_factor_setup"),
    Shown("recovery-codes", "security.mf_recovery_codes"),
    Shown("new-passkey", "security.wan_register"),
    Shown("verify", "security.verify"),
    Shown("verify-passkey", "security.wan_verify"),
    Shown("notifications", "dashboard.show_notifications"),
    Shown("sessions", "dashboard.show_sessions"),
    Shown("tokens", "dashboard.show_tokens"),
    Shown("log", "dashboard.show_audit", _site),
    Shown("people", "dashboard.show_people", _site),
    Shown("recipients", "dashboard.show_recipients", _site),
    Shown("recipient", "dashboard.show_recipient", _recipient),
    Shown("channels", "dashboard.show_channels"),
    Shown("sites", "dashboard.show_sites"),
    Shown("site-new", "dashboard.show_new_site"),
    Shown("site", "dashboard.show_site", _site),
    Shown("site-start", "dashboard.show_first_report", _site),
    Shown("site-settings", "dashboard.show_site_settings", _site),
    Shown("site-widget", "dashboard.show_widget_options", _site),
    Shown("site-data", "dashboard.show_site_data", _site),
    Shown("site-protection", "dashboard.show_protection", _site),
    Shown("not-found", "dashboard.show_report", query(public_id="0" * 32)),
)

# No pages of the dashboard: files, what a mail looks like, and what leads elsewhere at once.
NO_PAGES = {
    "dashboard.static",
    "dashboard.show_figure_as_csv",
    "dashboard.export_site",
    "dashboard.show_delivery_html",
    # Before there is anybody (tests/browser/test_first_run.py), and a part of a page.
    "dashboard.show_setup",
    "dashboard.show_progress",
    # The widget's example in a frame: of no colours and no header of ours.
    "dashboard.show_widget_preview",
    "dashboard.show_news",
    "dashboard.show_new_rows",
    "dashboard.show_counts",
    "dashboard.show_names",
    "dashboard.show_writing_form",
    "dashboard.show_view",
    "security.static",
    "security.logout",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.wan_delete",
}


def addresses(app: Flask, pages: tuple[Shown, ...]) -> dict[str, str]:
    """The paths of pages, by their names; within the application's context."""
    with app.test_request_context():
        session = db.session()
        session.rollback()
        return {page.name: url_for(page.endpoint, **page.values(session)) for page in pages}
