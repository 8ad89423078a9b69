"""What a page shows of the filter that is set: the form, chips, counts, and where they lead."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from submissions import Submit, change

from server.database import write_transaction
from server.extensions import db
from server.models import Report
from server.reports import counting, walk
from server.sites import add_site


def test_zone_is_no_filter_by_itself(editor_client: FlaskClient, two_reports: None) -> None:
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


def test_state_is_kept_by_links_forms_and_chips(
    editor_client: FlaskClient, two_reports: None
) -> None:
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
    editor_client: FlaskClient, two_reports: None
) -> None:
    counts = re.findall(r'class="count">([^<]+)<', editor_client.get("/counts?author=Ann").text)

    assert counts == ["1", "0", "1", "0", "0", "0", "1"]


def test_page_within_a_filter_leaves_counting_to_another_request(
    editor_client: FlaskClient, two_reports: None
) -> None:
    page = editor_client.get("/?view=all&author=Ann&sort=oldest").text
    counts = editor_client.get("/counts?view=all&author=Ann&sort=oldest").text

    assert 'hx-get="/counts?view=all&amp;author=Ann&amp;sort=oldest" hx-trigger="load, ' in page
    assert 'class="count"' not in page
    # Or it would ask for ever.
    assert 'hx-trigger="load' not in counts
    assert 'href="/?author=Ann&amp;sort=oldest"' in counts


def test_count_says_that_there_may_be_more(
    editor_client: FlaskClient, two_reports: None, monkeypatch: pytest.MonkeyPatch
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


def test_what_the_fields_offer_is_of_my_sites(
    editor_client: FlaskClient, two_reports: None
) -> None:
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
