"""An owner has a page looked at; a real server answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from browsing import Newspaper
from flask.testing import FlaskClient
from sqlalchemy import select

from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.installation.keys import end_former_key, renew_key
from server.models import Membership, Site, SiteOrigin
from server.sites import pinned_tag, script_tag

Check = Callable[..., str]


@pytest.fixture
def newspaper() -> Iterator[Newspaper]:
    newspaper = Newspaper()
    yield newspaper
    newspaper.server.shutdown()
    newspaper.server.server_close()


@pytest.fixture
def owned(editor_client: FlaskClient, site: Site, newspaper: Newspaper) -> Site:
    """The editor owns the site, and its articles live in the newspaper."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
        session.add(SiteOrigin(site_id=site.id, pattern=newspaper.origin))
    return site


@pytest.fixture
def check(editor_client: FlaskClient, owned: Site, newspaper: Newspaper) -> Check:
    """Serve a page with ``head`` and what is found on it."""

    def check(head: str, status: int = 200, **headers: str) -> str:
        address = newspaper.serve("/article", f"<!doctype html>{head}<p>Text", **headers)
        answer = editor_client.post(f"/sites/{owned.key}/check", data={"address": address})
        assert answer.status_code == status, answer.text
        found = answer.text.partition('class="findings"')[2].partition("</ul>")[0]
        assert found, answer.text
        return found

    return check


@pytest.fixture
def tag(owned: Site, settings: Settings) -> str:
    return script_tag(owned, settings.public_url)


def test_tag_that_works_is_told(check: Check, tag: str) -> None:
    found = check(tag)

    assert "The tag is on this page and can work." in found
    assert found.count("<li") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tag: "", "The tag is not on this page."),
        (lambda tag: tag.replace("/w/ck_", "/w/ck_0"), "another key than this site"),
        (lambda tag: tag.replace("localhost:8000", "other.example"), "names another server"),
        (lambda tag: tag.replace("<script", '<script type="text/plain"'), "do not run the tag"),
        (
            lambda tag: (
                f"<meta http-equiv=content-security-policy content=\"script-src 'self'\">{tag}"
            ),
            "forbids the script",
        ),
    ],
)
def test_what_keeps_the_tag_from_working_is_told(
    check: Check, tag: str, change: Callable[[str], str], words: str
) -> None:
    found = check(change(tag))

    assert words in found
    assert "finding-bad" in found
    assert "finding-good" not in found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tag: tag * 2, "on this page twice"),
        (lambda tag: tag.replace("async ", ""), "holds up the page"),
    ],
)
def test_what_could_be_better_is_told(
    check: Check, tag: str, change: Callable[[str], str], words: str
) -> None:
    found = check(change(tag))

    assert words in found
    assert "finding-good" in found


def test_policies_of_headers_are_read(check: Check, tag: str) -> None:
    found = check(tag, Content_Security_Policy="default-src 'self'")

    assert "forbids the script" in found
    assert "forbids sending reports" in found


def test_former_key_is_told_from_a_wrong_one(check: Check, tag: str, owned: Site) -> None:
    former = owned.key
    with write_transaction() as session:
        renew_key(session, session.get_one(Site, owned.id), former)
    db.session.expire_all()
    assert "a former key, which will end" in check(tag)

    with write_transaction() as session:
        end_former_key(session, session.get_one(Site, owned.id), former)
    assert "a former key, which has ended" in check(tag)


def test_pinned_tag_must_be_that_of_the_present_version(
    check: Check, owned: Site, settings: Settings
) -> None:
    tag = pinned_tag(owned, settings.public_url)

    assert "finding-good" in check(tag)
    assert "pinned to another version" in check(tag.replace("sha384-", "sha384-A"))


def test_selector_that_fits_nothing_is_told(check: Check, tag: str, owned: Site) -> None:
    with write_transaction() as session:
        session.get_one(Site, owned.id).widget_settings = {"article": "main > article"}

    assert "Nothing on this page fits the selector main &gt; article" in check(tag)


def test_what_is_no_page_is_told(check: Check) -> None:
    assert "not HTML, but image/png" in check("", Content_Type="image/png")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "address"),
        ("javascript:alert(1)", "not an http or https address"),
        ("https://elsewhere.example/", "not one of the site&#39;s origins"),
        ("http://127.0.0.1:1/", "not one of the site&#39;s origins"),
    ],
)
def test_address_elsewhere_is_not_fetched(
    editor_client: FlaskClient, owned: Site, address: str, words: str
) -> None:
    answer = editor_client.post(f"/sites/{owned.key}/check", data={"address": address})

    assert answer.status_code == 422
    assert 'id="check-address-error"' in answer.text
    assert words in answer.text


def test_page_that_is_not_there_is_told(
    editor_client: FlaskClient, owned: Site, newspaper: Newspaper
) -> None:
    for address, words in (
        (f"{newspaper.origin}/nothing", "answers with status 404"),
        (f"{newspaper.origin}/nothing#words", "answers with status 404"),
    ):
        answer = editor_client.post(f"/sites/{owned.key}/check", data={"address": address})
        assert words in answer.text


def test_own_network_is_not_called_in_production(
    editor_client: FlaskClient, owned: Site, newspaper: Newspaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settings, "production", property(lambda _: True))

    answer = editor_client.post(
        f"/sites/{owned.key}/check", data={"address": f"{newspaper.origin}/"}
    )

    assert answer.status_code == 422
    assert "must use port 443" in answer.text or "public internet" in answer.text
