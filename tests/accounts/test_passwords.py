"""What a password must be."""

from __future__ import annotations

import pytest
from flask import Flask

from server.passwords import MAX_LENGTH, WeakPassword, check_password
from server.sites import new_password

ADDRESS = "ann.berg@harbour-news.example"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "at least 10"),
        ("kettle-9s", "at least 10"),
        ("k" * (MAX_LENGTH + 1), "at most"),
        (ADDRESS, "e-mail address"),
        (ADDRESS.upper(), "e-mail address"),
        ("ann.bergann.berg", "e-mail address"),
        ("harbour-news", "easy to guess"),
        ("copydesk123", "easy to guess"),
        ("password123", "easy to guess"),
        ("P@ssw0rd1234", "easy to guess"),
        ("qwertyuiop", "easy to guess"),
        ("1234567890", "easy to guess"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("iloveyou2025", "easy to guess"),
    ],
)
def test_weak_ones_are_refused(app: Flask, password: str, words: str) -> None:
    with app.test_request_context(), pytest.raises(WeakPassword, match=words):
        check_password(password, ADDRESS)


@pytest.mark.parametrize(
    "password",
    [
        "seven green kettles sing",
        "корова летит над Невой",
        "q7#Vt-9pLz!w",
        "x" + "kettle harbour noon " * 9,
    ],
)
def test_good_ones_are_taken(app: Flask, password: str) -> None:
    with app.test_request_context():
        check_password(password, ADDRESS)


def test_our_own_are_good(app: Flask) -> None:
    with app.test_request_context():
        for _ in range(20):
            check_password(new_password(), ADDRESS)
