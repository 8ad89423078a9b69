"""What readers wrote about several reports, asked for at once."""

from __future__ import annotations

from sqlalchemy import select, update
from submissions import Submit

from server.extensions import db
from server.models import Report, Submission
from server.reports.comments import latest_comments, latest_comments_of


def test_several_reports_have_the_comments_that_each_has_alone(submit: Submit) -> None:
    for word in ("recieve", "teh", "silent"):
        for number in range(3):
            submit(selector__exact=word, comment="" if word == "silent" else f"{word} {number}")
    db.session.execute(update(Submission).where(Submission.comment == "teh 2").values(spam=True))
    reports = db.session.scalars(select(Report)).all()

    at_once = latest_comments_of(db.session(), [report.id for report in reports], limit=2)

    assert {report.exact: at_once.get(report.id, []) for report in reports} == {
        "recieve": ["recieve 2", "recieve 1"],
        "teh": ["teh 1", "teh 0"],
        "silent": [],
    }
    for report in reports:
        alone = latest_comments(db.session(), report, limit=2)
        assert list(at_once.get(report.id, [])) == list(alone)


def test_no_report_has_no_comment(submit: Submit) -> None:
    assert latest_comments_of(db.session(), []) == {}
