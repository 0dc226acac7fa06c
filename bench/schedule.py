"""Poll made-up sources for five weeks by four schedules, and compare how late each learns of news.

    python -m bench.schedule [--sources 300] [--seed 1]

Four weeks are for learning; the fifth is measured. The schedules compared are ours (the real
`plan_next_poll` on a real `Rhythm`), a fixed interval, Miniflux's and Media Cloud's. A schedule
that asks more often is better for that alone, so each is scaled until it spends as many requests as
ours does, within 1 %. Delay is counted from the moment an entry is in the feed to the poll that
brings it. An entry that left the feed before it was seen is lost; in the percentiles its delay is
endless, and in the mean it is left out.

Prints a table for each of three budgets. Returns 1 when ours has not the least mean delay at each,
or when another is better than it in both median and p95.
"""

from __future__ import annotations

import argparse
import bisect
import math
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain
from typing import Protocol

from core.rhythm import Rhythm
from core.sources import PollOutcome
from scheduler.policy import ScheduleFacts, plan_next_poll

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday; all times of the simulation are hours since then."""
WEEK = 168.0
HISTORY = 4 * WEEK
"""Hours before the start that filled the feeds."""
CLUSTERED = 0.35
"""Share of entries that follow from another one."""
MOST_BATCHED = 60.0
"""Entries a day of a feed that is made anew every hour."""
PACES = (0.5, 1.0, 2.0)
"""Ours at these paces sets the budgets: generous, as shipped, and thrifty."""
TOLERANCE = 0.01
"""By how much the numbers of requests may differ."""


@dataclass(frozen=True)
class Span:
    """Which part of a simulation teaches and which is measured, in hours."""

    measured_from: float = 4 * WEEK
    measured_until: float = 5 * WEEK

    @property
    def end(self) -> float:
        """A day more than is measured, so that the last entries are found by every schedule."""
        return self.measured_until + 25


@dataclass(frozen=True)
class Feed:
    """One made-up source."""

    name: str
    published: tuple[float, ...]
    """When each entry appeared, ascending."""
    window: int
    """How many entries, the newest, the feed holds."""


@dataclass(frozen=True)
class Poll:
    """What one poll brought."""

    at: float
    previous: float | None
    """When the source was polled before; None at the first time."""
    fresh: Sequence[float]
    """Entries not seen before; at the first poll all that the feed holds."""
    entries: int
    """Entries in the document."""


class Schedule(Protocol):
    """A schedule's memory of one source."""

    def pause(self, poll: Poll) -> float:
        """Return the hours until the next poll."""


@dataclass(frozen=True)
class Outcome:
    """What a schedule came to in the week that is measured."""

    requests: int
    delays: tuple[float, ...]
    """Hours, of every entry that was found."""
    lost: int

    def percentile(self, share: float) -> float:
        """Return the delay that `share` of all entries stays within; endless when lost."""
        index = math.ceil(share * (len(self.delays) + self.lost)) - 1
        return sorted(self.delays)[index] if index < len(self.delays) else math.inf

    @property
    def mean(self) -> float:
        """Mean delay of what was found, in hours."""
        return statistics.fmean(self.delays) if self.delays else math.nan


# -- the schedules


@dataclass
class Fixed:
    """The same interval for every source."""

    scale: float

    def pause(self, poll: Poll) -> float:
        """Return the interval."""
        del poll
        return self.scale


@dataclass
class Miniflux:
    """Miniflux's entry frequency: a week divided by the entries of the last week, 5 min to 24 h."""

    scale: float
    found: list[float] = field(default_factory=list)

    def pause(self, poll: Poll) -> float:
        """Return the interval by what the last week brought."""
        self.found += poll.fresh
        weekly = len(self.found) - bisect.bisect_right(self.found, poll.at - WEEK)
        return min(max(self.scale * WEEK / max(weekly, 1), 1 / 12), 24.0)


