"""Tokens of programs: made, shown once, looked up, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from server.audit import record
from server.clock import now
from server.invalid import InvalidInput
from server.language import gettext
from server.models import SCOPES, ApiToken, Membership, Site, User
from server.reports.membership import ACTING_ROLES

# So that programs which look for secrets in what people publish know ours.
PREFIX = "copydesk_"
MAX_DAYS = 3_650
MAX_TOKENS = 50
# What is noted of use is this coarse.
NOTED_EVERY = timedelta(minutes=5)
# What a viewer's token may not do either.
_ACTING_SCOPES = ("reports:resolve",)


@dataclass(frozen=True)
class Caller:
    """On whose behalf a program asks: an account on one site, within the token's scopes."""

    token_id: int
    user: User
    site: Site
    scopes: frozenset[str]
    used_at: datetime | None


def tokens_of(session: Session, user: User) -> Sequence[ApiToken]:
    """An account's tokens, newest first; expired ones too."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == user.id)
        .options(joinedload(ApiToken.site))
        .order_by(ApiToken.id.desc())
    ).all()


def tokens_on(session: Session, site: Site) -> Sequence[ApiToken]:
    """The tokens that reach a site, by their members, newest first; expired ones too."""
    return session.scalars(
        select(ApiToken)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.site_id == site.id)
        .options(joinedload(ApiToken.user))
        .order_by(func.lower(User.email), ApiToken.id.desc())
    ).all()


def issue(
    session: Session, user: User, site: Site, name: str, scopes: Sequence[str], days: int | None
) -> str:
    """Make a token; its text, which nobody can read again. ``days``: None for one that does not
    expire.

    Raises InvalidInput for a name, a scope or a time that is none, and for a scope that goes
    beyond the account's role.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise InvalidInput("name: " + gettext("must have 1 to 100 printable characters."))
    if not scopes or not set(scopes) <= set(SCOPES):
        raise InvalidInput("scopes: " + gettext("choose at least one."))
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise InvalidInput(
            "days: " + gettext("must be from %(least)s to %(most)s.", least=1, most=MAX_DAYS)
        )
    if set(scopes) & set(_ACTING_SCOPES) and _role(session, user, site) not in ACTING_ROLES:
        raise InvalidInput(
            "scopes: " + gettext("a viewer of %(site)s resolves nothing.", site=site.name)
        )
    count = select(func.count()).select_from(ApiToken).where(ApiToken.user_id == user.id)
    if (session.scalar(count) or 0) >= MAX_TOKENS:
        raise InvalidInput(
            "name: "
            + gettext("There are %(count)s tokens already. Revoke some first.", count=MAX_TOKENS)
        )
    text = PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiToken(
            user_id=user.id,
            site_id=site.id,
            name=name,
            token_hash=_hash(text),
            scopes=sorted(set(scopes)),
            expires_at=now() + timedelta(days=days) if days else None,
        )
    )
    record(session, "token.created", actor=user, site=site, detail=name)
    return text


def revoke(session: Session, token: ApiToken, *, actor: User) -> None:
    """It is worthless from now on. ``actor``: whose it is, or an owner of its site."""
    whose = "" if token.user_id == actor.id else f" ({token.user.email})"
    record(session, "token.revoked", actor=actor, site=token.site, detail=token.name + whose)
    session.delete(token)
    session.flush()


def caller_of(session: Session, text: str) -> Caller | None:
    """Who shows a token; None for one that is unknown, revoked or expired, and where its account
    is closed or not a member any more. A viewer's token reads only, whatever it could before."""
    found = session.execute(
        select(ApiToken, Membership.role)
        .join(User, User.id == ApiToken.user_id)
        .join(
            Membership,
            (Membership.user_id == ApiToken.user_id) & (Membership.site_id == ApiToken.site_id),
        )
        .where(ApiToken.token_hash == _hash(text), User.active)
        .options(joinedload(ApiToken.user), joinedload(ApiToken.site))
    ).first()
    if found is None:
        return None
    token, role = found
    if token.expires_at is not None and token.expires_at <= now():
        return None
    scopes = set(token.scopes)
    if role not in ACTING_ROLES:
        scopes -= set(_ACTING_SCOPES)
    return Caller(token.id, token.user, token.site, frozenset(scopes), token.last_used_at)


def needs_noting(caller: Caller) -> bool:
    """Whether the last use that is noted is too long ago."""
    return caller.used_at is None or now() - caller.used_at >= NOTED_EVERY


def note_use(session: Session, caller: Caller) -> None:
    token = session.get(ApiToken, caller.token_id)
    if token is not None:
        token.last_used_at = now()


def _role(session: Session, user: User, site: Site) -> str | None:
    return session.scalar(
        select(Membership.role).where(Membership.user_id == user.id, Membership.site_id == site.id)
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
