"""Record a submission: store it, join it with what others reported about the same place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.clock import now
from server.models import Event, Page, ReaderContact, Report, Site, Submission
from server.reports.grouping import place_hash
from server.text.address import address_hash, canonical_address
from server.text.page_identity import page_key


@dataclass(frozen=True, kw_only=True)
class NewSubmission:
    """What one POST carried, validated. ``address`` is the page's identity (see
    :mod:`server.text.address`), ``page_url`` what the reader's browser showed."""

    idempotency_key: str
    address: str
    page_url: str
    page_title: str
    language: str
    exact: str
    prefix: str
    suffix: str
    before: str
    after: str
    fragment: str
    suggestion: str
    comment: str
    widget: str
    # Which reader of the day it was; see server.reports.readers.
    reader_hash: bytes | None = None
    # Left to be thanked, checked; or empty.
    email: str = ""


@dataclass(frozen=True)
class Recorded:
    """``event`` is what the submission did to its report; None where the request was a repeat."""

    submission: Submission
    report: Report
    event: Event | None

    @property
    def status(self) -> str:
        return self.submission.answered_status

    @property
    def readers(self) -> int:
        return self.submission.answered_readers


def record_submission(session: Session, site: Site, new: NewSubmission) -> Recorded:
    """Store a submission and its report within the caller's write transaction.

    A known idempotency key stores nothing and gives the first answer again. A closed report that
    is reported again opens again: the mistake is still there, or back.
    """
    repeated = _submission_of(session, site, new.idempotency_key)
    if repeated:
        return Recorded(repeated, repeated.report, None)

    page = _page(session, site, new)
    report = session.scalar(
        select(Report)
        .where(
            Report.page_id == page.id,
            Report.site_id == site.id,
            Report.place_hash == place_hash(new.exact, new.prefix, new.suffix),
        )
        .with_for_update()
    )
    if report is None:
        report = _open(session, site, page, new)
        kind = "opened"
    else:
        kind = _join(report, new)
    submission = _store(session, site, report, new, known=kind != "opened")
    event = Event(report=report, kind=kind, source="widget", created_at=submission.received_at)
    session.add(event)
    session.flush()
    return Recorded(submission, report, event)


def _submission_of(session: Session, site: Site, idempotency_key: str) -> Submission | None:
    return session.scalar(
        select(Submission).where(
            Submission.site_id == site.id, Submission.idempotency_key == idempotency_key
        )
    )


def _page(session: Session, site: Site, new: NewSubmission) -> Page:
    url = canonical_address(new.address)
    url_hash = address_hash(page_key(new.address))
    page = session.scalar(select(Page).where(Page.site_id == site.id, Page.url_hash == url_hash))
    if page is None:
        page = Page(site_id=site.id, url=url, url_hash=url_hash)
        session.add(page)
    page.title = new.page_title or page.title or ""
    page.language = new.language or page.language or ""
    session.flush()
    return page


def _open(session: Session, site: Site, page: Page, new: NewSubmission) -> Report:
    moment = now()
    report = Report(
        site_id=site.id,
        page=page,
        place_hash=place_hash(new.exact, new.prefix, new.suffix),
        exact=new.exact,
        prefix=new.prefix,
        suffix=new.suffix,
        before=new.before,
        after=new.after,
        fragment=new.fragment,
        suggestion=new.suggestion,
        readers=1,
        first_submitted_at=moment,
        last_submitted_at=moment,
    )
    session.add(report)
    return report


def _join(report: Report, new: NewSubmission) -> str:
    report.readers += 1
    report.last_submitted_at = now()
    # One reader more is evidence.
    report.evaluated_at = None
    if not report.suggestion:
        report.suggestion = new.suggestion
    if report.status == "open":
        return "joined"
    report.status = "open"
    report.resolved_at = None
    report.version += 1
    return "reopened"


def _store(
    session: Session, site: Site, report: Report, new: NewSubmission, *, known: bool
) -> Submission:
    submission = Submission(
        site_id=site.id,
        report=report,
        idempotency_key=new.idempotency_key,
        answered_status="known" if known else "new",
        answered_readers=report.readers,
        page_url=new.page_url,
        page_title=new.page_title,
        language=new.language,
        exact=new.exact,
        prefix=new.prefix,
        suffix=new.suffix,
        before=new.before,
        after=new.after,
        suggestion=new.suggestion,
        comment=new.comment,
        widget=new.widget,
        reader_hash=new.reader_hash,
        received_at=report.last_submitted_at,
    )
    session.add(submission)
    if new.email:
        session.add(
            ReaderContact(
                submission=submission,
                email=new.email,
                language=new.language,
                created_at=submission.received_at,
            )
        )
    return submission
