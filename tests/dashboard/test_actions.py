"""Fixed, rejected, spam and reopen over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import EDITOR, PASSWORD, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Event, Report, Site, User
from server.reports.views import NEWEST
from server.sites import add_member, add_user

Act = Callable[..., str]


@pytest.mark.parametrize(
    ("action", "words"),
    [("fixed", "Marked as fixed"), ("rejected", "Rejected"), ("spam", "Marked as spam")],
)
def test_action_closes_the_report_and_is_recorded(
    act: Act, report: Report, action: str, words: str
) -> None:
    page = act(action)

    assert words in page
    assert report.status == action
    assert report.resolved_at is not None
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.actor is not None
    assert (event.kind, event.source, event.actor.email) == (action, "dashboard", EDITOR)


def test_closed_report_can_be_opened_again(act: Act, report: Report) -> None:
    act("spam")

    assert "Opened again" in act("reopen")

    assert report.status == "open"
    assert report.resolved_at is None
    assert [event.kind for event in report.events] == ["opened", "spam", "reopened"]


def test_next_page_offers_to_undo(act: Act, report: Report, editor_client: FlaskClient) -> None:
    page = act("fixed", **{"from": "queue"})

    assert f'action="/reports/{report.public_id}/undo"' in page
    assert f'name="version" value="{report.version}" data-key="u">Undo' in page
    # It is said once.
    assert "Undo" not in editor_client.get("/").text


def test_second_editor_learns_who_was_faster(
    act: Act, report: Report, client: FlaskClient, site: Site
) -> None:
    with write_transaction() as session:
        add_member(session, add_user(session, "second@news.example", PASSWORD), site)
    client.post("/login", data={"email": "second@news.example", "password": PASSWORD})
    act("fixed", version=1)

    answer = client.post(
        f"/reports/{report.public_id}/rejected", data={"version": 1}, follow_redirects=True
    )

    assert f"Already marked as fixed by {EDITOR} just now" in answer.text
    assert "Nothing was changed." in answer.text
    db.session.refresh(report)
    assert report.status == "fixed"
    assert report.version == 2


def test_pressing_twice_is_harmless(act: Act, report: Report) -> None:
    act("fixed", version=1)

    page = act("fixed", version=1)

    assert "Already marked as fixed by you" in page
    assert "Nothing was changed." not in page
    assert [event.kind for event in report.events] == ["opened", "fixed"]


def test_closed_report_cannot_be_closed_otherwise(act: Act, report: Report) -> None:
    act("fixed")

    page = act("spam")

    assert "Already fixed" in page
    assert report.status == "fixed"


def test_action_needs_the_version_that_was_seen(editor_client: FlaskClient, report: Report) -> None:
    for data in ({}, {"version": "x"}):
        answer = editor_client.post(f"/reports/{report.public_id}/fixed", data=data)
        assert answer.status_code == 400
    huge = editor_client.post(
        f"/reports/{report.public_id}/fixed", data={"version": "9" * 30}, follow_redirects=True
    )
    assert "Already" in huge.text
    db.session.refresh(report)
    assert report.status == "open"


def test_unknown_action_is_not_found(editor_client: FlaskClient, report: Report) -> None:
    assert editor_client.post(f"/reports/{report.public_id}/explode").status_code == 404


def test_get_changes_nothing(editor_client: FlaskClient, report: Report) -> None:
    answer = editor_client.get(f"/reports/{report.public_id}/fixed?version=1")

    assert answer.location == f"/reports/{report.public_id}"
    db.session.refresh(report)
    assert report.status == "open"


def test_action_on_the_report_page_stays_there(editor_client: FlaskClient, report: Report) -> None:
    answer = editor_client.post(f"/reports/{report.public_id}/fixed", data={"version": 1})

    assert answer.location == f"/reports/{report.public_id}"


class TestBackInTheQueue:
    """After an action the queue goes on with the report that took the place of the closed one."""

    @pytest.fixture
    def reports(self, submit: Submit) -> dict[str, Report]:
        for exact in ("oldest", "middle", "newest"):
            submit(selector__exact=exact)
        return {each.exact: each for each in db.session.scalars(select(Report))}

    def close(self, client: FlaskClient, report: Report, **form: str) -> str:
        answer = client.post(
            f"/reports/{report.public_id}/fixed",
            data={"version": report.version, "from": "queue", **form},
        )
        assert answer.status_code == 303
        return answer.location

    def test_next_older_one_is_named(
        self, editor_client: FlaskClient, reports: dict[str, Report]
    ) -> None:
        location = self.close(editor_client, reports["middle"])

        assert location == f"/#report-{reports['oldest'].public_id}"

    def test_at_the_end_the_one_before(
        self, editor_client: FlaskClient, reports: dict[str, Report]
    ) -> None:
        location = self.close(editor_client, reports["oldest"])

        assert location == f"/#report-{reports['middle'].public_id}"

    def test_the_last_one_leaves_an_empty_queue(
        self, editor_client: FlaskClient, report: Report
    ) -> None:
        assert self.close(editor_client, report) == "/"

    def test_view_site_and_page_are_kept(
        self, editor_client: FlaskClient, reports: dict[str, Report], site: Site
    ) -> None:
        cursor = str(NEWEST.cursor_of(reports["newest"]))

        location = self.close(
            editor_client, reports["middle"], view="all", site=site.key, after=cursor
        )

        address = urlsplit(location)
        assert address.path == "/"
        assert address.fragment == f"report-{reports['middle'].public_id}"
        assert marked(editor_client.get(location).text) == ["middle", "oldest"]

    def test_form_with_a_foreign_site_is_refused(
        self, editor_client: FlaskClient, report: Report
    ) -> None:
        answer = editor_client.post(
            f"/reports/{report.public_id}/fixed",
            data={"version": 1, "from": "queue", "site": "ck_unknown"},
        )

        assert answer.status_code == 404
        db.session.refresh(report)
        assert report.status == "open"


def test_deactivated_editor_cannot_act(
    editor_client: FlaskClient, report: Report, editor: User
) -> None:
    with write_transaction() as session:
        session.get_one(User, editor.id).active = False

    editor_client.post(f"/reports/{report.public_id}/fixed", data={"version": 1})

    db.session.refresh(report)
    assert report.status == "open"
