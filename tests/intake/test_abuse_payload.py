"""What cannot be a report is refused with its reason, and nothing of it is stored."""

from __future__ import annotations

import gzip
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from refusals import assert_refused, post
from sqlalchemy import select
from submissions import ORIGIN, PAGE_URL, Submit, body_for

from server.extensions import db
from server.models import Page, Site, Submission

TEXTS = [
    ("selector__exact", "selector.exact"),
    ("selector__prefix", "selector.prefix"),
    ("passage__after", "passage.after"),
    ("suggestion", "suggestion"),
    ("comment", "comment"),
    ("page__title", "page.title"),
    ("website", "website"),
]


def with_value(site: Site, raw: str) -> bytes:
    """A submission in which a number is replaced by a text of JSON's."""
    return json.dumps(body_for(site, elapsed_ms=987654)).replace("987654", raw).encode()


@pytest.mark.parametrize(("path", "field"), TEXTS)
def test_lone_surrogates(submit: Submit, path: str, field: str) -> None:
    assert_refused(submit(**{path: "a\udc00b"}), 422, field, "surrogate")


@pytest.mark.parametrize(("path", "field"), TEXTS)
def test_nul(submit: Submit, path: str, field: str) -> None:
    assert_refused(submit(**{path: "a\x00b"}), 422, field, "NUL")


@pytest.mark.parametrize(("path", "field"), TEXTS)
def test_overlong_graphemes(submit: Submit, path: str, field: str) -> None:
    assert_refused(submit(**{path: "Z" + "\u0300" * 60}), 422, field, "made of more than 32")


def test_graphemes_of_real_texts_are_taken(submit: Submit) -> None:
    assert submit(comment="👩\u200d👩\u200d👧 Việt क्षत्रिय cafe\u0301").status_code == 201


def test_nested_json(client: FlaskClient, site: Site) -> None:
    nested = '{"a":' * 5_000 + "1" + "}" * 5_000

    assert_refused(post(client, nested.encode()), 400, reason="nested deeper")


def test_nested_json_in_a_field_that_nobody_reads(client: FlaskClient, site: Site) -> None:
    assert_refused(post(client, with_value(site, "[" * 9 + "]" * 9)), 400, reason="nested deeper")


def test_duplicate_keys(client: FlaskClient, site: Site) -> None:
    data = json.dumps(body_for(site))[:-1] + ', "comment": "another"}'

    assert_refused(post(client, data.encode()), 400, "comment", "twice")


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "9" * 5_000, "NaN", "Infinity", "-Infinity"], ids=lambda n: n[:9]
)
def test_huge_numbers_and_those_that_are_none(client: FlaskClient, site: Site, number: str) -> None:
    assert_refused(post(client, with_value(site, number)), 400)


@pytest.mark.parametrize("number", ["-1", "9007199254740993000", "1.5", "true", '"1"'])
def test_times_that_cannot_be(client: FlaskClient, site: Site, number: str) -> None:
    assert_refused(post(client, with_value(site, number)), 422, "elapsed_ms")


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1251"])
def test_wrong_charset(client: FlaskClient, site: Site, charset: str) -> None:
    text = json.dumps(body_for(site, comment="Ärger" if charset == "latin-1" else "x"))
    data = text.replace("\\u00c4", "Ä").encode(charset, errors="replace")

    declared = post(client, data, content_type=f"text/plain;charset={charset}")
    assert_refused(declared, 415, reason="utf-8")
    if charset != "cp1251":
        assert_refused(post(client, data), 400)


def test_byte_order_mark(client: FlaskClient, site: Site) -> None:
    assert_refused(post(client, b"\xef\xbb\xbf" + json.dumps(body_for(site)).encode()), 400)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"])
def test_gzip_bombs(client: FlaskClient, site: Site, encoding: str) -> None:
    bomb = gzip.compress(b" " * 10_000_000)
    assert len(bomb) < 32 * 1024

    answer = post(client, bomb, headers={"Content-Encoding": encoding})

    assert_refused(answer, 415, reason="compressed")


def test_chunks_without_a_length_over_the_limit(client: FlaskClient, site: Site) -> None:
    data = json.dumps(body_for(site)).encode() + b" " * 33 * 1024
    read = io.BytesIO(data)

    answer = client.post(
        "/api/v1/submissions",
        input_stream=read,
        headers={"Origin": ORIGIN, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert_refused(answer, 413)


def test_chunks_without_a_length_within_the_limit_are_taken(
    client: FlaskClient, site: Site
) -> None:
    answer = client.post(
        "/api/v1/submissions",
        input_stream=io.BytesIO(json.dumps(body_for(site)).encode()),
        headers={"Origin": ORIGIN, "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://news.example/0c1f",
        "about:srcdoc",
        "ftp://news.example/a",
        "view-source:https://news.example/",
        "//news.example/a",
        "/a",
        "https://",
        "https:// news.example/",
        "https://news.example:99999/a",
        "https://news.example:port/a",
        "https://news.example\\@evil.example/a",
        "https:\\\\news.example\\a",
        "https://news.exa\tmple/a",
        "https://news.example/a b",
        "https://news.example/a\nb",
        " https://news.example/a",
        "https://[::1/a",
        "https://news.example/" + "a" * 4_096,
    ],
    ids=lambda address: ascii(address)[:40],
)
def test_page_addresses_that_are_none(submit: Submit, address: str) -> None:
    assert_refused(submit(page__url=address), 422, "page.url")


def test_credentials_and_fragments_of_page_addresses_are_not_kept(submit: Submit) -> None:
    url = "https://ann:secret@news.example/harbour?PHPSESSID=secret&utm_id=secret#token=secret"

    assert submit(page__url=url, page__canonical=url).status_code == 201
    for stored in (
        db.session.scalars(select(Submission.page_url)).one(),
        db.session.scalars(select(Page.url)).one(),
    ):
        assert stored == PAGE_URL


@pytest.mark.parametrize(
    "canonical", ["javascript:alert(1)", "https://evil.example/", "//x", "https://a:99999/"]
)
def test_a_canonical_address_that_is_none_is_not_believed(submit: Submit, canonical: str) -> None:
    assert submit(page__canonical=canonical).status_code == 201
    assert db.session.scalars(select(Page.url)).one() == PAGE_URL


@pytest.mark.parametrize("name", ["__proto__", "constructor", "$where", "a.b", ""])
def test_names_that_mean_something_elsewhere_mean_nothing(
    client: FlaskClient, site: Site, name: str
) -> None:
    body = {**body_for(site), name: {"admin": True}}

    assert post(client, json.dumps(body).encode()).status_code == 201


@pytest.mark.parametrize("value", [None, True, 0, [], [[]], {}, {"a": {}}])
@pytest.mark.parametrize("path", ["selector", "selector__exact", "page__url", "idempotency_key"])
def test_values_of_another_type(submit: Submit, path: str, value: Any) -> None:
    answer = submit(**{path: value})

    assert answer.status_code == 422
    assert json.loads(answer.data)["errors"][0]["message"]
