"""One event in the few lines of a chat message."""

from __future__ import annotations

import re

from server.language import gettext, lazy, ngettext
from server.models import Delivery, Report
from server.text.address import with_fragment
from server.text.quoting import one_line
from server.text.visible import visible

LONGEST_SIDE = 120
LONGEST_WORDS = 200
LONGEST_TITLE = 120
HAPPENED = {
    "opened": lazy("New spelling report"),
    "reopened": lazy("Reported again"),
    "fixed": lazy("Fixed"),
    "rejected": lazy("Rejected"),
    "spam": lazy("Marked as spam"),
}
# Show plain text as Markdown whatever they are told; for all others Apprise escapes.
MARKDOWN = ("discord", "mmost", "mmosts", "zulip")
_SIGNS = re.compile(r"([\\`*_{}\[\]()#<>~|])")
# In an address all of these can be written otherwise, but for the tilde of a text directive.
_IN_ADDRESS = re.compile(r"[\\`*\[\]()<>|@{}!]|~(?=~)|(?<=~)~")


def chat_message(delivery: Delivery, scheme: str, public_url: str) -> str:
    """Plain text in which no reader's word can format, link or call somebody, in the language that
    is spoken."""
    site = _shown(delivery.site.name, scheme, LONGEST_TITLE)
    report, event = delivery.report, delivery.event
    if report is None or event is None:
        words = gettext("This is a test from Copydesk. Reports will appear here.")
        return f"{site}: {words}"
    readers = ngettext("%(num)s reader", "%(num)s readers", report.readers)
    lines = [f"{site}: {HAPPENED[event.kind]} ({readers})", _sentence(report, scheme)]
    if report.shown_correction:
        exact = _shown(report.exact, scheme, LONGEST_WORDS)
        lines.append(f"{exact} → {_shown(report.shown_correction, scheme, LONGEST_WORDS)}")
    title = _shown(report.page.title, scheme, LONGEST_TITLE)
    address = _address(with_fragment(report.page.url, report.fragment))
    page = f"{title} {address}" if title else address
    lines.append(f"{gettext('Page')}: {page}")
    lines.append(f"{gettext('Report')}: {public_url}/reports/{report.public_id}")
    return "\n".join(lines)


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
