"""One event, or several that come together, in the few lines of a chat message."""

from __future__ import annotations

import re

from server.language import gettext, lazy, ngettext
from server.models import Delivery, Event, Report
from server.notify import flood
from server.notify.together import how_many, why_together
from server.text.address import with_fragment
from server.text.quoting import one_line
from server.text.visible import visible

LONGEST_SIDE = 120
LONGEST_WORDS = 200
LONGEST_TITLE = 120
# Services take from 1,000 characters on. An address that is longer comes without its directive,
# or not at all: the report is one click away.
LONGEST_ADDRESS = 300
# Of many reports so many are shown, each in one line.
SHOWN = 5
LONGEST_IN_LINE = 40
HAPPENED = {
    "opened": lazy("New spelling report"),
    "reopened": lazy("Reported again"),
    "fixed": lazy("Fixed"),
    "rejected": lazy("Rejected"),
    "spam": lazy("Marked as spam"),
}
ENDED = {"fixed": lazy("fixed"), "rejected": lazy("rejected"), "spam": lazy("spam")}
# Show plain text as Markdown whatever they are told; for all others Apprise escapes.
MARKDOWN = ("discord", "mmost", "mmosts", "zulip")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#<>~|])")
# In an address all of these can be written otherwise, but for the tilde of a text directive.
_IN_ADDRESS = re.compile(r"[\\`*\[\]()<>|@{}!]|~(?=~)|(?<=~)~")


def chat_message(delivery: Delivery, scheme: str, public_url: str) -> str:
    """Plain text in which no reader's word can format, link or call somebody, in the language that
    is spoken. Raises ValueError where all that it was about is erased."""
    site = _shown(delivery.site.name, scheme, LONGEST_TITLE)
    if delivery.kind == "test":
        words = gettext("This is a test from Copydesk. Reports will appear here.")
        return f"{site}: {words}"
    if not delivery.reports:
        raise ValueError("the delivery is about no report")
    if len(delivery.reports) > 1 or flood.begins_with(delivery):
        return _together(delivery, site, scheme, public_url)
    (about,) = delivery.reports
    return _alone(about.report, about.event, site, scheme, public_url)


def _alone(report: Report, event: Event, site: str, scheme: str, public_url: str) -> str:
    readers = ngettext("%(num)s reader", "%(num)s readers", report.readers)
    lines = [f"{site}: {HAPPENED[event.kind]} ({readers})", _sentence(report, scheme)]
    if report.shown_correction:
        exact = _shown(report.exact, scheme, LONGEST_WORDS)
        lines.append(f"{exact} → {_shown(report.shown_correction, scheme, LONGEST_WORDS)}")
    page = f"{_shown(report.page.title, scheme, LONGEST_TITLE)} {_address_of(report)}".strip()
    lines.append(_labelled(gettext("Page"), page))
    lines.append(_labelled(gettext("Report"), f"{public_url}/reports/{report.public_id}"))
    return "\n".join(lines)


def _together(delivery: Delivery, site: str, scheme: str, public_url: str) -> str:
    """How many there are, why they come together, and the foremost of them as they stand now."""
    reports = sorted(
        (each.report for each in delivery.reports),
        key=lambda each: (each.status == "open", each.score, each.id),
        reverse=True,
    )
    lines = [f"{site}: {how_many(delivery, len(reports))}", why_together(delivery)]
    lines += [_line(report, scheme, public_url) for report in reports[:SHOWN]]
    left = len(reports) - SHOWN
    if left > 0:
        lines.append(ngettext("and %(num)s more", "and %(num)s more", left))
    lines.append(_labelled(gettext("Queue"), f"{public_url}/?site={delivery.site.key}"))
    return "\n".join(lines)


def _labelled(label: str, value: str) -> str:
    return f"{label}: {value}"


def _line(report: Report, scheme: str, public_url: str) -> str:
    words = _shown(report.exact, scheme, LONGEST_IN_LINE)
    if report.shown_correction:
        words += f" → {_shown(report.shown_correction, scheme, LONGEST_IN_LINE)}"
    if report.page.title:
        words += f" ({_shown(report.page.title, scheme, LONGEST_IN_LINE)})"
    if report.status in ENDED:
        words += f", {ENDED[report.status]}"
    return f"• {words} {public_url}/reports/{report.public_id}"


def _address_of(report: Report) -> str:
    url = report.page.url
    addresses = (_address(each) for each in (with_fragment(url, report.fragment), url))
    return next((each for each in addresses if len(each) <= LONGEST_ADDRESS), "")


def _sentence(report: Report, scheme: str) -> str:
    before, after = " ".join(report.before.split()), " ".join(report.after.split())
    before = before if len(before) <= LONGEST_SIDE else f"…{before[-LONGEST_SIDE:]}"
    after = after if len(after) <= LONGEST_SIDE else f"{after[:LONGEST_SIDE]}…"
    gap_before = " " if report.before[-1:].isspace() else ""
    gap_after = " " if report.after[:1].isspace() else ""
    exact = one_line(report.exact, LONGEST_WORDS)
    sentence = f"{before}{gap_before}[[{exact}]]{gap_after}{after}"
    return f"“{_shown(sentence, scheme, 10 * LONGEST_SIDE)}”"


def _shown(text: str, scheme: str, longest: int) -> str:
    """A line of somebody's text. The invisible space keeps ``@everyone`` from calling anybody."""
    line = visible(one_line(text, longest))
    if scheme in MARKDOWN:
        line = _SIGNS.sub(r"\\\1", line)
    return line.replace("@", "@\N{ZERO WIDTH SPACE}").replace("://", ":\N{ZERO WIDTH SPACE}//")


def _address(url: str) -> str:
    return _IN_ADDRESS.sub(lambda found: f"%{ord(found[0]):02X}", url)
