"""The child that holds Hunspell: a JSON question a line in, a JSON answer a line out.

``{"load": [folder, name]}`` answers ``true``; ``{"check": [word, …]}`` a list of true, false or
null (the word has letters that the dictionary's encoding lacks); ``{"suggest": word}`` a list of
words. The last two ask the dictionary loaded last. Run as a file, so that nothing of the server is
imported.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from functools import lru_cache
from typing import Any

import hunspell

# Dictionaries in memory at one time: English is asked beside the page's own language.
KEPT = 4
KEPT_SUGGESTIONS = 500
# Nobody asked for so long: the memory is better used elsewhere. The next question starts anew.
IDLE_SECONDS = 300
# A broken dictionary may ask for all the memory there is.
MEMORY_BYTES = 1_500_000_000


@lru_cache(maxsize=KEPT)
def load(folder: str, name: str) -> Any:
    encoding = sys.getfilesystemencoding()
    return hunspell.Hunspell(name, hunspell_data_dir=folder, system_encoding=encoding)


def check(dictionary: Any, word: str) -> bool | None:
    try:
        return bool(dictionary.spell(word))
    except UnicodeEncodeError:
        return None


@lru_cache(maxsize=KEPT_SUGGESTIONS)
def suggest(dictionary: Any, word: str) -> list[str]:
    try:
        return list(dictionary.suggest(word))
    except UnicodeEncodeError:
        return []


def answer(question: dict[str, Any], loaded: list[Any]) -> Any:
    if "load" in question:
        loaded[:] = [load(*question["load"])]
        return True
    if "check" in question:
        return [check(loaded[0], word) for word in question["check"]]
    return suggest(loaded[0], question["suggest"])


def main() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - Windows has none

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # Ctrl+C in a terminal reaches the whole group: the parent decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loaded: list[Any] = []
    while True:
        if hasattr(signal, "alarm"):
            signal.alarm(IDLE_SECONDS)
        line = sys.stdin.readline()
        if not line:
            return
        print(json.dumps(answer(json.loads(line), loaded)), flush=True)


if __name__ == "__main__":
    main()
