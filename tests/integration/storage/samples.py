"""Short ways to make the domain values that the storage tests put in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.escalation import WorkDue
from core.alerting.deliveries import (
    AttemptOutcome,
    ClaimedDelivery,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.matches import Field, Level, Match, Snippet, Span, SpanKind
from core.articles import ArticleData, FetchedPage, Recorded
from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    Found,
    NextPoll,
    PollOutcome,
    Source,
    SourceKind,
    TrackedEntry,
    Validators,
)
from storage import Judgement, PlannedAlert, Store

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
_serial = count(1)


def source(name: str = "kloop", url: str = "https://kloop.example/feed") -> Source:
    return Source(name=name, kind=SourceKind.FEED, url=url)


def poll(
    *urls: str,
    source: str = "kloop",
    outcome: PollOutcome = PollOutcome.OK,
    at: datetime = NOON,
    validators: Validators | None = None,
    found: Found | None = None,
    error: str | None = None,
    failure: FetchFailure | None = None,
) -> SourcePoll:
    return SourcePoll(
        source=source,
        outcome=outcome,
        polled_at=at,
        next_poll=NextPoll(at + HOUR, "every hour"),
        entries=tuple(Entry(url=url, title=f"Title of {url}") for url in urls),
        validators=validators,
        found=found,
        error=error or (str(failure) if failure else None),
        failure=failure.kind if failure else None,
        status_code=failure.status if failure else None,
    )


def http(status: int) -> FetchFailure:
    """Return the failure that an HTTP status is."""
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status)


def tracked(store: Store, *urls: str, source_name: str = "kloop") -> tuple[TrackedEntry, ...]:
    """Announce `urls` at a source that is watched, and return the new entries."""
    known = {state.name for state in store.source_states()}
    store.sync_sources([source(name) for name in sorted(known | {source_name})])
    return store.record_poll(poll(*urls, source=source_name), urls).new


def data(url: str = "https://kloop.example/1", text: str = "A text.") -> ArticleData:
    return ArticleData(url=url, title="A title", text=text, source="kloop")


def page(
    body: bytes = b"<p>A text.</p>",
    at: datetime = NOON,
    url: str = "https://kloop.example/1",
) -> FetchedPage:
    return FetchedPage(
        url=url,
        final_url=f"{url}/",
        status=200,
        headers=(("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        body=body,
        fetched_at=at,
    )


def recorded(store: Store, key: str | None = None, text: str = "A text.") -> Recorded:
    """Store an article without an entry or a page."""
    key = key or f"https://kloop.example/article/{next(_serial)}"
    return store.record(data(key, text), None, key=key)


def match(rule: str = "drafts") -> Match:
    return Match(
        rule_id=rule,
        rule_title=f"Rule {rule}",
        level=Level.HIGH,
        spans=(
            Span(Field.TITLE, 0, 1, "A"),
            Span(Field.TEXT, 2, 6, "person:text", SpanKind.ENTITY),
        ),
        snippet=Snippet("A text.", ((2, 6),)),
    )


def judgement(version_id: int, *rules: str, receivers: tuple[str, ...] = ("desk",)) -> Judgement:
    alerts = tuple(PlannedAlert(match(rule), receivers) for rule in rules)
    return Judgement(version_id, "ruleset-1", alerts)


def alerted(store: Store, *receivers: str, rule: str = "drafts") -> str:
    """Store an article, let a rule match it, and return the id of the alert."""
    version_id = recorded(store).version_id
    store.commit_judgement(
        [judgement(version_id, rule, receivers=receivers or ("desk",))], DECIDERS
    )
    history = store.alerts(rule=rule, limit=1000).items
    return next(alert.id for alert in history if alert.article.version_id == version_id)


def claim(
    store: Store,
    *receivers: str,
    now: datetime = NOON,
    owner: str = "worker-1",
    limit: int = 100,
) -> list[ClaimedDelivery]:
    return store.claim_deliveries(
        now, DECIDERS, limit=limit, lease=MINUTE, owner=owner, receivers=receivers or ("desk",)
    )


def attempt(
    claimed: ClaimedDelivery,
    outcome: AttemptOutcome = AttemptOutcome.DELIVERED,
    detail: str = "",
) -> DeliveryAttempt:
    return DeliveryAttempt(
        delivery_id=claimed.delivery.id,
        number=claimed.delivery.attempts + 1,
        started_at=NOON,
        finished_at=NOON,
        outcome=outcome,
        status_code=200 if outcome is AttemptOutcome.DELIVERED else 503,
        detail=detail,
        retry_after=None if outcome is AttemptOutcome.DELIVERED else 2.5,
    )


WORK = WorkDue(lambda _alert, _receiver, _silences: False)
"""Decides about work that is due when nothing is silenced."""

DELIVERED = RetryDecision(DeliveryStatus.DELIVERED, None, "accepted")
DEAD = RetryDecision(DeliveryStatus.DEAD, None, "refused for good")
LATER = RetryDecision(DeliveryStatus.PENDING, NOON + HOUR, "try again")
