"""What is taken for spam, and what honest readers write that must not be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.text.spam import Act, is_spam, signs

READER = Act(
    exact="recieve",
    suggestion="receive",
    comment="",
    page_text="The council has begun to recieve letters asking for more.",
    page_url="https://news.example/harbour",
    language="en",
    site_language="en",
    origins=("https://news.example", "https://*.news.example"),
    website="",
    elapsed_ms=4_200,
)
RUSSIAN = replace(
    READER,
    exact="превет",
    suggestion="привет",
    page_text="Мы передаём превет всем читателям нашей газеты.",
    language="ru",
    site_language="ru",
)


def kinds(act: Act) -> list[str]:
    return [reason.kind for reason in signs(act)]


@pytest.mark.parametrize(
    "comment",
    [
        "Buy at http://pills.example/now",
        "see https://pills.example",
        "WWW.PILLS.EXAMPLE is cheap",
        "https:pills.example",
        '<a href="//pills.example">cheap</a>',
        "[url=pills.example]cheap[/url]",
    ],
)
def test_a_link_to_another_site_is_spam(comment: str) -> None:
    act = replace(READER, comment=comment)

    assert kinds(act) == ["link"]
    assert is_spam(signs(act))


def test_a_link_as_correction_is_spam_too() -> None:
    assert kinds(replace(READER, suggestion="http://pills.example")) == ["link"]


@pytest.mark.parametrize(
    "act",
    [
        replace(READER, comment="You wrote it right in https://news.example/other last week."),
        replace(READER, comment="Like on www.news.example."),
        replace(READER, comment="Like on https://archive.news.example/2020"),
        replace(
            READER,
            exact="htps://harbour.example",
            page_text="More at htps://harbour.example or https://harbour.example/en.",
            suggestion="https://harbour.example",
        ),
        replace(READER, comment="e.g. 3.5 km, not 3,5 km... http is not a link"),
        replace(READER, comment="See https://pills.example", links_allowed=True),
    ],
    ids=["own page", "own host", "own subdomain", "corrected address", "no link", "allowed"],
)
def test_other_links_are_none(act: Act) -> None:
    assert signs(act) == []


def test_a_filled_trap_is_spam() -> None:
    assert is_spam(signs(replace(READER, website="https://pills.example")))


def test_too_fast_is_a_sign_but_not_enough_alone() -> None:
    fast = replace(READER, elapsed_ms=300)

    assert kinds(fast) == ["too-fast"]
    assert not is_spam(signs(fast))
    assert is_spam(signs(replace(fast, comment="http://pills.example")))


@pytest.mark.parametrize(
    "act",
    [
        replace(READER, elapsed_ms=5, suggestion=""),
        replace(READER, elapsed_ms=5, suggestion="recieve"),
        replace(READER, elapsed_ms=None),
        replace(READER, elapsed_ms=1_000),
    ],
    ids=["without a dialog", "unchanged", "not told", "just in time"],
)
def test_who_writes_nothing_may_be_fast(act: Act) -> None:
    assert signs(act) == []


@pytest.mark.parametrize(
    "act",
    [
        replace(READER, comment="Купить дешёвые таблетки без рецепта"),
        replace(READER, comment="购买便宜的药片无需处方欢迎咨询客服"),
        replace(RUSSIAN, comment="Cheap pills without prescription"),
        replace(READER, suggestion="дешёвые таблетки"),
    ],
)
def test_text_in_another_script_than_the_page_is_spam(act: Act) -> None:
    assert kinds(act) == ["other-script"]
    assert is_spam(signs(act))


@pytest.mark.parametrize(
    "act",
    [
        replace(RUSSIAN, comment="Здесь опечатка в приветствии"),
        replace(READER, comment="In Russian it is «Здравствуйте, товарищи» with в."),
        replace(READER, comment="Правильно: мы"),
        replace(
            READER,
            page_text="The slogan Здравствуйте, дорогие товарищи was recieved with laughter.",
            comment="Должно быть Здравствуйте, товарищи",
        ),
        replace(READER, site_language="ru", comment="Здесь опечатка в слове получить"),
        replace(RUSSIAN, comment='Im Original steht "quod erat demonstrandum", а не иначе'),
        replace(READER, exact="Moskva", suggestion="Москва", page_text="Moskva is a city."),
        replace(READER, comment="12345678901234567890 !!! ???"),
        replace(READER, page_text="2 + 2 = 5", exact="5", comment="Получается четыре, а не пять"),
    ],
    ids=[
        "page's own", "quoted", "few letters", "page quotes it", "site's own language",
        "mixed", "a name", "no letters", "page without letters",
    ],
)  # fmt: skip
def test_other_scripts_have_honest_reasons(act: Act) -> None:
    assert signs(act) == []


@pytest.mark.parametrize(
    ("pattern", "comment", "blocked"),
    [
        ("casino", "Best CASINO in town", True),
        ("casino", "The casinos are open", False),
        ("casino*", "The casinos are open", True),
        ("best casino", "the best, casino ever", True),
        ("casino", "c\u200basi\u00adno", True),
        ("casino", "ｃａｓｉｎｏ", True),
        ("casino", "a typo, nothing else", False),
        ("*药片*", "买便宜药片吧", True),
    ],
)
def test_a_blocked_word_is_spam(pattern: str, comment: str, blocked: bool) -> None:
    act = replace(READER, comment=comment, blocked_words=(pattern,), language="zh")

    assert ("blocked-word" in kinds(act)) is blocked


def test_a_word_of_the_page_itself_blocks_nothing() -> None:
    act = replace(READER, exact="casino", page_text="The casino", blocked_words=("casino",))

    assert signs(act) == []


@pytest.mark.parametrize(
    ("pattern", "blocked"),
    [
        ("https://news.example/harbour", True),
        ("https://news.example/*", True),
        ("*/comments/*", False),
        ("*.pills.example*", True),
        ("https://news.example", False),
    ],
)
def test_a_blocked_address_is_spam(pattern: str, blocked: bool) -> None:
    act = replace(READER, comment="www.pills.example", links_allowed=True, blocked_urls=(pattern,))

    assert ("blocked-address" in kinds(act)) is blocked
