"""``copydesk mail``."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from server.extensions import settings_of
from server.notify.diagnosis import Diagnosis, send_test


@click.group()
def mail() -> None:
    """The mail server."""


@mail.command("test")
@click.argument("address")
@with_appcontext
def mail_test(address: str) -> None:
    """Send a test message, and say what is wrong where it is not accepted."""
    settings = settings_of()
    try:
        send_test(current_app.extensions["mail"], settings, address)
    except Diagnosis as diagnosis:
        raise click.ClickException(str(diagnosis)) from None
    server = f"{settings.smtp_host}:{settings.smtp_port}"
    click.echo(f"{server} accepted the message to {address} from {settings.mail_from}.")
    click.echo("If it does not arrive, look into the spam folder and check SPF and DKIM.")
