"""What a reader sees as one character is made of a few, not of a hundred."""

from __future__ import annotations

import pytest

from server.text.marks import has_overlong_cluster


@pytest.mark.parametrize(
    "cluster",
    [
        "a" + "\u0301" * 32,
        "👩" + "\u200d👩" * 16,
        "\u1100" * 33,
        "ก" + "\u0e49" * 40,
        "🏴" + "\U000e0067" * 32,
        "x" + "\ufe0f" * 32,
    ],
    ids=ascii,
)
@pytest.mark.parametrize("before", ["", "word ", "слово " * 7])
def test_overlong(cluster: str, before: str) -> None:
    assert has_overlong_cluster(f"{before}{cluster} and more")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain " * 100,
        "a" + "\u0301" * 31,
        "e\u0301" * 500,
        "👩\u200d👩\u200d👧\u200d👦" * 100,
        "한국어를 배우는 사람들이 늘어나고 있습니다" * 10,
        "\u1112\u1161\u11ab" * 100,
        "क्षत्रिय" * 100,
        "می\u200cخواهم" * 50,
    ],
    ids=ascii,
)
def test_not_overlong(text: str) -> None:
    assert not has_overlong_cluster(text)
