"""What mail programs are told beside the text: threads, lists, and how to stop it.

Nothing that a reader wrote stands in a header.
"""

from __future__ import annotations

import unicodedata

from server.models import Delivery, Report
from server.text.quoting import one_line

MAX_NAME = 60
# Names the sender in Gmail's feedback loop: the same for all messages, 5 to 15 characters.
FEEDBACK_SENDER = "copydesk"


def automatic(delivery: Delivery) -> dict[str, str]:
    """Nobody's out-of-office note should answer (RFC 3834; the second is Exchange's).

    No ``Precedence``: it is no standard, and what it says these and List-Id say already.
    """
    of_site = f":{delivery.site.key}" if delivery.kind != "account" else ""
    return {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": f"{delivery.kind}{of_site}:{FEEDBACK_SENDER}",
    }


def thread_of(delivery: Delivery, report: Report) -> dict[str, str]:
    """All messages about a report hang from one that was never sent, so that they are one thread
    in whatever order they come (RFC 5322, 3.6.4)."""
    root = f"<report.{report.public_id}@{domain_of(delivery)}>"
    return {"In-Reply-To": root, "References": root}


def list_of(delivery: Delivery) -> dict[str, str]:
    """The site as a mailing list (RFC 2919)."""
    return {"List-Id": f"<{delivery.site.key}.{domain_of(delivery)}>"}


def stopped_at(url: str) -> dict[str, str]:
    """The end is one click away (RFC 2369, RFC 8058). ``url`` answers a GET with a page and a POST
    by stopping. Mail programs post to HTTPS alone."""
    headers = {"List-Unsubscribe": f"<{url}>"}
    if url.startswith("https://"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def domain_of(delivery: Delivery) -> str:
    """The domain of our Message-IDs."""
    return delivery.message_id.rstrip(">").rpartition("@")[2]


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
