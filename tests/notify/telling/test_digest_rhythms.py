"""When digests come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from smtp_server import MailServer
from submissions import Submit
from telling import (
    DAY,
    HOUR,
    MONDAY_NOON,
    Deliveries,
    texts,
    work,
)

from server.config import Settings
from server.models import Site
from server.notify.digests import digest_due


class TestOtherRhythms:
    def test_hourly(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="hourly")
        for minute in range(0, 180, 20):
            traveller.move_to(MONDAY_NOON + timedelta(minutes=minute))
            submit(selector__exact=f"minute {minute}")
            work()

        assert len(mail_server.messages) == 2

    def test_weekly(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="weekly", weekday=4, hour=17)
        for day in range(14):
            traveller.move_to(MONDAY_NOON + day * DAY)
            submit(selector__exact=f"day {day}")
            work()

        assert len(mail_server.messages) == 2

    @pytest.mark.parametrize(
        ("zone", "start"),
        [
            ("Europe/Berlin", "2026-03-27"),
            ("Europe/Berlin", "2026-10-23"),
            ("America/New_York", "2026-03-06"),
            ("America/New_York", "2026-10-30"),
            ("Australia/Lord_Howe", "2026-10-02"),
            ("Australia/Lord_Howe", "2026-04-03"),
            ("Asia/Kolkata", "2026-03-27"),
        ],
    )
    def test_one_a_day_through_the_night_in_which_clocks_change(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
        zone: str,
        start: str,
    ) -> None:
        midnight = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone))
        traveller.move_to(midnight)
        chosen(mode="daily", hour=2, zone=zone)
        for half_hour in range(4 * 48):
            traveller.move_to(midnight.timestamp() + half_hour * 1800)
            if half_hour % 12 == 0:
                submit(selector__exact=f"half hour {half_hour}")
            digest_due()

        days = [each.created_at.astimezone(ZoneInfo(zone)).date() for each in deliveries()]
        assert len(days) == len(set(days)) == 4

    def test_threshold_holds_for_digests(
        self,
        chosen: Callable[..., None],
        submit: Submit,
        mail_server: MailServer,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="daily", min_readers=2)
        submit(selector__exact="one reader")
        submit(selector__exact="two readers")
        submit(selector__exact="two readers")
        traveller.shift(DAY)

        work()

        (text,) = texts(mail_server)
        assert "two readers" in text
        assert "one reader" not in text


class TestWithBudget:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, burst_minutes=15, mails_per_hour=2)

    def test_digest_is_not_held_back(
        self,
        site: Site,
        chosen: Callable[..., None],
        submit: Submit,
        deliveries: Deliveries,
        traveller: time_machine.Traveller,
    ) -> None:
        chosen(mode="hourly")
        for hour in range(4):
            traveller.move_to(MONDAY_NOON + hour * HOUR)
            submit(selector__exact=f"hour {hour}")
            digest_due()

        assert [each.kind for each in deliveries()] == ["digest"] * 3
