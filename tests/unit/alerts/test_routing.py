"""Who hears of a match."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from alerts.dispatch.route_trace import PassedOver, passed_over
from alerts.dispatch.routing import (
    AlertFacts,
    Condition,
    FollowedRoute,
    asks_who,
    escalations_for,
    facts_of,
    follow,
    recipients_for,
    unmet,
)
from core.alerting.accounts import Account, Copied
from core.alerting.alerts import Escalation
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import GroupBy, Recipient
from core.calendar import DailyHours
from core.config.sections.health import HEALTH_RULE, RECEIVER_RULE
from core.config.sections.hours import MaxPerHourConfig
from core.config.sections.routes import GROUP_INTERVAL, GROUP_WAIT, EscalateConfig, RouteMatch
from core.config.watch import WatchConfig
from tests.unit.alerts.samples import SENT_AT, article, match

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def config(*routes: dict[str, Any]) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "sources": [
                {"name": "outlet", "feed": "https://outlet.example/rss", "tags": ["kg", "free"]}
            ],
            "rules": [
                {"id": "new-citizens", "when": "passport", "topics": ["migration", "draft"]},
                {"id": "prices", "when": "price", "topics": ["money"]},
            ],
            "receivers": [{"name": name, "console": {}} for name in ("desk", "editors", "night")],
            "routes": routes,
        }
    )


def heard(*routes: dict[str, Any], level: Level = Level.HIGH, **data: Any) -> tuple[str, ...]:
    watch = config(*routes)
    facts = facts_of(match(level=level), article(**data), watch)
    notified = recipients_for(facts, follow(facts, watch), SENT_AT)
    return tuple(recipient.receiver for recipient in notified)


def test_without_routes_everybody_hears() -> None:
    assert heard() == ("desk", "editors", "night")


def test_every_matching_route_is_followed_and_each_receiver_hears_once() -> None:
    assert heard(
        {"to": ["editors", "desk"]}, {"when": {"level": "high"}, "to": ["desk", "night"]}
    ) == (
        "editors",
        "desk",
        "night",
    )


def test_routes_of_which_none_applies_reach_nobody() -> None:
    assert heard({"when": {"level": "low"}, "to": ["desk"]}) == ()


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ({"level": ["normal", "high"]}, True),
        ({"level": "normal"}, False),
        ({"rules": ["*"]}, True),
        ({"rules": ["new-*"]}, True),
        ({"rules": ["new"]}, False),
        ({"rules": ["NEW-*"]}, False),
        ({"sources": ["out*", "other"]}, True),
        ({"sources": ["other"]}, False),
        ({"tags": ["free", "uz"]}, True),
        ({"tags": ["uz"]}, False),
        ({"languages": ["ru"]}, True),
        ({"languages": ["ky"]}, False),
        ({"topics": ["money", "draft"]}, True),
        ({"topics": ["money"]}, False),
        ({"entities": ["bishkek", "osh"]}, True),
        ({"entities": ["osh"]}, False),
        ({"outlets": 1}, True),
        ({"outlets": 2}, False),
        ({"level": "high", "tags": ["uz"]}, False),
        ({"level": "low", "tags": ["kg"]}, False),
        ({"level": "high", "tags": ["kg"], "rules": ["*citizens"]}, True),
    ],
)
def test_every_condition_of_a_route_must_hold(when: dict[str, Any], applies: bool) -> None:
    assert heard({"when": when, "to": ["desk"]}) == (("desk",) if applies else ())


def test_an_article_of_a_removed_source_has_no_tags() -> None:
    assert heard({"when": {"tags": ["kg"]}, "to": ["desk"]}, source="removed") == ()


def test_an_article_of_unknown_language_takes_no_language_route() -> None:
    assert heard({"when": {"languages": ["ru"]}, "to": ["desk"]}, language=None) == ()


# -- what an alert is judged by


def test_the_facts_of_an_alert_come_from_its_match_its_article_and_the_configuration() -> None:
    assert facts_of(match(), article(), config(), story=5, outlets=3) == AlertFacts(
        rule="new-citizens",
        level=Level.HIGH,
        source="outlet",
        tags=frozenset({"kg", "free"}),
        topics=frozenset({"migration", "draft"}),
        entities=frozenset({"osmonov", "bishkek"}),
        language="ru",
        story=5,
        outlets=3,
    )


def test_an_article_that_is_in_no_story_is_the_only_one_to_have_it() -> None:
    facts = facts_of(match(), article(), config())
    assert (facts.story, facts.outlets) == (None, 1)


def test_a_rule_that_left_the_configuration_has_no_topics() -> None:
    assert facts_of(match(rule_id="gone"), article(), config()).topics == frozenset()


def facts(**changes: Any) -> AlertFacts:
    known: dict[str, Any] = {"rule": "prices", "level": Level.HIGH, "source": "outlet", "story": 7}
    return AlertFacts(**{**known, **changes})


@pytest.mark.parametrize(("outlets", "applies"), [(2, False), (3, True), (4, True)])
def test_a_route_may_wait_for_a_number_of_outlets(outlets: int, applies: bool) -> None:
    routes = follow(facts(outlets=outlets), config({"when": {"outlets": 3}, "to": ["desk"]}))
    assert bool(routes) is applies


# -- the tree of routes

LOW_ONLY = {"level": "low"}


def labels(*routes: dict[str, Any]) -> list[str]:
    return [route.label for route in follow(facts(), config(*routes))]


@pytest.mark.parametrize(
    ("routes", "followed"),
    [
        pytest.param([], ["no routes"], id="no-routes"),
        pytest.param(
            [{"to": ["desk"]}, {"to": ["night"]}], ["routes[0]", "routes[1]"], id="all-that-apply"
        ),
        pytest.param(
            [{"to": ["desk"], "continue": False}, {"to": ["night"]}], ["routes[0]"], id="one-stops"
        ),
        pytest.param(
            [{"when": LOW_ONLY, "to": ["desk"], "continue": False}, {"to": ["night"]}],
            ["routes[1]"],
            id="what-does-not-apply-stops-nothing",
        ),
        pytest.param(
            [{"to": ["desk"], "routes": [{"when": LOW_ONLY, "to": ["night"]}]}],
            ["routes[0]"],
            id="what-no-inner-route-takes-is-the-outer-ones",
        ),
        pytest.param(
            [{"to": ["desk"], "routes": [{"when": LOW_ONLY}, {"to": ["night"]}, {}]}],
            ["routes[0].routes[1]", "routes[0].routes[2]"],
            id="inner-routes-keep-what-they-take",
        ),
        pytest.param(
            [
                {"routes": [{"to": ["desk"], "continue": False}, {"to": ["night"]}]},
                {"to": ["desk"]},
            ],
            ["routes[0].routes[0]", "routes[1]"],
            id="an-inner-route-stops-its-own-level-only",
        ),
        pytest.param(
            [
                {"continue": False, "routes": [{"when": LOW_ONLY, "to": ["desk"]}]},
                {"to": ["night"]},
            ],
            [],
            id="a-route-without-receivers-reaches-nobody-and-stops-all-the-same",
        ),
        pytest.param(
            [{"routes": [{"routes": [{}, {"to": ["desk"]}]}]}],
            ["routes[0].routes[0].routes[1]"],
            id="three-deep",
        ),
    ],
)
def test_routes_are_followed_as_a_tree(routes: list[dict[str, Any]], followed: list[str]) -> None:
    assert labels(*routes) == followed


def test_without_routes_everybody_hears_by_the_usual_settings() -> None:
    everybody = FollowedRoute(label="no routes", to=("desk", "editors", "night"))
    assert follow(facts(), config()) == (everybody,)


SETTINGS: dict[str, Any] = {
    "to": ["desk"],
    "group_by": "rule",
    "group_wait": "1m",
    "group_interval": "5m",
    "digest": "0 8 * * *",
    "timezone": "Asia/Bishkek",
    "max_per_hour": 5,
    "escalate": {"after": "1h", "to": ["editors"]},
}
OTHERS: dict[str, Any] = {
    "to": ["night"],
    "group_by": "none",
    "group_wait": "0s",
    "group_interval": "0s",
    "digest": "0 9 * * *",
    "timezone": "Asia/Omsk",
    "max_per_hour": 9,
    "escalate": {"after": "2h", "to": ["desk"]},
}


def settings(route: dict[str, Any], label: str) -> FollowedRoute:
    """Return what a route says, as it is to be followed."""
    minutes = {"0s": timedelta(0), "1m": MINUTE, "5m": 5 * MINUTE}
    return FollowedRoute(
        label=label,
        to=tuple(route["to"]),
        group_by=GroupBy(route["group_by"]),
        wait=minutes[route["group_wait"]],
        interval=minutes[route["group_interval"]],
        digest=route["digest"],
        zone=route["timezone"],
        max_per_hour=MaxPerHourConfig(messages=route["max_per_hour"]),
        escalate=EscalateConfig.model_validate(route["escalate"]),
    )


@pytest.mark.parametrize("own", [{}, *({name: OTHERS[name]} for name in OTHERS), OTHERS])
def test_what_an_inner_route_does_not_say_it_has_from_the_one_around_it(
    own: dict[str, Any],
) -> None:
    followed = follow(facts(), config({**SETTINGS, "routes": [own]}))
    assert followed == (settings({**SETTINGS, **own}, "routes[0].routes[0]"),)


def test_what_no_route_says_is_as_usual() -> None:
    (route,) = follow(facts(), config({"to": ["desk"]}))
    assert route == FollowedRoute(
        label="routes[0]",
        to=("desk",),
        group_by=GroupBy.STORY,
        wait=GROUP_WAIT,
        interval=GROUP_INTERVAL,
        digest=None,
        zone="UTC",
        max_per_hour=None,
        escalate=None,
    )


# -- in what company


def recipient(alert: AlertFacts, **route: Any) -> Recipient:
    (found,) = recipients_for(alert, (FollowedRoute(label="", to=("desk",), **route),), SENT_AT)
    return found


@pytest.mark.parametrize(
    ("by", "story", "key", "lasting"),
    [
        (GroupBy.STORY, 7, "story:7", True),
        (GroupBy.STORY, None, "", True),
        (GroupBy.STORY, 0, "story:0", True),
        (GroupBy.RULE, 7, "rule:prices", False),
        (GroupBy.RULE, None, "rule:prices", False),
        (GroupBy.SOURCE, 7, "source:outlet", False),
        (GroupBy.NONE, 7, "", True),
    ],
)
def test_alerts_share_messages_by_what_the_route_groups_by(
    by: GroupBy, story: int | None, key: str, lasting: bool
) -> None:
    made = recipient(
        facts(story=story),
        group_by=by,
        wait=MINUTE,
        interval=HOUR,
        max_per_hour=MaxPerHourConfig(messages=4),
        zone="Asia/Omsk",
    )
    assert made == Recipient(
        receiver="desk",
        group=key,
        kind=MessageKind.ALERT,
        wait=MINUTE,
        interval=HOUR,
        dispatch_at=None,
        max_per_hour=4,
        lasting=lasting,
    )


@pytest.mark.parametrize("rule", [HEALTH_RULE, RECEIVER_RULE])
@pytest.mark.parametrize("by", GroupBy)
def test_news_of_ourselves_waits_for_no_company(rule: str, by: GroupBy) -> None:
    made = recipient(
        facts(rule=rule),
        group_by=by,
        wait=MINUTE,
        interval=HOUR,
        max_per_hour=MaxPerHourConfig(messages=4),
    )
    assert made == Recipient(
        receiver="desk",
        group=f"{rule}:outlet",
        wait=timedelta(0),
        interval=timedelta(0),
        max_per_hour=4,
        lasting=False,
    )


@pytest.mark.parametrize("rule", ["prices", HEALTH_RULE])
def test_a_digest_collects_everything_until_its_time(rule: str) -> None:
    made = recipient(
        facts(rule=rule),
        digest="0 8 * * *",
        zone="Asia/Bishkek",
        wait=MINUTE,
        interval=HOUR,
        max_per_hour=MaxPerHourConfig(messages=4),
    )
    assert made == Recipient(
        receiver="desk",
        group="digest:0 8 * * * Asia/Bishkek",
        kind=MessageKind.DIGEST,
        dispatch_at=datetime(2026, 11, 21, 2, tzinfo=UTC),
    )


def test_each_receiver_hears_by_the_first_route_that_leads_to_it() -> None:
    routes = (
        FollowedRoute(label="a", to=("desk", "night"), group_by=GroupBy.RULE),
        FollowedRoute(label="b", to=("night", "editors"), group_by=GroupBy.SOURCE),
    )
    made = recipients_for(facts(), routes, SENT_AT)
    assert [(recipient.receiver, recipient.group) for recipient in made] == [
        ("desk", "rule:prices"),
        ("night", "rule:prices"),
        ("editors", "source:outlet"),
    ]


# -- who hears when nobody takes on an alert


def escalating(*to: str, after: str = "1h", **more: Any) -> FollowedRoute:
    said = EscalateConfig.model_validate({"after": after, "to": to, **more})
    return FollowedRoute(label="", to=("desk",), escalate=said)


@pytest.mark.parametrize(
    ("routes", "escalations"),
    [
        pytest.param([FollowedRoute(label="", to=("desk",))], [], id="nothing-said"),
        pytest.param([escalating("night")], [(1, "night")], id="high-ones-if-no-level-is-said"),
        pytest.param([escalating("night", level=["low"])], [], id="another-level"),
        pytest.param(
            [escalating("night", level=["low", "high"])], [(1, "night")], id="one-of-the-levels"
        ),
        pytest.param(
            [escalating("night"), escalating("night")], [(1, "night")], id="the-same-said-twice"
        ),
        pytest.param(
            [escalating("night", after="2h"), escalating("night"), escalating("editors", "desk")],
            [(2, "night"), (1, "night"), (1, "editors desk")],
            id="each-time-and-company-by-itself",
        ),
    ],
)
def test_escalations_come_from_every_route_that_is_followed(
    routes: list[FollowedRoute], escalations: list[tuple[int, str]]
) -> None:
    assert escalations_for(facts(), routes, SENT_AT) == tuple(
        Escalation(after=hours * HOUR, receivers=tuple(names.split()))
        for hours, names in escalations
    )


# -- hours in which a route is mute

WEEKEND = DailyHours(time(0), time(0), "Asia/Bishkek", frozenset({5, 6}))
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_mute_route_stands_back_for_one_that_is_not() -> None:
    mute = FollowedRoute(label="first", to=("desk",), mute=(WEEKEND,), group_by=GroupBy.RULE)
    other = FollowedRoute(label="other", to=("desk", "boss"))
    heard = recipients_for(facts(), (mute, other), SATURDAY)
    assert [(each.receiver, each.mute) for each in heard] == [("desk", ()), ("boss", ())]
    (alone,) = recipients_for(facts(), (mute,), SATURDAY)
    assert alone.mute == (WEEKEND,), "it is on record that it was muted"
    (desk, _boss) = recipients_for(facts(), (mute, other), SATURDAY - timedelta(days=2))
    assert desk.group == "rule:prices"


def test_what_comes_up_while_its_route_is_mute_does_not_escalate() -> None:
    route = replace(escalating("night"), mute=(WEEKEND,))
    assert escalations_for(facts(), [route], SATURDAY) == ()
    assert len(escalations_for(facts(), [route], SATURDAY - timedelta(days=2))) == 1


def test_hours_and_digests_without_a_zone_are_meant_in_that_of_the_file() -> None:
    route = {"to": ["desk"], "digest": "0 8 * * *", "mute": {"days": ["sat", "sun"]}}
    there = config(route).model_copy(update={"timezone": "Asia/Bishkek"})
    (followed,) = follow(facts(), there)
    assert (followed.zone, followed.mute) == ("Asia/Bishkek", (WEEKEND,))
    (followed,) = follow(facts(), config(route))
    assert (followed.zone, followed.mute) == ("UTC", (replace(WEEKEND, zone="UTC"),))


def test_an_inner_route_is_mute_when_the_one_around_it_is_unless_it_says_otherwise() -> None:
    mute = {"days": ["sat", "sun"], "timezone": "Asia/Bishkek"}
    inner: list[dict[str, Any]] = [{}, {"mute": []}, {"mute": [{**mute, "days": ["sun"]}]}]
    followed = follow(facts(), config({"to": ["desk"], "mute": mute, "routes": inner}))
    assert [route.mute for route in followed] == [
        (WEEKEND,), (), (replace(WEEKEND, days=frozenset({6})),)
    ]  # fmt: skip


# -- who stands behind the story

PRESS = {"kabar": ["state"], "ria": ["state", "ru"], "kloop": ["independent"], "blog": []}


def who(**more: Any) -> WatchConfig:
    sources = [
        {"name": name, "feed": f"https://{name}.example/rss", "tags": tags}
        for name, tags in PRESS.items()
    ]
    return WatchConfig.model_validate(
        {"sources": sources, "receivers": [{"name": "desk", "console": {}}], **more}
    )


def accounts(*sources: str, copying: tuple[str, ...] = ()) -> list[Account]:
    return [
        Account(
            source=name, article=number, at=SENT_AT,
            copies=Copied(sources[0], 0) if name in copying else None,
        )
        for number, name in enumerate(sources)
    ]  # fmt: skip


def standing(source: str, *sources: str, copying: tuple[str, ...] = ()) -> AlertFacts:
    told = accounts(*sources, copying=copying)
    return facts_of(match(), article(source=source), who(), story=1, accounts=told)


@pytest.mark.parametrize(
    ("source", "sources", "only", "holds"),
    [
        ("kabar", ["kabar"], "state", True),
        ("kabar", [], "state", True),
        ("ria", ["kabar", "ria"], "state", True),
        ("ria", ["kabar", "ria"], ["ru"], False),
        ("kabar", ["kloop", "kabar"], "state", False),
        ("kabar", ["kloop", "kabar"], ["independent", "state"], True),
        ("blog", ["blog"], "state", False),
        ("kabar", ["gone", "kabar"], "state", False),
    ],
)
def test_only_asks_that_all_outlets_of_the_story_have_a_tag(
    source: str, sources: list[str], only: Any, holds: bool
) -> None:
    when = RouteMatch.model_validate({"only": only})
    assert unmet(when, standing(source, *sources)) is (None if holds else Condition.ONLY)


@pytest.mark.parametrize(
    ("source", "sources", "copying", "voices"),
    [
        ("kloop", [], (), 1),
        ("kabar", [], (), 0),
        ("kabar", ["kloop", "kabar"], (), 1),
        ("kloop", ["kabar", "kloop"], ("kloop",), 0),
        ("kabar", ["gone", "kabar"], (), 0),
    ],
)
def test_independent_voices_are_counted(
    source: str, sources: list[str], copying: tuple[str, ...], voices: int
) -> None:
    assert standing(source, *sources, copying=copying).independent == voices


def test_the_first_condition_that_does_not_hold_is_the_reason() -> None:
    when = RouteMatch.model_validate({"independent": 2, "tags": ["state"], "outlets": 9})
    assert unmet(when, standing("kloop", "kloop")) is Condition.TAGS
    assert unmet(when, standing("kabar", "kabar")) is Condition.OUTLETS
    assert unmet(RouteMatch(independent=2), standing("kloop")) is Condition.INDEPENDENT
    assert unmet(RouteMatch(), standing("kloop")) is None


def test_routes_that_are_not_followed_are_named_with_what_they_ask_for_and_what_there_is() -> None:
    routes = [
        {"when": {"independent": 2}, "to": ["desk"]},
        {"to": ["desk"], "routes": [{"when": {"only": "state"}}], "continue": False},
        {"when": {"level": "low"}, "to": ["desk"]},
    ]
    facts = standing("kloop", "kabar", "kloop")
    assert passed_over(facts, who(routes=routes)) == (
        PassedOver("routes[0]", Condition.INDEPENDENT, "2", "1"),
        PassedOver("routes[1].routes[0]", Condition.ONLY, "state", "independent; state"),
    )


def test_who_tells_is_asked_for_only_where_a_route_goes_by_it() -> None:
    inner = {"to": ["desk"], "routes": [{"when": {"only": "state"}}]}
    assert not asks_who(who(routes=[{"to": ["desk"], "when": {"outlets": 2}}]).routes)
    assert asks_who(who(routes=[{"to": ["desk"]}, inner]).routes)
