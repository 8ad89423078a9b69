"""What several do with a site, or with a new server, at the same moment, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
from at_once import at_once
from flask import Flask
from sqlalchemy import select
from submissions import ORIGIN, PASSWORD, body_for

from server.clock import now
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.first_run import SetUpAlready, make_first_account, setup_token
from server.installation.keys import former_keys, renew_key
from server.installation.sightings import Seen, sightings_of, write
from server.invalid import InvalidInput
from server.models import Block, FormerKey, Report, Sighting, Site, Submission, User
from server.reports.blocks import add_block
from server.reports.site_erasure import begin_erasing, erase_leaving_sites
from server.sites import add_member, add_site, add_user

pytestmark = pytest.mark.usefixtures("database_url")

RIVALS = 6


def of_each_rival(app: Flask, deed: Callable[[int], bool]) -> list[bool]:
    """What became of each of several who do the same at the same moment."""

    def do(number: int) -> bool:
        with app.app_context():
            return deed(number)

    return at_once([partial(do, number) for number in range(RIVALS)])


@pytest.fixture
def site(app: Flask) -> Site:
    with write_transaction() as session:
        return add_site(session, "The News", [ORIGIN])


def test_one_of_several_makes_the_first_account(app: Flask) -> None:
    settings: Settings = app.extensions["copydesk_settings"]

    def become_first(number: int) -> bool:
        email = f"rival-{number}@news.example"
        try:
            with write_transaction() as session:
                make_first_account(session, settings, setup_token(settings), email, PASSWORD)
        except SetUpAlready:
            return False
        return True

    assert of_each_rival(app, become_first).count(True) == 1
    assert len(db.session.scalars(select(User)).all()) == 1


def test_button_pressed_by_several_renews_the_key_once(app: Flask, site: Site) -> None:
    site_id, replaced = site.id, site.key

    def renew(number: int) -> bool:
        try:
            with write_transaction() as session:
                renew_key(session, session.get_one(Site, site_id), replaced)
        except InvalidInput:
            return False
        return True

    assert of_each_rival(app, renew).count(True) == 1
    assert [each.key for each in former_keys(db.session(), site)] == [replaced]


def test_several_processes_write_one_sighting(app: Flask, site: Site) -> None:
    seen = Seen(site.id, site.key, "allowed", ORIGIN, now())

    def note(number: int) -> bool:
        write(seen)
        return True

    assert all(of_each_rival(app, note))
    assert [each.origin for each in sightings_of(db.session(), site)] == [ORIGIN]


def test_site_is_erased_with_all_that_refers_to_it(app: Flask, site: Site) -> None:
    with write_transaction() as session:
        found = session.get_one(Site, site.id)
        renew_key(session, found, found.key)
        add_member(session, add_user(session, "a@news.example", PASSWORD), found, "owner")
        add_block(session, found, "word", "casino")
        key = found.key
    write(Seen(site.id, key, "unnamed", "", now()))
    answer = app.test_client().post(
        "/api/v1/submissions",
        data=json.dumps({**body_for(site), "site": key}),
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 201

    with write_transaction() as session:
        begin_erasing(session, session.get_one(Site, site.id))
    erase_leaving_sites()

    for table in (Site, Report, Submission, FormerKey, Sighting, Block):
        assert db.session.scalars(select(table)).all() == [], table
