"""Queue, report, actions and deliveries over HTTP."""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Delivery, Event, Membership, Report, User
from server.notify.deliver import deliver_due
from server.sites import add_member, add_site, add_user

ACTIONS = ("fixed", "rejected", "spam", "reopen")


@pytest.fixture
def report(submit: Submit) -> Report:
    submit(comment="In the second paragraph")
    return db.session.scalars(select(Report)).one()


def act(client: FlaskClient, report: Report, action: str, version: int | None = None) -> str:
    """Take an action; the text of the page that follows."""
    answer = client.post(
        f"/reports/{report.public_id}/{action}",
        data={"version": report.version if version is None else version},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    db.session.rollback()
    db.session.refresh(report)
    return answer.text


def test_queue_shows_sentence_mark_correction_and_page(
    editor_client: FlaskClient, report: Report
) -> None:
    page = editor_client.get("/").text

    assert "The council has begun to <mark>recieve</mark> letters." in page
    assert "<del>recieve</del><ins>receive</ins>" in page
    assert "1 reader" in page
    assert "https://news.example/harbour#:~:text=recieve" in page


def test_queue_is_newest_first_and_pages_without_a_gap(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for number in range(53):
        submit(selector__exact=f"mistake-{number:02}")

    first = editor_client.get("/").text
    following = re.search(r'href="([^"]+)">Older reports', first)
    assert following
    second = editor_client.get(following[1].replace("&amp;", "&")).text

    seen = re.findall(r"<mark>(mistake-\d\d)</mark>", first + second)
    assert seen == [f"mistake-{number:02}" for number in reversed(range(53))]


def test_closed_reports_leave_the_open_view(editor_client: FlaskClient, report: Report) -> None:
    act(editor_client, report, "fixed")

    assert "<mark>recieve</mark>" not in editor_client.get("/").text
    assert "<mark>recieve</mark>" in editor_client.get("/?view=fixed").text
    assert "<mark>recieve</mark>" in editor_client.get("/?view=all").text


@pytest.mark.parametrize("action", ["fixed", "rejected", "spam"])
def test_action_is_recorded_as_an_event_of_the_editor(
    editor_client: FlaskClient, report: Report, action: str
) -> None:
    act(editor_client, report, action)

    assert report.status == action
    assert report.resolved_at is not None
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.actor is not None
    assert (event.kind, event.source, event.actor.email) == (action, "dashboard", EDITOR)


def test_closed_report_can_be_opened_again(editor_client: FlaskClient, report: Report) -> None:
    act(editor_client, report, "spam")

    act(editor_client, report, "reopen")

    assert report.status == "open"
    assert report.resolved_at is None
    assert [event.kind for event in report.events] == ["opened", "spam", "reopened"]


def test_second_editor_learns_that_the_first_was_faster(
    editor_client: FlaskClient, report: Report
) -> None:
    act(editor_client, report, "fixed", version=1)

    page = act(editor_client, report, "rejected", version=1)

    assert "somebody was faster" in page
    assert report.status == "fixed"


def test_closing_twice_changes_nothing(editor_client: FlaskClient, report: Report) -> None:
    act(editor_client, report, "fixed")

    page = act(editor_client, report, "spam")

    assert "already" in page
    assert report.status == "fixed"


def test_report_page_shows_submissions_comments_and_history(
    editor_client: FlaskClient, report: Report, submit: Submit
) -> None:
    submit(comment="It is wrong indeed", suggestion="take in")

    page = editor_client.get(f"/reports/{report.public_id}").text

    assert "2 submissions" in page
    assert "In the second paragraph" in page
    assert "It is wrong indeed" in page
    assert "take in" in page
    assert "Reported again" in page


def test_readers_text_is_never_markup(editor_client: FlaskClient, submit: Submit) -> None:
    evil = "<script>alert(1)</script>"
    submit(
        selector__exact=evil,
        suggestion=evil + "x",
        comment=evil,
        page__title=evil,
        passage__before=evil,
        passage__after=evil,
    )
    report = db.session.scalars(select(Report)).one()
    deliver_due()
    delivery = db.session.scalars(select(Delivery)).one()

    for address in (
        "/",
        f"/reports/{report.public_id}",
        "/deliveries",
        f"/deliveries/{delivery.public_id}",
        f"/deliveries/{delivery.public_id}/html",
    ):
        page = editor_client.get(address).text
        assert "<script>alert" not in page, address
        assert "&lt;script&gt;" in page, address


def test_hidden_characters_are_shown(editor_client: FlaskClient, submit: Submit) -> None:
    submit(selector__exact="abc\u202edef", comment="bell\x07")
    report = db.session.scalars(select(Report)).one()

    page = editor_client.get(f"/reports/{report.public_id}").text

    assert "abc⟨RLO⟩def" in page
    assert "bell⟨U+0007⟩" in page
    assert "\u202e" not in page


def test_deliveries_show_what_was_kept_and_can_be_queued_again(
    editor_client: FlaskClient, report: Report
) -> None:
    deliver_due()
    delivery = db.session.scalars(select(Delivery)).one()

    assert "kept" in editor_client.get("/deliveries").text
    assert "[[recieve]]" in editor_client.get(f"/deliveries/{delivery.public_id}").text
    html = editor_client.get(f"/deliveries/{delivery.public_id}/html")
    assert "<mark>recieve</mark>" in html.text
    assert "sandbox" in html.headers["Content-Security-Policy"]

    answer = editor_client.post(f"/deliveries/{delivery.public_id}/retry", follow_redirects=True)

    assert "Queued again." in answer.text
    db.session.rollback()
    db.session.refresh(delivery)
    assert delivery.state == "queued"


def test_pages_forbid_foreign_script_frames_and_caches(
    editor_client: FlaskClient, report: Report
) -> None:
    headers = editor_client.get("/").headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def addresses(report: Report, delivery: Delivery) -> dict[str, list[str]]:
    """Every private page and action."""
    return {
        "GET": [
            f"/reports/{report.public_id}",
            f"/deliveries/{delivery.public_id}",
            f"/deliveries/{delivery.public_id}/html",
        ],
        "POST": [
            *(f"/reports/{report.public_id}/{action}" for action in ACTIONS),
            f"/deliveries/{delivery.public_id}/retry",
        ],
    }


def test_other_sites_are_invisible(editor_client: FlaskClient, report: Report) -> None:
    with write_transaction() as session:
        elsewhere = add_site(session, "Elsewhere", ["https://elsewhere.example"])
        membership = session.scalars(select(Membership)).one()
        membership.site_id = elsewhere.id
    delivery = db.session.scalars(select(Delivery)).one()

    assert "<mark>" not in editor_client.get("/").text
    assert "recieve" not in editor_client.get("/deliveries").text
    for method, paths in addresses(report, delivery).items():
        for path in paths:
            answer = editor_client.open(path, method=method, data={"version": 1})
            assert answer.status_code == 404, (method, path)


def test_viewer_may_look_and_not_act(editor_client: FlaskClient, report: Report) -> None:
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "viewer"
    delivery = db.session.scalars(select(Delivery)).one()

    assert "<mark>recieve</mark>" in editor_client.get("/").text
    assert 'data-key="f"' not in editor_client.get("/").text
    for method, paths in addresses(report, delivery).items():
        for path in paths:
            answer = editor_client.open(path, method=method, data={"version": 1})
            assert answer.status_code == (200 if method == "GET" else 403), (method, path)


def test_without_log_in_there_is_nothing(client: FlaskClient, report: Report) -> None:
    delivery = db.session.scalars(select(Delivery)).one()
    everything = addresses(report, delivery)
    everything["GET"] += ["/", "/deliveries"]

    for method, paths in everything.items():
        for path in paths:
            answer = client.open(path, method=method, data={"version": 1})
            assert answer.status_code in (302, 400), (method, path)
            assert "recieve" not in answer.text
    db.session.refresh(report)
    assert report.status == "open"


def test_unknown_report_and_action_are_404(editor_client: FlaskClient, report: Report) -> None:
    assert editor_client.get(f"/reports/{uuid.uuid4()}").status_code == 404
    assert editor_client.get("/reports/1").status_code == 404
    assert editor_client.post(f"/reports/{report.public_id}/explode").status_code == 404
    assert editor_client.get("/?view=nonsense").status_code == 404


def test_errors_look_like_our_pages(editor_client: FlaskClient) -> None:
    answer = editor_client.get("/no/such/page")

    assert answer.status_code == 404
    assert "To the reports" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_action_without_csrf_token_is_refused(
    app: Flask, editor_client: FlaskClient, report: Report
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = editor_client.post(f"/reports/{report.public_id}/fixed", data={"version": 1})

    assert answer.status_code == 400
    db.session.refresh(report)
    assert report.status == "open"


def test_action_with_the_forms_own_token_is_taken(
    app: Flask, editor_client: FlaskClient, report: Report
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = editor_client.get("/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token

    editor_client.post(
        f"/reports/{report.public_id}/fixed", data={"version": 1, "csrf_token": token[1]}
    )

    db.session.refresh(report)
    assert report.status == "fixed"


def test_empty_queue_teaches(editor_client: FlaskClient) -> None:
    page = editor_client.get("/").text

    assert "Ctrl" in page
    assert "&lt;script async src=&#34;http://localhost:8000/w/ck_" in page


def test_two_sites_can_be_told_apart(editor_client: FlaskClient, report: Report) -> None:
    with write_transaction() as session:
        other = add_site(session, "Other Times", ["https://other.example"])
        add_member(session, session.scalars(select(User)).one(), other)
        key = other.key

    assert "The News" in editor_client.get("/").text
    assert "<mark>" not in editor_client.get(f"/?site={key}").text
    assert editor_client.get("/?site=ck_unknown").status_code == 404


class TestLogIn:
    def log_in(self, client: FlaskClient, email: str, password: str, **extra: str) -> str:
        page = client.get("/login").text
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
        assert token
        answer = client.post(
            "/login",
            data={"email": email, "password": password, "csrf_token": token[1], **extra},
        )
        return answer.headers.get("Location", "") or answer.text

    def test_right_password_leads_to_the_queue(self, client: FlaskClient, editor: User) -> None:
        assert self.log_in(client, EDITOR, PASSWORD) == "/"
        assert "Open reports" in client.get("/").text

    def test_wrong_password_and_unknown_address_get_the_same_answer(
        self, client: FlaskClient, editor: User
    ) -> None:
        def answer(email: str) -> list[str]:
            text = self.log_in(client, email, "a wrong password")
            return re.findall(r'role="alert">([^<]+)<', text)

        assert answer(EDITOR) == answer("nobody@news.example") != []

    def test_form_without_token_is_refused(self, client: FlaskClient, editor: User) -> None:
        answer = client.post("/login", data={"email": EDITOR, "password": PASSWORD})

        assert answer.status_code in (200, 400)
        assert client.get("/").status_code == 302

    @pytest.mark.parametrize(
        "target", ["https://evil.example/", "//evil.example", "/\\evil.example"]
    )
    def test_next_never_leads_elsewhere(
        self, client: FlaskClient, editor: User, target: str
    ) -> None:
        location = self.log_in(client, EDITOR, PASSWORD, next=target)

        assert urlsplit(location).netloc == ""
        assert not location.startswith(("//", "/\\"))

    def test_log_out_ends_the_session(self, editor_client: FlaskClient) -> None:
        editor_client.post("/logout")

        assert editor_client.get("/").status_code == 302

    def test_deactivated_account_is_out(self, editor_client: FlaskClient, editor: User) -> None:
        with write_transaction() as session:
            session.get_one(User, editor.id).active = False

        assert editor_client.get("/").status_code == 302

    def test_session_cookie_is_closed_to_scripts(self, client: FlaskClient, editor: User) -> None:
        client.get("/login")
        cookie = client.get_cookie("copydesk")

        assert cookie is not None
        assert cookie.http_only
        assert cookie.same_site == "Lax"

    def test_guessing_is_slowed_down(self, settings: object, tmp_path: object) -> None:
        from dataclasses import replace

        from server import create_app
        from server.config import Settings
        from server.models import Base

        assert isinstance(settings, Settings)
        app = create_app(replace(settings, login_limit="3/minute"))
        with app.app_context():
            Base.metadata.create_all(db.engine)
            # The limit comes after the token check: only attempts that could succeed count.
            app.config["WTF_CSRF_ENABLED"] = False
            client = app.test_client()
            codes = [client.post("/login", data={}).status_code for _ in range(4)]
            other = client.post("/login", data={}, environ_base={"REMOTE_ADDR": "198.51.100.7"})
            db.engine.dispose()
        assert codes[3] == 429
        assert 429 not in codes[:3]
        assert other.status_code != 429


def test_account_needs_a_usable_address(site: object) -> None:
    from server.sites import InvalidInput

    with write_transaction() as session, pytest.raises(InvalidInput, match="email"):
        add_user(session, "not an address", PASSWORD)


def test_foreign_host_header_is_refused(editor_client: FlaskClient) -> None:
    answer = editor_client.get("/login", base_url="http://evil.example")

    assert answer.status_code == 400
    assert "evil.example" not in answer.text
