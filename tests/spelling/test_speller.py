"""Real Hunspell in its child process, and all that can go wrong with it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.spelling import speller
from server.spelling.dictionaries import default_folders
from server.spelling.speller import Hunspell, Speller

BUNDLED = default_folders(None)[-1]


@pytest.fixture
def hunspell(tmp_path: Path) -> Iterator[Hunspell]:
    """With a folder of the test's own before the English dictionary of the chunspell package."""
    hunspell = Hunspell([tmp_path, BUNDLED])
    yield hunspell
    hunspell.stop()


@pytest.fixture
def english(hunspell: Hunspell) -> Speller:
    found = hunspell.speller_of("en")
    assert found
    return found


def write_dictionary(folder: Path, name: str, *, aff: str, dic: str) -> None:
    (folder / f"{name}.aff").write_text(aff)
    (folder / f"{name}.dic").write_text(dic)


def test_words_are_looked_up(english: Speller) -> None:
    assert english.known(["government", "goverment", "Government", "can't"]) == [
        True,
        False,
        True,
        True,
    ]
    assert "government" in english.suggestions("goverment")


def test_a_word_outside_of_the_alphabet_gets_no_verdict(english: Speller) -> None:
    assert english.known(["слово", "word"]) == [None, True]
    assert english.suggestions("слово") == []


@pytest.mark.parametrize("word", ["", "x" * 5_000, "\x00", "\n", '"}\n{"', "\u202e", "👨‍👩‍👧"])
def test_any_word_can_be_asked(english: Speller, word: str) -> None:
    assert len(english.known([word, "word"])) == 2
    assert isinstance(english.suggestions(word), list)
    assert english.known(["word"]) == [True]


def test_a_language_without_dictionary_has_no_speller(hunspell: Hunspell) -> None:
    assert hunspell.speller_of("tlh") is None


def test_an_owners_dictionary_is_used(hunspell: Hunspell, tmp_path: Path) -> None:
    write_dictionary(tmp_path, "tlh", aff="SET UTF-8\n", dic="1\nqapla\n")

    klingon = hunspell.speller_of("tlh")

    assert klingon
    assert klingon.known(["qapla", "hello"]) == [True, False]


def test_a_broken_dictionary_is_none_and_harms_no_other(
    hunspell: Hunspell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "child.py"
    broken.write_text(
        speller.CHILD.read_text().replace(
            "def load(",
            'def load(folder, name):\n    assert name != "tlh"\n    return _load('
            "folder, name)\n\n\ndef _load(",
        )
    )
    monkeypatch.setattr(speller, "CHILD", broken)
    write_dictionary(tmp_path, "tlh", aff="SET UTF-8\n", dic="1\nqapla\n")

    assert hunspell.speller_of("tlh") is None
    english = hunspell.speller_of("en")
    assert english
    assert english.known(["word"]) == [True]


@pytest.mark.parametrize(
    ("aff", "dic"), [("", ""), ("SET nonsense\n", "1\nx\n"), ("PFX A Y 99\n", "5\nx/A\n\x00/\n")]
)
def test_a_strange_dictionary_breaks_nothing(
    hunspell: Hunspell, tmp_path: Path, aff: str, dic: str
) -> None:
    write_dictionary(tmp_path, "tlh", aff=aff, dic=dic)

    strange = hunspell.speller_of("tlh")

    if strange:
        assert len(strange.known(["qapla", "é"])) == 2
        strange.suggestions("qapla")
    english = hunspell.speller_of("en")
    assert english
    assert english.known(["word"]) == [True]


def test_a_word_that_takes_too_long_is_given_up_alone(
    english: Speller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "child.py"
    slow.write_text(
        speller.CHILD.read_text().replace(
            "return list(dictionary.suggest(word))",
            'import time; time.sleep(60 if word == "slwo" else 0); '
            "return list(dictionary.suggest(word))",
        )
    )
    monkeypatch.setattr(speller, "CHILD", slow)
    monkeypatch.setattr(speller, "SUGGEST_SECONDS", 0.5)
    english._hunspell.stop()

    assert english.suggestions("slwo") == []
    monkeypatch.setattr(speller, "SUGGEST_SECONDS", 30)
    assert "government" in english.suggestions("goverment")


def test_a_child_that_was_killed_is_replaced(english: Speller) -> None:
    english.known(["word"])
    child = english._hunspell._child
    assert child
    child.send_signal(signal.SIGKILL)
    child.wait()

    assert english.known(["word"]) == [True]


def test_threads_take_turns(english: Speller) -> None:
    words = ["word", "wrod"] * 20

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda word: english.known([word]), words))

    assert answers == [[True], [False]] * 20
