"""An owner tells the widget what to do, and sees it before it is kept."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from server.database import write_transaction
from server.extensions import db
from server.models import AuditEntry, Membership, Site
from server.widget.build import NotBuilt

EVERYTHING = {
    "lang": "de",
    "mode": "confirm",
    "article": "main > article",
    "exclude": ".comments, aside",
    "min": "3",
    "max": "200",
    "accent": "#aa2200",
    "button": "bottom-left",
    "askEmail": "on",
    "hint": "Fehler? {keys}",
    "hintIcon": "/icon.svg",
    "hintImage": "",
    "author": "Nora Whitfield",
    "section": "Sport",
}


@pytest.fixture
def address(editor_client: FlaskClient, site: Site) -> str:
    """Of the page, for the editor who is now an owner."""
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"
    return f"/sites/{site.key}/widget"


def kept(site: Site) -> dict[str, object]:
    db.session.rollback()
    db.session.refresh(site)
    return dict(site.widget_settings)


def test_every_option_is_kept_and_shown_again(
    editor_client: FlaskClient, address: str, site: Site
) -> None:
    answer = editor_client.post(address, data=EVERYTHING, follow_redirects=True)

    assert "Saved." in answer.text
    assert kept(site) == {
        **{name: value for name, value in EVERYTHING.items() if value},
        "min": 3,
        "max": 200,
        "askEmail": True,
        "touch": False,
    }
    for value in ("main &gt; article", "Fehler? {keys}", 'value="200"', "Nora Whitfield"):
        assert value in answer.text
    assert '<option value="confirm" selected>' in answer.text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.site_id == site.id)).one()
    assert entry.action == "site.widget_changed"
    assert "accent" in entry.detail


def test_empty_form_leaves_what_the_widget_does_by_itself(
    editor_client: FlaskClient, address: str, site: Site
) -> None:
    editor_client.post(address, data=EVERYTHING)
    editor_client.post(address, data={"touch": "on"})

    assert kept(site) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("article", "a["),
        ("exclude", "p {"),
        ("mode", "loud"),
        ("lang", "deutsch!"),
        ("min", "0"),
        ("min", "250"),
        ("max", "1001"),
        ("accent", "#12"),
        ("button", "middle"),
        ("hint", "x" * 201),
    ],
)
def test_wrong_option_is_named_and_nothing_kept(
    editor_client: FlaskClient, address: str, site: Site, field: str, value: str
) -> None:
    answer = editor_client.post(address, data={**EVERYTHING, field: value})

    assert answer.status_code == 422
    assert f'id="widget-{field}-error"' in answer.text
    assert "Fehler? {keys}" in answer.text or field == "hint"
    assert kept(site) == {}


def test_preview_shows_the_form_and_keeps_nothing(
    editor_client: FlaskClient, address: str, site: Site
) -> None:
    answer = editor_client.post(f"{address}/preview", data=EVERYTHING)

    assert answer.status_code == 200
    for attribute in (
        'data-site="preview"',
        'data-mode="confirm"',
        'data-accent="#aa2200"',
        'data-ask-email="true"',
        'data-touch="false"',
        'data-lang="de"',
    ):
        assert attribute in answer.text
    # The example is not the site's page: nothing on it would fit.
    assert "data-article" not in answer.text
    assert kept(site) == {}


def test_preview_begins_with_what_is_kept_in_the_sites_language(
    editor_client: FlaskClient, address: str, site: Site
) -> None:
    with write_transaction() as session:
        found = session.get_one(Site, site.id)
        found.widget_settings, found.language = {"accent": "teal"}, "ru"

    page = editor_client.get(f"{address}/preview").text

    assert 'data-accent="teal"' in page
    assert 'data-lang="ru"' in page


def test_preview_says_what_is_wrong(editor_client: FlaskClient, address: str) -> None:
    answer = editor_client.post(f"{address}/preview", data={"article": "a["})

    assert answer.status_code == 422
    assert "article: must be a CSS selector" in answer.text


def test_preview_runs_our_scripts_alone_in_our_frames_alone(
    editor_client: FlaskClient, address: str
) -> None:
    answer = editor_client.get(f"{address}/preview")

    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "connect-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.headers["Cache-Control"] == "no-store"


def test_text_of_an_owner_is_never_markup(editor_client: FlaskClient, address: str) -> None:
    evil = '"><script>alert(1)</script>'
    for path in (address, f"{address}/preview"):
        page = editor_client.post(path, data={"hint": evil}, follow_redirects=True).text
        assert "<script>alert" not in page


def test_preview_without_a_built_widget_says_so(
    app: Flask, editor_client: FlaskClient, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise NotBuilt

    monkeypatch.setattr("server.dashboard.site_widget.current_build", missing)

    assert "not built" in editor_client.get(f"{address}/preview").text
    assert editor_client.get(address).status_code == 200
