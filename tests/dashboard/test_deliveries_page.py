"""Deliveries over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy import select, update
from submissions import EDITOR, Submit

from server.database import write_transaction
from server.extensions import db
from server.models import Breaker, Delivery, Membership, Report, Site, User
from server.notify import log
from server.notify.deliver import deliver_due
from server.sites import add_site


def test_list_shows_recipient_state_and_the_servers_words(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    with write_transaction() as session:
        session.execute(
            update(Delivery).values(state="failed", last_error="550 <b>no such mailbox</b>")
        )

    page = editor_client.get("/deliveries").text

    assert EDITOR in page
    assert ">failed<" in page
    assert "550 &lt;b&gt;no such mailbox" in page
    assert "“recieve”" in page
    assert "No mail server is configured" in page


def test_list_pages_without_a_gap(
    editor_client: FlaskClient, submit: Submit, report: Report
) -> None:
    for number in range(log.PAGE_SIZE):
        submit(selector__exact=f"mistake-{number:02}")

    first = editor_client.get("/deliveries").text
    following = re.search(r'href="([^"]+)"[^>]*>Older deliveries', first)
    assert following
    second = editor_client.get(unescape(following[1])).text

    about = re.findall(r'<bdi dir="auto">“([^”]+)”', first + second)
    assert about == [*(f"mistake-{n:02}" for n in reversed(range(50))), "recieve"]
    assert "Older deliveries" not in second


def test_list_shows_one_site_or_one_state(
    editor_client: FlaskClient, delivery: Delivery, submit: Submit, site: Site
) -> None:
    submit(selector__exact="another mistake")
    with write_transaction() as session:
        session.get_one(Delivery, delivery.id).state = "failed"
        other = add_site(session, "Another", ["https://another.example"])
        editor = session.scalars(select(User)).one()
        session.add(Membership(user_id=editor.id, site_id=other.id, role="editor"))
        other_key = other.key

    def shown(query: str) -> list[str]:
        page = editor_client.get(f"/deliveries?{query}").text
        return re.findall(r'<bdi dir="auto">“([^”]+)”', page)

    assert shown("state=failed") == ["recieve"]
    assert shown("state=queued") == ["another mistake"]
    assert shown(f"site={site.key}&state=") == ["another mistake", "recieve"]
    assert shown(f"site={other_key}") == []
    assert "No message is of this kind." in editor_client.get(f"/deliveries?site={other_key}").text
    # What is no state and no site of the account's is none.
    assert len(shown("state=lost&site=ck_nobody")) == 2


def test_next_page_keeps_the_filters(
    editor_client: FlaskClient, submit: Submit, delivery: Delivery, site: Site
) -> None:
    for number in range(log.PAGE_SIZE):
        submit(selector__exact=f"mistake-{number:02}")

    page = editor_client.get(f"/deliveries?state=queued&site={site.key}").text

    following = re.search(r'href="([^"]+)"[^>]*>Older deliveries', page)
    assert following
    assert "state=queued" in following[1]
    assert f"site={site.key}" in following[1]


def test_number_too_large_for_a_database_is_harmless(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    assert "recieve" in editor_client.get(f"/deliveries?before={'9' * 40}").text


def test_message_waits_unwritten_until_it_is_sent(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    page = editor_client.get(f"/deliveries/{delivery.public_id}").text

    assert "The message is written when it is sent." in page
    assert "<iframe" not in page


def test_held_message_says_so_and_until_when(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    probe = datetime(2126, 11, 28, 10, 5, tzinfo=UTC)
    with write_transaction() as session:
        row = Breaker(channel="mail", recipient=EDITOR, refusals=5, last_error="550 <closed>")
        row.held_since, row.probe_at = probe - timedelta(minutes=15), probe
        session.add(row)

    page = editor_client.get(f"/deliveries/{delivery.public_id}").text

    assert ">held</span>" in page
    assert ">queued<" not in page
    assert "550 &lt;closed&gt;" in page
    # In the time zone of the browser, as all moments.
    moment = '<time class="moment" datetime="2126-11-28T10:05:00+00:00">2126-11-28 10:05 UTC</time>'
    assert f"One message is tried at {moment};" in page
    assert "Message about “recieve”" in page
    assert "Try the recipient now" in page


def test_kept_message_is_shown_as_text_and_html(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    deliver_due()

    page = editor_client.get(f"/deliveries/{delivery.public_id}").text
    assert "[[recieve]]" in page
    assert re.search(r'<iframe class="mail" sandbox title="[^"]+"', page)
    html = editor_client.get(f"/deliveries/{delivery.public_id}/html")
    assert ">recieve</mark>" in html.text


def test_html_part_may_load_and_run_nothing(editor_client: FlaskClient, delivery: Delivery) -> None:
    deliver_due()

    headers = editor_client.get(f"/deliveries/{delivery.public_id}/html").headers

    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy
    assert not [rule for rule in policy if rule.startswith(("script-src", "img-src"))]
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Cache-Control"] == "no-store"


def test_kept_message_can_be_queued_again(editor_client: FlaskClient, delivery: Delivery) -> None:
    deliver_due()

    answer = editor_client.post(f"/deliveries/{delivery.public_id}/retry", follow_redirects=True)

    assert "Queued again." in answer.text
    db.session.refresh(delivery)
    assert delivery.state == "queued"


def test_queued_message_is_not_queued_twice(editor_client: FlaskClient, delivery: Delivery) -> None:
    answer = editor_client.post(f"/deliveries/{delivery.public_id}/retry", follow_redirects=True)

    assert "Nothing was changed" in answer.text
    assert "Send again" not in answer.text


def test_get_of_retry_changes_nothing(editor_client: FlaskClient, delivery: Delivery) -> None:
    deliver_due()

    answer = editor_client.get(f"/deliveries/{delivery.public_id}/retry")

    assert answer.location == f"/deliveries/{delivery.public_id}"
    db.session.refresh(delivery)
    assert delivery.state == "kept"


def test_empty_list_teaches(editor_client: FlaskClient) -> None:
    assert "Nothing yet" in editor_client.get("/deliveries").text


def test_number_below_all_of_a_database_is_harmless(
    editor_client: FlaskClient, delivery: Delivery
) -> None:
    page = editor_client.get(f"/deliveries?before=-{'9' * 40}")

    assert page.status_code == 200
    assert "recieve" not in page.text
