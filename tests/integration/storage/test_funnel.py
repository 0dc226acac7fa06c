"""The way from an announcement to people: every entry has one end, whatever befalls it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.dispatch.deciders import DECIDERS
from core.alerting.deliveries import DeliveryStatus
from core.alerting.notifications import NotificationState, Recipient
from core.articles import Rejection, RejectReason, StubKind, Untold, WordsFrom
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.rhythm import Rhythm
from core.source_counts import TELLING, End, Funnel, Halt, Stage, end_of, telling_of
from core.source_counts import Journey as Way
from core.sources import Entry, EntryCause, EntryStatus, TrackedEntry
from desk.errors import NotThereError
from desk.source_funnel import FunnelCounts, funnel, funnels
from storage import Judgement, PlannedAlert, Store
from storage.judging.judging_records import Breakdown
from tests.integration.storage.samples import (
    DEAD,
    DELIVERED,
    HOUR,
    NOON,
    attempt,
    claim,
    data,
    http,
    match,
    page,
    poll,
    source,
    tracked,
)  # fmt: skip

_serial = count(1)
Fate = Callable[[Store, TrackedEntry], End]


def version_of(store: Store, entry: TrackedEntry, text: str = "") -> int:
    text = text or f"A text of {entry.key}."
    return store.record(data(entry.key, text), None, key=entry.key, entry_id=entry.id).version_id


def judged(store: Store, entry: TrackedEntry, *planned: PlannedAlert) -> None:
    store.commit_judgement([Judgement(version_of(store, entry), "rules", planned)], DECIDERS)


def untried(_store: Store, _entry: TrackedEntry) -> End:
    return End(stage=Stage.ANNOUNCED, why=Halt.UNTRIED, waiting=True)


def tried_again(store: Store, entry: TrackedEntry) -> End:
    store.retry_entry(entry.id, http(503), "HTTP 503", NOON + HOUR)
    return End(
        stage=Stage.ANNOUNCED, why=EntryCause.UNFETCHED, waiting=True,
        failure=FailureKind.HTTP, failure_status=503,
    )  # fmt: skip


def looked_at_again(store: Store, entry: TrackedEntry) -> End:
    stub = Rejection(RejectReason.STUB, "checks", StubKind.ANTI_BOT)
    store.retry_entry(entry.id, stub, "stub", NOON + HOUR, page())
    return End(stage=Stage.ANNOUNCED, why=EntryCause.STUB, waiting=True, stub=StubKind.ANTI_BOT)


def given_up(store: Store, entry: TrackedEntry) -> End:
    store.fail_entry(entry.id, FetchFailure(FailureKind.DNS, "no such host"), "dns")
    return End(stage=Stage.ANNOUNCED, why=EntryCause.UNFETCHED, failure=FailureKind.DNS)


def refused(store: Store, entry: TrackedEntry) -> End:
    reasons = list(RejectReason)
    reason = reasons[entry.id % len(reasons)]
    store.reject_entry(entry.id, Rejection(reason, "so"), page())
    return End(stage=Stage.FETCHED, why=EntryCause(reason.value))


def known_already(store: Store, entry: TrackedEntry) -> End:
    (original,) = tracked(store, f"{entry.key}/original", source_name="elsewhere")
    version_of(store, original)
    again = data(original.key, f"A text of {original.key}.")
    store.record(again, None, key=original.key, entry_id=entry.id)
    return End(stage=Stage.FETCHED, why=EntryCause.DUPLICATE)


def unjudged(store: Store, entry: TrackedEntry) -> End:
    version_of(store, entry)
    return End(stage=Stage.TEXT, why=Halt.UNJUDGED)


def broken(store: Store, entry: TrackedEntry) -> End:
    broke = Judgement(version_of(store, entry), "rules", breakdown=Breakdown("KeyError", 1, None))
    store.commit_judgement([broke], DECIDERS)
    return End(stage=Stage.TEXT, why=Halt.BROKEN)


def no_match(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry)
    return End(stage=Stage.JUDGED, why=Halt.NO_MATCH)


def edited_since(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry)
    version_of(store, entry, "Quite another text, as long as it takes to be no trifle of a change.")
    return End(stage=Stage.JUDGED, why=Halt.NO_MATCH)


def only_counted(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry, PlannedAlert(match(), notified=False))
    return End(stage=Stage.MATCHED, why=Halt.NO_ALERT)


def told_too_late(store: Store, entry: TrackedEntry) -> End:
    version = version_of(store, entry)
    planned = PlannedAlert(match(), notified=False)
    old = Judgement(version, "rules", (planned,), untold=Untold.OLD)
    store.commit_judgement([old], DECIDERS)
    return End(stage=Stage.MATCHED, why=Halt.OLD_NEWS)


def told_by_the_feed(store: Store, entry: TrackedEntry) -> End:
    words = replace(data(entry.key, f"A text of {entry.key}."), words_from=WordsFrom.FEED)
    made = store.record_announced(words, key=entry.key, entry_id=entry.id)
    store.retry_entry(entry.id, http(403), "HTTP 403", NOON + HOUR)
    planned = PlannedAlert(match(), (f"r{entry.id}",))
    store.commit_judgement([Judgement(made.version_id, "rules", (planned,))], DECIDERS)
    return End(stage=Stage.MATCHED, why=Halt.ON_ITS_WAY)


def nobody_there(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry, PlannedAlert(match()))
    return End(stage=Stage.MATCHED, why=Halt.NO_RECEIVER)


def held(store: Store, entry: TrackedEntry) -> End:
    later = Recipient(receiver="desk", group=entry.key, wait=HOUR)
    judged(store, entry, PlannedAlert(match(), recipients=(later,)))
    return End(stage=Stage.MATCHED, why=Halt.HELD)


def on_its_way(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry, PlannedAlert(match(), (f"r{entry.id}",)))
    return End(stage=Stage.MATCHED, why=Halt.ON_ITS_WAY)


def lost(store: Store, entry: TrackedEntry) -> End:
    judged(store, entry, PlannedAlert(match(), (f"r{entry.id}",)))
    (claimed,) = claim(store, f"r{entry.id}")
    store.record_attempt(claimed.lease_token, attempt(claimed), DEAD, DECIDERS)
    return End(stage=Stage.MATCHED, why=Halt.LOST)


def told_to_one_of_two(store: Store, entry: TrackedEntry) -> End:
    names = (f"s{entry.id}", f"t{entry.id}")
    judged(store, entry, PlannedAlert(match(), names))
    for name, came_to in zip(names, (DEAD, DELIVERED), strict=True):
        (claimed,) = claim(store, name)
        store.record_attempt(claimed.lease_token, attempt(claimed), came_to, DECIDERS)
    return End(stage=Stage.TOLD, why=None)


FATES: tuple[Fate, ...] = (
    untried, tried_again, looked_at_again, given_up, refused, known_already, unjudged, broken,
    no_match, edited_since, only_counted, told_too_late, told_by_the_feed, nobody_there, held,
    on_its_way, lost, told_to_one_of_two,
)  # fmt: skip


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fates=st.lists(st.tuples(st.sampled_from(FATES), st.integers(0, 20)), min_size=1, max_size=12),
    old=st.integers(0, 3),
)
def test_every_announced_entry_is_in_exactly_one_end(
    store: Store, fates: list[tuple[Fate, int]], old: int
) -> None:
    name, zone = f"s{next(_serial)}", ZoneInfo("Asia/Bishkek")
    tracked(store, source_name=name)
    before = tuple(Entry(url=f"https://{name}.example/old/{n}") for n in range(old))
    if old:
        of_before = replace(poll(source=name, at=NOON), old=before)
        store.record_poll(of_before, [], old_keys=[entry.url for entry in before])
    expected: Counter[End] = Counter()
    for number, (fate, day) in enumerate(fates):
        url = f"https://{name}.example/{number}"
        at = NOON + timedelta(days=day)
        (entry,) = store.record_poll(poll(url, source=name, at=at), [url]).new
        expected[fate(store, entry)] += 1
    if old:
        expected[End(stage=Stage.ANNOUNCED, why=EntryCause.OLD)] += old
    whole = store.funnels([NOON], name)[name, 0]
    assert {left.end: left.count for left in whole.ends} == expected
    found = funnel(store, name, NOON + timedelta(days=21), NOON - HOUR, zone)
    assert adds_up(found.total) == len(fates) + old
    assert found.total.seen == len(fates)
    assert sum(adds_up(day.counts) for day in found.weekdays) == len(fates) + old
    assert len(found.weekdays) == 7


def adds_up(counts: FunnelCounts) -> int:
    """Hold that what is left at a stage is what the next one lacks; return what was announced."""
    numbers = [getattr(counts, stage.value) for stage in Stage]
    left: Counter[Stage] = Counter()
    for one in counts.left:
        left[one.stage] += one.count
    for stage, came, further in zip(Stage, numbers, [*numbers[1:], 0], strict=True):
        reached_no_more = left[stage] if stage is not Stage.TOLD else counts.told
        assert came - further == reached_no_more, stage
    return counts.announced


def test_each_way_of_not_telling_has_a_name_of_its_own() -> None:
    unsent = {telling_of(state, None) for state in NotificationState}
    sent = {telling_of(NotificationState.SENT, status) for status in DeliveryStatus}
    assert unsent | sent | {Halt.NO_RECEIVER} == set(TELLING)
    assert telling_of(NotificationState.SENT, DeliveryStatus.DELIVERED) is TELLING[-1]


@pytest.mark.parametrize("status", [EntryStatus.FAILED, EntryStatus.REJECTED])
def test_what_an_older_version_left_without_a_cause_has_an_end_too(status: EntryStatus) -> None:
    assert end_of(Way(status=status)).why is Halt.UNSTATED


def test_what_came_is_held_against_what_was_to_be_expected_by_weekday(
    store: Store, clock: FixedClock
) -> None:
    zone = ZoneInfo("Asia/Bishkek")
    tracked(store, source_name="kloop")
    tracked(store, source_name="silent")
    rhythm = Rhythm.empty(NOON)
    for day in range(28):  # NOON is a Sunday, 18:00 in Bishkek
        at = NOON + timedelta(days=day)
        if at.weekday() == 6:
            continue
        rhythm = rhythm.observed([at] * 4, at - timedelta(days=1), at)
        urls = [f"https://kloop.example/{day}/{number}" for number in range(4)]
        more = replace(poll(*urls, at=at), rhythm=rhythm.to_bytes())
        store.record_poll(more, urls)
    now = NOON + timedelta(days=27, hours=12)
    clock.advance(now - clock())
    config = WatchConfig.model_validate(
        {"sources": [{"name": "silent", "feed": "https://silent.example/feed"}]}
    )
    kloop, silent = funnels(store, config, now, now - timedelta(days=14), zone)
    assert (kloop.source, silent.source) == ("kloop", "silent")
    assert (silent.total.announced, silent.total.expected) == (0, None)
    by_day = {day.weekday: day.counts for day in kloop.weekdays}
    assert by_day["Sunday"].seen == 0
    assert by_day["Monday"].seen == 8
    monday = by_day["Monday"].expected
    assert monday is not None
    assert 4 < monday < 12
    assert kloop.total.seen == 48
    assert sum(day.days for day in kloop.weekdays) == pytest.approx(14, abs=0.3)
    with pytest.raises(NotThereError):
        funnel(store, "nobody", now, NOON, zone)


def test_a_source_that_left_is_shown_while_there_is_something_of_it(store: Store) -> None:
    tracked(store, "https://kloop.example/1")
    store.sync_sources([source("other")])
    now = NOON + HOUR
    found = funnels(store, WatchConfig(), now, NOON - HOUR, None)
    assert [one.source for one in found] == ["kloop"]
    assert funnels(store, WatchConfig(), now, now, None) == ()


def test_nothing_is_nowhere() -> None:
    assert (Funnel().seen, Funnel().reached(Stage.ANNOUNCED), Funnel().left_out) == (0, 0, ())
