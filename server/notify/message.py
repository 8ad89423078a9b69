"""What an editor reads: one report as a mail, in text and HTML."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask import render_template

from server.models import Delivery, Report
from server.text.address import with_fragment
from server.text.difference import shown_difference
from server.text.visible import visible

MAX_COMMENTS = 10
MAX_NAME = 60
MAX_TITLE = 120
WRAP = 74
# The signs of wdiff.
_IN_TEXT = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}


@dataclass(frozen=True)
class Rendered:
    """A message as it is sent or kept. ``headers`` hold nothing that a reader wrote."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]

    def stored(self) -> dict[str, str]:
        """What the delivery keeps of it."""
        return {"subject": self.subject, "text": self.text, "html": self.html}


def render(delivery: Delivery, comments: list[str], public_url: str) -> Rendered:
    """The mail about a delivery's report."""
    report = delivery.report
    parts = shown_difference(report.exact, report.suggestion) if report.suggestion else []
    values: dict[str, Any] = {
        "report": report,
        "site": delivery.site,
        "reopened": delivery.event.kind == "reopened",
        "before": visible(report.before),
        "exact": visible(report.exact),
        "after": visible(report.after),
        "difference": parts,
        "difference_in_text": "".join(_IN_TEXT[kind].format(part) for kind, part in parts),
        "comments": [visible(comment.strip()) for comment in dict.fromkeys(comments)][
            :MAX_COMMENTS
        ],
        "title": visible(one_line(report.page.title, MAX_TITLE)) or report.page.url,
        "words_url": with_fragment(report.page.url, report.fragment),
        "report_url": f"{public_url}/reports/{report.public_id}",
        "language": report.page.language or delivery.site.language,
        "quoted": quoted,
    }
    return Rendered(
        subject=subject_of(report, delivery.site.name),
        text=render_template("notify/report.txt", **values),
        html=render_template("notify/report.html", **values),
        headers=_headers(delivery),
    )


def subject_of(report: Report, site_name: str) -> str:
    """Constant for a report, so that its mails form one thread; without readers' words, which
    must not reach a header."""
    return f"[{for_header(site_name)}] Spelling report {str(report.public_id)[-6:]}"


def for_header(text: str) -> str:
    """An owner's text as one short line without control and direction characters."""
    kept = (
        " " if unicodedata.category(character)[0] == "Z" or character.isspace() else character
        for character in text
        # Joiners are part of words in Persian and Indic scripts.
        if character.isspace()
        or character in "\u200c\u200d"
        or unicodedata.category(character)[0] != "C"
    )
    return one_line("".join(kept), MAX_NAME)


def one_line(text: str, longest: int) -> str:
    """Line breaks would let a reader's text pass for ours, as would its length."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def quoted(text: str) -> str:
    """A reader's text behind ``> ``, so that it cannot pass for ours. Words stay whole: where a
    script has no spaces, a mail program knows better than we where a line may end."""
    lines = text.splitlines() or [""]
    return "\n".join(f"> {part}" for line in lines for part in (_wrapped(line) or [""]))


def _wrapped(line: str) -> list[str]:
    # Two spaces in a row may be the very mistake: white space stays as it is.
    return textwrap.wrap(
        line,
        WRAP,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        expand_tabs=False,
    )


def _headers(delivery: Delivery) -> dict[str, str]:
    domain = delivery.message_id.rstrip(">").rpartition("@")[2]
    thread = f"<report.{delivery.report.public_id}@{domain}>"
    return {
        "In-Reply-To": thread,
        "References": thread,
        "List-Id": f"<{delivery.site.key}.{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
