"""What the worker runs and when.

Huey removes a task from its queue before running it, so one that runs when its worker is killed is
gone. A task is therefore only a doorbell: what is owed stands in the database, and a sweep rings
again every minute. Every task may run twice or never without harm.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer

from server.config import SettingError, Settings
from server.notify.deliver import BATCH, deliver_due
from server.notify.outbox import lease_for

log = logging.getLogger(__name__)

NAME = "copydesk"
EMBEDDED = "memory://"
# The longest that an idle worker sleeps between looks at a queue that cannot wake it.
POLL_SECONDS = 1


def init_app(app: Flask, settings: Settings) -> None:
    """Make the task queue that the settings name. Raises SettingError for an unknown kind."""
    huey = _queue(settings.tasks_url)
    app.extensions["huey"] = huey
    app.extensions["ring"] = _register(app, huey)


def ring() -> None:
    """Tell a worker that something is owed. Never fails: the sweep finds it anyway."""
    try:
        current_app.extensions["ring"]()
    except Exception:
        log.exception("the task queue does not answer; the sweep will deliver")


def start_embedded(app: Flask) -> None:
    """Run tasks in threads of this process, where the settings ask for that."""
    settings: Settings = app.extensions["copydesk_settings"]
    if settings.tasks_url == EMBEDDED:
        _ring_for_leftovers(app)
        EmbeddedConsumer(app.extensions["huey"], workers=1, max_delay=POLL_SECONDS).start()


def run_worker(app: Flask, workers: int) -> None:
    """Run tasks until SIGTERM or SIGINT. Raises SettingError where they run elsewhere."""
    settings: Settings = app.extensions["copydesk_settings"]
    if settings.tasks_url == EMBEDDED:
        raise SettingError(
            "COPYDESK_TASKS_URL is memory://, so tasks run in the web process and there is "
            "nothing for a worker to do. Set it to redis://, postgresql:// or sqlite:///."
        )
    _ring_for_leftovers(app)
    Consumer(
        app.extensions["huey"], workers=workers, max_delay=POLL_SECONDS, graceful_signal="TERM"
    ).run()


def _ring_for_leftovers(app: Flask) -> None:
    """What a former process left owed, and what it had in its hands when it was killed."""
    settings: Settings = app.extensions["copydesk_settings"]
    bell = app.extensions["ring"]
    bell()
    bell.schedule(delay=lease_for(settings.smtp_timeout).total_seconds() + 1)


class EmbeddedConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that leaves the process's signals to the web server."""

    def _set_signal_handlers(self) -> None:
        return None


def _queue(url: str) -> Huey:
    kind = urlsplit(url).scheme
    if kind == "memory":
        return MemoryHuey(NAME, results=False)
    if kind == "sqlite":
        return SqliteHuey(NAME, results=False, filename=url.removeprefix("sqlite:///"))
    if kind in ("redis", "rediss"):
        return RedisHuey(NAME, results=False, url=url)
    if kind == "postgresql":
        return PostgresHuey(NAME, results=False, dsn=url)
    raise SettingError(
        f"COPYDESK_TASKS_URL: {url!r} is neither memory://, sqlite:///, redis:// nor postgresql://."
    )


def _register(app: Flask, huey: Huey) -> Any:
    def deliver() -> None:
        with app.app_context():
            # A full batch leaves more behind: ring again, so that other work gets its turn.
            if deliver_due() == BATCH:
                bell()

    bell = huey.task(name="deliver")(deliver)
    huey.periodic_task(crontab(minute="*"), name="sweep")(deliver)
    return bell