@dataclass
class MediaCloud:
    """Media Cloud's rule: shorter under 33 % known, longer over 67 %, within 10 min and 24 h.

    (github.com/mediacloud/rss-fetcher, fetcher/config.py and tasks.py: auto-adjust.) As it stands
    it polls a feed a few times per turnover of its window, for archives; no budget of ours is so
    small. Scaled, the share of new entries that it aims at shrinks by the same factor: at 0.1 it
    shortens over 6.7 % new and lengthens under 3.3 %. Its steps of -60 and +10 minutes became
    factors in the same relation, as no number of minutes suits short and long intervals alike. When
    every new entry shortens already, a smaller scale makes the steps to longer intervals smaller.
    """

    scale: float
    interval: float = 6.0

    def pause(self, poll: Poll) -> float:
        """Return the interval after one step of the feedback."""
        if poll.previous is None:
            return self.interval
        share = len(poll.fresh) / max(poll.entries, 1) / self.scale
        if share > 0.67:
            self.interval = max(self.interval / 1.5, 1 / 6)
        elif share < 0.33:
            step = min(1.0, self.scale / 0.03) / 6
            self.interval = min(self.interval * 1.5**step, 24.0)
        return self.interval


@dataclass
class Ours:
    """The schedule that is shipped, fed as the crawler feeds it."""

    scale: float
    rhythm: Rhythm | None = None

    def pause(self, poll: Poll) -> float:
        """Return the planned pause."""
        now = _moment(poll.at)
        published = [_moment(at) for at in poll.fresh]
        if self.rhythm is None or poll.previous is None:
            self.rhythm = Rhythm.seeded(published, now)
        else:
            self.rhythm = self.rhythm.observed(published, _moment(poll.previous), now)
        changed = bool(poll.fresh)
        facts = ScheduleFacts(
            now=now,
            rhythm=self.rhythm,
            outcome=PollOutcome.OK if changed else PollOutcome.NOT_MODIFIED,
            entries=poll.entries if changed else None,
            known=poll.entries - len(poll.fresh) if changed else None,
            pace=self.scale,
        )
        return (plan_next_poll(facts).at - now) / timedelta(hours=1)


def _moment(hours: float) -> datetime:
    return START + timedelta(hours=hours)


Kind = Callable[[float], Schedule]

OTHERS: dict[str, tuple[Kind, float, float]] = {
    "fixed interval": (Fixed, 1 / 60, 24.0),
    "Miniflux": (Miniflux, 0.01, 100.0),
    "Media Cloud": (MediaCloud, 0.001, 1.0),
}
"""Each schedule with the scales between which its budget is looked for."""


# -- the sources


def feeds(number: int, seed: int, until: float = Span().end) -> list[Feed]:
    """Make sources as a monitor of news meets them: most of them slow, a few of them wires."""
    chance = random.Random(seed)
    return [_feed(index, chance, until) for index in range(number)]


def _feed(index: int, chance: random.Random, until: float) -> Feed:
    daily = min(max(chance.lognormvariate(math.log(8), 1.5), 1 / 30), 300.0)
    batched, dies = index % 25 == 19, index % 25 == 7
    if batched:  # a batch longer than the feed would be lost to every schedule alike
        daily = min(daily, MOST_BATCHED)
    published, name = _published(daily, chance, until), f"{daily:.2f} a day"
    if dies:  # in the weeks of learning or in the one that is measured
        end = chance.uniform(0, until)
        published, name = [at for at in published if at < end], f"{name}, dies"
    elif batched:  # made anew at every full hour
        published, name = [float(math.ceil(at)) for at in published], f"{name}, hourly batch"
    return Feed(name, tuple(published), chance.choice((20, 25, 30, 40, 50)))


