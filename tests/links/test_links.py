"""Signed links: one purpose each, for one recipient, for a time, and changed by nobody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from server import clock, signing
from server.notify.links import ACTION_DAYS, Act, ExpiredLink, LinkError, Links, seal_of

ACT = Act(delivery=UUID(int=1), report=UUID(int=2), version=37, seal=seal_of("session"))


@pytest.fixture
def links() -> Links:
    return Links(["old key", "present key"])


def test_what_was_signed_is_read(links: Links) -> None:
    assert links.read_act("fixed", links.sign_act("fixed", ACT)) == ACT
    assert links.read_stop("unsubscribe", links.sign_stop("unsubscribe", ACT.report)) == ACT.report


def test_token_needs_no_quoting_in_an_address(links: Links) -> None:
    token = links.sign_act("fixed", ACT)

    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    assert not token.startswith(".")
    assert len(token) < 120


def test_token_serves_one_purpose(links: Links) -> None:
    token = links.sign_act("fixed", ACT)

    for purpose in ("rejected", "spam", "mute", "unmute", "form", ""):
        with pytest.raises(LinkError):
            links.read_act(purpose, token)
    with pytest.raises(LinkError):
        links.read_stop("fixed", links.sign_stop("unsubscribe", ACT.report))


def test_every_changed_character_is_noticed(links: Links) -> None:
    token = links.sign_act("fixed", ACT)

    for place in range(len(token)):
        changed = token[:place] + ("B" if token[place] == "A" else "A") + token[place + 1 :]
        if place == len(token) - 1:
            # The last one has bits to spare: it must be read as the same, or not at all.
            continue
        with pytest.raises(LinkError):
            links.read_act("fixed", changed)
    for wrong in ("", ".", "..", "a.b.c", token[:-1], token + "A", "é" * 50, token * 2):
        with pytest.raises(LinkError):
            links.read_act("fixed", wrong)


def test_link_works_for_its_days_and_no_longer(
    links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = links.sign_act("fixed", ACT)
    made = clock.now()

    monkeypatch.setattr(signing, "now", lambda: made + timedelta(days=ACTION_DAYS, hours=-1))
    assert links.read_act("fixed", token) == ACT
    monkeypatch.setattr(signing, "now", lambda: made + timedelta(days=ACTION_DAYS, hours=1))
    with pytest.raises(ExpiredLink):
        links.read_act("fixed", token)


def test_older_keys_still_verify_and_do_not_sign(links: Links) -> None:
    before, after = Links(["old key"]), Links(["present key"])

    assert links.read_act("fixed", before.sign_act("fixed", ACT)) == ACT
    assert after.read_act("fixed", links.sign_act("fixed", ACT)) == ACT
    with pytest.raises(LinkError):
        after.read_act("fixed", before.sign_act("fixed", ACT))


def test_form_token_is_for_one_link_and_one_hour(
    links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = links.form_token("this link")
    made = clock.now()

    assert links.is_form_token("this link", token)
    assert not links.is_form_token("that link", token)
    assert not links.is_form_token("this link", "")
    monkeypatch.setattr(signing, "now", lambda: made + timedelta(hours=2))
    assert not links.is_form_token("this link", token)
