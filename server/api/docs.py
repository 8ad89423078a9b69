"""``/api/docs``: the OpenAPI document as a page, without scripts and without foreign assets."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from server.extensions import api

blueprint = Blueprint("api", __name__, template_folder="templates")


@blueprint.get("/api/docs")
def show_docs() -> str:
    """Every endpoint with its fields, limits and errors."""
    spec: dict[str, Any] = api.spec.to_dict()
    schemas = spec["components"]["schemas"]
    return render_template("api/docs.html", spec=spec, fields_of=lambda name: rows(schemas, name))


def rows(schemas: dict[str, Any], name: str, path: str = "") -> list[dict[str, Any]]:
    """A schema's fields, nested ones by their path: ``name``, ``type``, ``required``, ``limits``,
    ``description``."""
    schema = schemas[name]
    found: list[dict[str, Any]] = []
    for field, description in schema["properties"].items():
        target = description.get("$ref") or description.get("items", {}).get("$ref")
        required = field in schema.get("required", ())
        if target:
            nested = f"{path}{field}{'[]' if 'items' in description else ''}."
            found += rows(schemas, target.rpartition("/")[2], nested)
            continue
        kind = description.get("type", "")
        found.append(
            {
                "name": path + field,
                "type": kind if isinstance(kind, str) else " or ".join(kind),
                "required": required,
                "limits": ", ".join(
                    f"{limit} {description[limit]}"
                    for limit in ("maxLength", "minimum", "maximum", "pattern", "enum")
                    if limit in description
                ),
                "description": description.get("description", ""),
            }
        )
    return found
