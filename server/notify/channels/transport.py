"""What every way of sending has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from flask import Flask

from server.config import Settings
from server.models import Delivery

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Prepared:
    """A delivery as it will be sent, so that sending needs no database.

    ``content``: what the delivery keeps (subject, text, html). ``message``: what the transport
    made of it. ``private``: the recipient is a reader, whose address stands nowhere else.
    """

    delivery_id: int
    recipient: str
    content: Mapping[str, str] = field(default_factory=dict)
    message: Any = None
    private: bool = False

    @classmethod
    def of(
        cls, delivery: Delivery, content: Mapping[str, str] = NOTHING, message: Any = None
    ) -> Self:
        private = delivery.kind == "thanks"
        return cls(delivery.id, delivery.recipient, content, message, private)


@dataclass(frozen=True)
class Receipt:
    """``state``: ``sent`` or ``kept``. ``status`` and ``answer`` of a server that speaks HTTP."""

    state: str = "sent"
    status: int | None = None
    answer: str = ""


class Transport(ABC):
    """Sends a batch of deliveries of one channel.

    ``prepare`` runs where the database is, ``send`` and ``close`` in a thread of their own.
    ``logs_attempts``: each try is kept with the answer.
    """

    logs_attempts: ClassVar[bool] = False

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        # The one that all messages go through, as errors name it; empty where each has its own.
        self.server = ""

    @staticmethod
    @abstractmethod
    def time_limit(settings: Settings) -> float:
        """Seconds after which making a connection, or sending one message, is cut off."""

    def expect(self, deliveries: Sequence[Delivery]) -> None:  # noqa: B027 - most need nothing
        """These are prepared next: what all of them need can be asked for at once."""

    @abstractmethod
    def prepare(self, delivery: Delivery) -> Prepared:
        """Render. Raises SendingError where it should not be sent; whatever else it raises says
        that this row cannot become a message."""

    @abstractmethod
    def send(self, prepared: Prepared, still_ours: Callable[[], bool]) -> Receipt:
        """Raises SendingError.

        ``still_ours`` is asked after what may have taken long; where it says no, NotOurs is
        raised and nothing is sent.
        """

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """The batch is over."""


class NotOurs(Exception):  # noqa: N818 - reads as what happened
    """The lease does not last for another message."""
