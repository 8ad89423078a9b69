"""What a filter means to the database: conditions, and the indexes that find few reports fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import ge, gt, lt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from server.models import Page, Report
from server.models.page_path import path_of
from server.reports.filters import Filter
from server.reports.words import found_by, has_words
from server.text.address import AddressError, address_hash
from server.text.page_identity import page_key
from server.text.words import wanted
from server.text.zone import midnight

# How many different authors, sections or languages of a site are looked through for what was
# typed. Of a site with more, the name must be typed in full.
MAX_NAMES = 1_000

Condition = ColumnElement[bool]
# What is asked of a report in a list: the indexes of the orders, and that of a page's reports,
# hold all of it, so that nobody need look into the table.
LISTED: tuple[InstrumentedAttribute[Any], ...] = (
    Report.id,
    Report.page_id,
    Report.status,
    Report.assignee_id,
    Report.last_submitted_at,
    Report.score,
    Report.readers,
)

# Not a parameter, so that a database knows that the indexes of what pages say are of use.
_NOTHING: ColumnElement[str] = literal_column("''")

# No character comes after it.
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Source:
    """Reports that an index finds: those that fit, and perhaps others. ``counted`` says how many
    they are, at least where they are few; ``reports`` are the LISTED of them, of the account's
    sites alone. ``exact``: no others."""

    counted: Select[Any]
    reports: Select[Any]
    exact: bool = True


@dataclass(frozen=True)
class Part:
    """One thing that is asked of reports. ``holds``: whether one of them has it. ``source``: asks
    an index for those that do; gives None where it would take too long."""

    holds: Callable[[type[Report]], Condition]
    source: Callable[[], Source | None]


@dataclass(frozen=True)
class Range:
    """One end of a range of a report's column."""

    column: str
    compare: Callable[[Any, Any], Any]
    value: Any

    def of(self, report: type[Report]) -> Condition:
        condition: Condition = self.compare(getattr(report, self.column), self.value)
        return condition

    @property
    def is_beginning(self) -> bool:
        return self.compare in (ge, gt)

    def holds(self, value: Any) -> bool:
        return bool(self.compare(value, self.value))

    def implies(self, other: Range) -> bool:
        """Whether what is in this range is in the other one, which is open at the same side."""
        if (self.column, self.is_beginning) != (other.column, other.is_beginning):
            return False
        return other.holds(self.value) or (self.value, self.compare) == (other.value, other.compare)


@dataclass(frozen=True)
class Narrowing:
    ranges: tuple[Range, ...] = ()
    parts: tuple[Part, ...] = ()


def narrowing_of(session: Session, filter: Filter, site_ids: Sequence[int]) -> Narrowing:
    parts = [_of_page(each, site_ids) for each in _page_conditions(session, filter, site_ids)]
    if filter.words:
        parts.append(_of_words(session, filter.words, site_ids))
    return Narrowing(_ranges(filter), tuple(parts))


def all_of(reports: Iterable[Condition]) -> Source:
    """The reports that meet these conditions, which an index decides."""
    found = select(*LISTED).where(*reports)
    return Source(found, found)


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
        found.append(Range(last, ge, midnight(filter.first_day, filter.zone or "UTC")))
    if filter.last_day:
        following = filter.last_day + timedelta(days=1)
        found.append(Range(last, lt, midnight(following, filter.zone or "UTC")))
    if filter.min_readers > 1:
        found.append(Range(Report.readers.key, ge, filter.min_readers))
    if filter.min_score > 0:
        found.append(Range(Report.score.key, ge, filter.min_score))
    return tuple(found)


def _of_page(condition: Condition, site_ids: Sequence[int]) -> Part:
    def holds(report: type[Report]) -> Condition:
        # Not a join: a database would be free to begin it with the pages.
        said = select(condition).where(Page.id == report.page_id)
        return said.correlate(report).scalar_subquery()

    found = select(*LISTED).join(Page).where(Page.site_id.in_(site_ids), condition)
    return Part(holds, lambda: Source(found, found))


def _of_words(session: Session, typed: str, site_ids: Sequence[int]) -> Part:
    phrases = wanted(typed)
    if not phrases:
        return Part(lambda _: false(), lambda: all_of([false()]))

    def source() -> Source | None:
        found = found_by(session, phrases)
        if found is None:
            return None
        # By their ids: SQLite takes the index of a site's reports for as good.
        of_sites = (Report.site_id + 0).in_(site_ids)
        reports = select(*LISTED).where(Report.id.in_(found), of_sites)
        return Source(found, reports, exact=False)

    return Part(lambda report: has_words(session, phrases, report.id), source)


def _page_conditions(session: Session, filter: Filter, site_ids: Sequence[int]) -> list[Condition]:
    found = []
    if filter.page:
        found.append(_is_page(filter.page))
    if filter.author:
        part = filter.author.casefold()
        found.append(
            _named(session, Page.author, filter.author, site_ids, lambda name: part in name)
        )
    if filter.section.startswith("/"):
        found.append(_below_path(filter.section))
    elif filter.section:
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


def _below_path(path: str) -> Condition:
    """Whether a page's address has a path that begins so."""
    own = path_of(Page.url)
    return and_(own >= path, own < path + _LAST)
