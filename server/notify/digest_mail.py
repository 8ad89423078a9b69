"""The mail about several reports: a digest, or what came within a burst or quiet hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from server.config import Settings
from server.language import gettext, ngettext
from server.models import Delivery, DeliveryReport, Report
from server.notify import assigned, headers
from server.notify.evidence_words import evidence_of
from server.notify.failure import SendingError
from server.notify.letter import EditorsLetter, Rendered
from server.notify.recipients import Recipients
from server.notify.report_mail import acting_as, action_links, title_of
from server.notify.together import how_many, why_together
from server.text.address import with_fragment
from server.text.difference import Part, shown_difference
from server.text.visible import visible

# A mail of many reports shows their sentences in short.
MAX_AROUND = 90
# What came within a burst may be more than a mail can show.
SHOWN = 20


@dataclass(frozen=True)
class Item:
    """One report in short. ``ended``: how it ended meanwhile, in words, or empty; ``actions``:
    labels and addresses of what closes it."""

    report: Report
    before: str
    exact: str
    after: str
    difference: list[Part]
    facts: list[str]
    words_url: str
    url: str
    fresh: bool
    ended: str
    actions: list[dict[str, str]]


@dataclass(frozen=True)
class Group:
    """The reports of one page."""

    title: str
    url: str
    language: str
    reports: list[Item] = field(default_factory=list)


def render_collected(
    session: Session, delivery: Delivery, settings: Settings, recipients: Recipients
) -> Rendered:
    """What waited and now comes as one mail. Raises ValueError where it is about no report, and
    SendingError where what was assigned is somebody else's by now: it may have waited for hours."""
    reports = _reports(session, delivery)
    if not reports:
        raise ValueError("the delivery is about no report")
    letter = EditorsLetter(session, delivery, settings, recipients)
    given = delivery.collects == assigned.COLLECTS
    if given:
        # What somebody else has by now is theirs.
        reports = [each for each in reports if _is_theirs(each, delivery)]
        if not reports:
            raise SendingError("What was assigned is somebody else's by now.", permanent=True)
    reports.sort(key=lambda each: (each.status == "open", each.score, each.id), reverse=True)
    with letter:
        count = len(reports)
        words = how_many(delivery, count)
        if given:
            words = ngettext(
                "%(num)s report is assigned to you", "%(num)s reports are assigned to you", count
            )
        return letter.render(
            "digest",
            subject=f"[{headers.for_header(delivery.site.name)}] {words}",
            heading=words,
            lead=_given_by(delivery) if given else why_together(delivery),
            groups=_groups(letter, reports[:SHOWN]),
            more=_more(count - SHOWN),
            queue_url=letter.dashboard_url(
                f"/?{'view=mine&' if given else ''}site={delivery.site.key}"
            ),
            acting_as=acting_as(letter),
            fixed=[],
            fixed_heading="",
        )


def render_digest(
    session: Session, delivery: Delivery, settings: Settings, recipients: Recipients
) -> Rendered:
    """The queue of a site, as it stood when the digest was made."""
    numbers = delivery.details
    reports = _reports(session, delivery)
    fresh = set(numbers.get("fresh_ids", ()))
    reports.sort(key=lambda each: (each.id in fresh, each.score, each.readers), reverse=True)
    with EditorsLetter(session, delivery, settings, recipients) as letter:
        new = ngettext(
            "%(num)s new spelling report", "%(num)s new spelling reports", numbers["fresh"]
        )
        return letter.render(
            "digest",
            subject=f"[{headers.for_header(delivery.site.name)}] {new}",
            heading=new,
            lead=_lead(numbers),
            groups=_groups(letter, reports, fresh),
            more=_more(numbers["open"] - len(reports)),
            queue_url=letter.dashboard_url(f"/?site={delivery.site.key}"),
            acting_as=acting_as(letter),
            fixed=_fixed(session, numbers, letter),
            fixed_heading=ngettext(
                "%(num)s fixed since the last digest",
                "%(num)s fixed since the last digest",
                numbers["fixed"],
            )
            if numbers["fixed"]
            else "",
        )


