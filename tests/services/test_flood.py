"""A flood on one site, on a real server: its neighbours hear of nothing."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from live_server import LiveServer
from submissions import body_for

ORIGIN = "https://news.example"
OTHER_ORIGIN = "https://other.example"
FLOODERS = 4
REPORTS = 10


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    server = LiveServer(
        tmp_path / "var",
        ORIGIN,
        intake_network_limit=f"{REPORTS}/hour",
        intake_site_limit=f"{REPORTS}/hour",
    )
    yield server
    server.stop()


def test_reports_to_one_site_are_answered_while_another_is_flooded_from_the_same_network(
    server: LiveServer,
) -> None:
    tag = server.command("sites", "add", "Other Times", "--origin", OTHER_ORIGIN)
    other = SimpleNamespace(key=tag.split("/w/")[1].split(".js")[0])
    server.start()
    flooded = f"{server.url}/api/v1/submissions?site={server.site_key}"
    headers = {"Origin": ORIGIN, "Content-Type": "text/plain"}
    codes: list[int] = []
    over = threading.Event()

    def flood() -> None:
        while not over.is_set():
            request = urllib.request.Request(flooded, b"{" * 20_000, headers)
            try:
                urllib.request.urlopen(request, timeout=20).close()
            except urllib.error.HTTPError as error:
                codes.append(error.code)

    flooders = [threading.Thread(target=flood) for _ in range(FLOODERS)]
    for each in flooders:
        each.start()
    try:
        while codes.count(429) < FLOODERS:
            assert any(each.is_alive() for each in flooders)
        answers = [
            server.post(
                body_for(
                    other,
                    page__url=f"{OTHER_ORIGIN}/a",
                    selector__exact=f"mistake {number}",
                    idempotency_key=uuid.uuid4().hex,
                ),
                OTHER_ORIGIN,
            )[0]
            for number in range(REPORTS)
        ]
    finally:
        over.set()
        for each in flooders:
            each.join()

    assert answers == [201] * REPORTS
    assert set(codes) == {400, 429}
    assert codes.count(400) == REPORTS, "refused unread after that"
