"""Sites: the list, adding one, its tag, its settings, its keys."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from submissions import ORIGIN

from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Membership, Site, User
from server.sites import add_site

Token = Callable[[str], str]


@pytest.fixture
def owner(editor_client: FlaskClient, site: Site) -> FlaskClient:
    """A browser in which the site's owner is logged in."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return editor_client


def send(client: FlaskClient, path: str, /, **form: str) -> str:
    answer = client.post(path, data=form, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def audited() -> list[tuple[str, str]]:
    db.session.rollback()
    return [
        (each.action, each.detail)
        for each in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        if each.action.startswith("site.")
    ]


def test_zone_of_a_new_site_is_the_browsers(owner: FlaskClient) -> None:
    field = re.search(r'<input[^>]* name="zone"[^>]*>', owner.get("/sites/add").text)

    assert field
    assert 'value="UTC"' in field[0]
    assert "data-browser-zone" in field[0]


def count_sites() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Site)) or 0


def test_menu_leads_to_the_sites(owner: FlaskClient, site: Site) -> None:
    assert 'href="/sites"' in owner.get("/").text
    assert f'href="/sites/{site.key}"' in owner.get("/sites").text


def test_owner_adds_a_site_and_owns_it(owner: FlaskClient) -> None:
    page = send(
        owner,
        "/sites/add",
        name="The Evening Post",
        language="de",
        zone="Europe/Berlin",
        origins="https://post.example\r\nhttps://*.post.example",
    )

    added = db.session.scalars(select(Site).where(Site.name == "The Evening Post")).one()
    assert f"/w/{added.key}.js" in page
    assert (added.language, added.zone) == ("de", "Europe/Berlin")
    assert {each.pattern for each in added.origins} == {
        "https://post.example",
        "https://*.post.example",
    }
    role = select(Membership.role).where(Membership.site_id == added.id)
    assert db.session.scalars(role).all() == ["owner"]
    assert audited() == [("site.added", "The Evening Post")]


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "The News"}),
        ("name", {"name": "x" * 201}),
        ("language", {"language": "deutsch!"}),
        ("language", {"language": ""}),
        ("zone", {"zone": "Atlantis/Capital"}),
        ("origin", {"origins": ""}),
        ("origin", {"origins": "post.example"}),
        ("origin", {"origins": "https://post.example https://*"}),
        ("origin", {"origins": "https://post.example/path"}),
        ("origin", {"origins": f"https://{'a.' * 160}example"}),
    ],
)
def test_wrong_site_is_named_and_not_added(
    owner: FlaskClient, field: str, form: dict[str, str]
) -> None:
    right = {"name": "The Post", "language": "en", "origins": "https://post.example"}

    answer = owner.post("/sites/add", data={**right, **form})

    assert answer.status_code == 422
    assert f'id="site-{field}-error"' in answer.text
    assert count_sites() == 1


def test_who_owns_nothing_adds_no_site(editor_client: FlaskClient, site: Site) -> None:
    assert "Add a site" not in editor_client.get("/sites").text
    answer = editor_client.post(
        "/sites/add", data={"name": "Mine", "language": "en", "origins": "https://mine.example"}
    )

    assert answer.status_code == 403
    assert count_sites() == 1


