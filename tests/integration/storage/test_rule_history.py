"""History of rules over time on every kind of database: counted once, forgotten, told once."""

from __future__ import annotations

from alerts.dispatch.deciders import DECIDERS
from core.alerting.notifications import NotificationState, Recipient
from storage import Judgement, PlannedAlert, RuleCount, Store
from tests.integration.storage.samples import HOUR, NOON, match, recorded

DESK = Recipient(receiver="desk", group="")


def counted(
    store: Store,
    key: str,
    *keys: str,
    notified: tuple[str, ...] = (),
    hours: int = 0,
    told: tuple[tuple[str, int], ...] = (),
) -> int:
    """Judge a new version of an article, counted by a rule under some keys; return its id."""
    done = recorded(store, key)
    at = NOON + hours * HOUR
    store.commit_judgement(
        [
            Judgement(
                done.version_id,
                "rules",
                (PlannedAlert(match("r"), ("desk",), notified=bool(notified), reason="3 matches"),),
                (
                    RuleCount(
                        "r",
                        keys,
                        at,
                        tuple((noted, at) for noted in notified),
                        NOON + (hours - 2) * HOUR,
                        told,
                    ),
                ),
            )
        ],
        DECIDERS,
    )
    return done.article_id


def test_events_and_alerts_are_kept_by_rule(store: Store) -> None:
    first = counted(store, "a", "", "source:x")
    second = counted(store, "b", "", notified=("",), hours=1)
    history = store.rule_history("r")
    assert history.events == (
        ("", first, NOON, False),
        ("source:x", first, NOON, False),
        ("", second, NOON + HOUR, False),
    )
    assert history.notified == (("", NOON + HOUR),)
    assert store.rule_history("other").events == ()


def test_what_was_told_of_is_marked(store: Store) -> None:
    first = counted(store, "a", "", "source:x")
    counted(store, "b", "", hours=1, told=(("", first),))
    told = [told for _, _, _, told in store.rule_history("r").events]
    assert told == [True, False, False]


def test_a_match_that_is_only_counted_alerts_nobody_and_is_kept(store: Store) -> None:
    article = counted(store, "a", "")
    assert store.alerts().items == ()
    assert store.matches(article) == [(1, match("r"))]
    assert store.fired_rules([article]) == {article: {"r"}}


def test_an_alert_keeps_its_reason(store: Store) -> None:
    counted(store, "a", "", notified=("",))
    (alert,) = store.alerts().items
    assert alert.reason == "3 matches"


def test_events_that_are_of_no_more_use_are_removed(store: Store) -> None:
    for hours in range(6):
        counted(store, f"a{hours}", "", hours=hours)
    assert [at for _, _, at, _ in store.rule_history("r").events] == [
        NOON + hours * HOUR for hours in (3, 4, 5)
    ]


def test_the_last_time_told_stands(store: Store) -> None:
    store.note_notified("r", ("since",), NOON)
    store.note_notified("r", ("since",), NOON + HOUR)
    assert store.rule_history("r").notified == (("since", NOON + HOUR),)


def test_silence_is_told_about_the_newest_match_and_once(store: Store) -> None:
    assert store.latest_match("r") is None
    counted(store, "a", "")
    counted(store, "b", "", hours=1)
    found = store.latest_match("r")
    assert found is not None
    article, last = found
    assert article.data.url == recorded_url(store, "b")
    assert store.commit_flatline(article, last, "too quiet", (DESK,), NOON + HOUR, DECIDERS)
    assert not store.commit_flatline(article, last, "too quiet", (DESK,), NOON + 2 * HOUR, DECIDERS)
    (alert,) = store.alerts().items
    assert alert.reason == "too quiet"
    assert [notified.state for notified in store.notifications(alert.id)] == [
        NotificationState.WAITING
    ]
    assert store.rule_history("r").notified == (("", NOON + 2 * HOUR),)


def recorded_url(store: Store, key: str) -> str:
    article = store.article_by_url(key)
    assert article is not None
    return article.data.url
