"""The editors' pages."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    # A module of pages adds its routes to the blueprint by being imported.
    from server.dashboard import (
        account,  # noqa: F401
        assets,
        audit,  # noqa: F401
        bulk,  # noqa: F401
        channels,  # noqa: F401
        deeds,
        deliveries,  # noqa: F401
        errors,
        format,
        invitations,  # noqa: F401
        notifications,  # noqa: F401
        pages,  # noqa: F401
        people,  # noqa: F401
        queue,  # noqa: F401
        recipients,  # noqa: F401
        reports,  # noqa: F401
        rules,  # noqa: F401
        saved_views,  # noqa: F401
        sessions,  # noqa: F401
        setup,  # noqa: F401
        site_check,  # noqa: F401
        site_data,  # noqa: F401
        site_protection,  # noqa: F401
        site_settings,  # noqa: F401
        site_widget,  # noqa: F401
        sites,  # noqa: F401
        statistics,  # noqa: F401
        tokens,  # noqa: F401
        work,  # noqa: F401
    )
    from server.dashboard.blueprint import blueprint

    app.register_blueprint(blueprint)
    assets.init_app(app)
    deeds.init_app(app)
    errors.init_app(app)
    format.init_app(app)
