"""Fields and schemas that take well-formed input by few calls, and say of the rest what is wrong
with it as marshmallow does."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any, TypeGuard

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from server.text.marks import MAX_CLUSTER, has_overlong_cluster

_UNUSABLE = re.compile("[\0\ud800-\udfff]")


def is_plain(value: object, maximum: int) -> TypeGuard[str]:
    """Whether a value is a string of at most ``maximum`` code points that can be stored and
    shown."""
    return (
        type(value) is str
        and len(value) <= maximum
        and (
            "\0" not in value
            if value.isascii()
            else not _UNUSABLE.search(value) and not has_overlong_cluster(value)
        )
    )


class Text(fields.String):
    """A string that every part behind it can store and show: no NUL, no half of a surrogate pair.

    ``maximum`` counts code points; ``meaning`` is what the OpenAPI document says of the field, and
    ``form`` is what it says as a schema. ``None`` counts as empty.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's own form
        "nul": "must not contain NUL.",
        "surrogate": "contains half of a surrogate pair.",
        "cluster": "has a character made of more than {most} others.",
        "too_long": "has {length} characters; at most {maximum} are allowed.",
    }

    def __init__(self, maximum: int, **options: Any) -> None:
        options.setdefault("allow_none", not options.get("required", False))
        meaning, form = options.pop("meaning", ""), options.pop("form", {})
        options["metadata"] = {"maxLength": maximum, "description": meaning, **form}
        super().__init__(**options)
        self.maximum = maximum

    def deserialize(self, value: Any, attr: Any = None, data: Any = None, **options: Any) -> Any:
        if is_plain(value, self.maximum):
            # What nearly every field is: without marshmallow's six calls for each.
            if self.validators:
                self._validate(value)
            return value
        return super().deserialize(value, attr, data, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if found := _UNUSABLE.search(text):
            raise self.make_error("nul" if found[0] == "\0" else "surrogate")
        if has_overlong_cluster(text):
            raise self.make_error("cluster", most=MAX_CLUSTER)
        if len(text) > self.maximum:
            raise self.make_error("too_long", length=len(text), maximum=self.maximum)
        return text


class Whole(fields.Integer):
    """A whole number however JSON writes it: ``7``, ``7.0``, ``7e0``; no text, no fraction."""

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:
        whole = isinstance(value, float) and value.is_integer()
        number: int = super()._validated(int(value) if whole else value)
        return number


class Lenient(Schema):
    class Meta:
        # Old servers take new widgets.
        unknown = EXCLUDE

    def load(self, data: Any, **options: Any) -> Any:
        if not options:
            try:
                return self.well_formed(data)
            except ValidationError:
                pass
        # Once more, for what marshmallow has to say of each field.
        return super().load(data, **options)

    @cached_property
    def _plan(self) -> list[tuple[str, fields.Field[Any], int, Lenient | None]]:
        """Each field with how long its text may be, or the schema of what it holds."""
        return [(name, field, *_kind(field)) for name, field in self.load_fields.items()]

    def well_formed(self, data: Any) -> dict[str, Any]:
        """What marshmallow loads, by the same fields and validators, without its many calls for
        each. Raises ValidationError for whatever is not plainly right."""
        if type(data) is not dict:
            raise ValidationError("is no object.")
        loaded: dict[str, Any] = {}
        for name, field, maximum, nested in self._plan:
            if name not in data:
                if field.required:
                    raise ValidationError("is missing.")
                continue
            value = data[name]
            if maximum:
                if not is_plain(value, maximum):
                    value = field.deserialize(value, name, data)
                else:
                    for validate in field.validators:
                        validate(value)
            elif nested is None:
                value = field.deserialize(value, name, data)
            elif value is not None or not field.allow_none:
                value = nested.well_formed(value)
            loaded[name] = value
        return loaded


def _kind(field: fields.Field[Any]) -> tuple[int, Lenient | None]:
    if isinstance(field, Text):
        return field.maximum, None
    if isinstance(field, fields.Nested) and isinstance(field.schema, Lenient):
        return 0, field.schema
    return 0, None
