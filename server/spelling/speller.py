"""Ask a dictionary, and never be hurt by the answer."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.spelling.dictionaries import Dictionary, find_dictionaries

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("child.py")
# Limits of one question. Loading the largest dictionaries takes a second on a busy machine.
LOAD_SECONDS = 20.0
CHECK_SECONDS = 5.0
# Hunspell limits itself to about half a second of work, which takes longer on a busy machine.
SUGGEST_SECONDS = 10.0
# Nothing that is longer is a word; Hunspell itself gives up at 100.
LONGEST_WORD = 60


@lru_cache
def shared(folders: tuple[Path, ...]) -> Hunspell:
    """The one child of this process for these folders."""
    return Hunspell(folders)


class SpellerError(Exception):
    """The child took too long or crashed."""


class Hunspell:
    """One child process and its questions. Safe in threads: one question at a time."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        # Dictionaries that could not be loaded, with the time of their files.
        self._broken: dict[Dictionary, float] = {}

    def speller_of(self, language: str) -> Speller | None:
        """Who knows the words of a language; None where there is no dictionary, or a broken one."""
        found = find_dictionaries(language, self._folders)
        usable = [dictionary for dictionary in found if self._usable(dictionary)]
        return Speller(self, usable) if usable else None

    def stop(self) -> None:
        """End the child; the next question starts another."""
        with self._lock:
            self._end()

    def ask(self, dictionary: Dictionary, question: dict[str, Any], seconds: float) -> Any:
        """The answer of a dictionary. Raises SpellerError."""
        with self._lock:
            try:
                self._load(dictionary)
                return self._answer(question, seconds)
            except SpellerError:
                self._end()
                raise

    def _usable(self, dictionary: Dictionary) -> bool:
        try:
            changed = dictionary.changed
        except OSError:
            return False
        if self._broken.get(dictionary) == changed:
            return False
        with self._lock:
            try:
                self._load(dictionary)
            except SpellerError as error:
                log.warning("the dictionary %s cannot be used: %s", dictionary, error)
                self._broken[dictionary] = changed
                self._end()
                return False
        return True

    def _load(self, dictionary: Dictionary) -> None:
        question = {"load": [str(dictionary.folder), dictionary.name]}
        try:
            self._answer(question, LOAD_SECONDS)
        except SpellerError:
            # An idle child ends by itself, and notices only when asked.
            self._end()
            self._answer(question, LOAD_SECONDS)

    def _answer(self, question: dict[str, Any], seconds: float) -> Any:
        child = self._child or self._start()
        assert child.stdin
        assert child.stdout
        # Works on every system, unlike waiting on a pipe with a limit.
        limit = threading.Timer(seconds, child.kill)
        limit.start()
        try:
            child.stdin.write(json.dumps(question) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
        except OSError:
            line = ""
        finally:
            limit.cancel()
        if not line:
            raise SpellerError(f"no answer to {next(iter(question))} within {seconds:g} s")
        return json.loads(line)

    def _start(self) -> subprocess.Popen[str]:
        self._child = subprocess.Popen(  # noqa: S603 - our own module, nothing of a reader's
            [sys.executable, "-P", str(CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        child.wait()


class Speller:
    """One language's dictionaries, as :mod:`server.text.evidence` wants them."""

    def __init__(self, hunspell: Hunspell, dictionaries: Sequence[Dictionary]) -> None:
        self._hunspell = hunspell
        self._dictionaries = dictionaries

    def known(self, words: Sequence[str]) -> list[bool | None]:
        """For each word whether one of the dictionaries has it; None where none can say."""
        answers: dict[str, bool | None] = dict.fromkeys(words)
        for dictionary in self._dictionaries:
            asked = [word for word, known in answers.items() if not known and _askable(word)]
            if asked:
                answers.update(self._known_to(dictionary, asked))
        return [answers[word] for word in words]

    def suggestions(self, word: str) -> list[str]:
        """What the first dictionary would write instead, the likeliest first; none where it takes
        too long."""
        if not _askable(word):
            return []
        try:
            found = self._hunspell.ask(self._dictionaries[0], {"suggest": word}, SUGGEST_SECONDS)
        except SpellerError as error:
            log.info("no suggestions from %s: %s", self._dictionaries[0], error)
            return []
        return [str(each) for each in found]

    def _known_to(self, dictionary: Dictionary, words: list[str]) -> dict[str, bool | None]:
        try:
            found = self._hunspell.ask(dictionary, {"check": words}, CHECK_SECONDS)
        except SpellerError as error:
            log.warning("no answer from %s: %s", dictionary, error)
            return {}
        return {word: known for word, known in zip(words, found, strict=True) if known is not None}


def _askable(word: str) -> bool:
    return 0 < len(word) <= LONGEST_WORD
