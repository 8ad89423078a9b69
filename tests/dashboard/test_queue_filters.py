"""What narrows and orders the queue, over HTTP."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import quote

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from submissions import ORIGIN, Submit, change

from server.database import write_transaction
from server.models import Report, Site, User
from server.reports import queue, walk
from server.reports.evidence import evaluate_pending
from server.sites import add_member, add_site


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("page=https://news.example/sport/boats", ["ferry"]),
        ("page=http://news.example/sport/boats/%3Futm_source=x", ["ferry"]),
        ("page=https://news.example/nowhere", []),
        ("page=no+address", []),
        ("author=Ann+Smith", ["ferry"]),
        ("author=smith", ["ferry"]),
        ("author=n", ["recieve", "ferry"]),
        ("author=Nobody", []),
        ("section=Sport", ["ferry"]),
        ("section=sport/sailing", ["ferry"]),
        ("section=Spor", []),
        ("section=/sport", ["ferry"]),
        ("section=/harbour", ["recieve"]),
        ("section=/%25", []),
        ("language=en", ["recieve", "ferry"]),
        ("language=EN-gb", ["ferry"]),
        ("language=e", []),
        ("since=2026-11-04", ["recieve"]),
        ("until=2026-11-03", ["ferry"]),
        ("since=2026-11-03&until=2026-11-05", ["recieve", "ferry"]),
        ("since=2026-11-04&until=2026-11-04", []),
        ("readers=4", ["ferry"]),
        ("readers=5", []),
        ("evidence=20", ["recieve", "ferry"]),
        ("evidence=65", ["ferry"]),
        ("readers=2&author=Ben", []),
        ("readers=&author=&q=&since=", ["recieve", "ferry"]),
        ("sort=newest", ["recieve", "ferry"]),
        ("sort=oldest", ["ferry", "recieve"]),
        ("sort=certainty", ["ferry", "recieve"]),
        ("sort=readers", ["ferry", "recieve"]),
        ("sort=readers&language=en", ["ferry", "recieve"]),
    ],
)
def test_filter_lets_through_what_it_says(
    editor_client: FlaskClient, two_reports: None, filter: str, found: list[str]
) -> None:
    assert marked(editor_client.get(f"/?{filter}", follow_redirects=True).text) == found


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        # Midnight in Tokyo is 15:00 of the day before in UTC, where the reports came at midnight.
        ("since=2026-11-05&zone=Asia/Tokyo", ["recieve"]),
        ("until=2026-11-03&zone=Asia/Tokyo", ["ferry"]),
        ("since=2026-11-05&zone=America/New_York", []),
        ("since=2026-11-04&until=2026-11-04&zone=America/New_York", ["recieve"]),
        # One that nobody knows here is that of the site.
        ("since=2026-11-05&zone=Atlantis/Capital", ["recieve"]),
    ],
)
def test_days_are_those_of_a_time_zone(
    editor_client: FlaskClient, two_reports: None, filter: str, found: list[str]
) -> None:
    assert marked(editor_client.get(f"/?{filter}").text) == found


def test_days_without_a_zone_are_the_sites(
    editor_client: FlaskClient, two_reports: None, site: Site
) -> None:
    with write_transaction() as session:
        session.get_one(Site, site.id).zone = "America/New_York"

    page = editor_client.get("/?since=2026-11-05").text

    assert marked(page) == []
    # The address says so from now on, wherever it is opened.
    assert "/?view=fixed&since=2026-11-05&zone=America/New_York" in unescape(page)
    assert '<input type="hidden" name="zone" value="America/New_York">' in page


def test_search_finds_words_of_sentence_correction_and_comment(
    editor_client: FlaskClient, two_reports: None
) -> None:
    evaluate_pending()

    assert marked(editor_client.get("/?q=council+ferr").text) == ["ferry"]
    assert marked(editor_client.get("/?q=ferries").text) == ["ferry"]
    assert marked(editor_client.get("/?q=twice").text) == ["ferry"]
    assert marked(editor_client.get("/?q=nowhere").text) == []
    assert marked(editor_client.get("/?q=!!").text) == []


def test_mine_and_waiting_part_what_is_open(
    editor_client: FlaskClient, two_reports: None, editor: User
) -> None:
    change("ferry", assignee_id=editor.id)

    for sort in ("newest", "oldest", "certainty", "readers"):
        assert marked(editor_client.get(f"/?view=mine&sort={sort}").text) == ["ferry"]
        assert marked(editor_client.get(f"/?view=waiting&sort={sort}").text) == ["recieve"]
    change("ferry", status="fixed")
    assert marked(editor_client.get("/?view=mine").text) == []


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize("sort", ["newest", "oldest", "certainty", "readers"])
def test_pages_of_a_filtered_view_leave_no_gap(
    editor_client: FlaskClient,
    submit: Submit,
    monkeypatch: pytest.MonkeyPatch,
    few: int,
    sort: str,
) -> None:
    """Whether all that may fit is looked at, or the order is walked."""
    monkeypatch.setattr(walk, "FEW", few)
    monkeypatch.setattr(walk, "CHUNK", 4)
    monkeypatch.setattr(queue, "PAGE_SIZE", 3)
    names = [f"mistake-{number}" for number in range(10)]
    for number, name in enumerate(names):
        submit(selector__exact=name)
        change(name, readers=1 + number % 2, score=number // 2)
    address, seen = f"/?view=waiting&readers=1&language=en&sort={sort}", []
    while address:
        page = editor_client.get(address).text
        seen += marked(page)
        assert len(seen) <= len(names)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = unescape(following[1]) if following else ""

    assert sorted(seen) == names


def test_where_few_of_many_fit_it_says_how_far_it_looked(
    editor_client: FlaskClient, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEW", 0)
    monkeypatch.setattr(walk, "CHUNK", 2)
    monkeypatch.setattr(walk, "LOOKED_AT", 2)
    submit(selector__exact="first", page__url=f"{ORIGIN}/sport/boats")
    for number in range(3):
        submit(selector__exact=f"mistake-{number}")

    page = editor_client.get("/?section=/sport").text

    assert marked(page) == []
    assert "Nothing found so far" in page
    further = re.search(r'href="([^"]+)" rel="next">Look further', page)
    assert further
    assert marked(editor_client.get(unescape(further[1])).text) == ["first"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("readers=none", "readers"),
        ("readers=0", "readers"),
        ("readers=99999999999999999999", "readers"),
        ("readers=-1", "readers"),
        ("readers=٣", "readers"),
        ("evidence=101", "evidence"),
        ("since=yesterday", "since"),
        ("since=0001-01-01", "since"),
        ("until=9999-12-31", "until"),
        (f"q={'a' * 201}", "q"),
        (f"author={'a' * 201}", "author"),
        (f"page=https://{'a' * 5000}", "page"),
    ],
)
def test_filter_that_means_nothing_is_refused_by_its_name(
    editor_client: FlaskClient, query: str, field: str
) -> None:
    answer = editor_client.get(f"/?{query}")

    assert answer.status_code == 400
    assert f"{field}:" in answer.text


@pytest.mark.parametrize("name", ["q", "page", "author", "section", "language"])
@pytest.mark.parametrize(
    "text",
    [
        "'\"; DROP TABLE report; --",
        "%_\\",
        "\0\ud800\u202e",
        "<script>alert(1)</script>",
        "%ff%fe",
        "a" * 35,
        "😀 / \n",
        "/%00/../..",
    ],
)
def test_no_text_in_the_address_does_harm(
    editor_client: FlaskClient, report: Report, name: str, text: str
) -> None:
    answer = editor_client.get(f"/?{name}={quote(text, errors='surrogatepass', safe='%')}")

    assert answer.status_code == 200
    assert marked(answer.text) == []
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize(
    "query", ["", "author=Ann", "q=council", "page=https://news.example/harbour", "readers=1"]
)
def test_reports_of_sites_that_are_not_mine_never_show(
    editor_client: FlaskClient, two_reports: None, editor: User, query: str
) -> None:
    evaluate_pending()
    with write_transaction() as session:
        user = session.get_one(User, editor.id)
        user.memberships.clear()
        session.flush()
        add_member(session, user, add_site(session, "Other Times", ["https://other.example"]))

    for view in ("open", "waiting", "mine", "all"):
        assert marked(editor_client.get(f"/?view={view}&{query}").text) == []
    assert editor_client.get("/names/authors").text.strip() == ""
