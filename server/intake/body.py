"""Read a request's body: bounded, strict JSON, before any schema sees it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from server.problems import Problem

MAX_BYTES = 32 * 1024
MAX_DEPTH = 8
MAX_NUMBER_LENGTH = 20
MEDIA_TYPES = ("text/plain", "application/json")

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")


def read_body(request: Request) -> bytes:
    """A request's body. Raises Problem 413 or 415 with the reason."""
    _check_headers(request)
    return _read(request)


def json_object(data: bytes) -> dict[str, Any]:
    """A body as a JSON object (RFC 8259). Raises Problem 400 with the reason."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _broken("the body is not UTF-8") from None
    if _depth(text) > MAX_DEPTH:
        raise _broken(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise _broken(
            f"broken JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    if not isinstance(value, dict):
        raise _broken("the body must be a JSON object")
    return value


def _check_headers(request: Request) -> None:
    media_type, charset = _content_type(request.headers.get("Content-Type", ""))
    if media_type and media_type not in MEDIA_TYPES:
        raise Problem(
            415,
            "unsupported-media-type",
            "The body must be JSON, sent as text/plain or application/json.",
            f"Content-Type: {media_type}",
        )
    if charset not in ("utf-8", "utf8"):
        raise Problem(415, "unsupported-charset", "The body must be UTF-8.", charset)
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if encoding != "identity":
        raise Problem(415, "unsupported-encoding", "The body must not be compressed.", encoding)


@lru_cache(maxsize=64)
def _content_type(header: str) -> tuple[str, str]:
    """The media type and the charset, both in small letters; browsers send few different ones."""
    media_type, parameters = parse_options_header(header)
    return media_type.lower(), parameters.get("charset", "utf-8").lower().replace("_", "-")


def _read(request: Request) -> bytes:
    try:
        if (request.content_length or 0) > MAX_BYTES:
            raise RequestEntityTooLarge
        # What comes without a length is cut at the limit, silently: one byte more tells.
        request.max_content_length = MAX_BYTES + 1
        data = request.get_data(cache=False)
        if len(data) > MAX_BYTES:
            raise RequestEntityTooLarge
        return data
    except RequestEntityTooLarge:
        raise Problem(
            413, "too-large", "The body is too large.", f"At most {MAX_BYTES} bytes."
        ) from None


def _depth(text: str) -> int:
    """How deeply brackets nest outside of strings, or 0 where they are too few to matter; the
    parser itself would recurse."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for name, _value in pairs:
            if name in seen:
                raise Problem.of_field(
                    _printable(name), "appears twice", status=400, kind="broken-json"
                )
            seen.add(name)
    return result


def _printable(name: str) -> str:
    return name[:64].encode("ascii", "backslashreplace").decode()


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_LENGTH:
        raise _broken("a number is too long")
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise _broken("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise _broken(f"{name} is not JSON")


def _broken(reason: str) -> Problem:
    return Problem(400, "broken-json", "The body is not usable JSON.", reason)


# JSON whose names are unique and whose numbers have bounds.
_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
