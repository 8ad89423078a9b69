"""A site gets a new key: no report is lost with a tag that has the old one."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from submissions import ORIGIN, Submit, body_for

from server.clock import now
from server.database import write_transaction
from server.extensions import db
from server.installation.keys import GRACE, end_former_key, former_keys, renew_key
from server.installation.sightings import sightings_of
from server.intake.site_cache import SiteCache
from server.invalid import InvalidInput
from server.models import Report, Site
from server.reports.membership import membership_with_key, owned_site
from server.reports.readers import independent_readers
from server.sites import add_site


def renew(site: Site) -> str:
    """The key that the site had until now."""
    with write_transaction() as session:
        found = session.get_one(Site, site.id)
        former = found.key
        renew_key(session, found, former)
    return former


@pytest.fixture
def former(site: Site) -> str:
    return renew(site)


def forget_cache(app: Flask) -> None:
    """As after the ten seconds for which a process remembers a site."""
    app.extensions["site_cache"] = SiteCache()


def settings_in(client: FlaskClient, key: str) -> dict[str, object]:
    answer = client.get(f"/w/{key}.js")
    assert answer.status_code == 200
    first = answer.text.partition("\n")[0]
    loaded: dict[str, object] = json.loads(first.removeprefix("self.copydeskSettings=").rstrip(";"))
    return loaded


def test_old_tag_speaks_for_the_new_key(client: FlaskClient, site: Site, former: str) -> None:
    assert site.key != former

    for key in (site.key, former):
        assert settings_in(client, key) == {"site": site.key}


@pytest.mark.parametrize("in_address", ["former", "present", None])
@pytest.mark.parametrize("in_body", ["former", "present"])
def test_report_comes_in_with_either_key(
    client: FlaskClient, site: Site, former: str, in_address: str | None, in_body: str
) -> None:
    keys = {"former": former, "present": site.key}
    query = f"?site={keys[in_address]}" if in_address else ""

    answer = client.post(
        f"/api/v1/submissions{query}",
        data=json.dumps({**body_for(site), "site": keys[in_body]}),
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 201, answer.text


def test_another_sites_key_does_not_pass_for_a_former_one(client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        other = add_site(session, "Another", [ORIGIN]).key

    answer = client.post(
        f"/api/v1/submissions?site={site.key}",
        data=json.dumps({**body_for(site), "site": other}),
        headers={"Origin": ORIGIN},
    )

    assert answer.status_code == 422


def test_what_a_browser_kept_under_a_key_that_ended_comes_in_with_the_present_one(
    app: Flask, client: FlaskClient, site: Site, former: str
) -> None:
    with write_transaction() as session:
        end_former_key(session, session.get_one(Site, site.id), former)
    forget_cache(app)
    body = json.dumps({**body_for(site), "site": former})

    def send(key: str) -> int:
        headers = {"Origin": ORIGIN}
        return client.post(
            f"/api/v1/submissions?site={key}", data=body, headers=headers
        ).status_code

    assert send(former) == 404
    assert send(site.key) == 201


def test_reader_counts_once_on_the_day_of_a_renewal(
    client: FlaskClient, site: Site, submit: Submit
) -> None:
    submit()
    renew(site)
    body = {**body_for(site), "site": site.key, "idempotency_key": "after-the-renewal"}
    client.post("/api/v1/submissions", data=json.dumps(body), headers={"Origin": ORIGIN})

    report = db.session.scalars(select(Report)).one()
    assert len(report.submissions) == 2
    assert independent_readers(db.session(), report.id) == 1


def test_report_sent_with_both_keys_is_stored_once(
    client: FlaskClient, site: Site, post: Submit
) -> None:
    body = body_for(site)
    first = client.post("/api/v1/submissions", data=json.dumps(body), headers={"Origin": ORIGIN})
    renew(site)
    again = client.post("/api/v1/submissions", data=json.dumps(body), headers={"Origin": ORIGIN})

    assert first.json == again.json


def test_old_tag_ends_after_its_grace(
    app: Flask, client: FlaskClient, site: Site, former: str
) -> None:
    with time_machine.travel(now() + GRACE - timedelta(minutes=1), tick=False):
        forget_cache(app)
        assert client.get(f"/w/{former}.js").status_code == 200
    with time_machine.travel(now() + GRACE + timedelta(minutes=1), tick=False):
        forget_cache(app)
        assert client.get(f"/w/{former}.js").status_code == 404
        assert settings_in(client, site.key) == {"site": site.key}


def test_old_tag_ends_when_its_owner_says_so(
    app: Flask, client: FlaskClient, site: Site, former: str
) -> None:
    with write_transaction() as session:
        end_former_key(session, session.get_one(Site, site.id), former)
    forget_cache(app)

    assert client.get(f"/w/{former}.js").status_code == 404
    with pytest.raises(InvalidInput), write_transaction() as session:
        end_former_key(session, session.get_one(Site, site.id), former)


def test_same_button_twice_makes_one_new_key(site: Site, former: str) -> None:
    with pytest.raises(match="renewed already"), write_transaction() as session:
        renew_key(session, session.get_one(Site, site.id), former)

    assert [each.key for each in former_keys(db.session(), site)] == [former]


def test_keys_are_not_renewed_without_end(site: Site) -> None:
    for _ in range(3):
        renew(site)

    with pytest.raises(match="End one of them"):
        renew(site)


def test_kept_addresses_of_pages_still_name_the_site(site: Site, editor, former: str) -> None:
    found = membership_with_key(db.session(), editor, former)

    assert found is not None
    assert found.site_id == site.id
    assert owned_site(db.session(), editor, former) is None


def test_use_of_a_former_key_is_seen(client: FlaskClient, site: Site, former: str) -> None:
    answer = client.post(
        "/api/v1/submissions",
        data=json.dumps({**body_for(site), "site": former}),
        headers={"Origin": ORIGIN},
    )
    assert answer.status_code == 201
    current_app.extensions["sightings"].settle()

    assert [(each.key, each.origin) for each in sightings_of(db.session(), site)] == [
        (former, ORIGIN)
    ]
