"""What is said of reports that come together in one message."""

from __future__ import annotations

from datetime import timedelta

from server.language import gettext, ngettext
from server.models import Delivery
from server.notify import flood


def how_many(delivery: Delivery, count: int) -> str:
    """The heading; of the first message of a flood that there is one."""
    if flood.begins_with(delivery):
        return gettext("Unusually many spelling reports")
    return ngettext("%(num)s spelling report", "%(num)s spelling reports", count)


def why_together(delivery: Delivery) -> str:
    """What the reports waited for."""
    if delivery.collects == "quiet":
        return gettext("They came within your quiet hours.")
    if flood.begins_with(delivery):
        return gettext(
            "More than %(num)s reports came within %(minutes)s minutes. Until fewer come there is "
            "one message an hour; all of them stand in the queue. The owner of the site can block "
            "networks, words and addresses on its page Protection.",
            num=delivery.details["more_than"],
            minutes=flood.WINDOW // timedelta(minutes=1),
        )
    if delivery.collects == flood.COLLECTS:
        return gettext("They came in an hour with unusually many reports.")
    if delivery.collects == "hour":
        return gettext("They are more than one hour's number of messages.")
    return gettext("They came shortly after each other on one page.")
