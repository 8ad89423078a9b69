"""Settings: what is refused at start, and that the documented table is the true one."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from server.config import DEFAULT_SECRET, SettingError, Settings

TABLE = Path(__file__).parent.parent / "docs" / "configuration.md"
GOOD_SECRET = "x" * 40


def test_production_refuses_the_default_secret() -> None:
    with pytest.raises(SettingError, match="COPYDESK_SECRET_KEY"):
        Settings.from_environment({})


def test_production_refuses_a_short_secret() -> None:
    with pytest.raises(SettingError, match="32 characters"):
        Settings.from_environment({"COPYDESK_SECRET_KEY": "short"})


def test_development_starts_without_settings() -> None:
    assert Settings.from_environment({"COPYDESK_MODE": "development"}).secret_key == DEFAULT_SECRET


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COPYDESK_SMTP_PORT", "smtp"),
        ("COPYDESK_SMTP_TIMEOUT", "soon"),
        ("COPYDESK_COOKIE_SECURE", "maybe"),
        ("COPYDESK_MODE", "staging"),
        ("COPYDESK_SMTP_SECURITY", "ssl"),
        ("COPYDESK_PUBLIC_URL", "copydesk.example"),
        ("COPYDESK_SMPT_HOST", "mail.example"),
        ("COPYDESK_LOG_LEVEL", "foo"),
        ("COPYDESK_INTAKE_NETWORK_LIMIT", "ten a minute"),
        ("COPYDESK_INTAKE_NETWORK_LIMIT", "10/minute;many/day"),
        ("COPYDESK_INTAKE_SITE_LIMIT", "60/fortnight"),
        ("COPYDESK_SPAM_PAGES", "10 pages"),
        ("COPYDESK_SPAM_PLACES", "8/10 minute;9/hour"),
        ("COPYDESK_LOGIN_LIMIT", "often"),
    ],
)
def test_unusable_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.from_environment({"COPYDESK_SECRET_KEY": GOOD_SECRET, name: value})


def test_limits_and_levels_are_taken_in_every_spelling_that_serves() -> None:
    settings = Settings.from_environment(
        {
            "COPYDESK_SECRET_KEY": GOOD_SECRET,
            "COPYDESK_LOG_LEVEL": "debug",
            "COPYDESK_INTAKE_SITE_LIMIT": "60 per 10 seconds; 200/minute",
            "COPYDESK_SPAM_PLACES": "8 per 10 minutes",
        }
    )

    assert settings.intake_site_limit == "60 per 10 seconds; 200/minute"


def test_https_address_makes_the_cookie_secure() -> None:
    settings = Settings(secret_key=GOOD_SECRET, public_url="https://copydesk.example")

    assert settings.effective_cookie_secure
    assert settings.effective_trusted_hosts == ["copydesk.example"]


def test_lists_are_separated_by_commas() -> None:
    settings = Settings.from_environment(
        {"COPYDESK_SECRET_KEY": GOOD_SECRET, "COPYDESK_TRUSTED_HOSTS": "a.example, b.example"}
    )

    assert settings.trusted_hosts == ("a.example", "b.example")


def test_documented_table_names_every_setting_and_no_other() -> None:
    documented = re.findall(r"^\| `(COPYDESK_\w+)` \|", TABLE.read_text(), re.MULTILINE)

    assert documented == [f"COPYDESK_{f.name.upper()}" for f in dataclasses.fields(Settings)]


def test_documented_defaults_and_meanings_are_the_true_ones() -> None:
    rows = dict(re.findall(r"^\| `(COPYDESK_\w+)` \| (.*) \|$", TABLE.read_text(), re.MULTILINE))

    for field in dataclasses.fields(Settings):
        default = field.default
        shown = "" if default in ("", None, ()) else f"`{default}`"
        assert rows[f"COPYDESK_{field.name.upper()}"] == f"{shown} | {field.metadata['meaning']}"
