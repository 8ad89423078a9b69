"""``copydesk erase``: what one reader sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server.audit import record
from server.database import write_transaction
from server.models import Site, Submission
from server.reports.erasure import Erased, erase, submission_named, submissions_of
from server.schema import require_current_schema
from server.text.mailbox import InvalidAddress


@click.command("erase")
@click.option("--email", help="The address that the reader left, or wrote.")
@click.option(
    "--submission", type=click.UUID, help="The id that the reader's browser was answered."
)
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@with_appcontext
def erase_command(email: str | None, submission: uuid.UUID | None, dry_run: bool) -> None:
    """Erase what one reader sent, by e-mail address or by a submission's id.

    Comments, corrections that nobody else sent, the address and the texts of messages that quoted
    them go. The reports stay, with the words of the page and the number of readers. Backups are
    not touched: see docs/privacy.md.
    """
    require_current_schema()
    if (email is None) == (submission is None):
        raise click.UsageError("Name either --email or --submission.")
    try:
        with write_transaction() as session:
            if submission is not None:
                found = submission_named(session, submission)
            else:
                found = submissions_of(session, email or "")
            _record(session, found)
            account = erase(session, found, email or "")
            if dry_run:
                raise _NothingDone
    except InvalidAddress as problem:
        raise click.BadParameter(str(problem), param_hint="--email") from None
    except _NothingDone:
        pass
    _tell(account, "Would erase" if dry_run else "Erased")


def _record(session: Session, submissions: Sequence[int]) -> None:
    """In the audit log of each site to which the reader wrote."""
    sites = (
        select(Site, func.count())
        .join(Submission, Submission.site_id == Site.id)
        .where(Submission.id.in_(submissions))
        .group_by(Site.id)
    )
    for site, count in session.execute(sites).all():
        detail = f"submissions: {count}"
        record(session, "site.reader_erased", actor=None, site=site, detail=detail)


class _NothingDone(Exception):  # noqa: N818 - it rolls back, it is no error
    pass


def _tell(account: Erased, did: str) -> None:
    if not account.submissions and not account.messages:
        click.echo("Nothing of this reader is stored.")
        return
    for count, what in (
        (account.submissions, "submissions"),
        (account.contacts, "addresses to thank"),
        (account.corrections, "corrections that nobody else sent"),
        (account.messages, "messages' texts"),
    ):
        click.echo(f"{did}\t{count}\t{what}")
    for report in account.reports:
        click.echo(f"Report\t{report}\tstays, with the words of the page")
