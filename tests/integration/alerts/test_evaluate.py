"""Judging stored versions with real rules and a real archive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from alerts.evaluate import EvaluateReport, evaluate
from alerts.rules import RuleSet
from core.alerting import DeliveryStatus, Match
from core.articles import ArticleData
from core.config.models import WatchConfig
from storage import Store
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
    assert evaluate(store, RULES, CONFIG) == EvaluateReport(
        judged=1, matched=1, alerts=1, deliveries=2
    )
    (alert,) = store.alerts().items
    assert alert.match.rule_id == "migrants"
    assert store.delivery_counts() == {
        ("desk", DeliveryStatus.PENDING): 1,
        ("editors", DeliveryStatus.PENDING): 1,
    }


def test_nothing_is_judged_twice(store: Store, publish: Callable[..., int]) -> None:
    publish(1)
    evaluate(store, RULES, CONFIG)
    assert evaluate(store, RULES, CONFIG) == EvaluateReport()


def test_an_edit_is_judged_and_alerts_nobody_again(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1)
    evaluate(store, RULES, CONFIG)
    publish(1, title="Исправленный заголовок о мигрантах")
    report = evaluate(store, RULES, CONFIG)
    assert (report.judged, report.matched, report.alerts, report.deliveries) == (1, 1, 0, 0)


def test_batches_follow_one_another(store: Store, publish: Callable[..., int]) -> None:
    for number in range(5):
        publish(number)
    judged = [evaluate(store, RULES, CONFIG, limit=2).judged for _ in range(4)]
    assert judged == [2, 2, 1, 0]


class BreaksOn:
    """Rules with a fault that one title brings out."""

    fingerprint = RULES.fingerprint

    def __init__(self, title: str) -> None:
        self._title = title

    def match(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        if article.title == self._title:
            raise RecursionError("too deep")
        return RULES.match(article, now)


def test_an_article_that_breaks_the_rules_holds_up_no_other(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    publish(2)
    report = evaluate(store, BreaksOn("bad"), CONFIG, limit=1)
    assert (report.judged, report.failed, report.alerts) == (1, 1, 0)
    report = evaluate(store, BreaksOn("bad"), CONFIG, limit=1)
    assert (report.judged, report.failed, report.alerts) == (1, 0, 1)


def test_a_breakdown_stands_in_the_articles_history(
    store: Store, publish: Callable[..., int]
) -> None:
    publish(1, title="bad")
    evaluate(store, BreaksOn("bad"), CONFIG)
    (judged,) = store.url_history("https://outlet.example/news/1").judged
    assert judged.ruleset == f"{RULES.fingerprint} failed: RecursionError"


def test_the_sample_is_what_the_rules_see(store: Store, publish: Callable[..., int]) -> None:
    publish(1)
    evaluate(store, RULES, CONFIG)
    assert store.alerts().items[0].article.data.title == samples.TITLE
