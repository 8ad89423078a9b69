"""Who works on a site: inviting, joining, changing a role, leaving.

Every change is recorded in the audit log; ``actor`` is None for the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from server.audit import record
from server.clock import now
from server.config import Settings
from server.invalid import InvalidInput
from server.language import gettext, in_english_or
from server.models import ROLES, ApiToken, Invitation, Membership, Site, User
from server.notify.account_mail import owe_account_mail
from server.notify.links import INVITATION_DAYS
from server.reports.assignment import release
from server.reports.membership import ACTING_ROLES
from server.sites import add_member, find_user, membership_of
from server.text.mailbox import InvalidAddress, checked_address

# Nobody's site may be used to write to the world.
MAX_PENDING = 100
# Between two mails of one invitation.
RESEND_MINUTES = 5


class NoInvitation(LookupError):  # noqa: N818 - reads as what happened
    """It was used, was withdrawn, has expired, or its address's account is closed."""


def members_of(session: Session, site: Site) -> Sequence[Membership]:
    """The members of a site by role, owners first, then by address."""
    found = session.scalars(
        select(Membership)
        .join(User)
        .where(Membership.site_id == site.id)
        .options(joinedload(Membership.user))
        .order_by(User.email)
    ).all()
    return sorted(found, key=lambda membership: ROLES.index(membership.role))


def invitations_of(session: Session, site: Site) -> Sequence[Invitation]:
    """Who was asked to join and has not answered, newest first; expired ones too."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.site_id == site.id)
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
    ).all()


def invitations_to(session: Session, email: str) -> Sequence[Invitation]:
    """What an address is invited to and can still accept."""
    found = session.scalars(select(Invitation).where(Invitation.email == email.strip().lower()))
    return [each for each in found if can_be_accepted(session, each)]


def invite(
    session: Session, settings: Settings, site: Site, email: str, role: str, *, actor: User | None
) -> Invitation:
    """Ask an address to join a site, by mail. Whether it has an account makes no difference here.

    Raises InvalidInput for a bad address or role, for a member, for one who is invited already,
    and where too many are.
    """
    try:
        address = checked_address(email, trial=True).lower()
    except InvalidAddress as error:
        words = in_english_or(gettext("This is no e-mail address."), error)
        raise InvalidInput(f"email: {words}") from None
    if role not in ROLES:
        raise _unknown_role()
    pending = {each.email: each for each in invitations_of(session, site)}
    user = find_user(session, address)
    if user and any(each.site_id == site.id for each in user.memberships):
        raise InvalidInput(
            "email: "
            + gettext("%(who)s is already a member of %(site)s.", who=address, site=site.name)
        )
    if address in pending:
        raise InvalidInput("email: " + gettext("%(who)s is already invited.", who=address))
    if len(pending) >= MAX_PENDING:
        raise InvalidInput(
            "email: "
            + gettext(
                "%(count)s invitations wait already. Withdraw some first.", count=len(pending)
            )
        )
    moment = now()
    invitation = Invitation(
        site_id=site.id,
        email=address,
        role=role,
        invited_by_id=actor.id if actor else None,
        created_at=moment,
        sent_at=moment,
        expires_at=moment + timedelta(days=INVITATION_DAYS),
    )
    session.add(invitation)
    session.flush()
    _owe(session, settings, invitation)
    record(session, "member.invited", actor=actor, site=site, detail=f"{address}: {role}")
    return invitation


def resend(
    session: Session, settings: Settings, invitation: Invitation, *, actor: User | None
) -> None:
    """Send the mail once more, and let the invitation last anew. Raises InvalidInput where the
    last mail went just now."""
    moment = now()
    if moment - invitation.sent_at < timedelta(minutes=RESEND_MINUTES):
        raise InvalidInput(
            "email: "
            + gettext("The last mail to %(who)s is only minutes old.", who=invitation.email)
        )
    invitation.sent_at = moment
    invitation.expires_at = moment + timedelta(days=INVITATION_DAYS)
    _owe(session, settings, invitation)
    record(
        session,
        "member.invited_again",
        actor=actor,
        site=invitation.site,
        detail=invitation.email,
    )


def withdraw(session: Session, invitation: Invitation, *, actor: User | None) -> None:
    """Its link is worthless from now on."""
    record(
        session,
        "member.invitation_withdrawn",
        actor=actor,
        site=invitation.site,
        detail=invitation.email,
    )
    session.delete(invitation)
    session.flush()


def can_be_accepted(session: Session, invitation: Invitation) -> bool:
    """Not where it has expired, or where the address's account was closed."""
    user = find_user(session, invitation.email)
    return invitation.expires_at > now() and (user is None or user.active)


