"""When a source is polled next. Pure: no clock or randomness of its own; each answer has a reason.

The law. Each entry waits from its publication to the next poll. With the rate r(t) and polls
spaced T(t) apart, entries wait r T / 2 together per unit of time, and polls cost 1 / T; for a given
number of polls the sum of waiting is least when T is proportional to 1 / sqrt(r). Sia, Cho and Cho,
"Efficient Monitoring Algorithm for Fast News Alerts" (IEEE TKDE 19(7), 2007), show it for sources
with daily rates. We apply it to the rate as it changes over the week and in clusters, too: the next
poll comes when the integral of (nearly) sqrt(r) since this one reaches a constant, the same for all
sources. `python -m bench.schedule` compares it with the schedules of others.

Around the law stand rules for what it does not know: feeds that overflow, hints of publishers,
failures, and bounds on both sides. No rule ever gives a source up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.reasons import Reason, ReasonKind
from core.reasons.known import short
from core.retry_after import LONGEST_RETRY_AFTER
from core.rhythm import Rhythm
from core.sources import NextPoll, PollOutcome

SHORTEST = timedelta(minutes=2)
"""No source is asked more often, unless the user fixed its interval."""
LONGEST = timedelta(hours=24)
"""No source is left alone for longer, whatever it answers (Media Cloud caps there too), unless
its own interval is longer."""
JITTER = 0.1
"""Share of the pause by which polls are spread, so that 200 sources do not march in step."""
POWER = 0.55
"""Exponent of the rate. The mean delay is least at 1/2 and hardly moves near it; a little more
lowers the median, which busy sources make, and raises p95, which slow ones make. At 0.55 and the
shipped pace, `bench.schedule` found the least median of all, and a p95 within 4 % of the best."""
COST = 0.28
"""What the integral of rate ** POWER reaches between two polls, rates per hour and time in hours.
Twenty articles a day come by day at about 1.25 an hour: 0.28 / 1.25^0.55 h = 15 min."""
UNKNOWN_ENOUGH = 1 / 3
"""When a smaller share of a document is known already, entries may have been missed (Media Cloud
shortens its interval at the same share)."""
LONGEST_HINT = timedelta(minutes=30)
"""Most that a publisher's ttl or max-age lengthens a pause to. They are often the defaults of
software nobody has set, hours or a day, and a monitor must not be blinded by them."""
BURST_PAUSE = timedelta(minutes=3)
"""Longest pause while a burst is on."""
FAILURE_BASE = timedelta(minutes=5)
"""Least pause that is stretched after failures."""
FULL_FETCH_AFTER = timedelta(hours=24)
FULL_FETCH_NOT_BEFORE = timedelta(hours=2)
IMPLAUSIBLE_SILENCE = 4.0
"""Entries that were to be expected before silence is doubted: of a Poisson process that many fail
to appear with the probability e^-4, under 2 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFacts:
    """What the next poll of a source is decided by."""

    now: datetime
    rhythm: Rhythm
    every: timedelta | None = None
    """The user's fixed interval. It replaces all that adapts, bursts and hints included; failures
    and Retry-After still stretch it."""
    outcome: PollOutcome
    failures: int = 0
    """Failures in a row, this one included."""
    failure_weight: float = 0.0
    """Sum of the weights of the failures in this row, by their classes."""
    retry_after: float | None = None
    """Seconds the server asked to be left alone for."""
    ttl: timedelta | None = None
    """The feed's own idea of how often to look (RSS ttl)."""
    max_age: timedelta | None = None
    """How long the answer is fresh (Cache-Control max-age or Expires)."""
    entries: int | None = None
    """Entries in the document of this poll; None when there was none to read."""
    known: int | None = None
    """How many of them were known before."""
    burst_until: datetime | None = None
    """End of the burst that the source is in, if it is in one."""
    jitter: float = 0.0
    """A number in [-1, 1], drawn by the caller."""
    pace: float = 1.0
    """Above 1, everything that follows the law is polled more rarely by this factor."""


def plan_next_poll(facts: ScheduleFacts) -> NextPoll:
    """Decide the next poll and say why; the moment lies after `facts.now`."""
    pause, reason = _fixed(facts.every) if facts.every is not None else _adapted(facts)
    if facts.outcome is PollOutcome.FAILED:
        pause, reason = _after_failures(facts, pause)
    spread = facts.jitter
    asked = min(timedelta(seconds=facts.retry_after or 0), LONGEST_RETRY_AFTER)
    if asked > pause:
        pause, reason = asked, _asked(facts, asked)
        spread = abs(spread)  # all lie after the moment asked for, and still apart
    shortest = max(asked, SHORTEST if facts.every is None else timedelta(0))
    longest = max(LONGEST, (facts.every or timedelta(0)) * (1 + JITTER))
    pause = min(max(pause * (1 + JITTER * spread), shortest), longest)
    return NextPoll(facts.now + pause, reason)


def wants_full_fetch(
    rhythm: Rhythm, last_full_at: datetime | None, now: datetime, jitter: float
) -> Reason | None:
    """Return why the next request should not ask "modified since?", or None when it may.

    Some servers answer 304 for ever. `last_full_at` is when a whole document was last received;
    a source without news against all expectation is asked for one sooner than others.
    """
    if last_full_at is None:
        return Reason(ReasonKind.NEVER_IN_FULL)
    age = now - last_full_at
    if age < FULL_FETCH_NOT_BEFORE:
        return None
    if age >= FULL_FETCH_AFTER * (1 + JITTER * jitter):
        return Reason(ReasonKind.NOT_IN_FULL, length=_about(age))
    expected = rhythm.expected(last_full_at, now)
    if expected >= IMPLAUSIBLE_SILENCE:
        return Reason(ReasonKind.MORE_EXPECTED, n=f"{expected:.0f}", length=_about(age))
    return None