def _published(daily: float, chance: random.Random, until: float) -> list[float]:
    """Draw a self-exciting process over a daily and weekly curve, by its branching structure.

    Each entry of the background, a Poisson process, has a Poisson number of followers (mean
    `CLUSTERED`), which have followers of their own; so the background is (1 - `CLUSTERED`) of all.
    """
    curve = _curve(chance)
    peak = max(curve)
    average = statistics.fmean(curve)
    patience = chance.choice((0.25, 0.75, 2.0))
    waiting: list[float] = []
    at = -HISTORY
    while (at := at + chance.expovariate(daily / 24 * (1 - CLUSTERED) * peak / average)) < until:
        if chance.random() < curve[int(at) % 168] / peak:
            waiting.append(at)
    published: list[float] = []
    while waiting:
        at = waiting.pop()
        if at < until:
            published.append(at)
            followers = range(_poisson(CLUSTERED, chance))
            waiting += [at + chance.expovariate(1 / patience) for _ in followers]
    return sorted(published)


def _curve(chance: random.Random) -> list[float]:
    """Return the relative rate of each hour of the week, from Monday 00:00 UTC."""
    zone = chance.choice((-5, 0, 1, 2, 3, 5, 5, 5, 6, 6, 9))
    night = chance.uniform(0.02, 0.4)
    weekend = chance.uniform(0.15, 0.9)
    begins, ends = chance.uniform(6, 10), chance.uniform(17, 23)
    curve = []
    for hour in range(168):
        local = hour + zone
        awake = begins <= local % 24 < ends
        level = chance.uniform(0.7, 1.3) if awake else night
        curve.append(level * (weekend if local % 168 >= 120 else 1))
    return curve


def _poisson(mean: float, chance: random.Random) -> int:
    """Draw a small Poisson number (Knuth, The Art of Computer Programming, 3.4.1)."""
    limit, product, number = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        number += 1
    return number


# -- the simulation


def simulate(feed: Feed, schedule: Schedule, span: Span, first: float) -> Outcome:
    """Poll one feed by one schedule from the hour `first` on."""
    times = feed.published
    requests, lost, delays = 0, 0, list[float]()
    at, previous, seen = first, None, 0
    while at < span.end:
        newest = bisect.bisect_right(times, at)
        oldest = max(0, newest - feed.window)
        fresh = times[max(oldest, seen) : newest]
        if previous is not None:
            missed = times[seen : max(seen, oldest)]
            lost += sum(
                span.measured_from <= published < span.measured_until for published in missed
            )
            delays += [
                at - published
                for published in fresh
                if span.measured_from <= published < span.measured_until
            ]
        requests += span.measured_from <= at < span.measured_until
        pause = schedule.pause(Poll(at, previous, fresh, newest - oldest))
        at, previous, seen = at + pause, at, newest
    return Outcome(requests, tuple(delays), lost)


def run_all(
    population: Sequence[Feed],
    kind: Kind,
    scale: float,
    span: Span,
    pool: ProcessPoolExecutor | None = None,
) -> Outcome:
    """Poll all feeds by one kind of schedule; first polls are spread over the first hour."""
    outcome_of = partial(_one, kind, scale, span)
    firsts = [(index * 0.618) % 1 for index in range(len(population))]
    outcomes: Iterable[Outcome]
    if pool is None:
        outcomes = map(outcome_of, population, firsts)
    else:
        outcomes = pool.map(outcome_of, population, firsts, chunksize=4)
    done = list(outcomes)
    return Outcome(
        sum(outcome.requests for outcome in done),
        tuple(chain.from_iterable(outcome.delays for outcome in done)),
        sum(outcome.lost for outcome in done),
    )


def _one(kind: Kind, scale: float, span: Span, feed: Feed, first: float) -> Outcome:
    return simulate(feed, kind(scale), span, first)


