"""Where a tag was last seen: seldom written, without anything of a reader's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from submissions import ORIGIN, Submit

from server.clock import now
from server.extensions import db
from server.installation.sightings import (
    INTERVAL,
    Seen,
    Sightings,
    last_report_at,
    sightings_of,
    write,
)
from server.models import Sighting, Site


def seen(app: Flask, site: Site) -> list[tuple[str, str]]:
    app.extensions["sightings"].settle()
    db.session.rollback()
    db.session.expire_all()
    return [(each.kind, each.origin) for each in sightings_of(db.session(), site)]


def load(client: FlaskClient, site: Site, page: str | None) -> None:
    answer = client.get(f"/w/{site.key}.js", headers={"Referer": page} if page else {})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("page", "kind", "origin"),
    [
        (f"{ORIGIN}/", "allowed", ORIGIN),
        (f"{ORIGIN}/private?reader=7#x", "allowed", ORIGIN),
        ("https://staging.example/a", "foreign", "https://staging.example"),
        (None, "unnamed", ""),
        ("about:blank", "unnamed", ""),
        (f"https://{'a.' * 200}example/", "unnamed", ""),
    ],
)
def test_origin_alone_is_kept_of_a_page(
    app: Flask, client: FlaskClient, site: Site, page: str | None, kind: str, origin: str
) -> None:
    load(client, site, page)

    assert seen(app, site) == [(kind, origin)]


def test_many_page_views_write_once(app: Flask, client: FlaskClient, site: Site) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        load(client, site, f"{ORIGIN}/")
        app.extensions["sightings"].settle()
    with time_machine.travel(start + INTERVAL - timedelta(seconds=1), tick=False):
        load(client, site, f"{ORIGIN}/")
        app.extensions["sightings"].settle()
    assert db.session.scalar(select(Sighting.seen_at)) == start

    later = start + INTERVAL + timedelta(seconds=1)
    with time_machine.travel(later, tick=False):
        load(client, site, f"{ORIGIN}/")
        app.extensions["sightings"].settle()
    db.session.rollback()
    assert db.session.scalars(select(Sighting.seen_at)).all() == [later]


def test_several_processes_write_once_together(app: Flask, site: Site) -> None:
    start = now()
    for seconds, process in enumerate([Sightings(app), Sightings(app), Sightings(app)]):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            process.note(site.id, site.key, [ORIGIN], ORIGIN)
            process.settle()

    db.session.rollback()
    assert db.session.scalars(select(Sighting.seen_at)).all() == [start]


def test_tag_is_served_where_nothing_can_be_written(
    app: Flask, client: FlaskClient, site: Site
) -> None:
    key = site.key
    db.session.execute(text("DROP TABLE sighting"))
    db.session.commit()

    assert client.get(f"/w/{key}.js", headers={"Referer": ORIGIN}).status_code == 200
    app.extensions["sightings"].settle()


def test_sighting_of_a_site_that_is_gone_is_none(site: Site) -> None:
    write(Seen(site.id + 1, "ck_gone", "allowed", ORIGIN, now()))

    assert db.session.scalar(select(func.count()).select_from(Sighting)) == 0


def test_last_report_is_that_of_any_status(site: Site, submit: Submit) -> None:
    assert last_report_at(db.session(), site) is None
    submit()

    assert last_report_at(db.session(), site) is not None
