"""What becomes of a closed report that is reported again. The rules are in docs/grouping.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Caches and open tabs show what was fixed for some time; reports are sent later by readers who
# were offline.
GRACE = timedelta(hours=24)
# So many different readers who still see a mistake are reason to look again at what was rejected.
READERS = 3


@dataclass(frozen=True)
class Heard:
    """What a reader sent before about the same report. ``reader``: None where not known."""

    suggestion: str
    reader: bytes | None
    at: datetime


def opens_again(
    status: str,
    resolved_at: datetime | None,
    new: Heard,
    before: Sequence[Heard],
) -> bool:
    """Whether a submission opens a closed report; otherwise it is counted and no more.

    ``before``: the latest submissions of the report, asked for where it is ``rejected`` alone.
    """
    if status == "fixed":
        return resolved_at is None or new.at - resolved_at >= GRACE
    if status != "rejected":
        return False
    if new.suggestion and new.suggestion not in {heard.suggestion for heard in before}:
        return True
    since = [heard for heard in (*before, new) if resolved_at is None or heard.at > resolved_at]
    known = {heard.reader for heard in since if heard.reader}
    return len(known) + sum(not heard.reader for heard in since) >= READERS
