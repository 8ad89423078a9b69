"""The public endpoint that the widget calls."""

from __future__ import annotations

from flask import Flask

from server.extensions import api, csrf, settings_of


def init_app(app: Flask) -> None:
    from server.group_commit import GroupCommit
    from server.installation.sightings import Sightings
    from server.intake.limits import Counters
    from server.intake.recording import record
    from server.intake.routes import blueprint
    from server.intake.site_cache import SiteCache
    from server.reports.readers import DailyKeys

    blueprint.description = "What the widget sends."
    # Readers have no session here, so there is nothing that a forged request could borrow.
    csrf.exempt(blueprint)
    settings = settings_of(app)
    app.extensions["intake_counters"] = Counters(shared=settings.limit_storage_url != "memory://")
    app.extensions["site_cache"] = SiteCache()
    app.extensions["sightings"] = Sightings(app)
    app.extensions["reader_keys"] = DailyKeys()
    app.extensions["records"] = GroupCommit(record)
    api.register_blueprint(blueprint)
