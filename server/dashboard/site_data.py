"""What is kept of a site: for how long, as a file to take along, and erasing it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from flask import Flask, current_app, flash, redirect, request, url_for
from flask import Response as Page
from flask_security.decorators import auth_required
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from server import audit
from server.clock import now
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.site_pages import NO_REFUSAL, Refusal, change, owned, site_page
from server.dashboard.sites import SITE
from server.dashboard.spreadsheet import BYTE_ORDER_MARK, MEDIA_TYPE, lines_of
from server.database import write_transaction
from server.invalid import InvalidInput
from server.language import gettext, in_english_or
from server.models import Site, User
from server.reports.erasure import Erased, erase, submission_named, submissions_of
from server.reports.export import (
    REPORT_COLUMNS,
    SUBMISSION_COLUMNS,
    Row,
    as_json,
    reports_with_submissions,
)
from server.reports.site_erasure import begin_erasing
from server.sites import MAX_RETENTION_DAYS, MIN_RETENTION_DAYS, change_site
from server.text.mailbox import InvalidAddress

ADDRESS = f"{SITE}/data"
EXPORTS = "<any('reports.csv','submissions.csv','export.json'):name>"


class _OnlyLooked(Exception):  # noqa: N818 - it rolls back, it is no error
    def __init__(self, found: Erased) -> None:
        super().__init__()
        self.found = found


@blueprint.get(ADDRESS)
@auth_required("session")
def show_site_data(site_key: str) -> str:
    """Retention, export and erasure."""
    return _page(owned(site_key), NO_REFUSAL)


@blueprint.post(ADDRESS)
@auth_required("session")
def change_retention(site_key: str) -> Response | tuple[str, int]:
    """How long what readers wrote is kept after a report was closed."""

    def work(session: Session, site: Site, user: User) -> str:
        days = request.form.get("retention-days", "").strip()
        number = int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else None
        change_site(site, retention_days=number)
        audit.record(session, "site.retention_changed", actor=user, site=site, detail=days)
        return gettext("Saved.")

    return change(site_key, "retention", work, _page, ".show_site_data")


@blueprint.get(f"{ADDRESS}/{EXPORTS}")
@auth_required("session")
def export_site(site_key: str, name: str) -> Page:
    """Reports and submissions as a file, sent as it is read."""
    site = owned(site_key)
    site_id, about = site.id, {"name": site.name, "language": site.language, "key": site.key}
    with write_transaction() as session:
        found, user = session.get_one(Site, site_id), session.get_one(User, signed_in().id)
        audit.record(session, "site.exported", actor=user, site=found, detail=name)
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    if name == "export.json":
        pieces, kind = as_json(app, about, site_id), "application/json"
    else:
        wanted = "reports" if name == "reports.csv" else "submissions"
        pieces, kind = _csv(app, site_id, wanted), MEDIA_TYPE
    response = Page(pieces, content_type=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="copydesk-{now().date()}-{name}"'
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _csv(app: Flask, site_id: int, wanted: str) -> Iterator[str]:
    columns = REPORT_COLUMNS if wanted == "reports" else SUBMISSION_COLUMNS
    yield BYTE_ORDER_MARK + lines_of([columns])
    for report, submissions in reports_with_submissions(app, site_id):
        rows = [report] if wanted == "reports" else submissions
        yield lines_of([[_cell(row, column) for column in columns] for row in rows])


def _cell(row: Row, column: str) -> Any:
    value = row[column]
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value


@blueprint.post(f"{ADDRESS}/<any(look,erase):action>-reader")
@auth_required("session")
def erase_reader(site_key: str, action: str) -> Response | str | tuple[str, int]:
    """Say what is stored of one reader, or erase it."""
    site_id, user_id = owned(site_key).id, signed_in().id
    who = request.form.get("reader", "").strip()
    try:
        with write_transaction() as session:
            found = _erase(session, site_id, who)
            if action == "look":
                raise _OnlyLooked(found)
            audit.record(
                session,
                "site.reader_erased",
                actor=session.get_one(User, user_id),
                site=session.get_one(Site, site_id),
                detail=f"submissions: {found.submissions}",
            )
    except InvalidInput as error:
        return _page(owned(site_key), Refusal.of("reader", error)), 422
    except _OnlyLooked as looked:
        return _page(owned(site_key), NO_REFUSAL, found=looked.found, who=who)
    flash(gettext("Erased. The reports stay, with the words of the page."))
    return redirect(url_for(".show_site_data", site_key=site_key), 303)


def _erase(session: Session, site_id: int, who: str) -> Erased:
    """By an e-mail address, or by the id that the reader's browser was answered."""
    try:
        if "@" in who:
            return erase(session, submissions_of(session, who, site_id), who, site_id)
        return erase(session, submission_named(session, uuid.UUID(who), site_id), "", site_id)
    except InvalidAddress as error:
        words = in_english_or(gettext("This is no e-mail address."), error)
        raise InvalidInput(f"reader: {words}") from None
    except ValueError:
        raise InvalidInput(
            "reader: " + gettext("Write an e-mail address, or the id of a submission.")
        ) from None


@blueprint.post(f"{ADDRESS}/erase-site")
@auth_required("session")
def erase_site(site_key: str) -> Response | tuple[str, int]:
    """The whole site, for who types its name."""
    site = owned(site_key)
    if request.form.get("name", "").strip() != site.name:
        error = InvalidInput("name: " + gettext("This is not the site's name."))
        return _page(site, Refusal.of("erase", error)), 422
    site_id, user_id, name = site.id, signed_in().id, site.name
    with write_transaction() as session:
        begin_erasing(session, session.get_one(Site, site_id))
        audit.record(
            session, "site.erased", actor=session.get_one(User, user_id), site=None, detail=name
        )
    flash(gettext("%(site)s is erased. What it held is deleted within the hour.", site=name))
    return redirect(url_for(".show_sites"), 303)


def _page(site: Site, refusal: Refusal, found: Erased | None = None, who: str = "") -> str:
    if refusal.form and not who:
        who = request.form.get("reader", "")
    return site_page(
        "site_data.html",
        site,
        "owner",
        refusal,
        found=found,
        who=who,
        days=request.form.get("retention-days", site.retention_days),
        least=MIN_RETENTION_DAYS,
        most=MAX_RETENTION_DAYS,
    )
