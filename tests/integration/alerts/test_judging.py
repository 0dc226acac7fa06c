"""Judging stored versions with real rules and a real archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from alerts.dispatch.dispatcher import dispatch
from alerts.judging.judging_again import AT_ONCE, PAUSES, REST_BEFORE_NEW_RULES
from alerts.judging.versions import JudgingReport, judge_versions
from alerts.rules import RuleSet
from core.alerting.deliveries import DeliveryStatus
from core.alerting.matches import Level, Match
from core.articles import ArticleData, ArticleEvent, ArticleVisit, FetchedPage
from core.config.watch import WatchConfig
from storage import Store
from tests.integration.alerts.conftest import NOW
from tests.unit.alerts import samples

CONFIG = WatchConfig.model_validate(
    {
        "rules": [
            {"id": "migrants", "title": "Migrants", "any": ["мигрант*"], "level": "high"},
            {"id": "football", "any": ["футбол*"]},
        ],
        "receivers": [{"name": "desk", "console": {}}, {"name": "editors", "console": {}}],
        "routes": [{"when": {"level": "high"}, "to": ["desk", "editors"]}],
    }
)
RULES = RuleSet.compile(CONFIG)


def test_a_match_becomes_an_alert_and_its_deliveries(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1)
    assert judge_versions(store, RULES, CONFIG, now=NOW) == JudgingReport(
        judged=1, matched=1, levels={Level.HIGH: 1}, alerts=1, deliveries=2
    )
    (alert,) = store.alerts().items
    assert alert.match.rule_id == "migrants"
    dispatch(store, CONFIG, NOW)
    assert store.delivery_counts() == {
        ("desk", DeliveryStatus.PENDING): 1,
        ("editors", DeliveryStatus.PENDING): 1,
    }


def test_nothing_is_judged_twice(store: Store, publish: Callable[..., int]) -> None:
    publish(1)
    judge_versions(store, RULES, CONFIG, now=NOW)
    assert judge_versions(store, RULES, CONFIG, now=NOW) == JudgingReport()


def test_an_edit_is_judged_and_alerts_nobody_again(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1)
    judge_versions(store, RULES, CONFIG, now=NOW)
    publish(1, title="Исправленный заголовок о мигрантах")
    report = judge_versions(store, RULES, CONFIG, now=NOW)
    assert (report.judged, report.matched, report.alerts, report.deliveries) == (1, 1, 0, 0)


def test_batches_follow_one_another(store: Store, publish: Callable[..., int]) -> None:
    for number in range(5):
        publish(number)
    judged = [judge_versions(store, RULES, CONFIG, limit=2, now=NOW).judged for _ in range(4)]
    assert judged == [2, 2, 1, 0]


class BreaksOn:
    """Rules with a fault that one title brings out."""

    fingerprint = RULES.fingerprint

    def __init__(self, title: str) -> None:
        self._title = title

    def judge(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        if article.title == self._title:
            raise RecursionError("too deep")
        return RULES.match(article, now)


def test_an_article_that_breaks_the_rules_holds_up_no_other(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    publish(2)
    report = judge_versions(store, BreaksOn("bad"), CONFIG, limit=1, now=NOW)
    assert (report.judged, report.failed, report.alerts) == (1, 1, 0)
    report = judge_versions(store, BreaksOn("bad"), CONFIG, limit=1, now=NOW)
    assert (report.judged, report.failed, report.alerts) == (1, 0, 1)


def test_a_breakdown_stands_in_the_articles_history(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    judge_versions(store, BreaksOn("bad"), CONFIG, now=NOW)
    history = store.url_history("https://outlet.example/news/1")
    assert [judged.ruleset for judged in history.judged] == [RULES.fingerprint]
    (broken,) = history.broken
    assert (broken.version, broken.error, broken.attempts) == (1, "RecursionError", 1)
    assert (broken.failed_at, broken.next_at) == (NOW, NOW + PAUSES[0])
    assert store.broken_count() == 1


def test_an_article_that_broke_the_rules_is_judged_again_after_a_pause(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1)
    judge_versions(store, BreaksOn(samples.TITLE), CONFIG, now=NOW)
    just_before = NOW + PAUSES[0] - timedelta(seconds=1)
    assert judge_versions(store, RULES, CONFIG, now=just_before) == JudgingReport()
    report = judge_versions(store, RULES, CONFIG, now=NOW + PAUSES[0])
    assert (report.judged, report.failed, report.alerts) == (1, 0, 1)
    assert store.broken_count() == 0
    assert judge_versions(store, RULES, CONFIG, now=NOW + 9 * PAUSES[-1]) == JudgingReport()


def test_an_article_that_broke_the_rules_is_judged_by_changed_rules_after_a_rest(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1)
    judge_versions(store, BreaksOn(samples.TITLE), CONFIG, now=NOW)
    changed = CONFIG.model_copy(update={"rules": CONFIG.rules[:1]})
    rules, rested = RuleSet.compile(changed), NOW + REST_BEFORE_NEW_RULES
    just_before = rested - timedelta(seconds=1)
    assert judge_versions(store, rules, changed, now=just_before) == JudgingReport()
    report = judge_versions(store, rules, changed, now=rested)
    assert (report.judged, report.failed, report.alerts) == (1, 0, 1)
    assert store.broken_count() == 0


def test_pauses_grow_until_only_changed_rules_are_a_reason_to_judge_again(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    breaking, now, tried = BreaksOn("bad"), NOW, []
    for pause in (timedelta(), *PAUSES):
        now += pause
        report = judge_versions(store, breaking, CONFIG, now=now)
        tried.append((report.judged, report.failed))
        assert judge_versions(store, breaking, CONFIG, now=now) == JudgingReport()
    assert tried == [(1, 1)] * (len(PAUSES) + 1)
    (broken,) = store.url_history("https://outlet.example/news/1").broken
    assert (broken.attempts, broken.next_at) == (len(PAUSES) + 1, None)
    assert judge_versions(store, breaking, CONFIG, now=now + timedelta(days=365)) == JudgingReport()
    breaking.fingerprint, now = "other", now + REST_BEFORE_NEW_RULES
    assert judge_versions(store, breaking, CONFIG, now=now).failed == 1
    (broken,) = store.url_history("https://outlet.example/news/1").broken
    assert (broken.attempts, broken.next_at) == (1, now + PAUSES[0])


def test_rule_sets_that_both_break_do_not_take_turns_without_a_rest(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    mine, theirs = BreaksOn("bad"), BreaksOn("bad")
    theirs.fingerprint = "theirs"
    tried = [
        judge_versions(store, rules, CONFIG, now=NOW).judged
        for rules in (mine, theirs, mine, theirs, mine)
    ]
    assert tried == [1, 0, 0, 0, 0]


def test_many_that_break_the_rules_hold_up_no_new_article(
    store: Store, publish: Callable[..., int]
) -> None:
    for number in range(AT_ONCE + 5):
        publish(number, title="bad")
    judge_versions(store, BreaksOn("bad"), CONFIG, now=NOW)
    publish(100)
    later = NOW + PAUSES[0]
    report = judge_versions(store, BreaksOn("bad"), CONFIG, limit=1, now=later)
    assert (report.judged, report.failed, report.alerts) == (AT_ONCE + 1, AT_ONCE, 1)
    rest = [judge_versions(store, BreaksOn("bad"), CONFIG, now=later).judged for _ in range(2)]
    assert rest == [5, 0]


def test_the_sample_is_what_the_rules_see(store: Store, publish: Callable[..., int]) -> None:
    publish(1)
    judge_versions(store, RULES, CONFIG, now=NOW)
    assert store.alerts().items[0].article.data.title == samples.TITLE


def with_occasions(*on: str) -> tuple[RuleSet, WatchConfig]:
    rule = {"id": "migrants", "any": ["мигрант*"], "on": list(on)}
    config = WatchConfig.model_validate(
        {"rules": [rule], "receivers": [{"name": "desk", "console": {}}]}
    )
    return RuleSet.compile(config), config


def notified(store: Store) -> list[tuple[str, str, int]]:
    """Return occasion, reason and version of every alert, the first one first."""
    return sorted(
        (alert.occasion, alert.reason, alert.article.version) for alert in store.alerts().items
    )


def remove(store: Store, number: int) -> None:
    url = f"https://outlet.example/news/{number}"
    article = store.article_by_url(url)
    assert article is not None
    visit = ArticleVisit(
        article_id=article.id,
        key=url,
        data=article.data,
        version=article.version,
        event=article.event,
        changed_at=article.fetched_at,
        visits=0,
    )
    answer = FetchedPage(
        url=url, final_url=url, status=410, headers=(), body=b"", fetched_at=article.fetched_at
    )
    store.record_removal(visit, "HTTP 410", answer, lambda _changed_at: None)


def test_a_rule_that_asks_for_edits_hears_of_each_one(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = with_occasions("published", "edited")
    for title in (samples.TITLE, "Мигранты на границе", "Мигрантов пустили"):
        publish(1, title=title)
        judge_versions(store, rules, config, now=NOW)
    assert [(occasion, version) for occasion, _, version in notified(store)] == [
        ("", 1), ("edited-2", 2), ("edited-3", 3),
    ]  # fmt: skip
    assert notified(store)[2][1] == (
        "edited: headline changed from “Мигранты на границе” to “Мигрантов пустили”"
    )


def test_a_headline_softened_until_the_rule_is_silent_alerts_with_what_it_said(
    store: Store, publish: Callable[..., int]
) -> None:
    rule = {"id": "named", "when": "title:мигрант* OR =мигрантами", "on": ["edited"]}
    config = WatchConfig.model_validate(
        {"rules": [rule], "receivers": [{"name": "desk", "console": {}}]}
    )
    rules = RuleSet.compile(config)
    publish(1, title="Полиция гонится за =мигрантами".replace("=", ""))
    judge_versions(store, rules, config, now=NOW)
    assert notified(store) == [], "its first match was not asked for"
    publish(1, title="Полиция провела проверку")
    judge_versions(store, rules, config, now=NOW)
    ((occasion, reason, version),) = notified(store)
    assert (occasion, version) == ("edited-2", 1)
    assert reason.startswith("edited, and matches no more: headline changed from")


def test_a_match_that_an_edit_brings_is_a_first_match(
    store: Store, publish: Callable[..., int]
) -> None:
    config = WatchConfig.model_validate(
        {
            "rules": [{"id": "r", "any": ["рейд*"], "on": ["published", "edited"]}],
            "receivers": [{"name": "desk", "console": {}}],
        }
    )
    rules = RuleSet.compile(config)
    publish(1, title="Обычный день")
    judge_versions(store, rules, config, now=NOW)
    publish(1, title="Рейды на рынке")
    judge_versions(store, rules, config, now=NOW)
    assert notified(store) == [("", "", 2)]


def test_a_removal_alerts_those_who_asked_for_it(store: Store, publish: Callable[..., int]) -> None:
    rules, config = with_occasions("published", "removed")
    publish(1)
    judge_versions(store, rules, config, now=NOW)
    remove(store, 1)
    judge_versions(store, rules, config, now=NOW)
    assert notified(store) == [("", "", 1), ("removed-2", "removed: HTTP 410", 1)]
    assert store.alerts().items[0].event is ArticleEvent.REMOVED


def test_a_removal_tells_nobody_who_did_not_ask(store: Store, publish: Callable[..., int]) -> None:
    publish(1)
    judge_versions(store, RULES, CONFIG, now=NOW)
    remove(store, 1)
    report = judge_versions(store, RULES, CONFIG, now=NOW)
    assert (report.judged, report.matched, report.alerts) == (1, 0, 0)


def test_headlines_that_take_turns_are_told_once_each(
    store: Store, publish: Callable[..., int]
) -> None:
    rules, config = with_occasions("published", "edited", "removed")
    titles = (samples.TITLE, "Мигранты на границе", "Обычный день")
    for _ in range(3):
        for title in titles:
            publish(1, title=title)
            judge_versions(store, rules, config, now=NOW)
    assert [(occasion, version) for occasion, _, version in notified(store)] == [
        ("", 1), ("edited-2", 2), ("edited-3", 3),
    ]  # fmt: skip
    events = [version.event for version in store.versions(1)]
    assert events == [
        ArticleEvent.PUBLISHED,
        *[ArticleEvent.EDITED] * 2,
        *[ArticleEvent.REVERTED] * 6,
    ], "what the page said when is on record"
