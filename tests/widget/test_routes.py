"""How the widget is served: entry script, immutable files, compression, caches."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import brotli
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.database import write_transaction
from server.models import Site
from server.widget.build import current_build


def get(client: FlaskClient, path: str, accept: str | None = "br") -> TestResponse:
    return client.get(path, headers={"Accept-Encoding": accept} if accept else {})


def file_address(name: str) -> str:
    return f"/widget/{current_build().version}/{name}"


def test_entry_script_carries_the_sites_settings(client: FlaskClient, site: Site) -> None:
    with write_transaction() as session:
        session.get_one(Site, site.id).widget_settings = {"mode": "confirm", "accent": "#c00"}

    script = brotli.decompress(get(client, f"/w/{site.key}.js").data).decode()

    first_line, _, listener = script.partition("\n")
    assert first_line.startswith("self.copydeskSettings=")
    settings = json.loads(first_line.removeprefix("self.copydeskSettings=").rstrip(";"))
    assert settings == {"site": site.key, "mode": "confirm", "accent": "#c00"}
    assert listener.encode() == current_build().read("listener.js")


def test_entry_script_is_short_lived_and_revalidated(client: FlaskClient, site: Site) -> None:
    first = get(client, f"/w/{site.key}.js")
    again = client.get(
        f"/w/{site.key}.js",
        headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]},
    )

    assert "max-age=300" in first.headers["Cache-Control"]
    assert first.content_type == "text/javascript; charset=utf-8"
    assert again.status_code == 304
    assert again.data == b""


def test_unknown_site_has_no_entry_script(client: FlaskClient, site: Site) -> None:
    assert get(client, "/w/ck_unknown.js").status_code == 404


@pytest.mark.parametrize("name", ["listener.js", "dialog.js", "locale/en.js"])
def test_built_files_are_immutable_and_open_to_every_origin(client: FlaskClient, name: str) -> None:
    answer = get(client, file_address(name))

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("kind", ["entry", "file"])
def test_every_encoding_gives_the_same_file(client: FlaskClient, site: Site, kind: str) -> None:
    address = f"/w/{site.key}.js" if kind == "entry" else file_address("dialog.js")
    plain = get(client, address, None)
    small = get(client, address, "gzip")
    smallest = get(client, address, "gzip, deflate, br")

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert smallest.headers["Content-Encoding"] == "br"
    assert gzip.decompress(small.data) == plain.data == brotli.decompress(smallest.data)


def test_encoding_that_is_refused_is_not_used(client: FlaskClient) -> None:
    answer = get(client, file_address("dialog.js"), "br;q=0, gzip;q=0")

    assert "Content-Encoding" not in answer.headers


def test_page_with_an_older_listener_still_finds_its_dialog(client: FlaskClient) -> None:
    answer = get(client, "/widget/0123456789ab/dialog.js")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["nothing.js", "../manifest.json", "locale/xx.js"])
def test_nothing_else_is_served(client: FlaskClient, name: str) -> None:
    assert get(client, file_address(name)).status_code == 404


def test_printed_integrity_is_that_of_the_file(client: FlaskClient) -> None:
    data = get(client, file_address("listener.js"), None).data

    digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
    assert current_build().integrity("listener.js") == f"sha384-{digest}"
