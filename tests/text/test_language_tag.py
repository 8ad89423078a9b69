"""What of a page's ``lang`` is the tag of a language."""

from __future__ import annotations

import pytest

from server.text.language_tag import is_language_tag, language_tag


@pytest.mark.parametrize(
    "tag",
    [
        *("de", "pt-BR", "es-419", "zh-Hant-TW", "zh-cmn-Hans-CN", "sr-Latn-RS", "sl-rozaj-biske"),
        *("de-CH-1996", "en-US-u-hc-h12", "ar-a-aaa-b-bbb", "x-whatever", "en-x-newsroom", "EN-gb"),
        "tlhingan",
    ],
)
def test_a_tag_of_the_form_of_rfc_5646_is_used_as_it_is(tag: str) -> None:
    assert language_tag(tag) == tag
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    ("said", "tag"), [("en_GB", "en-GB"), (" de ", "de"), ("zh_Hans", "zh-Hans")]
)
def test_what_pages_often_write_is_understood(said: str, tag: str) -> None:
    assert language_tag(said) == tag
    assert not is_language_tag(said)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "",
            "-",
            "e",
            "de-",
            "-de",
            "de--AT",
            "english language",
            "en;q=0.9",
            "en,fr",
            "{{ lang }}",
        ),
        *("en-US-", "de-x", "en-a", "12", "en.UTF-8", '"><b>', "../../etc/passwd", "ру", "ſl"),
        "internationalisation",
    ],
)
def test_what_is_no_tag_names_no_language(said: str) -> None:
    assert language_tag(said) == ""
    assert not is_language_tag(said)
