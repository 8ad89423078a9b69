"""Mail: one SMTP connection for a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Flask

from server.config import Settings
from server.extensions import db
from server.models import Delivery
from server.notify.channels.transport import NotOurs, Prepared, Receipt, Transport
from server.notify.failure import SendingError
from server.notify.message import render
from server.notify.mime import OutgoingMessage
from server.notify.recipients import Recipients
from server.notify.smtp import Batch, Envelope, server_name, time_limit
from server.reports.comments import latest_comments_of


class MailTransport(Transport):
    def __init__(self, app: Flask, settings: Settings) -> None:
        super().__init__(app, settings)
        self.server = server_name(settings)
        self.recipients = Recipients()
        # By report, of those that are prepared next.
        self.comments: Mapping[int, Sequence[str]] = {}
        self.batch = Batch(app.extensions["mail"], settings)

    @staticmethod
    def time_limit(settings: Settings) -> float:
        return time_limit(settings)

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        # Who left since the last ones were written gets none of these.
        self.recipients = Recipients()
        reports: dict[int, Sequence[str]] = {
            each.report_id: [] for each in deliveries if each.report_id is not None
        }
        self.comments = {**reports, **latest_comments_of(db.session(), reports)}

    def prepare(self, delivery: Delivery) -> Prepared:
        rendered = render(db.session(), delivery, self.settings, self.recipients, self.comments)
        message = OutgoingMessage(
            message_id=delivery.message_id,
            subject=rendered.subject,
            recipient=delivery.recipient,
            text=rendered.text,
            html=rendered.html,
            headers=rendered.headers,
        )
        envelope = Envelope.of(message) if self.settings.smtp_host else None
        return Prepared.of(delivery, rendered.stored(), envelope)

    def send(self, prepared: Prepared, still_ours: Callable[[], bool]) -> Receipt:
        if prepared.message is None:
            return Receipt("kept")
        while True:
            connected = self.batch.open()
            if not still_ours():
                raise NotOurs
            try:
                self.batch.send(prepared.message)
            except SendingError as failure:
                # Servers bound the messages of one connection: say it again over a new one.
                if connected or failure.perhaps_sent or not failure.closed:
                    raise
            else:
                return Receipt()

    def close(self) -> None:
        self.batch.close()
