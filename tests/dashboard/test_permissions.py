"""Who may do what: each role at each address of the dashboard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider
from sqlalchemy import select
from submissions import EDITOR, PASSWORD

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Membership, Report
from server.sites import add_member, add_site

# Status of the answer for: owner, editor, viewer, member of another site, nobody.
# 302 and 303 lead the editor on; where nobody is logged in they lead to the log-in.
TABLE = {
    ("GET", "dashboard.show_queue"): (200, 200, 200, 200, 302),
    # Without the moment since which they ask.
    ("GET", "dashboard.show_news"): (400, 400, 400, 400, 302),
    ("GET", "dashboard.show_new_rows"): (400, 400, 400, 400, 302),
    ("GET", "dashboard.show_counts"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_names"): (200, 200, 200, 200, 302),
    # Views are their account's own; nobody has this one.
    ("GET", "dashboard.show_views_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.save_view"): (303, 303, 303, 303, 302),
    ("GET", "dashboard.show_view"): (404, 404, 404, 404, 302),
    ("POST", "dashboard.change_view"): (404, 404, 404, 404, 302),
    ("GET", "dashboard.show_report"): (200, 200, 200, 404, 302),
    ("GET", "dashboard.show_report_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.act"): (303, 303, 403, 404, 302),
    ("GET", "dashboard.show_page"): (200, 200, 200, 404, 302),
    # By now the report has another version, and a note needs words.
    ("GET", "dashboard.show_worked_report_instead"): (303, 303, 303, 303, 302),
    ("GET", "dashboard.show_writing_form"): (303, 303, 403, 404, 302),
    ("POST", "dashboard.assign_report"): (303, 303, 403, 404, 302),
    ("POST", "dashboard.correct_report"): (409, 409, 403, 404, 302),
    ("POST", "dashboard.add_note_to_report"): (422, 422, 403, 404, 302),
    # Nothing is selected; and an action that nobody asked for.
    ("GET", "dashboard.show_bulk_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.act_on_many"): (303, 303, 403, 303, 302),
    ("GET", "dashboard.show_bulk_action"): (404, 404, 404, 404, 302),
    ("GET", "dashboard.show_bulk_action_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.cancel_bulk_action"): (404, 404, 404, 404, 302),
    ("POST", "dashboard.undo_bulk_action"): (404, 404, 404, 404, 302),
    ("GET", "dashboard.show_deliveries"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_delivery"): (200, 200, 200, 404, 302),
    ("GET", "dashboard.show_statistics"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_figure_as_csv"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_account"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_delivery_html"): (200, 200, 200, 404, 302),
    ("GET", "dashboard.show_delivery_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.retry_delivery"): (303, 303, 403, 404, 302),
    # A form that names no site, and a channel that nobody has.
    ("GET", "dashboard.show_channels"): (200, 403, 403, 200, 302),
    ("POST", "dashboard.add_channel"): (404, 403, 403, 404, 302),
    ("GET", "dashboard.show_channels_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.change_channel"): (404, 404, 404, 404, 302),
    # Forms without their fields: 422 and 400 are answers to who may send them.
    ("GET", "dashboard.show_notifications"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_notifications_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.choose_notifications"): (422, 422, 422, 404, 302),
    ("GET", "dashboard.show_mail_choices_instead"): (303, 303, 303, 303, 302),
    ("GET", "dashboard.show_account_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.choose_language"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.unmute_page"): (303, 303, 303, 303, 302),
    # Anybody may add the server's first site; here there is one.
    ("GET", "dashboard.show_sites"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_new_site"): (200, 403, 403, 200, 302),
    ("POST", "dashboard.add_new_site"): (422, 403, 403, 422, 302),
    ("GET", "dashboard.show_site"): (200, 200, 200, 404, 302),
    ("GET", "dashboard.show_site_instead"): (303, 303, 303, 303, 302),
    ("GET", "dashboard.show_first_report"): (200, 200, 200, 404, 302),
    ("GET", "dashboard.show_progress"): (200, 200, 200, 404, 302),
    ("POST", "dashboard.check_site_page"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.renew_site_key"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.end_site_key"): (422, 404, 404, 404, 302),
    ("GET", "dashboard.show_site_settings"): (200, 404, 404, 404, 302),
    ("POST", "dashboard.change_site_settings"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.add_site_origin"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.remove_site_origin"): (422, 404, 404, 404, 302),
    ("GET", "dashboard.show_widget_options"): (200, 404, 404, 404, 302),
    ("POST", "dashboard.change_widget_options"): (303, 404, 404, 404, 302),
    ("GET", "dashboard.show_widget_preview"): (200, 404, 404, 404, 302),
    ("POST", "dashboard.preview_widget_options"): (200, 404, 404, 404, 302),
    ("GET", "dashboard.show_protection"): (200, 404, 404, 404, 302),
    ("POST", "dashboard.change_protection"): (303, 404, 404, 404, 302),
    ("POST", "dashboard.add_site_block"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.remove_site_block"): (422, 404, 404, 404, 302),
    ("GET", "dashboard.show_site_data"): (200, 404, 404, 404, 302),
    ("GET", "dashboard.export_site"): (200, 404, 404, 404, 302),
    ("POST", "dashboard.change_retention"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.erase_reader"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.erase_site"): (422, 404, 404, 404, 302),
    ("GET", "dashboard.show_recipients"): (200, 404, 404, 404, 302),
    ("GET", "dashboard.show_recipients_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.add_site_recipient"): (422, 404, 404, 404, 302),
    ("GET", "dashboard.show_recipient"): (404, 404, 404, 404, 302),
    ("POST", "dashboard.change_site_recipient"): (404, 404, 404, 404, 302),
    ("POST", "dashboard.remove_site_recipient"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.add_site_rule"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.move_site_rule"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.remove_site_rule"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.add_site_author"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.remove_site_author"): (400, 404, 404, 404, 302),
    ("GET", "dashboard.show_sessions"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_sessions_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.end_sessions"): (400, 400, 400, 400, 302),
    ("GET", "dashboard.show_tokens"): (200, 200, 200, 200, 302),
    ("GET", "dashboard.show_tokens_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.add_token"): (422, 422, 422, 422, 302),
    ("POST", "dashboard.revoke_token"): (400, 400, 400, 400, 302),
    ("GET", "dashboard.show_audit"): (200, 404, 404, 404, 302),
    ("GET", "dashboard.show_people"): (200, 404, 404, 404, 302),
    ("GET", "dashboard.show_people_instead"): (303, 303, 303, 303, 302),
    ("POST", "dashboard.invite_person"): (422, 404, 404, 404, 302),
    ("POST", "dashboard.resend_invitation"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.withdraw_invitation"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.change_role"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.remove_member"): (400, 404, 404, 404, 302),
    ("POST", "dashboard.revoke_member_token"): (400, 404, 404, 404, 302),
    # To the provider; and back without its answer, by which nothing is proved.
    ("POST", "security.oauth_verify_start"): (302, 302, 302, 302, 302),
    ("GET", "security.oauth_verify_response"): (302, 302, 302, 302, 302),
}
ROLES = ("owner", "editor", "viewer", "elsewhere", "nobody")
# What needs no account, and why that is right: what readers and their browsers ask for, the pages
# behind the links of a mail (the link itself is the key), and the way in.
PUBLIC = {
    "dashboard.static",
    # Once somebody has an account there is nothing to set up (tests/dashboard/test_setup.py).
    "dashboard.show_setup",
    "dashboard.set_up",
    "dashboard.show_invitation",
    "dashboard.accept_invitation",
    "static",
    "widget.entry",
    "widget.file",
    "intake.submit",
    "api.show_docs",
    "api-docs.openapi_json",
    "links.act",
    "links.ask",
    "links.ask_for_silence",
    "links.ask_to_mute",
    "links.ask_to_stop",
    "links.keep_silence",
    "links.mute",
    "links.static",
    "links.stop",
    "security.static",
    "security.login",
    "security.logout",
    "security.forgot_password",
    "security.reset_password",
    "security.wan_signin",
    "security.wan_signin_response",
    # To the provider, and back: without its answer to the log-in.
    "security.oauthstart",
    "security.oauthresponse",
    # The second step of a log-in: without the first they lead back to it.
    "security.mf_recovery",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_token_validation",
}
# For who shows a token, and no cookie (tests/api/test_programs.py).
WITH_TOKEN = {
    "programs.list_reports",
    "programs.get_report",
    "programs.resolve_report",
    "programs.get_figure",
}
# An account's own matters, whatever its roles; nobody else's can be named there.
OWN_ACCOUNT = {
    "security.change_password",
    "security.mf_recovery_codes",
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.verify",
    "security.wan_delete",
    "security.wan_register",
    "security.wan_register_response",
    "security.wan_verify",
    "security.wan_verify_response",
}


@pytest.fixture
def settings(settings: Settings, provider: OidcProvider) -> Settings:
    """A server that names a provider, so that all addresses are there that can be."""
    return replace(
        settings,
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,
    )


def methods_of(app: Flask) -> set[tuple[str, str]]:
    """Every method and endpoint there is."""
    return {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_address_is_in_the_table_or_public_or_the_accounts_own(app: Flask) -> None:
    found, elsewhere = methods_of(app), PUBLIC | OWN_ACCOUNT | WITH_TOKEN

    assert {each for each in found if each[1] not in elsewhere} == set(TABLE)
    assert {endpoint for _, endpoint in found} >= elsewhere


def test_what_is_an_accounts_own_asks_who_it_is(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    for method, endpoint in sorted(methods_of(app)):
        if endpoint in OWN_ACCOUNT:
            rule = next(app.url_map.iter_rules(endpoint))
            with app.test_request_context():
                address = app.url_for(
                    endpoint, _external=False, **dict.fromkeys(rule.arguments, "x")
                )
            answer = client.open(address, method=method)
            assert answer.status_code == 302, (method, address)
            assert answer.location.startswith("/login"), (method, address)


def become(client: FlaskClient, role: str) -> None:
    """Log in as the account of ``role``."""
    if role == "nobody":
        return
    with write_transaction() as session:
        membership = session.scalars(select(Membership)).one()
        if role == "elsewhere":
            other = add_site(session, "Elsewhere", ["https://elsewhere.example"])
            add_member(session, membership.user, other, "owner")
            session.delete(membership)
        else:
            membership.role = role
    assert client.post("/login", data={"email": EDITOR, "password": PASSWORD}).location == "/"


def addresses(app: Flask, endpoint: str, report: Report, delivery: Delivery) -> list[str]:
    """The endpoint's address for the report, its delivery or its site; one for each action."""
    rule = next(rule for rule in app.url_map.iter_rules(endpoint))
    values = {
        "public_id": (delivery if "deliver" in endpoint else report).public_id,
        "page_id": report.page_id,
        "kind": "fixed",
        "step": "undo",
        "site_key": report.site.key,
        "name": _name(endpoint),
        "reference": "nothing",
        "form": "add",
        "choice": "language",
        "view_id": 7,
        "names": "authors",
    }
    actions = rule._converters["action"].items if "action" in rule.arguments else ("",)
    with app.test_request_context():
        return [
            app.url_for(
                endpoint,
                _external=False,
                **{name: {**values, "action": action}[name] for name in rule.arguments},
            )
            for action in sorted(actions)
        ]


