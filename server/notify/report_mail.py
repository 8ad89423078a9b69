"""The mail about one report: what an editor needs to judge it, and the means to close it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from server.clock import now
from server.config import Settings
from server.language import gettext, long_moment, ngettext
from server.models import Delivery, Event, Report
from server.notify import headers
from server.notify.evidence_words import evidence_of
from server.notify.letter import EditorsLetter, Rendered
from server.notify.links import ACTION_DAYS, ACTIONS
from server.notify.recipients import Recipients
from server.reports.comments import latest_comments
from server.reports.history import actor_of, latest_changes
from server.reports.resolution import RESOLUTIONS
from server.reports.suggestions import suggestions_of
from server.text.address import with_fragment
from server.text.difference import Part, shown_difference
from server.text.quoting import one_line, shortened
from server.text.visible import visible

MAX_COMMENTS = 10
MAX_OTHERS = 5
MAX_TITLE = 120
# Mail programs cut a long message off, and with it the buttons. The dashboard shows all of it.
MAX_COMMENT = 800
MAX_OTHER = 300


@dataclass(frozen=True)
class Other:
    """Another correction, and how many sent it, in words."""

    difference: list[Part]
    count: str


def render_report(
    session: Session,
    delivery: Delivery,
    settings: Settings,
    recipients: Recipients,
    comments: Mapping[int, Sequence[str]],
) -> Rendered:
    """The mail about a delivery's report, in its recipient's language. Raises ValueError where it
    is not about one report."""
    report, event = delivery.report, delivery.event
    if report is None or event is None:
        raise ValueError("the delivery is not about one report")
    with EditorsLetter(session, delivery, settings, recipients) as letter:
        letter.headers |= headers.thread_of(delivery, report)
        return letter.render(
            "report",
            subject=subject_of(report, delivery.site.name),
            report=report,
            text_language=report.page.language or delivery.site.language,
            title=title_of(report),
            words_url=with_fragment(report.page.url, report.fragment),
            report_url=letter.dashboard_url(f"/reports/{report.public_id}"),
            since=_since(report, letter.zone),
            again=_again(session, report, letter.zone) if event.kind == "reopened" else "",
            **_words(report),
            **_corrections(session, report),
            comments=_comments(session, report, comments),
            evidence=evidence_of(report),
            actions=action_links(letter, report),
            acting_as=acting_as(letter),
            mute_url=letter.act_url("mute", report) if letter.acting else "",
        )


def subject_of(report: Report, site_name: str) -> str:
    """Constant for a report, so that its mails form one thread; without readers' words, which
    must not reach a header."""
    words = gettext("Spelling report %(number)s", number=str(report.public_id)[-6:])
    return f"[{headers.for_header(site_name)}] {words}"


def title_of(report: Report) -> str:
    """What the page is called, in one line."""
    return visible(one_line(report.page.title, MAX_TITLE)) or report.page.url


def _words(report: Report) -> dict[str, str]:
    return {name: visible(getattr(report, name)) for name in ("before", "exact", "after")}


def _since(report: Report, zone: str) -> str:
    if report.readers == 1:
        return ""
    return gettext(
        "The first of them on %(date)s.", date=long_moment(report.first_submitted_at, zone)
    )


def _again(session: Session, report: Report, zone: str) -> str:
    """Who closed it before, and as what."""
    closed = next((e for e in latest_changes(session, report) if e.kind in RESOLUTIONS), None)
    if closed is None:
        return ""
    return gettext(
        "It was closed before (%(how)s) and is reported again.", how=_how_it_ended(closed, zone)
    )


def _how_it_ended(event: Event, zone: str) -> str:
    how = {
        "fixed": gettext("fixed"),
        "rejected": gettext("rejected"),
        "spam": gettext("spam"),
    }[event.kind]
    return ", ".join(filter(None, [how, actor_of(event), long_moment(event.created_at, zone)]))


def _corrections(session: Session, report: Report) -> dict[str, Any]:
    """The report's own correction with how many agree, and the others."""
    agreement, others = 0, []
    known = suggestions_of(session, report, limit=MAX_OTHERS + 1) if report.readers > 1 else ()
    for each in known:
        if each.suggestion == report.shown_correction:
            agreement += each.readers
        else:
            old, new = shortened(each.exact, MAX_OTHER), shortened(each.suggestion, MAX_OTHER)
            others.append(Other(shown_difference(old, new), _by(each.readers)))
    return {
        "difference": shown_difference(report.exact, report.shown_correction)
        if report.shown_correction
        else [],
        "agreement": _by(agreement) if others or agreement > 1 else "",
        "others": others[:MAX_OTHERS],
    }


def _comments(session: Session, report: Report, known: Mapping[int, Sequence[str]]) -> list[str]:
    latest = known[report.id] if report.id in known else latest_comments(session, report)
    different = dict.fromkeys(comment.strip() for comment in latest)
    return [visible(shortened(comment, MAX_COMMENT)) for comment in different][:MAX_COMMENTS]


def _by(readers: int) -> str:
    return ngettext("%(num)s reader", "%(num)s readers", readers)


def action_links(letter: EditorsLetter, report: Report) -> list[dict[str, str]]:
    """What closes an open report without log-in, for who may: ``label`` and ``url`` of each."""
    if not letter.acting or report.status != "open":
        return []
    labels = {
        "fixed": gettext("Fixed"),
        "rejected": gettext("Reject"),
        "spam": gettext("Spam"),
    }
    return [{"label": labels[action], "url": letter.act_url(action, report)} for action in ACTIONS]


def acting_as(letter: EditorsLetter) -> str:
    """What the links do, in a sentence."""
    if not letter.acting:
        return ""
    return gettext(
        "Links that close a report open a page that asks once more. They act for "
        "%(address)s and work until %(date)s.",
        address=letter.delivery.recipient,
        date=long_moment(now() + timedelta(days=ACTION_DAYS), letter.zone),
    )
