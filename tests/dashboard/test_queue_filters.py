"""What narrows and orders the queue, over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import quote

import pytest
from dashboard_pages import marked
from flask.testing import FlaskClient
from sqlalchemy import update
from submissions import ORIGIN, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Report, Site, User
from server.reports import counting, queue, walk
from server.reports.evidence import evaluate_pending
from server.sites import add_member, add_site


def change(exact: str, **values: object) -> None:
    with write_transaction() as session:
        session.execute(update(Report).where(Report.exact == exact).values(**values))


@pytest.fixture
def reports(submit: Submit) -> None:
    """``ferry`` was reported first, on another page; ``recieve`` last."""
    submit(
        selector__exact="ferry",
        page={
            "url": f"{ORIGIN}/sport/boats?utm_source=mail",
            "title": "Boats",
            "language": "en-GB",
            "author": "Ann Smith",
            "section": "Sport/Sailing",
        },
        suggestion="ferries",
        comment="Twice in one line",
    )
    submit(page__author="Ben Jones", page__section="News")
    change("ferry", readers=4, score=80, last_submitted_at=datetime(2026, 11, 3, tzinfo=UTC))
    change("recieve", readers=1, score=20, last_submitted_at=datetime(2026, 11, 5, tzinfo=UTC))


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
    editor_client: FlaskClient, reports: None, filter: str, found: list[str]
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
    editor_client: FlaskClient, reports: None, filter: str, found: list[str]
) -> None:
    assert marked(editor_client.get(f"/?{filter}").text) == found


def test_days_without_a_zone_are_the_sites(
    editor_client: FlaskClient, reports: None, site: Site
) -> None:
    with write_transaction() as session:
        session.get_one(Site, site.id).zone = "America/New_York"

    page = editor_client.get("/?since=2026-11-05").text

    assert marked(page) == []
    # The address says so from now on, wherever it is opened.
    assert "/?view=fixed&since=2026-11-05&zone=America/New_York" in unescape(page)
    assert '<input type="hidden" name="zone" value="America/New_York">' in page


def test_zone_is_no_filter_by_itself(editor_client: FlaskClient, reports: None) -> None:
    page = editor_client.get("/?zone=Asia/Tokyo").text
    filtered = editor_client.get("/?since=2026-11-04&zone=Asia/Tokyo").text

    assert 'class="chips"' not in page
    # A browser says there where it is.
    assert 'name="zone" value="UTC" data-browser-zone' in page
    # Without its days it goes too, and has no chip of its own.
    assert filtered.count('<li><a href="/"><span class="label">From') == 1
    assert "Asia/Tokyo ×" not in filtered


def test_empty_fields_of_the_form_do_not_stay_in_the_address(editor_client: FlaskClient) -> None:
    answer = editor_client.get("/?q=ferry&author=&since=&sort=readers&view=")

    assert answer.location == "/?q=ferry&sort=readers"


def test_search_finds_words_of_sentence_correction_and_comment(
    editor_client: FlaskClient, reports: None
) -> None:
    evaluate_pending()

    assert marked(editor_client.get("/?q=council+ferr").text) == ["ferry"]
    assert marked(editor_client.get("/?q=ferries").text) == ["ferry"]
    assert marked(editor_client.get("/?q=twice").text) == ["ferry"]
    assert marked(editor_client.get("/?q=nowhere").text) == []
    assert marked(editor_client.get("/?q=!!").text) == []


def test_mine_and_waiting_part_what_is_open(
    editor_client: FlaskClient, reports: None, editor: User
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


def test_state_is_kept_by_links_forms_and_chips(editor_client: FlaskClient, reports: None) -> None:
    page = unescape(editor_client.get("/?view=waiting&author=Ann&readers=2&sort=readers").text)

    # Another order and another view keep the filter.
    assert 'href="/?view=waiting&author=Ann&readers=2&sort=certainty"' in page
    assert 'href="/?view=fixed&author=Ann&readers=2&sort=readers"' in page
    # A chip takes one part away, reset takes all.
    assert 'href="/?view=waiting&readers=2&sort=readers"' in page
    assert 'href="/?view=waiting&author=Ann&sort=readers"' in page
    assert 'href="/?view=waiting&sort=readers"' in page
    # The form shows what is set, and acting leads back to it.
    assert '<input id="author" name="author" type="text" value="Ann"' in page
    assert '<input type="hidden" name="author" value="Ann">' in page


def test_counts_within_a_filter_are_those_of_what_fits(
    editor_client: FlaskClient, reports: None
) -> None:
    counts = re.findall(r'class="count">([^<]+)<', editor_client.get("/counts?author=Ann").text)

    assert counts == ["1", "0", "1", "0", "0", "0", "1"]


def test_page_within_a_filter_leaves_counting_to_another_request(
    editor_client: FlaskClient, reports: None
) -> None:
    page = editor_client.get("/?view=all&author=Ann&sort=oldest").text
    counts = editor_client.get("/counts?view=all&author=Ann&sort=oldest").text

    assert 'hx-get="/counts?view=all&amp;author=Ann&amp;sort=oldest" hx-trigger="load, ' in page
    assert 'class="count"' not in page
    # Or it would ask for ever.
    assert 'hx-trigger="load' not in counts
    assert 'href="/?author=Ann&amp;sort=oldest"' in counts


def test_count_says_that_there_may_be_more(
    editor_client: FlaskClient, reports: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "FEW", -1)
    monkeypatch.setattr(walk, "CHUNK", 1)
    monkeypatch.setattr(counting, "LOOKED_AT", 1)

    found = re.findall(r'class="count">([^<]+)<', editor_client.get("/counts?author=Ben").text)
    unknown = re.findall(r'class="count">([^<]+)<', editor_client.get("/counts?author=Ann").text)

    assert found == ["1+", "0", "1+", "0", "0", "0", "1+"]
    # Of what was looked at none fits: no number says that.
    assert unknown == ["0", "0", "0", "0"]


def test_empty_result_leads_on(editor_client: FlaskClient, report: Report) -> None:
    page = editor_client.get("/?author=Nobody").text

    assert "No report fits" in page
    assert "Look in all reports" in page


def test_what_the_fields_offer_is_of_my_sites(editor_client: FlaskClient, reports: None) -> None:
    with write_transaction() as session:
        key = add_site(session, "Other Times", ["https://other.example"]).key

    assert re.findall('value="([^"]+)"', editor_client.get("/names/authors").text) == [
        "Ann Smith",
        "Ben Jones",
    ]
    assert re.findall('value="([^"]+)"', editor_client.get("/names/sections").text) == [
        "News",
        "Sport/Sailing",
    ]
    assert editor_client.get(f"/names/authors?site={key}").status_code == 404
    assert editor_client.get("/names/passwords").status_code == 404


@pytest.mark.parametrize(
    "query", ["", "author=Ann", "q=council", "page=https://news.example/harbour", "readers=1"]
)
def test_reports_of_sites_that_are_not_mine_never_show(
    editor_client: FlaskClient, reports: None, editor: User, query: str
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


def test_one_action_leads_to_the_next_report_that_fits(
    editor_client: FlaskClient, submit: Submit
) -> None:
    for name in ("first", "other", "last"):
        submit(selector__exact=name)
        change(name, readers=1 if name == "other" else 2)
    last = db.session.query(Report).filter_by(exact="last").one()
    first = db.session.query(Report).filter_by(exact="first").one()

    answer = editor_client.post(
        f"/reports/{last.public_id}/fixed",
        data={"version": last.version, "from": "queue", "readers": 2},
    )

    assert answer.location == f"/?readers=2#report-{first.public_id}"
