"""How often a source publishes, by hour of the week; learned from its entries, slowly forgotten.

News has a rhythm: an outlet that brings forty articles on a Tuesday brings three on a Sunday night.
Whoever knows the rate of each hour can look often when something is likely and seldom when not.

Publications are taken as a Poisson process whose rate changes over the week. What was seen of each
of the 168 hours (UTC) is two numbers: how many entries came, and for how many hours we would have
noticed; both halve every four weeks, so an old habit gives way to a new one. One hour of the week
is seen once a week, which is too little by itself, so its rate is a shrunk estimate. With a Gamma
prior of mean m and shape a, the rate after n entries in e hours has the mean

    (n + a) / (e + a / m)

(Poisson model with a Gamma prior: Gelman et al., Bayesian Data Analysis, 3rd ed., 2.6). The prior
of an hour of the week is the same hour of all working days, or of both weekend days; its prior is
the source as a whole; and the prior of that is what is usual for sources. The shape says how many
entries it takes to believe in a difference, and the rate of a busy source is so known after days,
while a source of one article a month is never credited with a favourite minute.

On top of this, stories come in clusters: the first report of a fire is followed by others. That is
a self-exciting process (Hawkes, "Spectra of some self-exciting and mutually exciting point
processes", Biometrika 58, 1971): each entry raises the rate for a while.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

WEEK = 168
"""Hours of a week, and so the number of buckets."""
HALF_LIFE = 4 * WEEK
"""Hours after which what was seen counts half."""

USUAL_RATE = 10 / 24
"""Entries per hour of a source nothing is known of."""
USUAL_SHAPE = 1.0
"""Entries that the usual rate is worth. One, since sources differ by a factor of ten thousand: a
prior worth a day would never let go of the many that publish once a month."""
HOUR_OF_DAY_SHAPE = 2.0
"""Entries it takes to believe that an hour of the day differs from the source's average."""
HOUR_OF_WEEK_SHAPE = 6.0
"""Entries it takes to believe that an hour of one weekday differs from that hour on others. More
than for the day, since nights are common and peculiar Tuesdays are not."""

CLUSTERED = 0.5
"""Share of entries that follow from another one (the branching ratio)."""
CLUSTER_HALF_LIFE = 1.0
"""Hours after which an entry's pull on others is half."""

_HOURS_TO_MONDAY = 72
"""1970 began on a Thursday: three days into a week that begins on a Monday."""
_STEP = 0.25
"""Hours for which the rate is taken as constant when it is summed up."""
_EXCITED = 1e-3
"""Entries per hour of clustering below which a whole hour is taken as one step."""
_PINNED_SHARE = 0.1
"""Share of a feed's entries, the oldest, from which no exposure is concluded."""

_ARCHIVE_GAP = 180 * 24
"""Hours without an entry after which a list is of another time: what lies before is an archive."""
_ENOUGH_SINCE = 5
"""Entries after such a gap that tell the present rate without those before it."""

_VERSION = 1
_FORMAT = struct.Struct(f"<Bdf{WEEK}e{WEEK}e")
_CHECKSUM = struct.Struct("<I")
_LARGEST = 65504.0
"""The largest number of half precision (IEEE 754 binary16)."""


