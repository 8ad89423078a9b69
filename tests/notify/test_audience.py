"""Whom a report is for; whatever the rules, somebody hears of it while anybody wants to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.notify.audience import Audience, Rule, Subscriber
from server.notify.rhythm import Rhythm
from server.text.matching import Conditions, Facts

ANN, BOB, CAM = "ann@news.example", "bob@news.example", "cam@news.example"
DESK = "desk@news.example"
NEVER = Rhythm(mode="never")


def member(address: str, mode: str = "at_once") -> Subscriber:
    return Subscriber(address=address, rhythm=Rhythm(mode=mode))


MEMBERS = {1: member(ANN), 2: member(BOB)}


def told(audience: Audience, facts: Facts | None = None, muted: str = "") -> list[str]:
    found = audience.recipients_of(facts or Facts(), lambda address: address == muted)
    return sorted(each.address for each in found)


def test_without_rules_all_of_the_site_hear() -> None:
    assert told(Audience(members=MEMBERS, others={DESK: member(DESK)})) == [ANN, BOB, DESK]


def test_who_is_twice_on_the_list_hears_once_as_the_member_chose() -> None:
    audience = Audience(members={1: member(ANN, "daily")}, others={ANN: member(ANN)})

    (only,) = audience.recipients_of(Facts())

    assert only.rhythm.mode == "daily"


def test_first_rule_that_holds_decides() -> None:
    audience = Audience(
        members=MEMBERS,
        rules=[
            Rule(Conditions(section="sport"), user_ids=[2]),
            Rule(Conditions(path="/sport/*"), user_ids=[1]),
        ],
    )

    assert told(audience, Facts(section="Sport", path="/sport/1")) == [BOB]
    assert told(audience, Facts(path="/sport/1")) == [ANN]
    assert told(audience, Facts(path="/")) == [ANN, BOB]


def test_rule_reaches_addresses_without_an_account() -> None:
    audience = Audience(members=MEMBERS, rules=[Rule(Conditions(), addresses=[DESK])])

    assert told(audience) == [DESK]


def test_rule_whose_only_member_left_falls_back_to_the_site() -> None:
    assert told(Audience(members=MEMBERS, rules=[Rule(Conditions(), user_ids=[9])])) == [ANN, BOB]


def test_rule_whose_only_member_wants_nothing_falls_back_to_the_site() -> None:
    audience = Audience(
        members={**MEMBERS, 3: member(CAM, "never")}, rules=[Rule(Conditions(), user_ids=[3])]
    )

    assert told(audience) == [ANN, BOB]


def test_rule_whose_only_member_muted_the_page_falls_back_to_the_site() -> None:
    audience = Audience(members=MEMBERS, rules=[Rule(Conditions(), user_ids=[1])])

    assert told(audience, muted=ANN) == [BOB]


class TestAuthorFirst:
    audience = Audience(
        members=MEMBERS,
        rules=[Rule(Conditions(), author_first=True, addresses=[DESK])],
        authors={"anna berg": CAM, "tom wu": ANN, "left": "left@news.example"},
        gone=frozenset(["left@news.example"]),
    )

    def test_author_alone_hears(self) -> None:
        assert told(self.audience, Facts(author="Anna BERG")) == [CAM]

    def test_all_authors_hear(self) -> None:
        assert told(self.audience, Facts(author="Anna Berg, Tom Wu")) == [ANN, CAM]

    def test_desk_hears_of_unknown_authors(self) -> None:
        assert told(self.audience, Facts(author="Somebody Else")) == [DESK]
        assert told(self.audience, Facts()) == [DESK]

    def test_desk_hears_where_the_author_left(self) -> None:
        assert told(self.audience, Facts(author="Left")) == [DESK]


# Few values, so that rules hold and addresses meet.
addresses = st.sampled_from([ANN, BOB, CAM, DESK])
modes = st.sampled_from(["at_once", "daily", "never"])
subscribers = st.builds(member, addresses, modes)
words = st.sampled_from(["", "sport", "*", "s?ort", "politics"])
conditions = st.builds(
    Conditions,
    author=words,
    section=words,
    path=st.sampled_from(["", "/sport/*", "*"]),
    language=st.sampled_from(["", "de"]),
    evidence=st.sampled_from(["", "unknown"]),
    min_score=st.integers(0, 100),
)
rules = st.builds(
    Rule,
    conditions,
    author_first=st.booleans(),
    user_ids=st.lists(st.integers(1, 5), max_size=2),
    addresses=st.lists(addresses, max_size=2),
)
facts = st.builds(
    Facts,
    author=st.sampled_from(["", "sport", "Anna, Tom"]),
    section=st.sampled_from(["", "sport"]),
    path=st.sampled_from(["/", "/sport/1"]),
    language=st.sampled_from(["", "de"]),
    evidence=st.sampled_from([(), ("unknown",)]),
    score=st.none() | st.integers(0, 100),
)
audiences = st.builds(
    Audience,
    members=st.dictionaries(st.integers(1, 4), subscribers, max_size=4),
    others=st.lists(subscribers, max_size=3).map(lambda found: {e.address: e for e in found}),
    rules=st.lists(rules, max_size=4),
    authors=st.dictionaries(st.sampled_from(["sport", "anna", "tom"]), addresses),
    gone=st.frozensets(addresses, max_size=2),
)


@given(audiences, facts)
def test_no_report_is_left_without_a_recipient_while_the_site_has_any(
    audience: Audience, facts: Facts
) -> None:
    found = audience.recipients_of(facts)

    site_has_any = any(
        not each.silent for each in (*audience.members.values(), *audience.others.values())
    )
    assert found or not site_has_any
    assert not any(each.silent for each in found)
    assert len({each.address.lower() for each in found}) == len(found)
