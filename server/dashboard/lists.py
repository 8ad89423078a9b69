"""The list that an editor came to a report from: he goes on in it, and back to it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from server.dashboard.blueprint import signed_in
from server.dashboard.queue_address import QueueAddress
from server.extensions import db
from server.models import Report
from server.reports import membership, on_page, queue
from server.reports.views import VIEWS

Neighbours = tuple[Report | None, Report | None]


@dataclass(frozen=True)
class PageAddress:
    """All reports of one page in the order of its text, ``closed`` ones too; in addresses and forms
    ``list=page``. Answers as :class:`QueueAddress` does."""

    page_id: int
    closed: bool = False
    sort: str = "text"

    def fields(self) -> dict[str, str]:
        return {"list": "page"} | ({"view": "all"} if self.closed else {})

    def url(self, anchor: str | None = None) -> str:
        view = "all" if self.closed else None
        return url_for("dashboard.show_page", page_id=self.page_id, view=view, _anchor=anchor)


ListAddress = QueueAddress | PageAddress


def list_of_report(report: Report) -> ListAddress:
    """Named by the address of the report's page, and by that page's forms."""
    values = request.form if request.method == "POST" else request.args
    if values.get("list") == "page":
        return PageAddress(report.page_id, values.get("view") == "all")
    return QueueAddress.read(values, membership.sites_of(db.session(), signed_in()))


def neighbours_in(address: ListAddress, report: Report) -> Neighbours:
    """The reports before and after one in a list."""
    session = db.session()
    if isinstance(address, PageAddress):
        return on_page.neighbours_on_page(session, report, closed=address.closed)
    return queue.neighbours_of(
        session, signed_in(), report, address.view, filter=address.filter, order=address.order
    )


def place_in(address: ListAddress, report: Report, neighbours: Neighbours) -> Report:
    """Where a list is read on after a report: what was decided has left it, and its neighbours
    have not."""
    if isinstance(address, PageAddress):
        stays = address.closed or report.status == "open"
    else:
        stays = VIEWS[address.view].holds(report, signed_in().id)
    above, below = neighbours
    return report if stays else below or above or report
