"""Statistics: plots, the tables behind them, and each as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, abort, render_template, request
from flask_security.decorators import auth_required

from server.clock import today_in
from server.dashboard.blueprint import blueprint, signed_in
from server.dashboard.plots import HEIGHT, WIDTH, plot_of
from server.dashboard.queue_address import zone_of
from server.dashboard.spreadsheet import BYTE_ORDER_MARK, MEDIA_TYPE, lines_of
from server.extensions import db
from server.language import gettext
from server.models import Site
from server.reports.membership import site_among, sites_of
from server.statistics.figure import Figure, Period
from server.statistics.figures import FIGURES
from server.text.zone import is_zone


@dataclass(frozen=True)
class Choice:
    """What the address asks for: ``?site=<key>&from=<date>&to=<date>``. Days are the site's; where
    several sites are in several time zones, those of ``&zone=<IANA name>``, else of UTC."""

    sites: Sequence[Site]
    site: Site | None
    period: Period

    @classmethod
    def read(cls) -> Choice:
        """Answers 404 for a site that is not the account's, 400 for what is no period."""
        sites = sites_of(db.session(), signed_in())
        key = request.args.get("site", "")
        site = site_among(db.session(), sites, key)
        if key and site is None:
            abort(404)
        zone, given = zone_of([site] if site else sites), request.args.get("zone", "")
        if site is None and _have_several_zones(sites) and is_zone(given):
            zone = given
        try:
            period = Period.read(
                request.args.get("from", ""), request.args.get("to", ""), today_in(zone), zone
            )
        except ValueError as error:
            abort(400, str(error))
        return cls(sites, site, period)

    def figure(self, name: str) -> Figure:
        wanted = [self.site] if self.site else self.sites
        return FIGURES[name](db.session(), [each.id for each in wanted], self.period)

    def fields(self) -> dict[str, str]:
        """The address's own names and values."""
        return {"from": str(self.period.first), "to": str(self.period.last), **self.beside}

    @property
    def several_zones(self) -> bool:
        return _have_several_zones(self.sites)

    @property
    def beside(self) -> dict[str, str]:
        """Those that another period keeps."""
        if self.site:
            return {"site": self.site.key}
        return {"zone": self.period.zone} if self.several_zones else {}


@blueprint.get("/statistics")
@auth_required("session")
def show_statistics() -> str:
    """All figures of a period."""
    choice = Choice.read()
    figures = [choice.figure(name) for name in FIGURES]
    return render_template(
        "dashboard/statistics.html",
        choice=choice,
        figures=[(figure, plot_of(figure, choice.period)) for figure in figures],
        ranges=_ranges(today_in(choice.period.zone)),
        width=WIDTH,
        height=HEIGHT,
    )


@blueprint.get("/statistics/<name>.csv")
@auth_required("session")
def show_figure_as_csv(name: str) -> Response:
    """One figure for a spreadsheet; what could be a formula there is made plain text."""
    if name not in FIGURES:
        abort(404)
    choice = Choice.read()
    figure = choice.figure(name)
    table = lines_of([figure.columns, *figure.rows])
    response = Response(BYTE_ORDER_MARK + table, content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{choice.period.first}-{choice.period.last}.csv"'
    )
    return response


def _have_several_zones(sites: Sequence[Site]) -> bool:
    return len({each.zone for each in sites}) > 1


def _ranges(today: date) -> list[tuple[str, dict[str, str]]]:
    """Periods that are asked for most, and the fields of their addresses."""
    words = {
        7: gettext("7 days"),
        30: gettext("30 days"),
        90: gettext("90 days"),
        365: gettext("One year"),
    }
    return [
        (said, {"from": str(today - timedelta(days=days - 1)), "to": str(today)})
        for days, said in words.items()
    ]
