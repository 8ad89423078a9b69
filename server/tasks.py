"""What the worker runs and when.

Huey removes a task from its queue before running it, so one that runs when its worker is killed is
gone. A task is therefore only a doorbell: what is owed stands in the database, and a sweep rings
again every minute. Every task may run twice or never without harm.

There is one task that looks at what came in, one for what editors asked for at once of many
reports, and one for each way of sending. Each has threads of its own, so that a mail server which
takes minutes for a message holds up neither webhooks nor reports.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app
from huey import Huey, MemoryHuey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError

from server.audit import forget_old
from server.bell import Bell
from server.config import SettingError, Settings
from server.extensions import db, settings_of
from server.lane import Lane
from server.login_sessions import forget_ended
from server.notify import digests, routing
from server.notify.account_mail import forget_account_mail, forget_invitations
from server.notify.channels import TRANSPORTS
from server.notify.deliver import BATCH, deliver_due, lease_of
from server.notify.thanks import forget_thanked_readers, owe_thanks
from server.reports.bulk import BATCHES as BULK_BATCHES
from server.reports.bulk import forget_bulk_actions, work_on_bulk_actions
from server.reports.erasure import erase_expired
from server.reports.evidence import evaluate_pending
from server.reports.site_erasure import erase_leaving_sites

log = logging.getLogger(__name__)

NAME = "copydesk"
EMBEDDED = "memory://"
# The work on what came in, beside one kind for each transport.
LOOK = "look"
# What editors asked for at once of many reports.
BULK = "bulk"
# The longest that an idle worker sleeps between looks at a queue that cannot wake it.
POLL_SECONDS = 1
# A queue that does not answer must not keep a reader waiting: the sweep delivers without it.
CONNECT_SECONDS = 2
ANSWER_SECONDS = 5
# Containers are killed ten seconds after they were asked to stop.
STOP_SECONDS = 8


def init_app(app: Flask, settings: Settings) -> None:
    """Make the task queue that the settings name. Raises SettingError for an unknown kind, or one
    that cannot be used."""
    huey = _queue(settings.tasks_url)
    app.extensions["huey"] = huey
    app.extensions["tasks_stopping"] = threading.Event()
    app.extensions["ring"] = _register(app, huey)
    app.extensions["bell"] = Bell(app.extensions["ring"])


def ring(app: Flask | None = None) -> None:
    """Tell a worker that something is owed. Never fails: the sweep finds it anyway."""
    try:
        (app or current_app).extensions["bell"].pull()
    except Exception as error:
        log.warning("the bell does not ring, the sweep will deliver: %s", error)


def start_embedded(app: Flask) -> EmbeddedConsumer | None:
    """Run tasks in threads of this process, where the settings ask for that. Each of several web
    processes may have its own; they stop when the process ends."""
    settings = settings_of(app)
    if settings.tasks_url != EMBEDDED:
        return None
    consumer = EmbeddedConsumer(app, workers=1)
    _ring_for_leftovers(app)
    consumer.start()
    threading.Thread(target=_stop_with_process, args=(consumer,), name="tasks-stop").start()
    return consumer


def _stop_with_process(consumer: DeliveringConsumer) -> None:
    """Finish the message in hand before the process goes. The web server's processes do not run
    ``atexit``, but Python waits in each for threads such as this one."""
    threading.main_thread().join()
    consumer.stop(graceful=True)


def run_worker(app: Flask, workers: int = 1) -> None:
    """Run tasks until SIGTERM or SIGINT; a message that is being sent is then finished and
    marked, the rest stays owed. Raises SettingError where tasks run elsewhere."""
    settings = settings_of(app)
    if settings.tasks_url == EMBEDDED:
        raise SettingError(
            "COPYDESK_TASKS_URL is memory://, so tasks run in the web process and there is "
            "nothing for a worker to do. Set it to redis://, postgresql:// or sqlite:///."
        )
    consumer = DeliveringConsumer(app, workers=workers)
    _ring_for_leftovers(app)
    consumer.run()


class DeliveringConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer whose tasks hear that it stops, so that a batch ends after its next message.

    ``workers``: how often each kind of work may run at once.
    """

    def __init__(self, app: Flask, workers: int, *, periodic: bool = True) -> None:
        lanes: dict[str, Lane] = app.extensions["lanes"]
        for lane in lanes.values():
            lane.width = workers
        super().__init__(
            app.extensions["huey"],
            # One more for the clean-up, which may take long.
            workers=workers * len(lanes) + 1,
            periodic=periodic,
            max_delay=POLL_SECONDS,
            graceful_signal="TERM",
            shutdown_timeout=STOP_SECONDS,
        )
        self.tasks_stopping: threading.Event = app.extensions["tasks_stopping"]

    def stop(self, graceful: bool = False) -> None:
        self.tasks_stopping.set()
        super().stop(graceful=graceful)