def _fixed(every: timedelta) -> tuple[timedelta, Reason]:
    return every, Reason(ReasonKind.EVERY, pause=_words(every))


def _adapted(facts: ScheduleFacts) -> tuple[timedelta, Reason]:
    """Return the pause by the source's rhythm and by what this poll brought, with the reason."""
    pause = _by_rhythm(facts.rhythm, facts.now, COST * facts.pace)
    notes = _rhythm_in_words(facts.rhythm, facts.now)
    if facts.entries and facts.known is not None and facts.known < facts.entries * UNKNOWN_ENOUGH:
        pause /= 2
        notes.append(Reason(ReasonKind.MOST_WERE_NEW))
    hint = min(max(facts.ttl or timedelta(0), facts.max_age or timedelta(0)), LONGEST_HINT)
    if hint > pause:
        pause = hint
        notes.append(Reason(ReasonKind.PATIENCE_ASKED))
    # After the hints: a publisher who asks for patience and lets entries fall out has not thought.
    if facts.entries and (limit := _overflow_limit(facts, pause, facts.entries)) < pause:
        pause = limit
        notes.append(Reason(ReasonKind.LIST_RUNS_OVER, n=facts.entries))
    if facts.burst_until is not None and facts.now < facts.burst_until and pause > BURST_PAUSE:
        pause = BURST_PAUSE
        notes.append(Reason(ReasonKind.IN_A_BURST))
    pause = min(max(pause, SHORTEST), LONGEST)
    return pause, Reason(ReasonKind.ADAPTED, notes=notes, pause=_about(pause))


def _by_rhythm(rhythm: Rhythm, now: datetime, cost: float) -> timedelta:
    """Return the shortest pause over which rate ** POWER adds up to `cost`; at most `LONGEST`."""
    longest = LONGEST / timedelta(hours=1)
    passed = 0.0
    for hours, rate in rhythm.ahead(now):
        pull = rate**POWER
        if pull * hours >= cost:
            return timedelta(hours=min(passed + cost / pull, longest))
        cost -= pull * hours
        passed += hours
        if passed >= longest:
            break
    return LONGEST


def _overflow_limit(facts: ScheduleFacts, pause: timedelta, entries: int) -> timedelta:
    """Return half the time in which `entries` come at the highest rate within the pause."""
    left = pause / timedelta(hours=1)
    peak = facts.rhythm.rate(facts.now)  # a calm hour is no promise
    for hours, rate in facts.rhythm.ahead(facts.now):
        peak = max(peak, rate)
        left -= hours
        if left <= 0:
            break
    return timedelta(hours=min(entries / peak / 2, LONGEST / timedelta(hours=1)))


def _after_failures(facts: ScheduleFacts, normal: timedelta) -> tuple[timedelta, Reason]:
    """Stretch the pause linearly, as Media Cloud does: an hour's outage is not felt for a day."""
    base = normal if facts.every is not None else max(normal, FAILURE_BASE)
    pause = min(base * (1 + facts.failure_weight), max(LONGEST, base))
    if facts.failures > 1:
        times = Reason(ReasonKind.FAILED_TIMES, n=facts.failures, pause=_about(pause))
        return pause, times
    return pause, Reason(ReasonKind.FAILED_ONCE, pause=_about(pause))


def _asked(facts: ScheduleFacts, pause: timedelta) -> Reason:
    if facts.outcome is not PollOutcome.FAILED:
        return Reason(ReasonKind.RETRY_AFTER, pause=_about(pause))
    return Reason(ReasonKind.RETRY_AFTER_FAILURES, pause=_about(pause), n=max(1, facts.failures))


def _rhythm_in_words(rhythm: Rhythm, now: datetime) -> list[Reason]:
    """Say how often the source publishes, and whether now is a special time of its week."""
    if not any(rhythm.exposure):
        return [Reason(ReasonKind.NOT_OBSERVED)]
    daily = rhythm.per_day()
    if daily >= 1:
        often = Reason(ReasonKind.PUBLISHES_A_DAY, n=_whole(daily))
    elif daily * 7 >= 1:
        often = Reason(ReasonKind.PUBLISHES_A_WEEK, n=_whole(daily * 7))
    else:
        often = Reason(ReasonKind.PUBLISHES_A_MONTH, n=max(1, _whole(daily * 30)))
    usual = rhythm.rate(now) * 24 / daily
    if usual >= 1.25:
        busiest = rhythm.rate(now) >= 0.8 * max(rhythm.week)
        return [often, Reason(ReasonKind.BUSIEST_NOW if busiest else ReasonKind.BUSY_NOW)]
    return [often, Reason(ReasonKind.QUIET_NOW)] if usual <= 0.5 else [often]


def _whole(number: float) -> int:
    """Round half up, as people do."""
    return math.floor(number + 0.5)


def _about(length: timedelta) -> Reason:
    """Return a duration with as many digits as people care for: 45s, 9m, 3.4h."""
    seconds = length.total_seconds()
    if seconds < SHORTEST.total_seconds():
        return short(f"{seconds:.0f}", "s")
    if seconds < 90 * 60:
        minutes = round(seconds / 60)
        return short("1", "h") if minutes == 60 else short(str(minutes), "m")
    return short(f"{round(seconds / 3600, 1):g}", "h")


def _words(length: timedelta) -> Reason:
    """Return a duration the way the configuration writes it."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return short(str(int(seconds // size)), unit)
    return short(f"{seconds:g}", "s")
