"""Tell editors: what is owed to whom, the messages, and how they are sent."""

from __future__ import annotations

from flask import Blueprint, Flask


def init_app(app: Flask) -> None:
    from server.notify.letter import in_text
    from server.text.visible import visible

    # Flask finds templates of a room through a blueprint; this one has no routes.
    app.register_blueprint(Blueprint("notify", __name__, template_folder="templates"))
    app.jinja_env.filters.update(visible=visible, in_text=in_text)
