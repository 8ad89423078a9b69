"""Whatever bytes come: an answer below 500 with a reason, and nothing stored that was refused.

``EXAMPLES=20000`` makes the long form of it.
"""

from __future__ import annotations

import copy
import json
import os
from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from submissions import ORIGIN, body_for

from server.extensions import db
from server.models import Site, Submission

examples = settings(
    max_examples=int(os.environ.get("EXAMPLES", "100")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# Any code point, halves of surrogate pairs among them, as JSON can escape them.
any_text = st.text(st.characters(exclude_categories=()), max_size=60)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
FIELDS = """site idempotency_key page selector passage fragment suggestion comment email elapsed_ms
website widget challenge unheard_of page.url page.canonical page.title page.language page.author
page.section selector.exact selector.prefix selector.suffix passage.before passage.after"""
fields = st.sampled_from([name.split(".") for name in FIELDS.split()])


def assert_answered(client: FlaskClient, data: bytes) -> None:
    before = _stored()
    answer = client.post(
        "/api/v1/submissions", data=data, content_type="text/plain", headers={"Origin": ORIGIN}
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
        assert answer.get_json(force=True)["title"]
        assert _stored() == before


def _stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


@given(data=st.binary(max_size=400))
@examples
def test_any_bytes(client: FlaskClient, site: Site, data: bytes) -> None:
    assert_answered(client, data)


@given(value=any_json)
@examples
def test_any_json(client: FlaskClient, site: Site, value: Any) -> None:
    assert_answered(client, json.dumps(value).encode())


@given(changes=st.lists(st.tuples(fields, any_json | any_text), min_size=1, max_size=3))
@examples
def test_any_value_of_a_field(client: FlaskClient, site: Site, changes: list[Any]) -> None:
    body = copy.deepcopy(body_for(site))
    for (*parents, last), value in changes:
        place = body
        for parent in parents:
            place = place[parent] if isinstance(place[parent], dict) else {}
        place[last] = value

    assert_answered(client, json.dumps(body).encode())


@given(at=st.integers(0, 600), length=st.integers(0, 40), instead=st.binary(max_size=20))
@examples
def test_any_damage_to_a_good_body(
    client: FlaskClient, site: Site, at: int, length: int, instead: bytes
) -> None:
    good = json.dumps(body_for(site)).encode()

    assert_answered(client, good[:at] + instead + good[at + length :])
