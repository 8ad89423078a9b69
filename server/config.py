"""Every setting, its default and its environment variable.

Settings are read once, at start, into one typed object; nothing else looks into the environment.
The table in docs/configuration.md is held to the fields of :class:`Settings` by a test.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from limits import parse_many

PREFIX = "COPYDESK_"
DEFAULT_SECRET = "development-only-secret"
MODES = ("production", "development")
SMTP_SECURITY = ("none", "starttls", "tls")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Each is one rate; of the others each is several, of which none may be exceeded.
_RATES = ("spam_pages", "spam_places", "spam_page_places")
_LIMITS = ("intake_network_limit", "intake_site_limit", "login_limit", "login_account_limit")
_RANGES = {
    "burst_minutes": (0, 1_440),
    "mails_per_hour": (0, 1_440),
    "flood_reports": (0, 1_440),
    "webhook_calls_per_minute": (0, 1_440),
    "threads": (1, 1_024),
    "audit_days": (1, 3_650),
}


class SettingError(ValueError):
    """A setting that cannot be used; the message names its environment variable."""


def _setting(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of one process. Every field is ``COPYDESK_<NAME>`` in the environment."""

    mode: str = _setting("production", "`production`, or `development` for a try on one machine")
    secret_key: str = _setting(
        DEFAULT_SECRET, "signs sessions and links; production refuses to start without one"
    )
    secret_key_fallbacks: tuple[str, ...] = _setting(
        (), "older keys that still verify, separated by commas"
    )
    data_dir: Path = _setting(Path("var"), "where SQLite keeps its files")
    database_url: str = _setting("", "SQLAlchemy address; empty: SQLite in the data folder")
    public_url: str = _setting(
        "http://localhost:8000", "the address that readers and editors reach; every link uses it"
    )
    trusted_hosts: tuple[str, ...] = _setting(
        (), "host names requests may carry; empty: that of the public address"
    )
    proxy_hops: int = _setting(0, "how many reverse proxies stand in front and set X-Forwarded-*")
    threads: int = _setting(
        256, "threads of a web process at most, where `copydesk run --threads` says nothing else"
    )
    cookie_secure: bool | None = _setting(
        None, "session cookie over HTTPS only; empty: yes where the public address is HTTPS"
    )
    tasks_url: str = _setting(
        "memory://",
        "where tasks ring: `memory://` (in the web process), `sqlite:///file`, `redis://`, "
        "`postgresql://`",
    )
    smtp_host: str = _setting("", "mail server; empty: messages are kept and shown, not sent")
    smtp_port: int = _setting(25, "its port")
    smtp_security: str = _setting("none", "`none`, `starttls` or `tls`")
    smtp_user: str = _setting("", "user name for authentication, if the server wants one")
    smtp_password: str = _setting("", "its password")
    smtp_timeout: float = _setting(10.0, "seconds to wait for the mail server at each step")
    mail_from: str = _setting("Copydesk <copydesk@localhost>", "the sender of every message")
    burst_minutes: int = _setting(
        15,
        "further reports on one page wait so long for each other and come as one message, by mail "
        "and in chats; 0: never",
    )
    mails_per_hour: int = _setting(
        20,
        "mails about reports to one recipient, and messages to one chat; what is beyond comes as "
        "one; 0: no limit",
    )
    flood_reports: int = _setting(
        40,
        "more new reports than this for one site within 15 minutes come as one mail an hour, and "
        "as one message to a chat; 0: never",
    )
    webhook_calls_per_minute: int = _setting(
        60,
        "calls of one webhook; further events wait for their turn, none is left out; 0: no limit",
    )
    webhook_allow_private: bool = _setting(
        False, "webhooks and chat services may use plain HTTP and private networks; for trials only"
    )
    limit_storage_url: str = _setting(
        "memory://", "where rate limits count: `memory://` (per process) or `redis://`"
    )
    intake_network_limit: str = _setting(
        "10/10 second;30/minute;300/day", "reports from one IPv4 address or IPv6 /64"
    )
    intake_site_limit: str = _setting(
        "60/10 second;200/minute", "reports for one site, from all networks together"
    )
    spam_pages: str = _setting(
        "10/minute", "different pages on which one reader reports before it counts as spam"
    )
    spam_places: str = _setting(
        "8/10 minute", "different places at which one text is sent before it counts as spam"
    )
    spam_page_places: str = _setting(
        "200/day", "different places on one page before further ones count as spam"
    )
    login_limit: str = _setting("10/minute;100/hour", "log-in attempts from one network")
    login_account_limit: str = _setting(
        "30/hour;100/day", "wrong passwords and codes for one account, from all networks together"
    )
    dictionaries_dir: Path | None = _setting(
        None, "a folder with Hunspell dictionaries of your own, before the system's"
    )
    oidc_issuer: str = _setting(
        "", "an OpenID Connect provider by which members may log in; empty: none"
    )
    oidc_client_id: str = _setting("", "what it knows this server by")
    oidc_client_secret: str = _setting("", "the secret that goes with it")
    oidc_name: str = _setting("OpenID Connect", "what the button on the log-in page calls it")
    audit_days: int = _setting(365, "days that the audit log keeps what members did")
    log_level: str = _setting("INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`")

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def effective_database_url(self) -> str:
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.data_dir / 'copydesk.db').resolve()}"

    @property
    def effective_trusted_hosts(self) -> list[str]:
        if self.trusted_hosts:
            return list(self.trusted_hosts)
        host = urlsplit(self.public_url).hostname or "localhost"
        return [host] if self.production else [host, "localhost", "127.0.0.1"]

    @property
    def effective_cookie_secure(self) -> bool:
        if self.cookie_secure is not None:
            return self.cookie_secure
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read ``COPYDESK_*``. Raises SettingError for a value that cannot be used and for a
        name that no setting has (a misspelt setting must not pass for its default)."""
        known = {PREFIX + f.name.upper(): f for f in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX):
                continue
            if name not in known:
                raise SettingError(f"{name} is not a setting. See docs/configuration.md.")
            if text.strip():
                values[known[name].name] = _parse(name, str(known[name].type), text.strip())
        settings = cls(**values)
        settings.check()
        return settings

    def check(self) -> None:
        """Raise SettingError where the settings contradict themselves or are unsafe."""
        if self.mode not in MODES:
            raise SettingError(f"COPYDESK_MODE must be one of {', '.join(MODES)}.")
        if self.smtp_security not in SMTP_SECURITY:
            raise SettingError(f"COPYDESK_SMTP_SECURITY must be one of {', '.join(SMTP_SECURITY)}.")
        if self.log_level.upper() not in LOG_LEVELS:
            raise SettingError(f"COPYDESK_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")
        for name in (*_RATES, *_LIMITS):
            _check_rate(name, getattr(self, name))
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise SettingError(f"COPYDESK_{name.upper()} must be from {least} to {most}.")
        if self.oidc_issuer and not self.oidc_issuer.startswith(
            "https://" if self.production else ("https://", "http://")
        ):
            raise SettingError("COPYDESK_OIDC_ISSUER must be an https:// address.")
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingError("COPYDESK_OIDC_CLIENT_ID is missing.")
        address = urlsplit(self.public_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise SettingError("COPYDESK_PUBLIC_URL must be an http:// or https:// address.")
        if self.production and self.secret_key == DEFAULT_SECRET:
            raise SettingError(
                "COPYDESK_SECRET_KEY is not set. In production it must be a secret of your own, "
                "for example the output of: python -c 'import secrets; "
                "print(secrets.token_urlsafe(48))'"
            )
        if self.production and len(self.secret_key) < 32:
            raise SettingError("COPYDESK_SECRET_KEY must have at least 32 characters.")


def _check_rate(name: str, text: str) -> None:
    single = name in _RATES
    try:
        usable = len(parse_many(text)) == 1 or not single
    except ValueError:
        usable = False
    if not usable:
        example = "10/minute" if single else "10/minute;100/hour"
        raise SettingError(f"{PREFIX}{name.upper()} must be like {example}, not {text!r}.")


def _parse(name: str, kind: str, text: str) -> Any:
    if kind == "int":
        if not text.lstrip("-").isdecimal():
            raise SettingError(f"{name} must be a whole number, not {text!r}.")
        return int(text)
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            raise SettingError(f"{name} must be a number, not {text!r}.") from None
    if kind.startswith("bool"):
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise SettingError(f"{name} must be true or false, not {text!r}.")
        return text.lower() in ("true", "1", "yes")
    if kind.startswith("tuple"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if kind.startswith("Path"):
        return Path(text)
    return text.rstrip("/") if name == PREFIX + "PUBLIC_URL" else text
