"""What a submission may carry (see docs/architecture.md), as marshmallow schemas."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from server.intake.fields import Lenient, Text, Whole
from server.problems import Problem
from server.reports.submission import NewSubmission
from server.text.address import (
    AddressError,
    address_hash,
    canonical_address,
    require_as_browsers_write,
)
from server.text.language_tag import language_tag
from server.text.mailbox import InvalidAddress, checked_address
from server.text.normalise import normalise
from server.text.page_identity import page_key
from server.text.place import Quote, place_hash, place_of

MAX_EXACT = 1000
# What a database's integer holds.
MAX_POSITION = 2**31 - 1
# The widget lets a quote grow to this until it is unique on its page.
MAX_CONTEXT = 500

# For those who read the OpenAPI document; what decides is server.text.normalise.
SOMETHING_SEEN = (
    r"[^\u0000\u0009-\u000d\u001c-\u0020\u0085\u00a0\u00ad\u1680\u180e\u2000-\u200b\u2028\u2029"
    r"\u202f\u205f\u2060\u3000\ufeff]"
)


def _page_address(value: str) -> None:
    try:
        require_as_browsers_write(value)
    except AddressError as error:
        raise ValidationError(f"is {error}.") from None


def _some_text(value: str) -> None:
    if not normalise(value).strip():
        raise ValidationError("is empty: select the text with the mistake.")


def _idempotency_key(value: str) -> None:
    if not re.fullmatch("[A-Za-z0-9_-]{16,64}", value):
        raise ValidationError("must be 16 to 64 of A-Z a-z 0-9 _ -.")


def _text_directive(value: str) -> None:
    if value and not re.fullmatch(r"text=[!-~]+", value):
        raise ValidationError("is not a text directive.")


def _typed_address(text: str) -> str:
    """Empty where the reader left none."""
    return checked_address(text) if text.strip() else ""


def _email_address(value: str) -> None:
    try:
        _typed_address(value)
    except InvalidAddress as error:
        raise ValidationError(f"is not an e-mail address: {error}") from None


class PageSchema(Lenient):
    url = Text(
        4096,
        meaning="the address that the reader sees",
        form={"format": "uri"},
        required=True,
        validate=_page_address,
    )
    canonical = Text(4096, meaning="`<link rel=canonical>`, absolute")
    title = Text(500, meaning="the page's title")
    language = Text(35, meaning="BCP 47, the nearest `lang` of the selection")
    author = Text(200, meaning="what the page declares, an untrusted hint")
    section = Text(200, meaning="what the page declares, an untrusted hint")


class PositionSchema(Lenient):
    start = Whole(
        required=True,
        validate=validate.Range(min=-MAX_POSITION, max=MAX_POSITION),
        metadata={
            "description": "characters from where the page's main part begins to the selection; "
            "negative where it stands before that"
        },
    )
    of = Whole(
        required=True,
        validate=validate.Range(min=0, max=MAX_POSITION),
        metadata={"description": "characters from there to the page's end"},
    )


class SelectorSchema(Lenient):
    exact = Text(
        MAX_EXACT,
        meaning="the selected text, normalised; something of it can be seen",
        form={"pattern": SOMETHING_SEEN},
        required=True,
        validate=_some_text,
    )
    prefix = Text(MAX_CONTEXT, meaning="the text before it, normalised")
    suffix = Text(MAX_CONTEXT, meaning="the text after it, normalised")
    position = fields.Nested(
        PositionSchema,
        allow_none=True,
        metadata={"description": "where it stands in the page's normalised text content"},
    )


class PassageSchema(Lenient):
    before = Text(1000, meaning="the sentence up to the selection")
    after = Text(1000, meaning="the sentence from the selection on")


class SolutionSchema(Lenient):
    token = Text(1000, meaning="the `token` of the challenge", required=True)
    solution = Text(2000, meaning="what its kind asks for", required=True)


class SubmissionSchema(Lenient):
    site = Text(64, meaning="the site's public key", required=True)
    idempotency_key = Text(
        64,
        meaning="made once per report; the same key gives the same answer",
        form={"pattern": "^[A-Za-z0-9_-]{16,64}$"},
        required=True,
        validate=_idempotency_key,
    )
    page = fields.Nested(PageSchema, required=True)
    selector = fields.Nested(SelectorSchema, required=True)
    passage = fields.Nested(PassageSchema)
    fragment = Text(
        2000,
        meaning="text directive without `#:~:`; empty where none is unique",
        form={"pattern": "^(text=[!-~]+)?$"},
        validate=_text_directive,
    )
    suggestion = Text(1000, meaning="what it should read; empty for none")
    comment = Text(2000, meaning="for the editors")
    email = Text(
        254,
        meaning="only if the reader wants to hear when it is fixed; deleted after that",
        form={"format": "email"},
        validate=_email_address,
    )
    elapsed_ms = Whole(allow_none=True, validate=validate.Range(min=0, max=2**53))
    website = Text(500, meaning="a trap: people leave it empty")
    widget = Text(32, meaning="the widget's version")
    challenge = fields.Nested(
        SolutionSchema,
        allow_none=True,
        metadata={"description": "the solution, after a `challenge-required` problem"},
    )


_SUBMISSION = SubmissionSchema()


def load(body: dict[str, Any]) -> dict[str, Any]:
    """A submission by its schema. Raises Problem 422 with what is wrong with each field."""
    try:
        loaded: dict[str, Any] = _SUBMISSION.load(body)
    except ValidationError as error:
        raise Problem(
            422,
            "invalid-field",
            "The request was not accepted.",
            errors=list(_field_errors(error.messages)),
        ) from None
    return loaded


def _field_errors(messages: Any, path: str = "") -> list[dict[str, str]]:
    if isinstance(messages, dict):
        return [
            found
            for name, inner in messages.items()
            for found in _field_errors(inner, path if name == "_schema" else f"{path}.{name}")
        ]
    return [{"field": path.lstrip(".") or "body", "message": str(text)} for text in messages]


class AnswerSchema(Schema):
    submission = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(["new", "known"]))
    readers = fields.Integer(required=True, validate=validate.Range(min=1))


class FieldErrorSchema(Schema):
    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """RFC 9457."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldErrorSchema))
    challenge = fields.Dict(
        keys=fields.String(),
        metadata={"description": "of a `challenge-required` problem: what to solve"},
    )


