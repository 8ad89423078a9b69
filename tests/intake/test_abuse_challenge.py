"""A challenge that a site may ask of senders: off by default, solved once, for one report."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select
from submissions import Submit

from server import clock, signing
from server.database import write_transaction
from server.extensions import db
from server.intake.challenges import proof_of_work
from server.intake.challenges.proof_of_work import SECONDS, ProofOfWork
from server.models import Site, Submission
from server.sites import change_site

KEY = "the-same-key-0123456789"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test need not work as hard as a sender."""
    monkeypatch.setattr(proof_of_work, "BITS", 8)


@pytest.fixture
def guarded(site: Site) -> Site:
    with write_transaction() as session:
        change_site(session.get_one(Site, site.id), challenge="pow")
    return site


def solve(challenge: dict[str, Any]) -> dict[str, str]:
    for number in count():
        digest = hashlib.sha256(f"{challenge['seed']}.{number}".encode()).digest()
        if int.from_bytes(digest) >> (256 - challenge["bits"]) == 0:
            return {"token": challenge["token"], "solution": str(number)}
    raise AssertionError


def challenge_of(submit: Submit, **changes: Any) -> dict[str, Any]:
    answer = submit(**changes)
    problem = json.loads(answer.data)
    assert (answer.status_code, problem["type"]) == (403, "/problems/challenge-required")
    assert stored() == 0
    challenge: dict[str, Any] = problem["challenge"]
    return challenge


def stored() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Submission)) or 0


def test_no_site_asks_for_one_by_default(submit: Submit) -> None:
    assert submit().status_code == 201


def test_a_report_is_taken_once_the_challenge_is_solved(guarded: Site, submit: Submit) -> None:
    solution = solve(challenge_of(submit, idempotency_key=KEY))

    assert submit(idempotency_key=KEY, challenge=solution).status_code == 201
    assert stored() == 1


def test_a_solution_serves_one_report_alone(guarded: Site, submit: Submit) -> None:
    solution = solve(challenge_of(submit, idempotency_key=KEY))

    challenge_of(submit, idempotency_key="another-key-0123456789", challenge=solution)
    again = [submit(idempotency_key=KEY, challenge=solution).json for _ in range(2)]
    assert again[0] == again[1]
    assert stored() == 1


@pytest.mark.parametrize(
    "solution", ["", "no number", "-1", "1e3", "٣", "9" * 16, "0.5", " 1"], ids=ascii
)
def test_what_is_no_solution_is_none(guarded: Site, submit: Submit, solution: str) -> None:
    token = challenge_of(submit, idempotency_key=KEY)["token"]

    challenge_of(submit, idempotency_key=KEY, challenge={"token": token, "solution": solution})


@pytest.mark.parametrize("token", ["", "forged", "a.b.c", "W10.aaaa.bbbb"])
def test_forged_tokens_are_none(guarded: Site, submit: Submit, token: str) -> None:
    challenge_of(submit, challenge={"token": token, "solution": "1"})


def test_a_solution_expires(guarded: Site, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solve(challenge_of(submit, idempotency_key=KEY))
    later = clock.now() + timedelta(seconds=SECONDS + 1)
    monkeypatch.setattr(signing, "now", lambda: later)

    challenge_of(submit, idempotency_key=KEY, challenge=solution)


@pytest.mark.parametrize(
    "value", ["text", {"token": 1, "solution": "1"}, {"token": "t"}, {"token": "a" * 1001}]
)
def test_a_solution_of_another_form_is_named(guarded: Site, submit: Submit, value: Any) -> None:
    answer = submit(challenge=value)

    assert answer.status_code == 422
    fields = [error["field"] for error in json.loads(answer.data)["errors"]]
    assert [field for field in fields if field.startswith("challenge")]


def test_older_secret_keys_still_verify() -> None:
    token = ProofOfWork(["an older key"]).ask("a report")
    solution = solve(dict(token))

    assert ProofOfWork(["the key", "an older key"]).accepts("a report", **solution)
    assert not ProofOfWork(["the key"]).accepts("a report", **solution)


def test_the_present_key_signs() -> None:
    solution = solve(dict(ProofOfWork(["the key", "an older key"]).ask("a report")))

    assert ProofOfWork(["the key"]).accepts("a report", **solution)
