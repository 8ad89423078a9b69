"""Where the bars of a plot stand. The template draws them as SVG, which prints, scales, and needs
no script."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from server.language import number, short_day, short_month
from server.statistics.figure import Cell, Figure, Period

WIDTH, HEIGHT = 720, 230
LEFT, BOTTOM, TOP = 44, 32, 8
# Bars of one group touch; groups keep this share of their width apart.
GAP = 0.25
# Few bars do not become blocks.
WIDEST = 64
TICKS = 4
# More labels than this below the bars cannot be told apart.
LABELS = 8


@dataclass(frozen=True)
class Bar:
    """``series``: which of the figure's drawn columns; ``words`` say it in full."""

    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True)
class Plot:
    """Everything in units of the picture: WIDTH by HEIGHT. Empty where there is nothing to draw."""

    bars: list[Bar]
    ticks: list[tuple[float, str]]
    labels: list[tuple[float, str]]
    series: list[str]


def plot_of(figure: Figure, period: Period) -> Plot:
    """Upright bars, a group for each row."""
    name = partial(_name, figure, short_month if period.grain == "month" else short_day)
    values = [float(row[index] or 0) for row in figure.rows for index in figure.drawn]
    step = _step(max(values, default=0))
    top = step * max(1, math.ceil(max(values, default=0) / step))
    room = WIDTH - LEFT
    tall = HEIGHT - BOTTOM - TOP
    group = room / max(1, len(figure.rows))
    width = min(WIDEST, group * (1 - GAP) / max(1, len(figure.drawn)))
    together = width * len(figure.drawn)
    bars, labels = [], []
    every = math.ceil(len(figure.rows) / LABELS)
    for place, row in enumerate(figure.rows):
        start = LEFT + place * group + (group - together) / 2
        for series, index in enumerate(figure.drawn):
            value = float(row[index] or 0)
            height = tall * value / top
            words = f"{name(row[0])}. {figure.columns[index]}: {number(value)}"
            bars.append(
                Bar(
                    round(start + series * width, 2),
                    round(TOP + tall - height, 2),
                    round(width, 2),
                    round(height, 2),
                    series,
                    words,
                )
            )
        if place % every == 0:
            labels.append((round(start + together / 2, 2), name(row[0])))
    ticks = [
        (round(TOP + tall - tall * line * step / top, 2), number(line * step))
        for line in range(round(top / step) + 1)
    ]
    return Plot(bars, ticks, labels, [figure.columns[index] for index in figure.drawn])


def _step(largest: float) -> float:
    """A round distance between lines, so that there are about TICKS of them."""
    if largest <= 0:
        return 1
    rough = largest / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough)
    # Nobody reports half a mistake.
    return max(1, step)


def _name(figure: Figure, of_day: Callable[[date], str], row: Cell) -> str:
    """What a row is about, short enough to stand below a bar."""
    return of_day(date.fromisoformat(str(row))) if figure.by_time else str(row)
