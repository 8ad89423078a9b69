"""Which Content-Security-Policies let the tag work."""

from __future__ import annotations

import pytest

from server.installation.policy import allows_connection, allows_script, policies

PAGE = "https://news.example/article"
SERVER = "https://copydesk.example"
SCRIPT = f"{SERVER}/w/ck_1.js"


def runs(policy: str, nonce: str = "", page: str = PAGE) -> bool:
    return all(allows_script(each, page, SCRIPT, nonce) for each in policies([policy]))


def sends(policy: str) -> bool:
    target = f"{SERVER}/api/v1/submissions"
    return all(allows_connection(each, PAGE, target) for each in policies([policy]))


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "img-src 'none'",
        "script-src *",
        "script-src https:",
        "script-src http:",
        "SCRIPT-SRC https://Copydesk.Example",
        "script-src copydesk.example",
        "script-src *.example",
        "script-src https://copydesk.example:443",
        "script-src https://copydesk.example:*",
        "script-src https://copydesk.example/w/",
        "script-src https://copydesk.example/w/ck_1.js",
        "script-src 'self' https://copydesk.example; script-src 'none'",
        "default-src 'none'; script-src https://copydesk.example",
        "script-src 'none'; script-src-elem https://copydesk.example",
        "default-src https://copydesk.example",
        "script-src https://copydesk.example, default-src https:",
    ],
)
def test_policy_lets_the_tag_run(policy: str) -> None:
    assert runs(policy)


@pytest.mark.parametrize(
    "policy",
    [
        "script-src",
        "script-src 'none'",
        "script-src 'self'",
        "script-src 'unsafe-inline'",
        "script-src https://other.example",
        "script-src *.copydesk.example",
        "script-src https://copydesk.example:8443",
        "script-src https://copydesk.example/static/",
        "script-src 'nonce-abc' 'strict-dynamic' https://copydesk.example",
        "default-src 'self'",
        "script-src https://copydesk.example; script-src-elem 'self'",
        "script-src https://copydesk.example, script-src 'self'",
    ],
)
def test_policy_forbids_the_tag(policy: str) -> None:
    assert not runs(policy)


def test_nonce_on_the_tag_lets_it_run() -> None:
    assert runs("script-src 'nonce-abc' 'strict-dynamic'", nonce="abc")
    assert not runs("script-src 'nonce-abc'", nonce="abd")


def test_own_origin_is_the_pages() -> None:
    assert runs("script-src 'self'", page=f"{SERVER}/article")


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("connect-src https://copydesk.example", True),
        ("connect-src 'self'", False),
        ("default-src 'none'", False),
        ("default-src 'self'; connect-src https:", True),
        ("script-src 'none'", True),
    ],
)
def test_sending_is_decided_by_its_own_directive(policy: str, expected: bool) -> None:
    assert sends(policy) is expected
