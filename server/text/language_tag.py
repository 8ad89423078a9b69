"""The tags that name languages: what of a page's ``lang`` can be used."""

from __future__ import annotations

import re
from functools import lru_cache

# RFC 5646, section 2.1, without the tags that were grandfathered before it.
_TAG = re.compile(
    r"""(?: (?: [a-z]{2,3} (?:-[a-z]{3}){0,3} | [a-z]{4,8} )  # language
            (?: -[a-z]{4} )?                                  # script
            (?: -[a-z]{2} | -\d{3} )?                         # region
            (?: -[a-z\d]{5,8} | -\d[a-z\d]{3} )*              # variants
            (?: -[a-wyz\d] (?:-[a-z\d]{2,8})+ )*              # extensions
            (?: -x (?:-[a-z\d]{1,8})+ )?                      # private use
        |   x (?:-[a-z\d]{1,8})+
        )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def is_language_tag(value: str) -> bool:
    """Whether this has the form of a BCP 47 tag."""
    return _TAG.fullmatch(value) is not None


@lru_cache(maxsize=256)
def language_tag(said: str) -> str:
    """The BCP 47 tag that a page means; empty where it names no language. Many pages write
    ``en_GB``."""
    tag = said.strip().replace("_", "-")
    return tag if is_language_tag(tag) else ""
