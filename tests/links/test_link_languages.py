"""In which language the pages behind links speak."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from server import clock, signing
from server.database import write_transaction
from server.models import User


def test_link_that_is_nobodys_speaks_the_browsers_language(client: FlaskClient) -> None:
    answer = client.get("/mail/fixed/nonsense", headers={"Accept-Language": "ru, en;q=0.5"})

    assert '<html lang="ru"' in answer.text


def test_old_link_speaks_its_recipients_language(
    client: FlaskClient, links: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = clock.now() + timedelta(days=15)
    monkeypatch.setattr(signing, "now", lambda: later)
    with write_transaction() as session:
        session.execute(update(User).values(language="ru"))

    answer = client.get(links["fixed"])

    assert answer.status_code == 410
    assert '<html lang="ru"' in answer.text


def test_page_to_unsubscribe_speaks_its_recipients_language(
    links: dict[str, str], client: FlaskClient
) -> None:
    with write_transaction() as session:
        session.execute(update(User).values(language="ru"))

    answers = [
        client.get(links["unsubscribe"]),
        client.post(links["unsubscribe"], data={"List-Unsubscribe": "One-Click"}),
        client.get(links["unsubscribe"]),
    ]

    assert ['lang="ru"' in answer.text for answer in answers] == [True, True, True]
