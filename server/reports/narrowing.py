"""What a filter means to the database: conditions, and the indexes that find few reports fast."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import ge, lt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from server.models import Page, Report, Site, SiteOrigin
from server.reports.filters import Filter
from server.reports.words import found_by, has_words
from server.text.address import AddressError, address_hash
from server.text.page_identity import page_key
from server.text.words import wanted

# How many different authors, sections or languages of a site are looked through for what was
# typed. Of a site with more, the name must be typed in full.
MAX_NAMES = 1_000

Condition = ColumnElement[bool]
# The reports that are looked at one by one, by their ids. The limit keeps databases from reading
# them by another of the conditions instead, of which they know nothing.
_listed = (
    select(
        Report.id,
        Report.site_id,
        Report.page_id,
        Report.status,
        Report.assignee_id,
        Report.last_submitted_at,
        Report.score,
        Report.readers,
    )
    .where(Report.id.in_(bindparam("ids", expanding=True)))
    .limit(bindparam("most", type_=Integer))
    .subquery("listed")
)
Listed = aliased(Report, _listed)

# Not a parameter, so that a database knows that the indexes of what pages say are of use.
_NOTHING: ColumnElement[str] = literal_column("''")


@dataclass(frozen=True)
class Range:
    """One end of a range of a report's column."""

    column: str
    compare: Callable[[Any, Any], Any]
    value: Any

    def of(self, report: type[Report]) -> Condition:
        condition: Condition = self.compare(getattr(report, self.column), self.value)
        return condition


@dataclass(frozen=True)
class Narrowing:
    """``conditions`` are on one of the Listed and its page. ``sources``: ids of reports that fit
    one part of the filter, each of which an index finds; where there are few, they are all that
    need be looked at."""

    conditions: tuple[Condition, ...] = ()
    ranges: tuple[Range, ...] = ()
    sources: tuple[Select[int], ...] = ()


def narrowing_of(
    session: Session, filter: Filter, site_ids: Sequence[int], statuses: Sequence[str]
) -> Narrowing:
    """``site_ids`` and ``statuses`` are those of the view, of which a source may make use."""
    within = and_(Report.site_id.in_(site_ids), Report.status.in_(statuses))
    ranges = _ranges(filter)
    conditions, sources = [], []
    for condition in _of_pages(session, filter, site_ids):
        conditions.append(condition)
        sources.append(
            select(Report.id.label("id")).join(Page).where(Page.site_id.in_(site_ids), condition)
        )
    if filter.section.startswith("/"):
        conditions.append(_below_path(session, filter.section, site_ids))
    if filter.words:
        phrases = wanted(filter.words)
        conditions.append(has_words(phrases, Listed.id) if phrases else false())
        if len(phrases) > 1:
            # Where the complete words are rare, nobody need look for all that begins as the last.
            sources.append(found_by(session, phrases[:-1], complete=True))
        if phrases:
            sources.append(found_by(session, phrases))
    sources += [select(Report.id.label("id")).where(within, each.of(Report)) for each in ranges]
    return Narrowing(tuple(conditions), ranges, tuple(sources))


def known_names(
    session: Session, column: InstrumentedAttribute[str], site_ids: Sequence[int]
) -> list[str]:
    """What a column of the pages of some sites says, without repetition, to MAX_NAMES + 1. Costs a
    look into its index for each, however many pages there are."""
    found: set[str] = set()
    for site_id in site_ids:
        own = (Page.site_id == site_id, column != _NOTHING)
        step = select(func.min(column).label("name")).where(*own).cte("step", recursive=True)
        further = select(func.min(column)).where(*own, column > step.c.name).scalar_subquery()
        step = step.union_all(select(further).where(step.c.name.is_not(None)))
        names = select(step.c.name).where(step.c.name.is_not(None)).limit(MAX_NAMES + 1)
        found.update(session.scalars(names))
        if len(found) > MAX_NAMES:
            break
    return sorted(found)


def _ranges(filter: Filter) -> tuple[Range, ...]:
    last = Report.last_submitted_at.key
    found = []
    if filter.first_day:
        found.append(Range(last, ge, _midnight(filter.first_day, filter.zone)))
    if filter.last_day:
        following = filter.last_day + timedelta(days=1)
        found.append(Range(last, lt, _midnight(following, filter.zone)))
    if filter.min_readers > 1:
        found.append(Range(Report.readers.key, ge, filter.min_readers))
    if filter.min_score > 0:
        found.append(Range(Report.score.key, ge, filter.min_score))
    return tuple(found)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone or "UTC")).astimezone(UTC)


def _of_pages(session: Session, filter: Filter, site_ids: Sequence[int]) -> list[Condition]:
    found = []
    if filter.page:
        found.append(_is_page(filter.page))
    if filter.author:
        part = filter.author.casefold()
        found.append(
            _named(session, Page.author, filter.author, site_ids, lambda name: part in name)
        )
    if filter.section and not filter.section.startswith("/"):
        section = filter.section.casefold()
        found.append(_named(session, Page.section, filter.section, site_ids, _below(section, "/")))
    if filter.language:
        language = filter.language.casefold()
        found.append(
            _named(session, Page.language, filter.language, site_ids, _below(language, "-"))
        )
    return found


def _below(whole: str, separator: str) -> Callable[[str], bool]:
    return lambda name: name == whole or name.startswith(whole + separator)


def _is_page(address: str) -> Condition:
    try:
        return Page.url_hash == address_hash(page_key(address))
    except AddressError:
        return false()


def _named(
    session: Session,
    column: InstrumentedAttribute[str],
    typed: str,
    site_ids: Sequence[int],
    fits: Callable[[str], bool],
) -> Condition:
    names = known_names(session, column, site_ids)
    if len(names) > MAX_NAMES:
        names = [typed]
    # The indexes leave out pages that say nothing.
    return and_(column != _NOTHING, column.in_([name for name in names if fits(name.casefold())]))


def _below_path(session: Session, path: str, site_ids: Sequence[int]) -> Condition:
    """Whether a page's address is below a path of one of its site's origins."""
    origins = session.scalars(
        select(SiteOrigin.pattern).join(Site).where(SiteOrigin.site_id.in_(site_ids)).distinct()
    )
    beginnings = [_literally(each).replace("*", "%") + _literally(path) + "%" for each in origins]
    return or_(false(), *(Page.url.like(each, escape="\\") for each in beginnings))


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