def at_budget(
    requests: int, run: Callable[[float], Outcome], least: float, most: float
) -> tuple[float, Outcome]:
    """Bisect the scale, which lengthens pauses, until `run` spends `requests` within 1 %.

    Returns the nearest that was met after 25 steps when there is no such scale.
    """
    best: tuple[float, Outcome] | None = None
    for _ in range(25):
        scale = math.sqrt(least * most)
        outcome = run(scale)
        if best is None or _gap(outcome, requests) < _gap(best[1], requests):
            best = scale, outcome
        if _gap(outcome, requests) <= TOLERANCE:
            break
        if outcome.requests > requests:
            least = scale
        else:
            most = scale
    assert best is not None
    return best


def _gap(outcome: Outcome, requests: int) -> float:
    return abs(outcome.requests / requests - 1)


# -- the tables


def compare(
    population: Sequence[Feed], pace: float, span: Span, pool: ProcessPoolExecutor | None = None
) -> dict[str, tuple[float, Outcome]]:
    """Return (scale, outcome) of ours at a pace and of each other schedule at the same budget."""
    ours = run_all(population, Ours, pace, span, pool)
    table = {"ours": (pace, ours)}
    for name, (kind, least, most) in OTHERS.items():
        run = partial(run_all, population, kind, span=span, pool=pool)
        table[name] = at_budget(ours.requests, run, least, most)
    return table


def beaten(table: dict[str, tuple[float, Outcome]]) -> list[str]:
    """Return the schedules that ours is better than in both median and p95."""
    ours = table["ours"][1]
    return [
        name
        for name in OTHERS
        if ours.percentile(0.5) < table[name][1].percentile(0.5)
        and ours.percentile(0.95) < table[name][1].percentile(0.95)
    ]


def holds(table: dict[str, tuple[float, Outcome]]) -> bool:
    """Whether ours has the least mean delay, and no other is better in both median and p95.

    More cannot be had at every budget: the best p95 is that of an even interval for all that
    publish often enough to count, the best median that of polling the busiest alone, and either
    costs the other dearly.
    """
    ours = table["ours"][1]
    return all(
        ours.mean < outcome.mean
        and (
            ours.percentile(0.5) < outcome.percentile(0.5)
            or ours.percentile(0.95) < outcome.percentile(0.95)
        )
        for outcome in (table[name][1] for name in OTHERS)
    )


def _print(table: dict[str, tuple[float, Outcome]], sources: int) -> None:
    ours = table["ours"][1]
    print(
        f"\n{ours.requests:,} requests in the week, {ours.requests / sources / 7:.0f} a source-day"
    )
    print(f"{'':16}{'scale':>8}{'requests':>10}{'median':>9}{'p95':>9}{'mean':>9}{'lost':>7}")
    for name, (scale, outcome) in table.items():
        figures = (outcome.percentile(0.5), outcome.percentile(0.95), outcome.mean)
        print(
            f"{name:16}{scale:8.3g}{outcome.requests:10,}"
            + "".join(f"{60 * hours:8.1f}m" for hours in figures)
            + f"{outcome.lost:7,}"
        )
        if outcome is not ours:
            best = (ours.percentile(0.5), ours.percentile(0.95), ours.mean)
            ratios = [theirs / own for theirs, own in zip(figures, best, strict=True)]
            print(f"{'  times ours':34}" + "".join(f"{ratio:8.2f}x" for ratio in ratios))


def main() -> int:
    """Compare at three budgets and print; return 1 when what `holds` says does not."""
    parser = argparse.ArgumentParser(prog="python -m bench.schedule", description=__doc__)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    span = Span()
    population = feeds(chosen.sources, chosen.seed)
    measured = sum(
        span.measured_from <= at < span.measured_until
        for feed in population
        for at in feed.published
    )
    print(f"{len(population)} sources, {measured:,} entries in the week that is measured")
    sound = True
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for pace in PACES:
            table = compare(population, pace, span, pool)
            _print(table, len(population))
            print(f"better in both median and p95 than {', '.join(beaten(table)) or 'none'}")
            sound &= holds(table)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
