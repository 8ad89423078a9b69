"""Which dictionary there is for a language.

Dictionaries are pairs of files, ``<name>.aff`` and ``<name>.dic``, in folders: an owner's own, then
the system's, then the one of the chunspell package, which holds American English alone.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDERS = (Path("/usr/share/hunspell"), Path("/usr/share/myspell/dicts"))

# English alone has five; each costs memory and a look.
MOST_VARIANTS = 3

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")
# Former and wider names of languages (IANA's registry) that pages still use.
_ALIASES = {"no": "nb", "iw": "he", "in": "id", "ji": "yi", "fil": "tl", "mo": "ro", "sh": "sr"}
# The script that a name without one means, where a language is written in two (CLDR).
_SCRIPTS = {"sr": "Cyrl", "uz": "Latn", "az": "Latn", "bs": "Latn", "kk": "Cyrl", "mn": "Cyrl"}
# The region that a bare language means, where it is not the language's own name (CLDR).
_REGIONS = {"en": "US", "pt": "BR"}
# What a name may have beside language, script and region and still be a whole dictionary;
# others, as in de_med or en_med_glut, hold the words of one trade.
_WHOLE = {"frami", "valencia", "comprehensive", "classique", "toutesvariantes", "tarask"}


@dataclass(frozen=True)
class Dictionary:
    """``folder/name.aff`` and ``folder/name.dic``."""

    folder: Path
    name: str

    @property
    def changed(self) -> float:
        """When its files were last changed, as the file system counts."""
        files = (self.folder / f"{self.name}{kind}" for kind in (".aff", ".dic"))
        return max(file.stat().st_mtime for file in files)


@dataclass(frozen=True)
class _Tag:
    language: str
    script: str
    region: str
    rest: tuple[str, ...]


def default_folders(own: Path | None) -> list[Path]:
    """Where to look, the first that has a name wins."""
    package = importlib.util.find_spec("hunspell")
    bundled = [Path(str(package.origin)).parent / "dictionaries"] if package else []
    return [*([own] if own else []), *SYSTEM_FOLDERS, *bundled]


def find_dictionaries(language: str, folders: Iterable[Path]) -> list[Dictionary]:
    """The dictionaries that serve a BCP 47 language tag, the best first; none where none does.

    Of the same language and script. Where the tag names a region that has a dictionary, that one
    alone; else all, the usual region's first: a page that says ``en`` may well be British.
    ``language`` comes from a page and is never made into a path.
    """
    wanted = _parsed(language)
    if wanted is None:
        return []
    fitting: dict[str, tuple[tuple[bool | int, ...], Dictionary]] = {}
    for folder in folders:
        for name in _names_in(folder):
            tag = _parsed(name)
            if tag and _serves(wanted, tag):
                fitting.setdefault(name, (_rank(wanted, tag), _resolved(folder, name)))
    ranked = sorted(fitting.values(), key=lambda entry: entry[0])
    if wanted.region and ranked and not ranked[0][0][0]:
        return [ranked[0][1]]
    return list(dict.fromkeys(dictionary for _, dictionary in ranked))[:MOST_VARIANTS]


def _resolved(folder: Path, name: str) -> Dictionary:
    """Debian links fifteen Spanish names to one pair of files: loaded once."""
    file = (folder / f"{name}.dic").resolve()
    twin = file.with_suffix(".aff")
    if file.suffix == ".dic" and twin == (folder / f"{name}.aff").resolve():
        return Dictionary(file.parent, file.stem)
    return Dictionary(folder, name)


def _names_in(folder: Path) -> Sequence[str]:
    try:
        files = {file.name for file in folder.iterdir()}
    except OSError:
        return ()
    names = (file.removesuffix(".dic") for file in files if file.endswith(".dic"))
    return sorted(name for name in names if f"{name}.aff" in files)


def _parsed(tag: str) -> _Tag | None:
    tag = tag.strip()
    if not _TAG.fullmatch(tag):
        return None
    language, *others = re.split("[-_]", tag)
    script = region = ""
    rest = []
    for part in others:
        if len(part) == 4 and part.isalpha() and not script and not region:
            script = part.title()
        elif len(part) == 2 or (len(part) == 3 and part.isdigit()):
            region = region or part.upper()
        else:
            rest.append(part.lower())
    language = language.lower()
    if language == "sh":
        script = script or "Latn"
    return _Tag(_ALIASES.get(language, language), script, region, tuple(rest))


def _serves(wanted: _Tag, offered: _Tag) -> bool:
    usual = _SCRIPTS.get(wanted.language, "")
    same_script = (wanted.script or usual) == (offered.script or usual) or (
        # A script that goes without saying, as in en-Latn.
        not usual and not offered.script
    )
    return wanted.language == offered.language and same_script and set(offered.rest) <= _WHOLE


def _rank(wanted: _Tag, offered: _Tag) -> tuple[bool | int, ...]:
    """Smaller is better."""
    usual = _REGIONS.get(wanted.language, wanted.language.upper())
    return (
        offered.region != wanted.region,
        offered.region != usual,
        bool(offered.region),
        len(offered.rest),
    )
