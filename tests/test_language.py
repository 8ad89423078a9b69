"""Every language says everything, and says it in the right form."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask import Flask

from server.language import FOLDER, available, best_language, gettext, ngettext, speaking

ROOT = Path(__file__).parents[1]
CATALOGUES = sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)s")
# As `make translations` does.
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy": None, "translatable": None}

Texts = dict[str | tuple[str, str], None]


@pytest.fixture(scope="session")
def texts() -> Texts:
    """What stands in the code and the templates to be translated."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT / "server", methods, options, KEYWORDS)
    return {
        tuple(message) if isinstance(message, (tuple, list)) else message: None
        for _file, _line, message, _comments, _context in found
    }


def read(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), locale=path.parent.parent.name)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_catalogue_lacks_nothing_and_has_nothing_left_over(path: Path, texts: Texts) -> None:
    catalogue = read(path)
    translated = {
        message.id: message.string for message in catalogue if message.id and not message.fuzzy
    }

    assert sorted(map(str, set(texts) - set(translated))) == [], "make translations"
    assert sorted(map(str, set(translated) - set(texts))) == [], "make translations"
    for source, text in translated.items():
        forms = text if isinstance(text, tuple) else (text,)
        assert all(forms), source
        assert len(forms) == (catalogue.num_plurals if isinstance(source, tuple) else 1), source


def test_no_text_hides_from_the_catalogues_inside_another() -> None:
    """Up to Python 3.11, what stands within an f-string is not found when texts are collected."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in (ROOT / "server").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in KEYWORDS
    ]

    assert hidden == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_catalogue_stands_in_the_order_of_the_files(path: Path) -> None:
    last = ""
    for message in read(path):
        if not message.id:
            continue
        # What stands in several files is sorted by one of them.
        files = [file for file, _line in message.locations if file >= last]
        assert files, f"make translations: {message.id} after {last}"
        last = min(files)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
def test_translation_keeps_the_placeholders(path: Path) -> None:
    for message in read(path):
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if not message.id:
            continue
        for form in forms:
            assert set(PLACEHOLDER.findall(form)) == set(PLACEHOLDER.findall(sources[-1])), form


def test_every_catalogue_is_compiled() -> None:
    written = {path.parent.parent.name for path in CATALOGUES}

    assert written <= set(available()), "run make setup"


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["ru"], "ru"),
        (["ru-RU"], "ru"),
        (["RU"], "ru"),
        (["", "ru"], "ru"),
        (["tlh", "ru"], "ru"),
        (["en-GB", "ru"], "en"),
        (["tlh"], "en"),
        (["not a tag", "-", "_"], "en"),
        ([], "en"),
    ],
)
def test_first_language_that_we_speak_is_spoken(wanted: list[str], spoken: str) -> None:
    assert best_language(*wanted) == spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "1 читатель"),
        (2, "2 читателя"),
        (5, "5 читателей"),
        (11, "11 читателей"),
        (21, "21 читатель"),
        (112, "112 читателей"),
    ],
)
def test_russian_counts_as_russians_do(app: Flask, number: int, words: str) -> None:
    with speaking("ru"):
        assert ngettext("%(num)s reader", "%(num)s readers", number) == words
    assert gettext("Unsubscribe") == "Unsubscribe"
