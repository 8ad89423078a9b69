"""Evidence in the language that is spoken.

A finding is stored as an English sentence with the words that it quotes. One that was stored
before its sentence was goes by its label, which says as much beside the marked sentence, until the
report is examined again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.language import SOURCE, gettext, in_quotation_marks, ngettext, spoken
from server.models import Report
from server.text.evidence.finding import quotations

MAX_FINDINGS = 4
# How many readers there are stands at the top of the mail.
_SAID_ALREADY = ("readers",)


def evidence_of(report: Report) -> list[str]:
    """What was found, the heaviest first, but for what a message says anyway."""
    told = [each for each in report.evidence if each["kind"] not in _SAID_ALREADY]
    found = dict.fromkeys(map(sentence_of, told))
    return [sentence for sentence in found if sentence][:MAX_FINDINGS]


def sentence_of(finding: Mapping[str, Any]) -> str:
    """A stored finding as a sentence. Hidden characters of what it quotes are shown as tokens."""
    if finding["kind"] == "readers" and "readers" in finding.get("detail", {}):
        number = int(finding["detail"]["readers"])
        return ngettext("%(num)s reader reported it.", "%(num)s readers reported it.", number)
    if "sentence" in finding:
        marks = in_quotation_marks("%s")
        return gettext(str(finding["sentence"]), **quotations(finding["detail"], marks))
    words = str(finding["words"])
    return words if spoken() == SOURCE else labels_in_this_language().get(finding["label"], words)


def labels_in_this_language() -> dict[str, str]:
    """Each label of evidence, by its English words."""
    return {
        "not in the dictionary": gettext("not in the dictionary"),
        "two words in one": gettext("two words in one"),
        "perhaps a new compound": gettext("perhaps a new compound"),
        "capitals inside a word": gettext("capitals inside a word"),
        "perhaps a name": gettext("perhaps a name"),
        "an English word": gettext("an English word"),
        "written so twice": gettext("written so twice"),
        "in the dictionary": gettext("in the dictionary"),
        "the correction is in the dictionary": gettext("the correction is in the dictionary"),
        "the correction is not in the dictionary": gettext(
            "the correction is not in the dictionary"
        ),
        "both are words": gettext("both are words"),
        "the dictionary agrees": gettext("the dictionary agrees"),
        "a slip of a letter": gettext("a slip of a letter"),
        "rewritten": gettext("rewritten"),
        "the correction changes nothing": gettext("the correction changes nothing"),
        "a word twice": gettext("a word twice"),
        "letters of two scripts": gettext("letters of two scripts"),
        "a wrong space": gettext("a wrong space"),
        "wrong punctuation": gettext("wrong punctuation"),
    }
