"""Windows that are counted in memory."""

from __future__ import annotations

import pytest
import time_machine
from limits import parse

from server.intake import windows
from server.intake.windows import Windows

MINUTE, DAY = parse("3/minute"), parse("3/day")


def test_a_flood_of_names_does_not_fill_the_memory_and_a_minutes_limit_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "FEW", 10)
    monkeypatch.setattr(windows, "MOST", 100)
    counting = Windows()
    with time_machine.travel("2026-06-01T12:00Z", tick=False):
        allowed = []
        for number in range(1_000):
            counting.hit(DAY, f"page {number}")
            if number % 200 == 0:
                allowed.append(counting.hit(MINUTE, "network"))

        assert allowed == [True, True, True, False, False]
        assert len(counting._counted) <= 100


def test_what_is_over_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "FEW", 10)
    counting = Windows()
    with time_machine.travel("2026-06-01T12:00Z", tick=False) as traveller:
        for number in range(40):
            counting.hit(MINUTE, f"network {number}")
        traveller.shift(61)
        for number in range(30):
            counting.hit(MINUTE, f"other {number}")

        assert len(counting._counted) == 30
