"""A desk with something on every page, and the address of every route of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from alerts.dispatch.deciders import DECIDERS
from alerts.messages.action_links import action_links
from core.alerting.alerts import DismissReason
from core.alerting.deliveries import AttemptOutcome
from core.articles import ArticleData
from core.clock import FixedClock
from core.config.watch import WatchConfig
from core.sources import PollOutcome
from desk import alerts as desk_alerts
from desk.alerts import Signature
from desk.context import Desk
from scheduler.search_indexing import SearchIndexing
from storage import Judgement, PlannedAlert, open_store
from storage.judging.judging_records import StoryPlacement
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import (
    DEAD,
    NOON,
    attempt,
    claim,
    http,
    match,
    page,
    poll,
    source,
)
from tests.integration.web.visitors import CONFIG, WEB, desk_over

RULE, SOURCE, RECEIVER, SEARCH = "raids", "kloop", "desk", "archive"
CROWDED = {
    **CONFIG,
    "sources": [{"name": SOURCE, "title": "Kloop", "feed": "https://kloop.example/feed"}],
    "rules": [{"id": RULE, "title": "Raids on workplaces", "any": ["raid"]}],
    "searches": [{"name": SEARCH, "query": "raid"}],
    "receivers": [{"name": RECEIVER, "webhook": {"url": "https://hook.example/whisper-whisper"}}],
}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Crowded:
    """A desk, and what its addresses name."""

    desk: Desk
    stories: tuple[int, ...]
    articles: tuple[int, ...]
    alerts: tuple[str, ...]
    links: tuple[str, ...]
    """Paths of links that act from messages."""

    def addresses(self, route: Route) -> tuple[str, ...]:
        """Return addresses that a route answers; KeyError for one that nobody told of here."""
        numbers = {
            "/story": self.stories, "/stories": self.stories, "/article": self.articles,
            "/articles": self.articles, "/alerts": self.alerts,
        }  # fmt: skip
        path = route.path.removeprefix("/api/v1")
        if not _PARAMETER.search(path):
            return (route.path,)
        if path == "/alert/{token}":
            return self.links
        if path.endswith(".{format}"):
            return tuple(route.path.replace("{format}", kind) for kind in ("csv", "xlsx", "jsonl"))
        first = "/" + path.split("/")[1]
        if first in numbers:
            return tuple(route.path.replace("{id}", str(one)) for one in numbers[first])
        name = {
            "/sources": SOURCE, "/rules": RULE, "/static": "desk.css",
            "/feeds": SEARCH if "searches" in path else RULE,
        }[first]  # fmt: skip
        return (_PARAMETER.sub(name, route.path),)


@contextmanager
def crowded(folder: Path, titles: Sequence[str]) -> Iterator[Crowded]:
    """Give a desk on which every one of some titles is whatever a stranger could choose."""
    clock = FixedClock(NOON)
    config = WatchConfig.model_validate(CROWDED)
    with open_store(empty_database(folder / "crowded.db"), clock=clock) as store:
        store.sync_sources([source()])
        desk = desk_over(store, clock, config)
        for number, title in enumerate(titles):
            _fill(desk, number, title)
        links = [
            link.url.removeprefix(WEB.address)
            for claimed in claim(store)
            for link in action_links(claimed, WEB)
        ]
        for claimed, title in zip(claim(store, now=NOON + timedelta(hours=1)), titles, strict=True):
            said = replace(attempt(claimed, AttemptOutcome.PERMANENT), detail=title)
            store.record_attempt(claimed.lease_token, said, DEAD, DECIDERS)
        live = desk.running()
        SearchIndexing(store).catch_up(live.rules, live.config)
        found = store.alerts(limit=1000).items
        assert len(found) == len(titles)
        yield Crowded(
            desk,
            tuple(sorted({alert.case_id for alert in found})),
            tuple(sorted({alert.article.id for alert in found})),
            tuple(alert.id for alert in found),
            tuple(links),
        )


def _fill(desk: Desk, number: int, title: str) -> None:
    store = desk.store
    url = f"https://kloop.example/{number}"
    known = ArticleData(
        url=url, title=title, text=f"A raid on {title}. Number {number}.", source=SOURCE,
        language="en", authors=(title,), canonical_url=title[:2000] or None, site_name=title,
        tags=(title,),
    )  # fmt: skip
    entry = store.record_poll(poll(url), [url]).new[0]
    store.record(known, page(url=url), key=url, entry_id=entry.id)
    told = store.record(replace(known, text=f"{known.text} Edited: {title}"), None, key=url)
    fired = replace(match(RULE), rule_title=title)
    placement = StoryPlacement(
        story=told.article_id, relation="new", of=None, containment=0.0, shared_words=0,
        first_source=SOURCE, first_at=NOON,
    )  # fmt: skip
    planned = Judgement(told.version_id, "ruleset-1", (PlannedAlert(fired, (RECEIVER,)),))
    store.commit_judgement([replace(planned, placement=placement)], DECIDERS)
    alert = next(
        one.id for one in store.alerts(limit=1000).items if one.article.id == told.article_id
    )
    signed = Signature(by=title[:200] or "nobody", at=NOON)
    if title.strip():
        desk_alerts.note(store, alert, signed, title)
    desk_alerts.mute(store, alert, signed, timedelta(days=1), title)
    if number % 3 == 0:
        desk_alerts.reopen(store, alert, signed, title)
    elif number % 3 == 1:
        desk_alerts.dismiss(store, alert, signed, DismissReason.OTHER)
    store.record_poll(poll(outcome=PollOutcome.FAILED, error=title, failure=http(500)), ())


def routes_of(app: Starlette, method: str) -> list[Route]:
    """Return the routes that answer a method. There are no others than these."""
    assert all(isinstance(route, Route) for route in app.routes)
    routes = [route for route in app.routes if isinstance(route, Route)]
    assert all(route.methods for route in routes), "a route says which methods it answers"
    return [route for route in routes if method in (route.methods or ())]
