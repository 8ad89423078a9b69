"""A site's routing rules: what an owner may set."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from server.invalid import InvalidInput
from server.language import gettext
from server.models import Membership, RoutingRule, RuleRecipient, Subscription, User
from server.notify.audience import Audience, Rule
from server.notify.authors import authors_of
from server.notify.desk import valid_address
from server.notify.subscriptions import subscriber_of
from server.text.evidence.weights import WEIGHTS
from server.text.matching import Conditions

MAX_RULES = 100
MAX_RECIPIENTS = 20
_LENGTHS = {"author": 200, "section": 200, "path": 500, "language": 35, "evidence": 40}


@dataclass(frozen=True, kw_only=True)
class NewRule:
    """``recipients``: addresses, of members or of others."""

    conditions: Conditions
    recipients: Sequence[str] = ()
    author_first: bool = False
    position: int | None = None


def evidence_names() -> list[str]:
    """What a rule can name: kinds of findings, and before them their labels."""
    labels = dict.fromkeys(label for _, label in WEIGHTS.values() if label)
    return [*labels, *WEIGHTS]


def rules_of(session: Session, site_id: int) -> Sequence[RoutingRule]:
    """A site's rules in the order in which they are tried."""
    return session.scalars(
        select(RoutingRule)
        .where(RoutingRule.site_id == site_id)
        .order_by(RoutingRule.position, RoutingRule.id)
        .options(selectinload(RoutingRule.recipients).joinedload(RuleRecipient.user))
    ).all()


def add_rule(session: Session, site_id: int, new: NewRule) -> RoutingRule:
    """Add a rule, as the last one unless ``position`` (from 1) says otherwise. Raises
    InvalidInput; the message names the field."""
    _check(new.conditions)
    recipients = list(dict.fromkeys(map(valid_address, new.recipients)))
    if not recipients and not new.author_first:
        words = gettext("at least one address is needed.")
        raise InvalidInput(f"recipients: {words}")
    if len(recipients) > MAX_RECIPIENTS:
        words = gettext("at most %(most)s addresses.", most=MAX_RECIPIENTS)
        raise InvalidInput(f"recipients: {words}")
    rules = list(rules_of(session, site_id))
    if len(rules) >= MAX_RULES:
        words = gettext("a site has at most %(most)s rules.", most=MAX_RULES)
        raise InvalidInput(f"rules: {words}")
    rule = RoutingRule(
        site_id=site_id,
        author_first=new.author_first,
        recipients=_recipients(session, site_id, recipients),
        **{name: getattr(new.conditions, name) for name in Conditions.__annotations__},
    )
    session.add(rule)
    place = len(rules) if new.position is None else max(0, new.position - 1)
    rules.insert(place, rule)
    _number(rules)
    session.flush()
    return rule


def addresses_of(rule: RoutingRule) -> list[str]:
    """Of whom a rule names."""
    return [each.user.email if each.user else str(each.address) for each in rule.recipients]


def rule_named(session: Session, site_id: int, public_id: uuid.UUID) -> RoutingRule | None:
    """One of a site's rules."""
    return session.scalar(
        select(RoutingRule).where(
            RoutingRule.site_id == site_id, RoutingRule.public_id == public_id
        )
    )


def move(session: Session, rule: RoutingRule, position: int) -> None:
    """Let a rule be tried as the ``position``-th, from 1; beyond the last: as the last."""
    rules = list(rules_of(session, rule.site_id))
    rules.remove(rule)
    rules.insert(max(0, position - 1), rule)
    _number(rules)
    session.flush()


def move_up(session: Session, rule: RoutingRule) -> None:
    """Let a rule be tried before the one that is now before it."""
    move(session, rule, rules_of(session, rule.site_id).index(rule))


def remove_rule(session: Session, rule: RoutingRule) -> None:
    session.delete(rule)
    session.flush()


def audience_of(session: Session, site_id: int) -> Audience:
    """All that decides who hears of a site's reports, as it stands now."""
    rules = rules_of(session, site_id)
    authors = authors_of(session, site_id) if any(rule.author_first for rule in rules) else ()
    members = session.execute(
        select(User, Membership.role, Subscription)
        .join(Membership, Membership.user_id == User.id)
        .outerjoin(
            Subscription,
            (Subscription.site_id == Membership.site_id) & (Subscription.user_id == User.id),
        )
        .where(Membership.site_id == site_id, User.active)
        .order_by(User.id)
    )
    others = session.scalars(
        select(Subscription)
        .where(Subscription.site_id == site_id, Subscription.address.is_not(None))
        .order_by(Subscription.id)
    )
    return Audience(
        members={
            user.id: subscriber_of(user.email, subscription, role)
            for user, role, subscription in members
        },
        others={str(each.address): subscriber_of(str(each.address), each) for each in others},
        rules=[_rule(rule) for rule in rules],
        authors={author.name_key: author.address for author in authors},
        gone=_gone(session, [author.address for author in authors]),
    )


def _check(conditions: Conditions) -> None:
    """Raises InvalidInput; the message names the field."""
    for name, most in _LENGTHS.items():
        value = getattr(conditions, name)
        if len(value) > most or not value.isprintable():
            words = gettext("must have at most %(most)s printable characters.", most=most)
            raise InvalidInput(f"{name}: {words}")
    if conditions.path and conditions.path[0] not in "/*":
        words = gettext("must begin with / or *, as /sport/* does.")
        raise InvalidInput(f"path: {words}")
    if conditions.evidence and conditions.evidence not in evidence_names():
        words = gettext("%(finding)s is no kind of finding.", finding=conditions.evidence)
        raise InvalidInput(f"evidence: {words}")
    if not 0 <= conditions.min_score <= 100:
        words = gettext("must be from %(least)s to %(most)s.", least=0, most=100)
        raise InvalidInput(f"min_score: {words}")


def _rule(rule: RoutingRule) -> Rule:
    return Rule(
        conditions=Conditions(**{name: getattr(rule, name) for name in Conditions.__annotations__}),
        author_first=rule.author_first,
        user_ids=[each.user_id for each in rule.recipients if each.user_id is not None],
        addresses=[each.address for each in rule.recipients if each.address is not None],
    )


def _recipients(session: Session, site_id: int, addresses: Sequence[str]) -> list[RuleRecipient]:
    """Members by their account, so that a rule knows when one of them leaves."""
    members = {
        email.lower(): user_id
        for user_id, email in session.execute(
            select(User.id, User.email).join(Membership).where(Membership.site_id == site_id)
        )
    }
    return [
        RuleRecipient(user_id=members[address])
        if address in members
        else RuleRecipient(address=address)
        for address in addresses
    ]


def _gone(session: Session, addresses: Sequence[str]) -> frozenset[str]:
    if not addresses:
        return frozenset()
    wanted = {address.lower() for address in addresses}
    found = session.scalars(select(func.lower(User.email)).where(User.active.is_(False)))
    return frozenset(email for email in found if email in wanted)


def _number(rules: Sequence[RoutingRule]) -> None:
    for position, rule in enumerate(rules):
        rule.position = position