def _name(endpoint: str) -> str:
    if endpoint.startswith("security."):
        return "oidc"
    return "export.json" if "export" in endpoint else "days"


@pytest.mark.parametrize("role", ROLES)
def test_each_role_at_each_address(
    app: Flask, client: FlaskClient, report: Report, delivery: Delivery, role: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, role)

    for (method, endpoint), expected in TABLE.items():
        for address in addresses(app, endpoint, report, delivery):
            answer = client.open(address, method=method, data={"version": 1})
            assert answer.status_code == expected[ROLES.index(role)], (method, address)
            if answer.status_code not in (200, 303, 409, 422):
                assert "recieve" not in answer.text, (method, address)
            if role == "nobody":
                assert answer.location.startswith("/login"), (method, address)
    if role not in ("owner", "editor"):
        db.session.refresh(report)
        assert (report.status, report.version) == ("open", 1)


def test_viewer_is_offered_no_action(
    app: Flask, client: FlaskClient, report: Report, delivery: Delivery
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, "viewer")

    for address in ("/", f"/reports/{report.public_id}", f"/deliveries/{delivery.public_id}"):
        page = client.get(address).text
        assert "recieve" in page or "Message" in page
        assert "formaction" not in page, address
        assert "Send again" not in page, address


def test_other_sites_do_not_show_in_lists(
    app: Flask, client: FlaskClient, report: Report, delivery: Delivery
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    become(client, "elsewhere")

    for address in ("/", "/?view=all", "/deliveries"):
        page = client.get(address).text
        assert "recieve" not in page, address
        assert "The News" not in page, address
