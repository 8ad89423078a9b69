"""Without a mail server the owner hands the link over."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import PASSWORD

from server.config import Settings
from server.database import write_transaction
from server.models import Membership, Site


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, smtp_host="")


def test_page_shows_the_link(app: Flask, editor_client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        session.scalars(select(Membership)).one().role = "owner"

    page = editor_client.post(
        f"/sites/{site.key}/people/invite",
        data={"email": "bo@news.example", "role": "viewer"},
        follow_redirects=True,
    ).text

    found = re.search(r'id="([^"]+)">http://localhost:8000(/invitation/[^<]+)<', page)
    assert found, page
    assert f'data-copies="{found[1]}" hidden>Copy' in page
    link = html.unescape(found[2])
    answer = app.test_client().post(link, data={"password": PASSWORD, "password_confirm": PASSWORD})
    assert answer.location == "/"