def _given_by(delivery: Delivery) -> str:
    actors = [each.event.actor for each in delivery.reports]
    names = dict.fromkeys(each.email for each in actors if each)
    return gettext("Assigned by %(who)s.", who=", ".join(names)) if names else ""


def _is_theirs(report: Report, delivery: Delivery) -> bool:
    return report.assignee is not None and report.assignee.email == delivery.recipient


def _lead(numbers: dict[str, Any]) -> str:
    """How much is open, on how many pages."""
    count = numbers["open"]
    words = ngettext("%(num)s report is open", "%(num)s reports are open", count)
    if numbers.get("more_than"):
        words = gettext("More than %(num)s reports are open", num=count)
    pages = ngettext("on %(num)s page", "on %(num)s pages", numbers["pages"])
    return f"{words}, {pages}."


def _more(count: int) -> str:
    return ngettext("and %(num)s more", "and %(num)s more", count) if count > 0 else ""


def _reports(session: Session, delivery: Delivery) -> list[Report]:
    return list(
        session.scalars(
            select(Report)
            .join(DeliveryReport, DeliveryReport.report_id == Report.id)
            .where(DeliveryReport.delivery_id == delivery.id)
            .options(joinedload(Report.page))
            .order_by(DeliveryReport.event_id)
        )
    )


def _groups(
    letter: EditorsLetter,
    reports: Sequence[Report],
    fresh: set[int] | frozenset[int] = frozenset(),
) -> list[Group]:
    """By page, the page with the foremost report first."""
    order: dict[int, int] = {}
    for report in reports:
        order.setdefault(report.page_id, len(order))
    groups = []
    by_page = sorted(reports, key=lambda report: order[report.page_id])
    for _, found in groupby(by_page, key=lambda report: report.page_id):
        of_page = list(found)
        first = of_page[0]
        groups.append(
            Group(
                title=title_of(first),
                url=first.page.url,
                language=first.page.language or letter.delivery.site.language,
                reports=[_item(letter, each, each.id in fresh) for each in of_page],
            )
        )
    return groups


def _item(letter: EditorsLetter, report: Report, fresh: bool) -> Item:
    endings = {
        "fixed": gettext("fixed"),
        "rejected": gettext("rejected"),
        "spam": gettext("spam"),
    }
    return Item(
        report=report,
        before=visible(last_words(report.before)),
        exact=visible(report.exact),
        after=visible(first_words(report.after)),
        difference=shown_difference(report.exact, report.shown_correction)
        if report.shown_correction
        else [],
        facts=_facts(letter, report),
        words_url=with_fragment(report.page.url, report.fragment),
        url=letter.dashboard_url(f"/reports/{report.public_id}"),
        fresh=fresh,
        ended=endings.get(report.status, ""),
        actions=action_links(letter, report),
    )


def first_words(text: str) -> str:
    """The beginning of a long text, in whole words where it has spaces."""
    if len(text) <= MAX_AROUND:
        return text
    whole = text[:MAX_AROUND].rpartition(" ")[0]
    return f"{whole or text[:MAX_AROUND]} …"


def last_words(text: str) -> str:
    """The end of a long text."""
    if len(text) <= MAX_AROUND:
        return text
    whole = text[-MAX_AROUND:].partition(" ")[2]
    return f"… {whole or text[-MAX_AROUND:]}"


def _facts(letter: EditorsLetter, report: Report) -> list[str]:
    readers = [ngettext("%(num)s reader", "%(num)s readers", report.readers)]
    return [*(readers if report.readers > 1 else []), *evidence_of(report)[:1]]


def _fixed(
    session: Session, numbers: dict[str, Any], letter: EditorsLetter
) -> list[dict[str, Any]]:
    found = session.scalars(
        select(Report)
        .where(Report.id.in_(numbers.get("fixed_ids", ())))
        .options(joinedload(Report.page))
        .order_by(Report.resolved_at.desc(), Report.id)
    )
    return [
        {
            "difference": shown_difference(each.exact, each.suggestion or each.exact),
            "title": title_of(each),
            "url": letter.dashboard_url(f"/reports/{each.public_id}"),
        }
        for each in found
    ]
