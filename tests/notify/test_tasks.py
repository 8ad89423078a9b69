"""The bell: it may ring twice or never, what is owed is delivered all the same."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from live_server import listens, wait_until
from smtp_server import MailServer, free_port
from sqlalchemy import select
from submissions import Submit

from server import create_app, tasks
from server.config import SettingError, Settings
from server.extensions import db
from server.models import Delivery, Report
from server.notify.deliver import BATCH
from server.text.evidence import LIKELY

Deliveries = Callable[[], list[Delivery]]
SECONDS = 20


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("redis-server")
    if not program:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    port = free_port()
    folder = tmp_path_factory.mktemp("redis")
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    wait_until(lambda: listens(port), SECONDS, "redis-server starts")
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


@pytest.fixture
def consumer(app: Flask) -> Iterator[tasks.EmbeddedConsumer]:
    """Worker threads on the application's queue, as a worker process has them; without the sweep,
    which would deliver what no bell told of."""
    consumer = tasks.EmbeddedConsumer(app, workers=1, periodic=False)
    consumer.start()
    yield consumer
    consumer.stop(graceful=True)


class TestEveryQueueRings:
    @pytest.fixture(params=["memory", "sqlite", "redis", "postgresql"])
    def settings(
        self, settings: Settings, request: pytest.FixtureRequest, tmp_path: Path
    ) -> Settings:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / 'new folder' / 'tasks.db'}"
        elif request.param == "memory":
            url = "memory://"
        else:
            url = request.getfixturevalue(f"{request.param}_url")
        return replace(settings, tasks_url=url)

    def test_submission_rings_and_the_mail_goes_out(
        self, consumer: tasks.EmbeddedConsumer, submit: Submit, mail_server: MailServer
    ) -> None:
        assert submit().status_code == 201

        wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the mail")


class TestQueueDown:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, tasks_url=f"redis://127.0.0.1:{free_port()}/0")

    def test_report_is_stored_and_stays_owed(self, submit: Submit, deliveries: Deliveries) -> None:
        assert submit().status_code == 201

        assert [each.state for each in deliveries()] == ["queued"]


class TestQueueSilent:
    @pytest.fixture
    def settings(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
        """A Redis that takes connections and never answers."""
        monkeypatch.setattr(tasks, "ANSWER_SECONDS", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            yield replace(settings, tasks_url=f"redis://127.0.0.1:{port}/0")

    def test_reader_gets_an_answer_all_the_same(self, submit: Submit) -> None:
        assert submit().status_code == 201


def test_sweep_finds_what_no_bell_told_of(
    app: Flask, submit: Submit, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.extensions["bell"], "pull", lambda: None)
    submit()
    consumer = tasks.EmbeddedConsumer(app, workers=1)
    try:
        consumer.start()
        wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the mail")
    finally:
        consumer.stop(graceful=True)


def test_what_was_owed_before_the_start_is_delivered(
    app: Flask, submit: Submit, mail_server: MailServer
) -> None:
    submit()
    app.extensions["huey"].storage.flush_queue()

    consumer = tasks.start_embedded(app)
    assert consumer is not None
    try:
        wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the mail")
    finally:
        consumer.stop(graceful=True)


def test_stopping_finishes_the_message_in_hand_and_leaves_the_rest_owed(
    consumer: tasks.EmbeddedConsumer,
    submit: Submit,
    mail_server: MailServer,
    deliveries: Deliveries,
) -> None:
    mail_server.late_seconds = 1
    for number in range(3):
        submit(selector__exact=f"mistake {number}")
    wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the first mail")

    consumer.stop(graceful=True)

    assert [each.state for each in deliveries()] == ["sent", "queued", "queued"]
    assert [each.lease_token for each in deliveries()] == [None, None, None]


def test_worker_of_an_embedded_queue_is_refused_with_advice(app: Flask) -> None:
    with pytest.raises(SettingError, match="memory://, so tasks run in the web process"):
        tasks.run_worker(app)


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense"])
def test_unknown_queue_is_refused_by_name(settings: Settings, url: str) -> None:
    with pytest.raises(SettingError, match="COPYDESK_TASKS_URL"):
        create_app(replace(settings, tasks_url=url))


def test_one_bell_is_enough_for_more_than_a_batch(
    app: Flask, submit: Submit, mail_server: MailServer
) -> None:
    for number in range(BATCH + 1):
        submit(selector__exact=f"mistake {number}")
    app.extensions["huey"].storage.flush_queue()
    consumer = tasks.EmbeddedConsumer(app, workers=1, periodic=False)
    consumer.start()
    try:
        tasks.ring()
        wait_until(lambda: len(mail_server.messages) == BATCH + 1, SECONDS, "all mails")
    finally:
        consumer.stop(graceful=True)
    assert mail_server.connections == 2


def test_mail_goes_out_with_the_evidence(
    consumer: tasks.EmbeddedConsumer, submit: Submit, mail_server: MailServer
) -> None:
    submit()

    wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the mail")

    db.session.rollback()
    assert db.session.scalars(select(Report)).one().score >= LIKELY


@pytest.mark.parametrize(
    "step", ["evaluate_pending", "digests.digest_due", "forget_thanked_readers"]
)
def test_mail_goes_out_where_another_step_of_the_work_fails(
    consumer: tasks.EmbeddedConsumer,
    submit: Submit,
    mail_server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def fail(**_options: object) -> int:
        raise RuntimeError("not today")

    monkeypatch.setattr(f"server.tasks.{step}", fail)

    submit()

    wait_until(lambda: len(mail_server.messages) == 1, SECONDS, "the mail")
