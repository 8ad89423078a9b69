"""Who of a site's people a report is for. Pure: what is loaded goes in, recipients come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.notify.rhythm import Rhythm
from server.text.matching import Conditions, Facts, comparable, names_in


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """One address that hears of a site's reports, or a chat by its reference. ``min_readers``,
    ``min_score``: of less nothing is told. ``subscription_id`` is None where nothing but the
    default was chosen."""

    address: str
    channel: str = "mail"
    rhythm: Rhythm = field(default_factory=Rhythm)
    min_readers: int = 1
    min_score: int = 0
    subscription_id: int | None = None

    @property
    def silent(self) -> bool:
        return self.rhythm.mode == "never"

    @property
    def has_threshold(self) -> bool:
        return self.min_readers > 1 or self.min_score > 0

    def wants(self, readers: int, score: int | None) -> bool:
        """Whether a report is above the thresholds. A score that is not known passes: one mail
        too many is better than a report that nobody hears of."""
        return readers >= self.min_readers and (score is None or score >= self.min_score)


@dataclass(frozen=True)
class Rule:
    """``user_ids`` and ``addresses`` are its recipients."""

    conditions: Conditions
    author_first: bool = False
    user_ids: Sequence[int] = ()
    addresses: Sequence[str] = ()


@dataclass(frozen=True)
class Audience:
    """All that decides who hears of a site's reports.

    ``members`` by account id are those who are active and still belong to the site; ``others`` by
    address in lower case have no account there; ``authors`` are addresses by comparable name;
    ``gone`` are addresses in lower case of accounts that were switched off.
    """

    members: Mapping[int, Subscriber] = field(default_factory=dict)
    others: Mapping[str, Subscriber] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    authors: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    @property
    def needs_evidence(self) -> bool:
        """Whether what the machine knows of a report decides who hears of it."""
        return any(rule.conditions.needs_evidence for rule in self.rules) or any(
            each.min_score for each in (*self.members.values(), *self.others.values())
        )

    def recipients_of(
        self, facts: Facts, muted: Callable[[str], bool] = lambda address: False
    ) -> list[Subscriber]:
        """Whom a report is for, each address once.

        The first rule that holds decides. Where it leads to nobody who wants to hear (``never``,
        a muted page, somebody who left), the report is for all of the site.
        """

        def willing(found: Iterable[Subscriber | None]) -> list[Subscriber]:
            by_address = {
                each.address.lower(): each
                for each in found
                if each and not each.silent and not muted(each.address)
            }
            return list(by_address.values())

        everybody = (*self.others.values(), *self.members.values())
        rule = next((rule for rule in self.rules if rule.conditions.hold(facts)), None)
        if rule is None:
            return willing(everybody)
        return (
            (rule.author_first and willing(self._authors_of(facts)))
            or willing(self._named_by(rule))
            or willing(everybody)
        )

    def _authors_of(self, facts: Facts) -> list[Subscriber | None]:
        keys = [comparable(name) for name in names_in(facts.author)]
        return [self._at(self.authors[key]) for key in keys if key in self.authors]

    def _named_by(self, rule: Rule) -> list[Subscriber | None]:
        members = [self.members.get(user_id) for user_id in rule.user_ids]
        return [*members, *map(self._at, rule.addresses)]

    def _at(self, address: str) -> Subscriber | None:
        """Who reads an address: with the choices made for it, or at once."""
        wanted = address.lower()
        for member in self.members.values():
            if member.address.lower() == wanted:
                return member
        if wanted in self.others:
            return self.others[wanted]
        return None if wanted in self.gone else Subscriber(address=address)
