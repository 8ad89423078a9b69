"""Where the most reports come from: pages, authors, languages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.language import gettext, language_name
from server.models import Page, Report
from server.statistics.figure import Figure, Period
from server.statistics.query import Sites, heard_of, sum_of

# Rows of a table.
MOST = 15


def pages(session: Session, sites: Sites, period: Period) -> Figure:
    """The pages with the most reports."""
    rows = session.execute(
        _most(Page.title, Page.url)
        .where(*heard_of(sites, period))
        .group_by(Page.id, Page.title, Page.url)
    ).all()
    return Figure(
        "pages",
        gettext("Pages with the most reports"),
        (gettext("Page"), gettext("Reports"), gettext("Fixed"), gettext("Address")),
        [(title or url, count, int(fixed or 0), url) for title, url, count, fixed in rows],
        linked=3,
    )


def authors(session: Session, sites: Sites, period: Period) -> Figure:
    """The authors with the most reports, where pages name them."""
    rows = session.execute(
        _most(Page.author).where(*heard_of(sites, period), Page.author != "").group_by(Page.author)
    ).all()
    return Figure(
        "authors",
        gettext("Authors with the most reports"),
        (gettext("Author"), gettext("Reports"), gettext("Fixed")),
        [(author, count, int(fixed or 0)) for author, count, fixed in rows],
    )


def languages(session: Session, sites: Sites, period: Period) -> Figure:
    """Reports by the language of their page."""
    rows = session.execute(
        _most(Page.language).where(*heard_of(sites, period)).group_by(Page.language)
    ).all()
    return Figure(
        "languages",
        gettext("Languages"),
        (gettext("Language"), gettext("Reports"), gettext("Fixed")),
        [
            (language_name(tag) if tag else gettext("unknown"), count, int(fixed or 0))
            for tag, count, fixed in rows
        ],
    )


def _most(*columns: Any) -> Select[Any]:
    count = func.count()
    return (
        select(*columns, count, sum_of(Report.status == "fixed"))
        .select_from(Report)
        .join(Page, Page.id == Report.page_id)
        .order_by(count.desc(), *columns)
        .limit(MOST)
    )