def accept(session: Session, invitation: Invitation, password_hash: str | None = None) -> User:
    """Join: with the account of the address, else with a new one that gets the password; None: it
    logs in by other ways. Raises NoInvitation.
    """
    # Of several who open the link in the same moment, one waits for the other.
    own = select(Invitation.id).where(Invitation.id == invitation.id).with_for_update()
    if session.scalar(own) is None or not can_be_accepted(session, invitation):
        raise NoInvitation
    user = find_user(session, invitation.email)
    site, role = invitation.site, invitation.role
    if user is None:
        user = User(email=invitation.email, password=password_hash)
        session.add(user)
        session.flush()
    if not any(each.site_id == site.id for each in user.memberships):
        add_member(session, user, site, role)
    session.delete(invitation)
    record(session, "member.joined", actor=user, site=site, detail=role)
    return user


def change_role(
    session: Session, user: User, site: Site, role: str, *, actor: User | None
) -> Membership:
    """Raises InvalidInput for an unknown role, for who is no member, and where no owner would be
    left."""
    if role not in ROLES:
        raise _unknown_role()
    _lock(session, site)
    membership = membership_of(session, user, site)
    if membership.role == role:
        return membership
    _require_another_owner(session, membership)
    detail = f"{user.email}: {membership.role} → {role}"
    membership.role = role
    record(session, "member.role_changed", actor=actor, site=site, detail=detail)
    if role not in ACTING_ROLES:
        _release(session, user, site, actor)
    return membership


def remove_member(session: Session, user: User, site: Site, *, actor: User | None) -> None:
    """The account sees nothing of the site any more, nor do its programs, also if it ever comes
    back. Raises InvalidInput for who is no member, and where no owner would be left."""
    _lock(session, site)
    membership = membership_of(session, user, site)
    _require_another_owner(session, membership)
    session.delete(membership)
    session.execute(
        delete(ApiToken).where(ApiToken.user_id == user.id, ApiToken.site_id == site.id)
    )
    record(session, "member.removed", actor=actor, site=site, detail=user.email)
    _release(session, user, site, actor)


def _release(session: Session, user: User, site: Site, actor: User | None) -> None:
    """What was assigned to somebody who works on it no more is anybody's again."""
    source = "dashboard" if actor else "command"
    release(session, user.id, site.id, actor=actor, source=source)


def _lock(session: Session, site: Site) -> None:
    """Two owners who demote each other in the same moment must not both succeed."""
    session.execute(select(Site.id).where(Site.id == site.id).with_for_update(key_share=True))


def _require_another_owner(session: Session, membership: Membership) -> None:
    if membership.role != "owner":
        return
    session.refresh(membership)
    others = (
        select(func.count())
        .select_from(Membership)
        .join(User)
        .where(
            Membership.site_id == membership.site_id,
            Membership.role == "owner",
            Membership.id != membership.id,
            User.active,
        )
    )
    if not session.scalar(others):
        raise InvalidInput(
            "role: " + gettext("The site needs an owner. Make somebody else one first.")
        )


def _unknown_role() -> InvalidInput:
    return InvalidInput("role: " + gettext("must be one of %(roles)s.", roles=", ".join(ROLES)))


def _owe(session: Session, settings: Settings, invitation: Invitation) -> None:
    owe_account_mail(
        session,
        settings,
        invitation.email,
        about="invitation",
        cause=f"{invitation.public_id}:{invitation.sent_at.isoformat()}",
        details={"invitation": str(invitation.public_id)},
    )
