"""What is sent for a delivery of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from server.config import Settings
from server.models import Delivery
from server.notify.account_mail import render_account
from server.notify.digest_mail import render_collected, render_digest
from server.notify.letter import Rendered
from server.notify.recipients import Recipients
from server.notify.report_mail import render_report
from server.notify.thanks_mail import render_thanks

NO_COMMENTS: Mapping[int, Sequence[str]] = {}


def render(
    session: Session,
    delivery: Delivery,
    settings: Settings,
    recipients: Recipients,
    comments: Mapping[int, Sequence[str]] = NO_COMMENTS,
) -> Rendered:
    """The message of a delivery, in its recipient's language. ``comments``: on reports, by their
    id, as far as they were asked for already."""
    if delivery.kind == "account":
        return render_account(session, delivery, settings)
    if delivery.kind == "thanks":
        return render_thanks(session, delivery, settings)
    if delivery.kind == "digest":
        return render_digest(session, delivery, settings, recipients)
    if delivery.kind == "collected":
        return render_collected(session, delivery, settings, recipients)
    return render_report(session, delivery, settings, recipients, comments)
