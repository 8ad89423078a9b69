"""The pages that an account muted."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import select

from server.database import write_transaction
from server.extensions import db
from server.models import PageMute, Report, User
from server.notify import mutes


def test_muted_pages_are_shown_and_heard_of_again(
    editor_client: FlaskClient, report: Report, editor: User
) -> None:
    assert "Pages you muted" not in editor_client.get("/notifications").text
    with write_transaction() as session:
        mutes.mute(session, report.page_id, "Editor@News.example")
        mutes.mute(session, report.page_id, "colleague@news.example")
    page = editor_client.get("/notifications").text
    assert "Pages you muted" in page
    assert "The harbour" in page

    page = editor_client.post(
        "/mail/unmute", data={"page": report.page_id}, follow_redirects=True
    ).text

    assert "Pages you muted" not in page
    left = db.session.scalars(select(PageMute.address)).all()
    assert left == ["colleague@news.example"]


def test_nothing_is_chosen_by_a_get_or_without_log_in(
    client: FlaskClient, editor_client: FlaskClient
) -> None:
    assert editor_client.get("/mail/unmute").location == "/notifications"
    assert "/login" in client.post("/mail/unmute", data={"page": 1}).location
    assert editor_client.post("/mail/unmute", data={"page": "9" * 30}).status_code == 303
