"""Which dictionary serves which language tag."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.spelling.dictionaries import default_folders, find_dictionaries

NAMES = (
    "en_US en_GB en_ZA de_DE de_AT_frami de_med pt_PT pt_BR sr_Latn_RS sr_RS nb_NO fr uz_UZ "
    "ca_ES ca_ES-valencia hyph_xx he_IL"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES.split():
        (tmp_path / f"{name}.aff").write_text("SET UTF-8\n")
        (tmp_path / f"{name}.dic").write_text("0\n")
    (tmp_path / "ru_RU.dic").write_text("0\n")
    return tmp_path


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en-GB", ["en_GB"]),
        ("en-gb", ["en_GB"]),
        ("EN_us", ["en_US"]),
        ("en", ["en_US", "en_GB", "en_ZA"]),
        ("en-AU", ["en_US", "en_GB", "en_ZA"]),
        ("de", ["de_DE", "de_AT_frami"]),
        ("de-AT", ["de_AT_frami"]),
        ("pt", ["pt_BR", "pt_PT"]),
        ("pt-BR", ["pt_BR"]),
        ("sr", ["sr_RS"]),
        ("sr-Cyrl-RS", ["sr_RS"]),
        ("sr-Latn", ["sr_Latn_RS"]),
        ("sh", ["sr_Latn_RS"]),
        ("uz-Cyrl", []),
        ("no", ["nb_NO"]),
        ("iw", ["he_IL"]),
        ("fr-FR", ["fr"]),
        ("fr-Latn-CA", ["fr"]),
        ("ca-ES", ["ca_ES"]),
        # Half a dictionary, no dictionary, and what is no language.
        ("ru", []),
        ("zh-Hant", []),
        ("", []),
        ("../../etc/passwd", []),
        ("en/../de_DE", []),
        ("e" * 35, []),
    ],
)
def test_language_finds_its_dictionaries(folder: Path, language: str, names: list[str]) -> None:
    assert [found.name for found in find_dictionaries(language, [folder])] == names


def test_the_first_folder_wins(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    own = tmp_path_factory.mktemp("own")
    for kind in ("aff", "dic"):
        (own / f"en_GB.{kind}").write_text("0\n")

    [found] = find_dictionaries("en-GB", [own, folder])

    assert found.folder == own


def test_links_to_one_dictionary_are_one(tmp_path: Path) -> None:
    for kind in ("aff", "dic"):
        (tmp_path / f"es_ES.{kind}").write_text("0\n")
        for region in ("AR", "MX"):
            (tmp_path / f"es_{region}.{kind}").symlink_to(f"es_ES.{kind}")

    assert [found.name for found in find_dictionaries("es", [tmp_path])] == ["es_ES"]
    assert [found.name for found in find_dictionaries("es-MX", [tmp_path])] == ["es_ES"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert find_dictionaries("en", [tmp_path / "nowhere"]) == []


def test_english_is_always_there() -> None:
    assert find_dictionaries("en", default_folders(None)[-1:])[0].name == "en_US"