@dataclass(frozen=True)
class Rhythm:
    """What is known of one source's rate of publication at one moment.

    Weights grow with the time of what is counted instead of shrinking afterwards: an hour seen at
    `t` weighs 2^((t - epoch) / half-life), so that a poll touches one bucket and not all of them.
    The epoch is the last multiple of the half-life before `hours`; when it moves on, everything is
    halved, which loses nothing. It also makes half precision enough: a value is rounded when its
    own hour is seen, instead of at every poll.
    """

    hours: float
    """The moment, in hours since 1970 UTC, up to which the source has been observed."""
    counts: tuple[float, ...]
    """Weighted entries by hour of the week; 0 is Monday, 00:00 to 01:00 UTC."""
    exposure: tuple[float, ...]
    """Weighted hours of observation by hour of the week."""
    recent: float = 0.0
    """Entries of the last hours, each weighed by 2^(-age / `CLUSTER_HALF_LIFE`)."""

    @classmethod
    def empty(cls, at: datetime) -> Rhythm:
        """Return the rhythm of a source that has not been observed before `at`."""
        return cls(_hours(at), (0.0,) * WEEK, (0.0,) * WEEK)

    @classmethod
    def seeded(cls, published: Sequence[datetime], now: datetime) -> Rhythm:
        """Return what the dates in a feed tell at the first poll.

        The feed holds all that was published since its oldest entry, which is the edge of the
        window and so not counted itself. A tenth of the entries, the oldest, is left out: one
        pinned article of last year would make a daily source look like a silent one. Nor does an
        archive count that is listed with what is new: see `_present`.
        """
        dated = _present(sorted(min(_hours(moment), _hours(now)) for moment in published))
        if not dated:
            return cls.empty(now)
        oldest = int(len(dated) * _PINNED_SHARE)
        # All of it may bear one date, when the feed was made anew; that is no rate without end.
        since = min(dated[oldest], _hours(now) - 1)
        nothing = cls(since, (0.0,) * WEEK, (0.0,) * WEEK)
        return _advanced(nothing, dated[oldest + 1 :], since, _hours(now))

    def observed(self, published: Sequence[datetime], since: datetime, until: datetime) -> Rhythm:
        """Return the rhythm after a look at what came in (since, until].

        Entries dated outside of it are counted at its nearer end: they were not there before, and
        clocks of servers are wrong. Time that was observed already is not counted twice, so
        `since` may lie before the last observation. Raises ValueError on a naive datetime.
        """
        start = max(_hours(since), self.hours)
        end = max(_hours(until), start)
        return _advanced(self, [_hours(moment) for moment in published], start, end)

    @cached_property
    def week(self) -> tuple[float, ...]:
        """The usual rate of each hour of the week, in entries per hour."""
        scale = 2.0 ** ((self.hours - _epoch(self.hours)) / HALF_LIFE)
        counts, exposure = self.counts, self.exposure
        seen = sum(exposure) / scale
        overall = _shrunk(sum(counts) / scale, seen, USUAL_RATE, USUAL_SHAPE)
        rates: list[float] = []
        for days in (range(5), range(5, 7)):
            first, last = days[0] * 24, days[-1] * 24 + 24
            by_hour = [
                _shrunk(
                    sum(counts[first + hour : last : 24]) / scale,
                    sum(exposure[first + hour : last : 24]) / scale,
                    overall,
                    HOUR_OF_DAY_SHAPE,
                )
                for hour in range(24)
            ]
            rates += [
                _shrunk(
                    counts[bucket] / scale,
                    exposure[bucket] / scale,
                    by_hour[bucket % 24],
                    HOUR_OF_WEEK_SHAPE,
                )
                for bucket in range(first, last)
            ]
        return tuple(rates)

    def rate(self, at: datetime) -> float:
        """Return the usual rate at that hour of the week, in entries per hour; above zero."""
        return self.week[_bucket(_hours(at))]

    def per_day(self) -> float:
        """Return how many entries a day has on the average of the week."""
        return sum(self.week) / 7

    def expected(self, since: datetime, until: datetime) -> float:
        """Return how many entries are usual in (since, until]; 0 when that is no time at all.

        Clustering is left out on purpose: silence must not lower what silence is measured by.
        """
        start, end = _hours(since), _hours(until)
        whole_weeks = max(0, int((end - start) // WEEK))
        rest = start + whole_weeks * WEEK
        week = self.week
        return whole_weeks * sum(week) + sum(
            week[bucket] * hours for bucket, hours, _ in _pieces(rest, end)
        )

    def ahead(self, now: datetime) -> Iterator[tuple[float, float]]:
        """Yield (hours, entries per hour) from `now` on, without end, as far as can be told today.

        A Hawkes process of branching ratio n has the mean rate (background) / (1 - n): where the
        usual rate is u, the background is (1 - n) u, and each entry of age s adds n b e^(-b s).
        The excitement is let decay as if nothing more would come; what comes will be seen.
        """
        week = self.week
        decay = math.log(2) / CLUSTER_HALF_LIFE
        moment = _hours(now)
        excited = CLUSTERED * decay * self.recent * math.exp(-decay * (moment - self.hours))
        while True:
            bucket = _bucket(moment)
            hours = math.floor(moment) + 1 - moment
            usual = (1 - CLUSTERED) * week[bucket]
            if excited < _EXCITED:
                yield hours, usual
            else:
                hours = min(hours, _STEP)
                faded = math.exp(-decay * hours)
                yield hours, usual + excited * (1 - faded) / (decay * hours)
                excited *= faded
            moment += hours

    def to_bytes(self) -> bytes:
        """Return the rhythm in 689 bytes, for storage; counts keep three digits."""
        body = _FORMAT.pack(
            _VERSION,
            self.hours,
            self.recent,
            *(min(value, _LARGEST) for value in self.counts),
            *(min(value, _LARGEST) for value in self.exposure),
        )
        return body + _CHECKSUM.pack(zlib.crc32(body))

    @classmethod
    def kept(cls, data: bytes | None) -> Rhythm | None:
        """Read what was kept of a rhythm; None when there is nothing, or it is damaged."""
        try:
            return None if data is None else cls.from_bytes(data)
        except ValueError:
            return None

    @classmethod
    def from_bytes(cls, data: bytes) -> Rhythm:
        """Read what `to_bytes` wrote. Raises ValueError when it is damaged or of another kind."""
        if len(data) != _FORMAT.size + _CHECKSUM.size:
            raise ValueError(f"a rhythm has {_FORMAT.size + _CHECKSUM.size} bytes, not {len(data)}")
        body = data[: _FORMAT.size]
        if _CHECKSUM.unpack(data[_FORMAT.size :]) != (zlib.crc32(body),):
            raise ValueError("a rhythm is damaged: its checksum does not fit")
        version, hours, recent, *values = _FORMAT.unpack(body)
        if version != _VERSION:
            raise ValueError(f"a rhythm of version {version} is unknown")
        if not (math.isfinite(hours) and all(0 <= value < math.inf for value in [recent, *values])):
            raise ValueError("a rhythm is damaged: it holds impossible numbers")
        return cls(hours, tuple(values[:WEEK]), tuple(values[WEEK:]), recent)


def _advanced(known: Rhythm, published: Sequence[float], since: float, until: float) -> Rhythm:
    """Return `known` after an observation of (since, until], which begins no earlier than it."""
    epoch = _epoch(until)
    aged = 0.5 ** ((epoch - _epoch(known.hours)) / HALF_LIFE)
    counts = [count * aged for count in known.counts]
    exposure = [hours * aged for hours in known.exposure]
    recent = known.recent * 0.5 ** ((until - known.hours) / CLUSTER_HALF_LIFE)
    for moment in published:
        at = min(max(moment, since), until)
        counts[_bucket(at)] += 2.0 ** ((at - epoch) / HALF_LIFE)
        recent += 0.5 ** ((until - at) / CLUSTER_HALF_LIFE)
    for bucket, hours in _weighted_hours(since, until, epoch):
        exposure[bucket] += hours
    return Rhythm(until, tuple(counts), tuple(exposure), recent)


def _present(dated: Sequence[float]) -> Sequence[float]:
    """Return what came after the last half year without an entry, if it tells a rate."""
    for place in range(len(dated) - _ENOUGH_SINCE, 0, -1):
        if dated[place] - dated[place - 1] > _ARCHIVE_GAP:
            return dated[place:]
    return dated


def _shrunk(count: float, hours: float, mean: float, shape: float) -> float:
    """Return the posterior mean of a rate under a Gamma prior; see the head of the module."""
    return (count + shape) / (hours + shape / mean)


def _weighted_hours(since: float, until: float, epoch: float) -> Iterator[tuple[int, float]]:
    """Yield (bucket, weighted hours) of an observation; fewer than 500, however long it was.

    The last of the whole weeks is walked by the hour. The others are copies of it, each weighing
    q = 2^(-week / half-life) of the next: together 1 + q + q^2 + ... = (1 - q^n) / (1 - q).
    """
    whole_weeks = int((until - since) // WEEK)
    fading = 0.5 ** (WEEK / HALF_LIFE)
    copies = (1 - fading**whole_weeks) / (1 - fading)
    last_week = until - WEEK if whole_weeks else until
    for start, end, weight in (
        (since, until - whole_weeks * WEEK, 1.0),
        (last_week, until, copies),
    ):
        for bucket, hours, middle in _pieces(start, end):
            yield bucket, weight * hours * 2.0 ** ((middle - epoch) / HALF_LIFE)


def _pieces(since: float, until: float) -> Iterator[tuple[int, float, float]]:
    """Cut a span at full hours; yield (bucket, length in hours, middle) of each piece."""
    moment = since
    while moment < until:
        end = min(math.floor(moment) + 1.0, until)
        yield _bucket(moment), end - moment, (moment + end) / 2
        moment = end


def _bucket(hours: float) -> int:
    return (math.floor(hours) + _HOURS_TO_MONDAY) % WEEK


def _epoch(hours: float) -> float:
    return hours // HALF_LIFE * HALF_LIFE


def _hours(moment: datetime) -> float:
    if moment.tzinfo is None:
        raise ValueError("a rhythm needs aware datetimes")
    return moment.timestamp() / 3600
