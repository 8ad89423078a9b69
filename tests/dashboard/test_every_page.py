"""The table of all pages is complete."""

from __future__ import annotations

from every_page import HALFWAY, INSIDE, NO_PAGES, OUTSIDE
from flask import Flask


def test_table_has_every_page(app: Flask) -> None:
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(("dashboard.", "security."))
        and "GET" in (rule.methods or ())
        # Where a form was refused and somebody logs in again.
        and not rule.endpoint.endswith("_instead")
    }

    assert found - NO_PAGES == {page.endpoint for page in (*OUTSIDE, *HALFWAY, *INSIDE)}
