"""Evidence in the recipient's language.

The sentences of :mod:`server.text.evidence` are English. In other languages a finding goes by its
label, two or three words, which say as much beside the marked sentence.
"""

from __future__ import annotations

from server.language import SOURCE, gettext
from server.models import Report
from server.reports.evidence import explained

MAX_FINDINGS = 4
# How many readers there are stands at the top of the mail.
_SAID_ALREADY = ("readers",)


def evidence_in(language: str, report: Report) -> list[str]:
    """What was found, the heaviest first, to be shown in the language that is spoken."""
    told = [each for each in report.evidence if each["kind"] not in _SAID_ALREADY]
    if language == SOURCE:
        kept = {str(each["words"]) for each in told}
        return [words for words in explained(report) if words in kept][:MAX_FINDINGS]
    labels = labels_in_this_language()
    found = [labels.get(str(each["label"]), "") for each in told]
    return [label for label in dict.fromkeys(found) if label][:MAX_FINDINGS]


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
