"""Which reports a view and a filter hold for one account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product
from operator import gt

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from server.models import Membership, Report, User
from server.reports.filters import EVERYTHING, Filter
from server.reports.narrowing import Condition, Narrowing, Part, Range, all_of, narrowing_of
from server.reports.views import VIEWS, Order, View

Branch = tuple[int, str]


@dataclass(frozen=True)
class Scope:
    """The sites are none but the account's own."""

    site_ids: Sequence[int]
    view: View
    user_id: int
    narrowing: Narrowing = field(default_factory=Narrowing)

    @classmethod
    def of(cls, session: Session, user: User, view: str, filter: Filter = EVERYTHING) -> Scope:
        query = select(Membership.site_id).where(Membership.user_id == user.id)
        if filter.site_id is not None:
            query = query.where(Membership.site_id == filter.site_id)
        site_ids = session.scalars(query.order_by(Membership.site_id)).all()
        return cls(site_ids, VIEWS[view], user.id, narrowing_of(session, filter, site_ids))

    def since(self, moment: datetime) -> Scope:
        """Of these reports those that were submitted after a moment."""
        later = Range(Report.last_submitted_at.key, gt, moment)
        ranges = self.narrowing.ranges
        # Of two beginnings SQLite might take the earlier one.
        if not any(each.implies(later) for each in ranges):
            ranges = (*(each for each in ranges if not later.implies(each)), later)
        return replace(self, narrowing=replace(self.narrowing, ranges=ranges))

    @property
    def branches(self) -> list[Branch]:
        """Sites and statuses: an index of an order begins anew with each."""
        return list(product(self.site_ids, self.view.statuses))

    def along(self, order: Order, report: type[Report] = Report) -> list[Condition]:
        """What the index of an order decides by itself, beside site and status."""
        return [*(each.of(report) for each in self.ends(order)), *self.kept(order, report)]

    def ends(self, order: Order) -> list[Range]:
        """Of that where it begins and ends."""
        return [each for each in self.narrowing.ranges if each.column == order.key]

    def kept(self, order: Order, report: type[Report] = Report) -> list[Condition]:
        """Of that who has the reports."""
        return [self._held(report)] if self.view.whose and order.is_of_time else []

    def beside(self, order: Order) -> list[Part]:
        """What it does not; first what is most likely to find few reports soon."""
        found = [self._in_hand()] if self.view.whose and not order.is_of_time else []
        return [*found, *self.parts(order)]

    def parts(self, decided: Order | None = None) -> list[Part]:
        """The filter's, without what the index of an order decides."""
        columns = dict.fromkeys(each.column for each in self.narrowing.ranges)
        found = [self._within(each) for each in columns if not decided or each != decided.key]
        return [*found, *self.narrowing.parts]

    def _held(self, report: type[Report]) -> Condition:
        return report.assignee_id == (self.user_id if self.view.whose == "me" else None)

    def _in_hand(self) -> Part:
        """Of those in nobody's hand there are too many to ask an index for them."""
        mine = [*self._of_view(), self._held(Report)]
        return Part(self._held, lambda: all_of(mine) if self.view.whose == "me" else None)

    def _within(self, column: str) -> Part:
        ranges = [each for each in self.narrowing.ranges if each.column == column]
        found = [*self._of_view(), *(each.of(Report) for each in ranges)]
        return Part(
            lambda report: and_(*(each.of(report) for each in ranges)), lambda: all_of(found)
        )

    def _of_view(self) -> list[Condition]:
        return [Report.site_id.in_(self.site_ids), Report.status.in_(self.view.statuses)]
