"""``copydesk demo``: everything on one machine, with a newspaper to try it on."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from server.database import write_transaction
from server.demo.article import start_newspaper
from server.extensions import db, settings_of
from server.models import Site, User
from server.schema import upgrade_schema
from server.serve import require_free_port, serve
from server.sites import add_member, add_site, add_user, new_password, script_tag

EDITOR = "editor@example.org"
SITE = "The Saltmarsh Courier"
HOST = "127.0.0.1"


@click.command()
@click.option("--port", default=8000, show_default=True, help="Copydesk's port.")
@click.option("--article-port", default=8001, show_default=True, help="The newspaper's port.")
@with_appcontext
def demo(port: int, article_port: int) -> None:
    """Run Copydesk with a demo newspaper and an editor's account. Keeps its data."""
    for wanted in (port, article_port):
        require_free_port(HOST, wanted)
    settings = settings_of()
    # Read by the processes that serve: the tag and every link lead to them.
    address = os.environ.setdefault("COPYDESK_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    upgrade_schema()
    password = _password(settings.data_dir)
    site = _site(password, f"http://localhost:{article_port}")
    start_newspaper(HOST, article_port, script_tag(site, address))
    click.echo(
        f"""
  Demo article   http://localhost:{article_port}/
                 Select a mistake and press Ctrl+Enter.
  Dashboard      {address}/
                 Log in as {EDITOR} with the password {password}
  Outgoing mail  {address}/deliveries
                 {
            "Sent through " + settings.smtp_host
            if settings.smtp_host
            else "No mail server is configured: messages are kept and shown there."
        }

  Ctrl+C stops. The data stays in {settings.data_dir}/ for the next time.
"""
    )
    serve(HOST, port, workers=1, threads=4)


def _password(data_dir: Path) -> str:
    """The demo account's password: generated once, kept beside the demo's data."""
    path = data_dir / "demo-password"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_password())
    return path.read_text()


def _site(password: str, origin: str) -> Site:
    site = db.session.scalar(select(Site).where(Site.name == SITE))
    if site:
        return site
    with write_transaction() as session:
        site = add_site(session, SITE, [origin, origin.replace("localhost", "127.0.0.1")])
        user = session.scalar(select(User).where(User.email == EDITOR)) or add_user(
            session, EDITOR, password
        )
        add_member(session, user, site, "owner")
    return site