class EmbeddedConsumer(DeliveringConsumer):
    """A consumer that leaves the process's signals to the web server."""

    def _set_signal_handlers(self) -> None:
        return None


def _ring_for_leftovers(app: Flask) -> None:
    """What a former process left owed, and what it had in its hands when it was killed."""
    settings = settings_of(app)
    ring(app)
    try:
        for lease in {lease_of(settings, channel) for channel in TRANSPORTS}:
            app.extensions["ring"].schedule(delay=lease.total_seconds() + 1)
    except Exception as error:
        log.warning("the task queue does not answer, the sweep will deliver: %s", error)


def _queue(url: str) -> Huey:
    kind = urlsplit(url).scheme.removesuffix("+psycopg")
    try:
        if kind == "memory":
            return MemoryHuey(NAME, results=False)
        if kind == "sqlite":
            return SqliteHuey(NAME, results=False, filename=_sqlite_file(url))
        if kind in ("redis", "rediss"):
            return RedisHuey(NAME, results=False, connection_pool=_redis_pool(url))
        if kind == "postgresql":
            return PostgresHuey(
                NAME,
                results=False,
                dsn=url.replace("+psycopg", "", 1),
                connect_timeout=CONNECT_SECONDS,
            )
    except (ImportError, ConfigurationError) as error:
        raise SettingError(
            f"COPYDESK_TASKS_URL is {kind}://, whose packages are missing ({error}). "
            "Install copydesk[redis] or copydesk[postgres]."
        ) from None
    raise SettingError(
        f"COPYDESK_TASKS_URL: {url!r} is neither memory://, sqlite:///, redis:// nor postgresql://."
    )


def _sqlite_file(url: str) -> str:
    file = Path(url.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    return str(file)


def _redis_pool(url: str) -> Any:
    from redis import ConnectionPool  # noqa: PLC0415 - an extra that not every server has

    return ConnectionPool.from_url(
        url, socket_connect_timeout=CONNECT_SECONDS, socket_timeout=ANSWER_SECONDS
    )


def _register(app: Flask, huey: Huey) -> Any:
    """The tasks; gives the one that looks at what came in and wakes the others."""
    stopping: threading.Event = app.extensions["tasks_stopping"]
    lanes = app.extensions["lanes"] = {name: Lane() for name in (LOOK, BULK, *TRANSPORTS)}

    def task(name: str, work: Callable[[], bool]) -> Any:
        """``work`` tells whether there is more of it: then it rings again."""

        def run_once() -> None:
            with app.app_context():
                if work():
                    bell()

        bell: Any = huey.task(name=name)(lambda: lanes[name].run(run_once, again=bell))
        return bell

    def look() -> bool:
        # An editor watches its progress.
        bulk_bell()
        examined = attempt(evaluate_pending, stopping=stopping.is_set)
        routed = attempt(routing.route_due, stopping=stopping.is_set)
        digested = attempt(digests.digest_due, stopping=stopping.is_set)
        for wake in sending:
            wake()
        return bool(examined) or routed == routing.BATCH or digested == digests.BATCH

    def send(channel: str) -> bool:
        delivered = attempt(deliver_due, channels=(channel,), stopping=stopping.is_set)
        if channel == "mail":
            attempt(forget_thanked_readers)
        return delivered == BATCH

    def work_on_bulk() -> bool:
        return attempt(work_on_bulk_actions, stopping=stopping.is_set) == BULK_BATCHES

    look_bell = task(LOOK, look)
    bulk_bell = task(BULK, work_on_bulk)
    sending = [task(channel, partial(send, channel)) for channel in TRANSPORTS]

    def sweep() -> None:
        with app.app_context():
            attempt(owe_thanks, stopping=stopping.is_set)
        look_bell()

    huey.periodic_task(crontab(minute="*"), name="sweep")(sweep)

    def forget() -> None:
        with app.app_context():
            attempt(erase_expired, stopping=stopping.is_set)
            attempt(erase_leaving_sites, stopping=stopping.is_set)
            attempt(routing.forget_routed, stopping=stopping.is_set)
            attempt(forget_account_mail)
            attempt(forget_ended)
            attempt(forget_invitations)
            attempt(forget_bulk_actions)
            attempt(forget_old, days=settings_of(app).audit_days)

    huey.periodic_task(crontab(minute="23"), name="forget")(forget)
    return look_bell


def attempt(step: Callable[..., int | None], **options: Any) -> int:
    """Do one step of the work; how much it did, 0 where it failed. Mail goes out with the evidence
    and also without, and no step waits for another to be mended."""
    try:
        return step(**options) or 0
    except Exception:
        log.exception("%s failed; the next sweep tries again", step.__name__)
        # What it left half done is nobody's: the next step reads anew.
        db.session.rollback()
        return 0
