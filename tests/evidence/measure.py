"""Print precision and recall of “likely a mistake”: ``python tests/evidence/measure.py``.

With ``--wrong`` also every report that is judged wrongly, of the half that the weights were tuned
on; with ``--all-wrong`` of both halves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from labelled_reports import (  # noqa: E402 - the path comes first
    Examined,
    examine_all,
    figures,
    load,
    missing_dictionaries,
)

HEAD = f"{'':28}{'mistakes':>9}{'correct':>9}{'precision':>11}{'recall':>8}{'ranked':>8}"


def row(name: str, examined: Iterable[Examined]) -> str:
    found = figures(examined)
    return (
        f"{name:28}{found.mistakes:9}{found.correct:9}{found.precision:11.1%}"
        f"{found.recall:8.1%}{found.ranked:8.1%}"
    )


def show(title: str, examined: list[Examined]) -> None:
    def only(wanted: Callable[[Examined], bool]) -> list[Examined]:
        return [each for each in examined if wanted(each)]

    print(f"\n{title}\n{HEAD}")
    print(row("all", examined))
    print(row("half the weights know", only(lambda each: each.labelled.tuned)))
    print(row("half they never saw", only(lambda each: not each.labelled.tuned)))
    for language in sorted({each.labelled.reported.language for each in examined}):
        chosen = only(lambda each, wanted=language: each.labelled.reported.language == wanted)
        print(row(f"  {language}", chosen))


def show_wrong(examined: list[Examined], *, both_halves: bool) -> None:
    for each in examined:
        label, reported = each.labelled, each.labelled.reported
        if each.likely == label.mistake or not (label.tuned or both_halves):
            continue
        kinds = ", ".join(f"{finding.kind}{finding.weight:+}" for finding in each.findings)
        kind = "missed" if label.mistake else "accused"
        print(f"{kind:8}{each.score:4} {reported.language} [{reported.exact}] {kinds}")


def main() -> None:
    labelled = load()
    missing = missing_dictionaries(labelled)
    if missing:
        sys.exit(f"Dictionaries are missing for: {', '.join(missing)} (see .ci/run).")
    titles = ("With the reader's correction", "Without a correction")
    for title, examined in zip(titles, examine_all(labelled), strict=True):
        show(title, examined)
        if {"--wrong", "--all-wrong"} & set(sys.argv):
            show_wrong(examined, both_halves="--all-wrong" in sys.argv)


if __name__ == "__main__":
    main()
