"""Views of the queue that members keep."""

from __future__ import annotations

import pytest
from dashboard_pages import marked
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import PASSWORD

from server.database import write_transaction
from server.extensions import db
from server.models import Report, SavedView, Site, User
from server.reports.saved_views import MAX_VIEWS
from server.sites import add_member, add_user


def save(client: FlaskClient, name: str, **state: str) -> str:
    """The page that follows."""
    return client.post("/views", data={"name": name, **state}, follow_redirects=True).text


def views() -> list[tuple[str, str]]:
    db.session.rollback()
    found = db.session.scalars(select(SavedView).order_by(SavedView.id))
    return [(each.name, each.address) for each in found]


def test_saved_view_leads_back_to_what_was_seen(editor_client: FlaskClient, report: Report) -> None:
    page = save(editor_client, " Certain of Ann ", author="Ann", sort="certainty", after="80_7")

    assert "is saved" in page
    assert views() == [("Certain of Ann", "author=Ann&sort=certainty")]
    assert 'href="/?author=Ann&amp;sort=certainty"' in editor_client.get("/").text
    assert editor_client.get("/views/1").location == "/?author=Ann&sort=certainty"


def test_view_without_a_filter_can_be_kept_too(editor_client: FlaskClient, report: Report) -> None:
    save(editor_client, "Everything")

    assert views() == [("Everything", "")]
    assert marked(editor_client.get("/views/1", follow_redirects=True).text) == ["recieve"]


@pytest.mark.parametrize(
    ("name", "reason"), [("", "needs a name"), (" ", "needs a name"), ("a" * 61, "60")]
)
def test_name_that_will_not_do_saves_nothing(
    editor_client: FlaskClient, report: Report, name: str, reason: str
) -> None:
    assert reason in save(editor_client, name)
    assert views() == []


def test_two_views_have_two_names(editor_client: FlaskClient) -> None:
    save(editor_client, "Mine", view="mine")

    assert "of this name already" in save(editor_client, "Mine", view="fixed")
    refused = save(editor_client, "Mine", view="fixed")
    # The reason stands where a better name is to be given.
    assert '<input id="saved-name" name="name" type="text" value="Mine"' in refused
    assert 'id="saved-name-error" role="alert">You have a view of this name' in refused
    assert '<details class="pops" open>' in refused
    # It is said once.
    assert "of this name already" not in editor_client.get("/?view=fixed").text
    assert views() == [("Mine", "view=mine")]


def test_state_that_means_nothing_is_not_kept(editor_client: FlaskClient) -> None:
    for state in ({"view": "nonsense"}, {"readers": "many"}, {"site": "ck_unknown"}):
        answer = editor_client.post("/views", data={"name": "Name", **state})
        assert answer.status_code in (400, 404)
    assert views() == []


def test_there_is_an_end_to_them(editor_client: FlaskClient) -> None:
    for number in range(MAX_VIEWS):
        save(editor_client, str(number))

    assert "30 views already" in save(editor_client, "one more")
    assert len(views()) == MAX_VIEWS


def test_view_is_renamed_and_removed(editor_client: FlaskClient) -> None:
    save(editor_client, "First", view="fixed")
    save(editor_client, "Second")

    editor_client.post("/views/1", data={"name": "Done", "do": "rename"})
    assert [name for name, _ in views()] == ["Done", "Second"]
    page = editor_client.post(
        "/views/2", data={"name": "Done", "do": "rename"}, follow_redirects=True
    )
    assert "of this name already" in page.text
    editor_client.post("/views/1", data={"do": "remove"})
    assert [name for name, _ in views()] == ["Second"]


def test_views_are_nobody_elses(
    app: Flask, client: FlaskClient, editor_client: FlaskClient, site: Site
) -> None:
    save(editor_client, "Secret plan", author="Ann")
    with write_transaction() as session:
        add_member(session, add_user(session, "other@news.example", PASSWORD), site)
    client.post("/login", data={"email": "other@news.example", "password": PASSWORD})

    assert "Secret plan" not in client.get("/").text
    assert client.get("/views/1").status_code == 404
    assert client.post("/views/1", data={"do": "remove"}).status_code == 404
    assert client.post("/views/99999999999", data={"do": "remove"}).status_code == 404
    assert len(views()) == 1


def test_views_go_with_their_account(editor_client: FlaskClient, editor: User) -> None:
    save(editor_client, "First")

    with write_transaction() as session:
        session.delete(session.get_one(User, editor.id))

    assert views() == []


def test_view_is_shown_as_text(editor_client: FlaskClient) -> None:
    page = save(editor_client, "<b>bold</b> \u202e")

    assert "<b>bold" not in page
    assert "\u202e" not in page
