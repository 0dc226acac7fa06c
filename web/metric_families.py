"""What was counted and what storage says, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric as Family

from core.alerting.matches import Level
from core.articles import RecordOutcome, RejectReason
from core.sources import PollOutcome
from desk.vitals import (
    DeliveryOutcome,
    HeartbeatOutcome,
    NamingOutcome,
    Reading,
    ReloadOutcome,
    Timing,
    Vitals,
)
from web.metric_names import BY_NAME, Kind

Value = float | Timing
Values = Mapping[tuple[str, ...], Value]
_STATUSES = {
    RecordOutcome.NEW: "stored",
    RecordOutcome.UPDATED: "updated",
    RecordOutcome.UNCHANGED: "unchanged",
    RecordOutcome.DUPLICATE: "duplicate",
}


def families(
    reading: Reading,
    vitals: Vitals | None,
    receivers: Iterable[str],
    *,
    version: str,
    by_source: bool,
) -> Iterator[Family]:
    """Yield all families; without vitals, for want of a database, those that the process knows.

    Every value that a label can have is there from the start, at 0: a counter that appears with
    its first event hides that event from `rate`.
    """
    yield _family("wirewatch_build_info", {(version,): 1})
    yield _family("wirewatch_database_up", {(): vitals is not None})
    yield from _crawling(reading)
    yield from _judging(reading)
    yield from _delivering(reading, tuple(receivers))
    yield _family(
        "wirewatch_config_reloads_total",
        {(outcome.value,): reading.reloads.get(outcome, 0) for outcome in ReloadOutcome},
    )
    yield _family(
        "wirewatch_heartbeats_total",
        {(outcome.value,): reading.heartbeats.get(outcome, 0) for outcome in HeartbeatOutcome},
    )
    if vitals is not None:
        yield from _asked(vitals)
        if by_source:
            yield from _sources(vitals)


def _crawling(reading: Reading) -> Iterator[Family]:
    counts = reading.crawl
    if counts is None:
        return
    yield _family(
        "wirewatch_polls_total",
        {
            (PollOutcome.OK.value,): counts.ok_polls,
            (PollOutcome.NOT_MODIFIED.value,): counts.not_modified,
            (PollOutcome.FAILED.value,): counts.failed_polls,
        },
    )
    yield _family("wirewatch_entries_discovered_total", {(): counts.new_entries})
    rejected = {reason.value: counts.rejected[reason.value] for reason in RejectReason}
    statuses = {status: counts.articles[outcome] for outcome, status in _STATUSES.items()}
    statuses |= {"rejected": sum(rejected.values()), "failed": counts.failed_articles}
    yield _family("wirewatch_entries_total", {(status,): n for status, n in statuses.items()})
    yield _family(
        "wirewatch_pages_rejected_total", {(reason,): n for reason, n in rejected.items()}
    )
    yield _family("wirewatch_articles_stored_total", {(): counts.articles[RecordOutcome.NEW]})
    yield _family(
        "wirewatch_visits_total", {("ok",): counts.visits, ("failed",): counts.failed_visits}
    )


def _judging(reading: Reading) -> Iterator[Family]:
    yield _family(
        "wirewatch_judgements_total",
        {("judged",): reading.judged - reading.broken, ("broken",): reading.broken},
    )
    yield _family("wirewatch_judgement_duration_seconds", {(): reading.judging})
    yield _family(
        "wirewatch_matches_total",
        {(level.value,): reading.matches.get(level, 0) for level in Level},
    )
    yield _family("wirewatch_alerts_total", {(): reading.alerts})
    yield _family(
        "wirewatch_new_names_total",
        {(outcome.value,): reading.namings.get(outcome, 0) for outcome in NamingOutcome},
    )


def _delivering(reading: Reading, receivers: tuple[str, ...]) -> Iterator[Family]:
    # Who left the configuration is left out: names that were once in it must not add up.
    yield _family(
        "wirewatch_deliveries_total",
        {
            (name, outcome.value): reading.attempts.get((name, outcome), 0)
            for name in receivers
            for outcome in DeliveryOutcome
        },
    )
    yield _family(
        "wirewatch_delivery_attempt_duration_seconds",
        {(name,): reading.attempt_timing(name) for name in receivers},
    )
    yield _family(
        "wirewatch_delivery_delay_seconds", {(name,): reading.delay(name) for name in receivers}
    )


def _asked(vitals: Vitals) -> Iterator[Family]:
    steps = vitals.steps
    for metric, by_receiver in (
        ("wirewatch_deliveries_waiting", vitals.waiting),
        ("wirewatch_deliveries_given_up", vitals.given_up),
    ):
        yield _family(metric, {(name,): number for name, number in by_receiver.items()})
    yield _family(
        "wirewatch_delivery_oldest_due_seconds",
        {(name,): age.total_seconds() for name, age in vitals.oldest_delivery.items()},
    )
    queues = {kind.name.lower(): queue for kind, queue in vitals.queues.items()}
    yield _family("wirewatch_queue_depth", {(name,): q.depth for name, q in queues.items()})
    yield _family(
        "wirewatch_queue_oldest_seconds",
        {(name,): q.oldest.total_seconds() for name, q in queues.items()},
    )
    yield _family("wirewatch_work_undone", {(s.value,): not p.fine for s, p in steps.items()})
    yield _family(
        "wirewatch_last_done_timestamp_seconds",
        _moments({(step.value,): progress.last_at for step, progress in steps.items()}),
    )
    yield _family("wirewatch_ready", {(): vitals.ready})
    yield _family("wirewatch_sources", {(h.value,): n for h, n in vitals.sources.items()})
    yield _family("wirewatch_network_down", {(): vitals.network_down})
    yield _family("wirewatch_config_last_reload_successful", {(): not vitals.refused})
    yield _family(
        "wirewatch_config_last_reload_timestamp_seconds", _moments({(): vitals.configured_at})
    )


def _sources(vitals: Vitals) -> Iterator[Family]:
    yield _family(
        "wirewatch_source_reached", {(one.name,): one.reached for one in vitals.by_source}
    )
    yield _family(
        "wirewatch_source_last_success_timestamp_seconds",
        _moments({(one.name,): one.last_success_at for one in vitals.by_source}),
    )


def _moments(moments: Mapping[tuple[str, ...], datetime | None]) -> dict[tuple[str, ...], float]:
    """Return moments as seconds; what never was has no series rather than the year 1970."""
    return {labels: at.timestamp() for labels, at in moments.items() if at is not None}


def _family(name: str, values: Values) -> Family:
    metric = BY_NAME[name]
    if metric.kind is Kind.HISTOGRAM:
        times = HistogramMetricFamily(name, metric.help, labels=metric.labels)
        for labels, timing in values.items():
            assert isinstance(timing, Timing)  # noqa: S101 - the table says so
            bounds = [*map(str, timing.bounds), "+Inf"]
            buckets = list(zip(bounds, map(float, accumulate(timing.counts)), strict=True))
            times.add_metric(labels, buckets, timing.seconds)
        return times
    made = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = made(name, metric.help, labels=metric.labels)
    for labels, number in values.items():
        assert not isinstance(number, Timing)  # noqa: S101
        family.add_metric(labels, float(number))
    return family