def test_anybody_adds_the_first_site(editor_client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        session.delete(session.get_one(Site, site.id))

    for address in ("/sites", "/"):
        assert "Add the first site" in editor_client.get(address).text
    send(editor_client, "/sites/add", name="First", language="en", origins="https://first.example")
    assert count_sites() == 1


def test_new_site_speaks_the_language_of_its_owner_at_first(owner: FlaskClient) -> None:
    with write_transaction() as session:
        session.scalars(select(User)).one().language = "ru"

    assert 'name="language" value="ru"' in owner.get("/sites/add").text


def test_site_page_shows_the_exact_tag_and_where_it_was_seen(
    app: Flask, owner: FlaskClient, client: FlaskClient, site: Site
) -> None:
    assert "not yet" in owner.get(f"/sites/{site.key}").text
    for page in (f"{ORIGIN}/article", "https://staging.example/"):
        client.get(f"/w/{site.key}.js", headers={"Referer": page})
    app.extensions["sightings"].settle()

    page = owner.get(f"/sites/{site.key}").text

    tag = f"&lt;script async src=&#34;http://localhost:8000/w/{site.key}.js&#34;&gt;"
    assert tag in page
    assert 'data-copies="tag"' in page
    assert f"</time> on {ORIGIN}" in page
    assert "<strong>https://staging.example</strong>" in page
    assert "At work" in owner.get("/sites").text


def test_editor_sees_the_tag_and_no_form(editor_client: FlaskClient, site: Site) -> None:
    page = editor_client.get(f"/sites/{site.key}").text

    assert f"/w/{site.key}.js" in page
    assert f"/sites/{site.key}/" not in page


def test_name_and_language_are_changed(owner: FlaskClient, site: Site) -> None:
    page = send(
        owner,
        f"/sites/{site.key}/settings",
        name=" The Daily ",
        language="pt-BR",
        zone="America/Sao_Paulo",
    )

    assert "Saved." in page
    db.session.refresh(site)
    assert (site.name, site.language, site.zone) == ("The Daily", "pt-BR", "America/Sao_Paulo")
    assert audited() == [("site.renamed", "The Daily, pt-BR, America/Sao_Paulo")]


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "Another"}),
        ("language", {"language": "x"}),
        ("zone", {"zone": "Mars/Olympus"}),
    ],
)
def test_wrong_settings_are_named_and_not_kept(
    owner: FlaskClient, site: Site, field: str, form: dict[str, str]
) -> None:
    with write_transaction() as session:
        add_site(session, "Another", ["https://another.example"])

    answer = owner.post(
        f"/sites/{site.key}/settings", data={"name": "New", "language": "de", **form}
    )

    assert answer.status_code == 422
    assert f'id="settings-{field}-error"' in answer.text
    db.session.refresh(site)
    assert (site.name, site.language) == ("The News", "en")


def test_origins_come_and_go_and_the_last_one_stays(owner: FlaskClient, site: Site) -> None:
    address = f"/sites/{site.key}/settings/origins"
    page = send(owner, f"{address}/add", origin="https://*.News.example")
    assert "Reports from https://*.news.example are taken now." in page

    page = send(owner, f"{address}/remove", origin=ORIGIN)
    assert f"Reports from {ORIGIN} are not taken any more." in page

    answer = owner.post(f"{address}/remove", data={"origin": "https://*.news.example"})
    assert answer.status_code == 422
    assert "at least one is needed" in answer.text
    assert [action for action, _ in audited()] == ["site.origin_added", "site.origin_removed"]


@pytest.mark.parametrize("origin", ["", "news.example", "ftp://news.example", "https://a b"])
def test_wrong_origin_is_named(owner: FlaskClient, site: Site, origin: str) -> None:
    answer = owner.post(f"/sites/{site.key}/settings/origins/add", data={"origin": origin})

    assert answer.status_code == 422
    assert 'id="origin-origin-error"' in answer.text


def test_key_is_renewed_once_and_the_former_one_ended(owner: FlaskClient, site: Site) -> None:
    former = site.key
    page = send(owner, f"/sites/{former}/key/renew", key=former)
    assert "The former tag works for 30 days more." in page
    assert f"<code>{former}</code>" in page
    assert f"/w/{former}.js" not in page

    again = owner.post(f"/sites/{former}/key/renew", data={"key": former})
    assert again.status_code == 422
    assert "has been renewed already." in again.text

    page = send(owner, f"/sites/{former}/key/end", key=former)
    assert "do not work any more" in page
    assert "End it now" not in page
    assert [action for action, _ in audited()] == ["site.key_renewed", "site.key_ended"]


def test_kept_views_are_those_of_the_site_after_its_key_was_renewed(
    owner: FlaskClient, site: Site
) -> None:
    former = site.key
    send(owner, f"/sites/{former}/key/renew", key=former)

    for address in (f"/?site={former}", f"/statistics?site={former}", f"/sites/{former}"):
        assert owner.get(address).status_code == 200, address
    assert owner.get("/?site=ck_another").status_code == 404


def test_former_key_of_another_site_is_not_ended(owner: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", ["https://another.example"]).key

    assert owner.post(f"/sites/{site.key}/key/end", data={"key": other}).status_code == 422


def test_forms_want_their_token(app: Flask, owner: FlaskClient, site: Site, token: Token) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = owner.get(f"/sites/{site.key}/settings").text
    form = {"name": "Forged", "language": "en"}

    assert owner.post(f"/sites/{site.key}/settings", data=form).status_code == 400
    db.session.refresh(site)
    assert site.name == "The News"

    proven = {**form, "name": "Honest", "csrf_token": token(page)}
    assert owner.post(f"/sites/{site.key}/settings", data=proven).status_code == 303
