"""Logging to standard error, one line an event."""

import logging


def configure(level: str) -> None:
    """Set the level and the line format of all loggers of this process."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("server").setLevel(level.upper())
