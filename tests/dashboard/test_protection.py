"""What keeps the dashboard's pages safe from what others write, frame, forge and cache."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import Submit

from server.extensions import db
from server.models import Delivery, Report, User
from server.notify.deliver import deliver_due

Token = Callable[[str], str]


def private_pages() -> list[str]:
    """The addresses of all pages about the one report there is."""
    report = db.session.scalars(select(Report)).one()
    delivery = db.session.scalars(select(Delivery)).one()
    return [
        "/",
        f"/reports/{report.public_id}",
        "/deliveries",
        f"/deliveries/{delivery.public_id}",
        f"/deliveries/{delivery.public_id}/html",
    ]


def test_readers_text_is_never_markup(editor_client: FlaskClient, submit: Submit) -> None:
    evil = "\"'><script>alert(1)</script>{{ 7 * 7 }}"
    submit(
        selector__exact=evil,
        suggestion=evil + "x",
        comment=evil,
        page__title=evil,
        passage__before=evil,
        passage__after=evil,
    )
    deliver_due()

    for address in private_pages():
        page = editor_client.get(address).text
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;" in page, address
        assert "{{ 7 * 7 }}" in page, address


def test_notice_escapes_the_readers_words(editor_client: FlaskClient, submit: Submit) -> None:
    submit(selector__exact="<img src=x onerror=alert(1)>")
    report = db.session.scalars(select(Report)).one()

    page = editor_client.post(
        f"/reports/{report.public_id}/fixed", data={"version": 1}, follow_redirects=True
    ).text

    assert "Marked as fixed" in page
    assert "<img src=x" not in page


def test_hidden_characters_are_shown(editor_client: FlaskClient, submit: Submit) -> None:
    submit(selector__exact="abc\u202edef", comment="bell\x07", page__title="ti\u200btle")

    for address in private_pages()[:2]:
        page = editor_client.get(address).text
        assert "abc⟨RLO⟩def" in page, address
        assert "bell⟨U+0007⟩" in page, address
        assert "ti⟨ZWSP⟩tle" in page, address
        assert "\u202e" not in page, address


def test_page_of_a_foreign_scheme_never_becomes_a_link(
    editor_client: FlaskClient, submit: Submit
) -> None:
    submit(page__url="javascript:alert(1)")

    assert "javascript:" not in editor_client.get("/").text


def test_every_page_forbids_foreign_script_frames_and_caches(
    editor_client: FlaskClient, report: Report
) -> None:
    deliver_due()
    for address in [*private_pages()[:-1], "/login", "/no/such/page"]:
        headers = editor_client.get(address, follow_redirects=True).headers
        policy = headers["Content-Security-Policy"].split("; ")
        assert {
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        } <= set(policy), address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert headers["X-Frame-Options"] == "DENY", address
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "no-referrer", address
        assert headers["Cache-Control"] == "no-store", address


@pytest.mark.parametrize(
    "address",
    [
        "/account/password",
        "/account/authenticator",
        "/account/recovery-codes",
        "/statistics/days.csv",
    ],
)
def test_secrets_and_tables_are_kept_by_no_cache(editor_client: FlaskClient, address: str) -> None:
    answer = editor_client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/login", "/login/reset"])
def test_forms_of_the_log_in_are_kept_by_no_cache(
    editor: User, client: FlaskClient, address: str
) -> None:
    assert client.get(address).headers["Cache-Control"] == "no-store"


def test_no_page_needs_inline_script_or_style(editor_client: FlaskClient, report: Report) -> None:
    deliver_due()
    for address in [*private_pages()[:-1], "/no/such/page"]:
        page = editor_client.get(address).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son\w+=", page), address


def test_assets_are_kept_for_as_long_as_they_are_the_same(
    editor: User, client: FlaskClient
) -> None:
    page = client.get("/login").text
    assets = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)

    assert len(assets) >= 4
    for asset in assets:
        answer = client.get(asset)
        assert answer.status_code == 200, asset
        assert "immutable" in answer.headers["Cache-Control"], asset
        other_version = client.get(asset.partition("?")[0] + "?v=0")
        assert "immutable" not in other_version.headers["Cache-Control"], asset


def test_foreign_host_header_is_refused(editor_client: FlaskClient) -> None:
    answer = editor_client.get("/login", base_url="http://evil.example")

    assert answer.status_code == 400
    assert "evil.example" not in answer.text


class TestForgedForms:
    @pytest.fixture(autouse=True)
    def checks_forms(self, app: Flask, editor_client: FlaskClient) -> None:
        app.config["WTF_CSRF_ENABLED"] = True

    def test_without_token_they_change_nothing(
        self, app: Flask, editor_client: FlaskClient, report: Report, delivery: Delivery
    ) -> None:
        deliver_due()
        for address in (
            *(f"/reports/{report.public_id}/{action}" for action in ("fixed", "spam", "reopen")),
            f"/deliveries/{delivery.public_id}/retry",
            "/logout",
        ):
            answer = editor_client.post(address, data={"version": 1})
            assert answer.status_code == 400, address
            assert "Nothing was changed" in answer.text, address
        db.session.refresh(report)
        assert (report.status, delivery.state) == ("open", "kept")
        assert editor_client.get("/").status_code == 200

    def test_token_of_another_session_is_worthless(
        self,
        app: Flask,
        editor_client: FlaskClient,
        client: FlaskClient,
        report: Report,
        token: Token,
    ) -> None:
        foreign = token(client.get("/login").text)
        editor_client.get("/")

        answer = editor_client.post(
            f"/reports/{report.public_id}/fixed", data={"version": 1, "csrf_token": foreign}
        )

        assert answer.status_code == 400
        db.session.refresh(report)
        assert report.status == "open"

    def test_pages_own_token_is_taken(
        self, editor_client: FlaskClient, report: Report, token: Token
    ) -> None:
        own = token(editor_client.get("/").text)

        editor_client.post(
            f"/reports/{report.public_id}/fixed", data={"version": 1, "csrf_token": own}
        )

        db.session.refresh(report)
        assert report.status == "fixed"

    def test_form_that_outlived_its_session_leads_to_log_in_and_back(
        self, editor_client: FlaskClient, report: Report, token: Token
    ) -> None:
        own = token(editor_client.get("/").text)
        editor_client.delete_cookie("copydesk")
        address = f"/reports/{report.public_id}/fixed"

        answer = editor_client.post(address, data={"version": 1, "csrf_token": own})

        assert answer.location == f"/login?next={address}"
        assert "You were logged out meanwhile" in editor_client.get(answer.location).text
        db.session.refresh(report)
        assert report.status == "open"
