"""An application that sends through a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from smtp_server import MailServer

from server.config import Settings


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(settings: Settings, mail_server: MailServer) -> Settings:
    return replace(settings, smtp_host="127.0.0.1", smtp_port=mail_server.port, smtp_timeout=2.0)
