"""A reader left an address: what is sent to it, and where it stands."""

from __future__ import annotations

from collections.abc import Callable

from smtp_server import MailServer
from sqlalchemy import inspect, text, update

from server import clock
from server.database import write_transaction
from server.extensions import db
from server.models import ReaderAddress
from server.notify.deliver import deliver_due
from server.notify.thanks import forget_thanked_readers, owe_thanks
from server.reports.addresses import PAUSE

READER = "reader@elsewhere.example"

Close = Callable[..., None]


def thanks(mail_server: MailServer) -> list[str]:
    """Let the sweep do its work; the texts of what came."""
    owe_thanks()
    deliver_due()
    forget_thanked_readers()
    bodies = [message.get_body(("plain",)) for message in mail_server.messages]
    return [str(body.get_content()) for body in bodies if body]


def everything_stored() -> str:
    """All that stands in the database, as text."""
    db.session.rollback()
    tables = inspect(db.engine).get_table_names()
    rows = [db.session.execute(text(f'SELECT * FROM "{table}"')).all() for table in tables]
    return repr(rows)


def a_day_later() -> None:
    with write_transaction() as session:
        session.execute(update(ReaderAddress).values(thanked_at=clock.now() - PAUSE * 1.1))
