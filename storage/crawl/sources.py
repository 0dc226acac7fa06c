"""Sources: which are watched, when each is polled next, and what the last polls came to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Update, bindparam, case, literal, update
from sqlmodel import Session, col, func, select

from core.errors import StorageError
from core.failures import FailureKind
from core.passed_over import FeedFit, PassedOver
from core.reasons import Reason, ReasonKind
from core.source_polls import SourcePoll
from core.sources import (
    Comparison,
    Found,
    Health,
    PollOutcome,
    Source,
    SourceHealth,
    SourceKind,
    SourceState,
    Validators,
)
from core.vantages import TurnedAway, VantageAnswer, VantagesDiffer, following
from storage.crawl.folded_keys import forget_folded
from storage.crawl.sitemap_memories import forget_sitemaps
from storage.database.columns import CleanText, ReasonText, UtcDateTime
from storage.database.engine import Database, insert_into
from storage.database.row import metadata
from storage.database.tables.crawl import SourceRow

FIRST_BURST_POLL = timedelta(minutes=3)
"""How soon a source is polled when a burst begins."""


AT_ONCE = 16
"""New sources that are due at once; the rest follow `APART` from each other."""
APART = timedelta(seconds=0.25)

OWN_SOURCE = ".wirewatch"
"""Where news of ourselves comes from; no source of a configuration can be called so."""


class Sources(Database):
    """Queries about sources."""

    def sync_sources(self, sources: Sequence[Source]) -> None:
        """Make `sources` the active ones.

        A new source is due now, or, of many at once, within the next minutes: hundreds of first
        polls, each with all its articles, would otherwise start in one second. One that is missing
        becomes inactive and keeps its articles. One whose address changed is polled afresh: due
        now, without validators or what was found.
        """
        now = self._clock()
        wanted = {source.name: source for source in sources}
        with self._writing() as session:
            known = set(session.exec(select(SourceRow.name)))
            if new := sorted(wanted.keys() - known):
                session.exec(
                    # Another daemon may start with the same new sources at this moment.
                    insert_into(self.dialect, SourceRow).on_conflict_do_nothing(),
                    params=[
                        _new(wanted[name], now + max(0, number - AT_ONCE) * APART)
                        for number, name in enumerate(new)
                    ],
                )
            # In order of names, as bursts take them. Held, since a poll that ends now would write
            # the validators of the old address into what is polled afresh. Entries refer to their
            # source: those of other sources' polls need not wait.
            rows = select(SourceRow).order_by(col(SourceRow.name)).with_for_update(key_share=True)
            for row in session.exec(rows):
                source = wanted.get(row.name)
                if source is not None and not row.active and row.last_new_at is not None:
                    # Nothing could be seen of it meanwhile: its silence is no news.
                    row.last_new_at = now
                row.active = source is not None
                if source is not None and (row.kind, row.url) != (source.kind.value, source.url):
                    _restart(row, source, now)
                    forget_sitemaps(session, row.name)
                    forget_folded(session, row.name)

    def due_sources(self, now: datetime, limit: int) -> list[SourceState]:
        """Return active sources whose next poll has come, the most overdue first."""
        query = (
            select(SourceRow)
            .where(SourceRow.active, SourceRow.next_poll_at <= now)
            .order_by(col(SourceRow.next_poll_at), col(SourceRow.name))
            .limit(limit)
        )
        with self._reading() as session:
            return [_state(row) for row in session.exec(query)]

    def next_due_at(self) -> datetime | None:
        """Return when the next active source is due, None when there is no active source."""
        query = select(func.min(SourceRow.next_poll_at)).where(SourceRow.active)
        with self._reading() as session:
            return session.exec(query).one()

    def source_states(self, names: Collection[str] | None = None) -> list[SourceState]:
        """Return all sources, inactive ones too, or those that are named; by name."""
        with self._reading() as session:
            query = select(SourceRow).where(SourceRow.name != OWN_SOURCE)
            if names is not None:
                query = query.where(col(SourceRow.name).in_(names))
            rows = session.exec(query.order_by(col(SourceRow.name)))
            return [_state(row) for row in rows]

    def vantages_differ(self, source: str, seen: VantagesDiffer) -> None:
        """Keep that the vantages of a source differ, counted with what was seen before."""
        with self._writing() as session:
            row = locked_source(session, source)
            note_vantages(row, following(_vantages(row), seen))

    def vantages_agree(self, source: str) -> None:
        """Keep that the vantages of a source differ no more."""
        with self._writing() as session:
            note_vantages(locked_source(session, source), None)


def locked_source(session: Session, name: str) -> SourceRow:
    """Return the row of a source, held for this transaction; raise StorageError if unknown."""
    query = select(SourceRow).where(SourceRow.name == name).with_for_update(key_share=True)
    row = session.exec(query).one_or_none()
    if row is None:
        raise StorageError("the source is not known to the database", source=name)
    return row


def set_burst(session: Session, bursts: Mapping[str, datetime], now: datetime) -> None:
    """Let sources be polled soon, and often until their times; see the policy."""
    for name in sorted(bursts):  # in order of names, as a new configuration takes them
        session.exec(
            update(SourceRow)
            .where(col(SourceRow.name) == name, col(SourceRow.consecutive_failures) == 0)
            .values(
                burst_until=bursts[name],
                next_poll_reason=case(
                    (
                        col(SourceRow.next_poll_at) > now + FIRST_BURST_POLL,
                        literal(Reason(ReasonKind.IN_A_BURST), ReasonText()),
                    ),
                    else_=col(SourceRow.next_poll_reason),
                ),
                next_poll_at=case(
                    (col(SourceRow.next_poll_at) > now + FIRST_BURST_POLL, now + FIRST_BURST_POLL),
                    else_=col(SourceRow.next_poll_at),
                ),
            )
        )


def note_poll(session: Session, poll: SourcePoll, *, new: bool) -> bool:
    """Write the outcome of one poll into the row of its source, and hold it.

    `new` tells whether it brought new entries. Returns False, having written nothing, when the
    source has another address by now. Raises StorageError for a source that is not known.
    """
    failed = poll.outcome is PollOutcome.FAILED
    values: dict[str, object] = {
        "of_source": poll.source,
        "asked": poll.url,
        "last_polled_at": poll.polled_at,
        "last_status_code": poll.status_code,
        "next_poll_at": poll.next_poll.at,
        "next_poll_reason": poll.next_poll.reason,
        "next_poll_full": poll.next_poll.full,
    }
    if failed:
        values |= {
            "weight": poll.failure_weight,
            "last_error": poll.error or "failed",
            "last_failure": poll.failure.value if poll.failure else None,
        }
    else:
        values["last_success_at"] = poll.polled_at
    if poll.validators is not None:
        values |= {
            "etag": poll.validators.etag,
            "last_modified": poll.validators.last_modified,
            "body_sha256": poll.validators.body_sha256,
        }
    if poll.found is not None:
        values |= {
            "found_kind": poll.found.kind.value,
            "found_url": poll.found.url,
            "found_how": poll.found.how,
            "passed_over": [[one.fit.value, one.url, one.words] for one in poll.found.passed_over],
        }
    if poll.comparison is not None:
        values |= {
            "compare_at": poll.comparison.next_at,
            "found_changed_at": poll.comparison.changed_at,
            "found_change": poll.comparison.change or None,
        }
    if poll.empty is not None:
        values |= {"empty_at": poll.polled_at} if poll.empty else {"empty_since": None}
    if poll.gap is not None:
        values |= {"last_gap": poll.gap, "last_gap_at": poll.polled_at}
    if poll.rhythm is not None:
        values["rhythm"] = poll.rhythm
    if poll.full:
        values["last_full_at"] = poll.polled_at
    if new:
        values["last_new_at"] = poll.polled_at
    if session.connection().execute(_note_poll(failed, poll.empty is True), values).rowcount:
        return True
    locked_source(session, poll.source)  # raises if it is not known
    return False


@cache
def _note_poll(failed: bool, empty: bool) -> Update:
    """Build an UPDATE that also sets the columns among its parameters.

    It costs a third of loading the row and changing it, and most polls do nothing else.
    """
    table = metadata.tables[str(SourceRow.__tablename__)]
    columns = table.c
    # The address is asked about here and not before: it may change while we wait for the row.
    counted = update(table).where(
        columns.name == bindparam("of_source"),
        columns.url == func.coalesce(bindparam("asked", type_=CleanText), columns.url),
    )
    if failed:
        return counted.values(
            polls=columns.polls + 1,
            consecutive_failures=columns.consecutive_failures + 1,
            failure_weight=columns.failure_weight + bindparam("weight"),
        )
    if empty:
        counted = counted.values(
            empty_since=func.coalesce(columns.empty_since, bindparam("empty_at", type_=UtcDateTime))
        )
    return counted.values(
        polls=columns.polls + 1,
        consecutive_failures=0,
        failure_weight=0.0,
        last_error=None,
        last_failure=None,
    )


def _new(source: Source, now: datetime) -> dict[str, object]:
    return {
        "name": source.name,
        "kind": source.kind.value,
        "url": source.url,
        "active": True,
        "next_poll_at": now,
        "next_poll_reason": Reason(ReasonKind.NEW_SOURCE),
        "consecutive_failures": 0,
        "polls": 0,
        "failure_weight": 0.0,
        "next_poll_full": False,
    }


def _restart(row: SourceRow, source: Source, now: datetime) -> None:
    row.kind = source.kind.value
    row.url = source.url
    row.next_poll_at = now
    row.next_poll_reason = Reason(ReasonKind.ADDRESS_CHANGED)
    row.consecutive_failures = 0
    row.last_error = row.last_failure = None
    row.failure_weight = 0.0
    row.found_url = row.found_kind = row.found_how = row.found_change = None
    row.passed_over = row.changing_parts = None
    row.compare_at = row.found_changed_at = row.empty_since = None
    row.etag = row.last_modified = row.body_sha256 = None
    row.last_success_at = row.last_new_at = None
    row.next_poll_full = False
    note_vantages(row, None)
    row.rhythm = row.last_full_at = row.last_gap = row.last_gap_at = row.burst_until = None


def _state(row: SourceRow) -> SourceState:
    return SourceState(
        name=row.name,
        next_poll_at=row.next_poll_at,
        next_poll_reason=row.next_poll_reason,
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        consecutive_failures=row.consecutive_failures,
        last_error=row.last_error,
        found=_found(row),
        validators=Validators(
            etag=row.etag, last_modified=row.last_modified, body_sha256=row.body_sha256
        ),
        active=row.active,
        polls=row.polls,
        failure_weight=row.failure_weight,
        rhythm=row.rhythm,
        last_full_at=row.last_full_at,
        next_poll_full=row.next_poll_full,
        last_new_at=row.last_new_at,
        last_gap_at=row.last_gap_at,
        last_gap=row.last_gap,
        burst_until=row.burst_until,
        last_status_code=row.last_status_code,
        last_failure=FailureKind(row.last_failure) if row.last_failure else None,
        health=_health(row),
        comparison=_comparison(row),
        empty_since=row.empty_since,
        vantages=_vantages(row),
        changing_parts=tuple((row.changing_parts or "").split()),
    )


def note_health(row: SourceRow, health: SourceHealth) -> None:
    """Write how a source fares into its row."""
    row.health, row.health_reason = health.health.value, health.reason
    row.health_since = health.since
    row.health_notified = health.notified.value if health.notified else None


def note_vantages(row: SourceRow, differ: VantagesDiffer | None) -> None:
    """Write how the vantages of a source differ into its row, or that they do not."""
    closed = differ.closed if differ else None
    row.vantages_at = differ.at if differ else None
    row.vantages_url = differ.url if differ else None
    row.vantages_times = differ.times if differ else None
    row.vantage_closed = closed.number if closed else None
    row.vantage_answer = closed.answer.value if closed else None
    row.vantage_status = closed.status if closed else None
    row.vantage_opened = differ.opened if differ else None


def _vantages(row: SourceRow) -> VantagesDiffer | None:
    closed, answer, opened = row.vantage_closed, row.vantage_answer, row.vantage_opened
    if row.vantages_at is None or closed is None or answer is None or opened is None:
        return None
    return VantagesDiffer(
        url=row.vantages_url or "",
        closed=TurnedAway(closed, VantageAnswer(answer), row.vantage_status),
        opened=opened,
        at=row.vantages_at,
        times=row.vantages_times or 1,
    )


def _health(row: SourceRow) -> SourceHealth | None:
    if row.health is None or row.health_since is None:
        return None
    notified = Health(row.health_notified) if row.health_notified else None
    return SourceHealth(Health(row.health), row.health_reason or "", row.health_since, notified)


def _found(row: SourceRow) -> Found | None:
    if row.found_url is None or row.found_kind is None:
        return None
    passed_over = tuple(
        PassedOver(FeedFit(fit), url, words) for fit, url, words in row.passed_over or ()
    )
    return Found(SourceKind(row.found_kind), row.found_url, row.found_how or "", passed_over)


def _comparison(row: SourceRow) -> Comparison | None:
    if row.compare_at is None:
        return None
    return Comparison(row.compare_at, row.found_changed_at, row.found_change or "")
