"""Routes that go by who stands behind a story: independent voices, or the state alone."""

from __future__ import annotations

from typing import Any

from alerts.dispatch.deciders import DECIDERS
from alerts.stories.accounts import accounts_of
from core.alerting.deliveries import ClaimedDelivery
from tests.integration.alerts.alert_desk import MINUTE, RAID, Desk, everywhere

OWN = (
    "Редакция поговорила с родными трёх задержанных, которые просили не называть имён.",
    "Их держали без воды до полуночи, а утром предложили подписать какие-то бумаги.",
    "Адвокат насчитал двадцать шесть человек и 25 машин, у одиннадцати отобрали телефоны.",
)
REPORT = (*RAID[:3], *OWN)
"""Enough of the raid to be the same story, and more than enough besides."""
OUTLETS = {"kloop": "independent", "azattyk": "independent", "kabar": "state", "ria": "state"}
SOURCES = [
    {"name": name, "feed": f"https://{name}.example/rss", "tags": [tag]}
    for name, tag in OUTLETS.items()
] + [{"name": "blog", "feed": "https://blog.example/rss"}]
TWO = {"when": {"independent": 2}, "to": ["boss"]}
STATE = {"when": {"only": "state"}, "to": ["boss"]}
REST = {"when": {"rules": ["raids"]}, "to": ["desk"]}


def told(desk: Desk, text: tuple[str, ...], *sources: str) -> None:
    for source in sources:
        desk.publish(text, source)
    desk.judge()
    desk.pass_time(MINUTE)


def heard(desk: Desk, receiver: str = "boss") -> list[str]:
    messages = desk.messages(receiver)
    return [alert.article.data.source for message in messages for alert in message.alerts]


@everywhere
def test_a_route_waits_for_a_second_independent_voice_and_then_hears(desks: Any) -> None:
    desk = desks(TWO, REST, sources=SOURCES)
    told(desk, RAID, "kloop")
    told(desk, RAID, "kabar")
    assert heard(desk) == []
    told(desk, REPORT, "azattyk")
    assert heard(desk) == ["azattyk"]
    assert heard(desk, "desk")[0] == "kloop", "nobody else waits for it"


@everywhere
def test_a_verbatim_copy_is_no_second_voice(desks: Any) -> None:
    desk = desks(TWO, sources=SOURCES)
    told(desk, RAID, "kloop")
    told(desk, RAID, "azattyk")
    assert heard(desk) == []


def test_an_independent_outlet_that_repeats_the_state_is_no_voice(desks: Any) -> None:
    desk = desks({**TWO, "when": {"independent": 1}}, sources=SOURCES)
    told(desk, RAID, "kabar")
    told(desk, RAID, "kloop")
    assert heard(desk) == []
    told(desk, REPORT, "azattyk")
    assert heard(desk) == ["azattyk"]


def test_voices_that_are_judged_together_count_together(desks: Any) -> None:
    desk = desks(TWO, sources=SOURCES)
    desk.publish(RAID, "kloop")
    desk.publish(REPORT, "azattyk")
    desk.judge()
    desk.pass_time(MINUTE)
    assert heard(desk) == ["azattyk"]


def test_voices_are_known_after_a_restart(desks: Any) -> None:
    desk = desks(TWO, sources=SOURCES)
    told(desk, RAID, "kloop")
    desk.grouping = type(desk.grouping)()
    told(desk, REPORT, "azattyk")
    assert heard(desk) == ["azattyk"]


def test_two_sources_of_one_outlet_are_one_voice(desks: Any) -> None:
    sources = [
        {
            "name": name,
            "title": "Kloop",
            "feed": f"https://{name}.example/",
            "tags": ["independent"],
        }
        for name in ("kloop", "kloop-ru")
    ]
    desk = desks(TWO, sources=sources)
    told(desk, RAID, "kloop")
    told(desk, REPORT, "kloop-ru")
    assert heard(desk) == []


@everywhere
def test_a_route_for_the_state_alone_hears_at_once_and_until_somebody_else_has_it(
    desks: Any,
) -> None:
    desk = desks(STATE, REST, sources=SOURCES)
    told(desk, RAID, "kabar")
    assert heard(desk) == ["kabar"]
    told(desk, RAID, "kloop")
    told(desk, RAID, "ria")
    desk.pass_time(16 * MINUTE)
    assert heard(desk) == ["kabar"]
    assert sorted(heard(desk, "desk")) == ["kabar", "kloop", "ria"], "nothing is lost by it"


def test_only_takes_several_tags_and_an_outlet_without_any_ends_it(desks: Any) -> None:
    desk = desks({**STATE, "when": {"only": ["state", "independent"]}}, sources=SOURCES)
    told(desk, RAID, "kabar", "kloop")
    assert heard(desk) == ["kabar", "kloop"]
    told(desk, RAID, "blog", "ria")
    desk.pass_time(16 * MINUTE)
    assert heard(desk) == ["kabar", "kloop"]


# -- what a message knows of it


def claimed(desk: Desk, receiver: str) -> list[ClaimedDelivery]:
    """Claim what is due for a receiver."""
    return desk.store.claim_deliveries(
        desk.clock(), DECIDERS, limit=9, lease=MINUTE, owner="o", receivers=[receiver]
    )


@everywhere
def test_the_message_of_a_route_that_waited_says_who_came_first(desks: Any) -> None:
    desk = desks(TWO, sources=SOURCES)
    told(desk, RAID, "kloop")
    told(desk, RAID, "kabar")
    told(desk, REPORT, "azattyk")
    (message,) = claimed(desk, "boss")
    (tellings,) = message.tellings.values()
    kloop, kabar, azattyk = accounts_of(tellings)
    assert (kloop.source, kloop.copies, kloop.adds) == ("kloop", None, False)
    assert kabar.copies is not None
    assert (kabar.copies.source, kabar.adds) == ("kloop", False)
    assert (azattyk.source, azattyk.copies, azattyk.numbers) == ("azattyk", None, ("25 машин",))


@everywhere
def test_a_later_attempt_knows_no_more_than_the_first(desks: Any) -> None:
    desk = desks({"to": ["desk"], "group_by": "none"}, sources=SOURCES)
    told(desk, RAID, "kloop")
    told(desk, RAID, "kabar")
    before = {one.delivery.id: one.tellings for one in claimed(desk, "desk")}
    told(desk, REPORT, "azattyk")
    desk.clock.advance(2 * MINUTE)
    after = {one.delivery.id: one.tellings for one in claimed(desk, "desk")}
    assert len(after) == 3
    assert {name: after[name] for name in before} == before
    assert sorted(len(tellings) for tellings in before.values()) == [0, 1]


def test_a_story_that_one_article_tells_is_not_looked_at(desks: Any) -> None:
    desk = desks({"to": ["desk"]}, sources=SOURCES)
    told(desk, RAID, "kloop")
    (message,) = claimed(desk, "desk")
    assert message.tellings == {}


def test_names_are_those_of_entities_where_rules_fired(desks: Any) -> None:
    entities = {"lawyer": {"kind": "person", "ru": ["Адвокат"]}}
    desk = desks(TWO, sources=SOURCES, entities=entities)
    told(desk, RAID, "kloop")
    told(desk, REPORT, "azattyk")
    (message,) = claimed(desk, "boss")
    (tellings,) = message.tellings.values()
    assert accounts_of(tellings)[1].names == (("lawyer", "Адвокат"),)
