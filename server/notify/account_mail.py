"""Mails about an account itself: an invitation, a way back in, a password that changed.

They belong to no site, so no page shows them. What is owed names the invitation or the account;
the secret of a link is made when the mail is, and nothing keeps it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from server.clock import now
from server.config import Settings
from server.database import write_with_retry
from server.language import best_language, gettext, long_date
from server.models import Delivery, Invitation, User
from server.notify import headers, outbox
from server.notify.failure import SendingError
from server.notify.letter import Letter, Rendered
from server.notify.links import Links

# How long a link to a new password is good.
RESET_HOURS = 2
# Of a mail that was sent or given up, its recipient and time are kept so long.
KEPT_DAYS = 30


def owe_account_mail(
    session: Session,
    settings: Settings,
    recipient: str,
    *,
    about: str,
    cause: str,
    details: Mapping[str, Any],
) -> Delivery | None:
    """Owe a mail of the kind ``about`` (``invitation``, ``reset``, ``changed``) in the caller's
    transaction; None where ``cause`` owed it already."""
    return outbox.owe(
        session,
        None,
        recipient,
        settings.mail_from,
        cause=f"{about}:{cause}",
        kind="account",
        details={"about": about, **details},
    )


def invitation_path(settings: Settings, invitation: uuid.UUID) -> str:
    """The secret address by which an invitation is answered."""
    return f"/invitation/{Links.of(settings).sign_invitation(invitation)}"


def render_account(session: Session, delivery: Delivery, settings: Settings) -> Rendered:
    """In the account's language. Raises SendingError where it is of no use any more."""
    about: Callable[[Session, Delivery, Settings], Rendered] = {
        "invitation": _invitation,
        "reset": _reset,
        "changed": _changed,
    }[delivery.details["about"]]
    return about(session, delivery, settings)


def forget_account_mail() -> int:
    """Delete what was sent or given up long ago; how many."""

    def work(session: Session) -> int:
        ended = delete(Delivery).where(
            Delivery.kind == "account",
            Delivery.state != "queued",
            Delivery.created_at < now() - timedelta(days=KEPT_DAYS),
        )
        return len(session.execute(ended.returning(Delivery.id)).all())

    return write_with_retry(work)


def forget_invitations() -> int:
    """Delete invitations that expired long ago; how many."""

    def work(session: Session) -> int:
        old = delete(Invitation).where(Invitation.expires_at < now() - timedelta(days=KEPT_DAYS))
        return len(session.execute(old.returning(Invitation.id)).all())

    return write_with_retry(work)


def _invitation(session: Session, delivery: Delivery, settings: Settings) -> Rendered:
    public_id = uuid.UUID(delivery.details["invitation"])
    found = session.scalar(select(Invitation).where(Invitation.public_id == public_id))
    if found is None or found.expires_at <= now():
        raise SendingError("The invitation was used, was withdrawn or has expired.", permanent=True)
    site = found.site
    user = session.scalar(select(User).where(func.lower(User.email) == found.email))
    with Letter(
        delivery, settings, best_language(user.language if user else "", site.language)
    ) as letter:
        path = invitation_path(settings, found.public_id)
        letter.conceal(path.rpartition("/")[2])
        by = found.invited_by.email if found.invited_by else settings.public_url
        role = {"owner": gettext("owner"), "editor": gettext("editor"), "viewer": gettext("viewer")}
        return letter.render(
            "account",
            subject=gettext("%(site)s invites you to Copydesk", site=headers.for_header(site.name)),
            paragraphs=[
                gettext(
                    "%(who)s invites you to work on the spelling reports of %(site)s. "
                    "Your role: %(role)s.",
                    who=by,
                    site=site.name,
                    role=role[found.role],
                )
            ],
            url=settings.public_url + path,
            button=gettext("Join"),
            reason=gettext(
                "The link is good until %(date)s. If you expected no invitation, do nothing.",
                date=long_date(found.expires_at),
            ),
        )


def _reset(session: Session, delivery: Delivery, settings: Settings) -> Rendered:
    user = _account(session, delivery)
    if delivery.created_at < now() - timedelta(hours=RESET_HOURS):
        raise SendingError("It was asked for too long ago.", permanent=True)
    token = generate_reset_password_token(user)  # type: ignore[no-untyped-call]  # theirs has no types
    with Letter(delivery, settings, best_language(user.language)) as letter:
        letter.conceal(token)
        return letter.render(
            "account",
            subject=gettext("A new password for Copydesk"),
            paragraphs=[
                gettext(
                    "Somebody, we hope you, asked for a new password for %(address)s.",
                    address=user.email,
                )
            ],
            url=f"{settings.public_url}/login/reset/{token}",
            button=gettext("Choose a new password"),
            reason=gettext(
                "The link is good for %(hours)s hours and once. If it was not you, do nothing: "
                "your password stays as it is.",
                hours=RESET_HOURS,
            ),
        )


def _changed(session: Session, delivery: Delivery, settings: Settings) -> Rendered:
    user = _account(session, delivery)
    with Letter(delivery, settings, best_language(user.language)) as letter:
        return letter.render(
            "account",
            subject=gettext("Your Copydesk password was changed"),
            paragraphs=[
                gettext(
                    "The password of %(address)s was changed on %(date)s. All sessions but the "
                    "one that changed it have ended.",
                    address=user.email,
                    date=long_date(delivery.created_at),
                )
            ],
            url=f"{settings.public_url}/login/reset",
            button=gettext("It was not me: choose another"),
            reason=gettext("If it was you, there is nothing to do."),
        )


def _account(session: Session, delivery: Delivery) -> User:
    user = session.get(User, delivery.details["account"])
    if user is None or not user.active:
        raise SendingError("There is no such account any more.", permanent=True)
    return user
