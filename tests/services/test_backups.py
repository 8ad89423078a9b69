"""A copy made while everybody writes is whole; an upgrade that fails leaves all as it was; a
database of a newer version is left alone."""

from __future__ import annotations

import json
import shutil
import sqlite3
import threading
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from smtp_server import free_port
from sqlalchemy import func, inspect, select, text
from submissions import ORIGIN, body_for

from server import create_app
from server.cli import db_group, main
from server.config import Settings
from server.database import write_transaction
from server.extensions import db
from server.models import Site, Submission
from server.schema import MIGRATIONS_DIR, current_revision
from server.sites import add_site

BREAKS = '''"""Half a migration."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", {after!r}, None, None


def upgrade():
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("DELETE FROM site_origin")
    raise RuntimeError("the power went")
'''


@pytest.fixture
def app(migrated_app: Flask) -> Flask:
    return migrated_app


@pytest.fixture
def site(app: Flask) -> Site:
    with write_transaction() as session:
        add_site(session, "The News", [ORIGIN])
    return db.session.scalars(select(Site)).one()


def send(app: Flask, body: dict[str, object]) -> int:
    headers = {"Origin": ORIGIN, "Content-Type": "text/plain"}
    return (
        app.test_client()
        .post("/api/v1/submissions", data=json.dumps(body), headers=headers)
        .status_code
    )


def copydesk(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(db_group, list(arguments))


def test_copy_made_while_readers_send_is_whole_and_can_be_used(
    app: Flask, site: Site, settings: Settings, tmp_path: Path
) -> None:
    bodies = [
        body_for(site, selector__exact=f"mistake {number}", page__url=f"{ORIGIN}/{number}")
        for number in range(200)
    ]
    begun, over = threading.Event(), threading.Event()
    answered: list[int] = []

    def readers() -> None:
        for number, body in enumerate(bodies):
            if over.is_set():
                break
            answered.append(send(app, body))
            if number == 20:
                begun.set()

    sending = threading.Thread(target=readers)
    sending.start()
    begun.wait()
    copy = tmp_path / "restored" / "copydesk.db"
    copy.parent.mkdir()
    before = answered.count(201)
    done = copydesk(app, "backup", str(copy))
    after = len(answered) + 1
    over.set()
    sending.join()

    assert done.exit_code == 0, done.output
    assert set(answered) == {201}
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    restored = create_app(replace(settings, data_dir=copy.parent))
    with restored.app_context():
        stored = db.session.scalar(select(func.count()).select_from(Submission)) or 0
        assert before <= stored <= after
        assert send(restored, bodies[0]) == 201, "known: the first answer again"
        assert send(restored, {**bodies[0], "idempotency_key": uuid.uuid4().hex}) == 200
        db.session.remove()
        db.engine.dispose()


def test_copy_overwrites_nothing_and_says_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")

    refused = copydesk(app, "backup", str(there))
    nowhere = copydesk(app, "backup", str(tmp_path / "no" / "folder.db"))

    assert refused.exit_code == 1
    assert "exists already" in refused.output
    assert there.read_text() == "mine"
    assert "there is no folder" in nowhere.output


def test_upgrade_that_fails_leaves_all_as_it_was(app: Flask, site: Site, tmp_path: Path) -> None:
    before = current_revision()
    tables = inspect(db.engine).get_table_names()
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS_DIR, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9999_breaks.py").write_text(BREAKS.format(after=before))
    db.session.remove()

    with pytest.raises(SystemExit):
        upgrade(directory=str(folder))

    assert current_revision() == before
    assert inspect(db.engine).get_table_names() == tables
    assert send(app, body_for(site)) == 201


def test_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    for command in (["run", "--port", str(free_port())], ["worker"], ["sites", "list"]):
        refused = app.test_cli_runner().invoke(main, command)
        assert refused.exit_code == 1, command
        assert "a newer one has written it" in refused.output
    with db.engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
