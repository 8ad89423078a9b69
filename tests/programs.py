"""What a program asks for with a token."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.test import TestResponse

from server.models import Report

Ask = Callable[..., TestResponse]


def resolve(ask: Ask, report: Report, resolution: str, version: int = 1) -> TestResponse:
    body = {"resolution": resolution, "version": version}
    return ask("POST", f"/reports/{report.public_id}/resolution", json=body)