def new_submission(
    data: dict[str, Any], site_id: int, address: str, reader_hash: bytes | None = None
) -> NewSubmission:
    """The domain's view of a loaded :class:`SubmissionSchema`; ``address`` names the page (see
    :func:`server.intake.origin.page_identity`), ``reader_hash`` the reader (see
    :mod:`server.reports.readers`)."""
    page, selector, passage = data["page"], data["selector"], data.get("passage") or {}
    suggestion = data.get("suggestion") or ""
    quote = Quote(
        exact=selector["exact"],
        prefix=selector.get("prefix") or "",
        suffix=selector.get("suffix") or "",
        before=passage.get("before") or "",
        after=passage.get("after") or "",
        # One that changes nothing corrects nothing.
        suggestion="" if suggestion == selector["exact"] else suggestion,
    )
    place = place_of(quote)
    position = selector.get("position") or {}
    return NewSubmission(
        site_id=site_id,
        idempotency_key=data["idempotency_key"],
        url=address,
        url_hash=address_hash(page_key(address)),
        # Without the reader's password, session, or the token that a fragment may carry.
        page_url=canonical_address(page["url"]),
        page_title=page.get("title") or "",
        language=language_tag(page.get("language") or ""),
        said_language=page.get("language") or "",
        **quote._asdict(),
        place=place,
        place_hash=place_hash(place),
        fragment=data.get("fragment") or "",
        position=position.get("start"),
        text_length=position.get("of"),
        comment=data.get("comment") or "",
        widget=data.get("widget") or "",
        reader_hash=reader_hash,
        email=_typed_address(data.get("email") or ""),
        author=page.get("author") or "",
        section=page.get("section") or "",
    )
