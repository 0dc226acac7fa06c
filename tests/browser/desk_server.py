"""A desk that really listens, with stories in it, and a Chromium that visits it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alerts.dispatch.deciders import DECIDERS
from core.alerting.matches import Field, Level, Match, Snippet, Span
from core.articles import ArticleData
from core.clock import utc_now
from core.config.sections.web import WebSection
from core.config.watch import WatchConfig
from core.sources import Source, SourceKind
from desk.context import Desk
from desk.people import Role, invite
from storage import Store, open_store
from storage.judging.judging_records import Judgement, PlannedAlert
from tests.integration.empty_database import empty_database
from tests.integration.web.visitors import CONFIG, desk_over
from web.server import serve

STORIES = (
    (
        "bulut",
        "ru",
        "Кыргызстанцев с российским паспортом разворачивают на границе",
        "разворачивают",
    ),
    ("minbar", "uz", "Bozorda muhojirlarga chaqiruv qogʻozi topshirildi", "chaqiruv qogʻozi"),
    ("herald", "en", "Reservists told not to leave as the register opens", "Reservists"),
    ("pomir", "tg", "Ба шаҳрвандони дутобеият хуруҷ манъ карда мешавад", "хуруҷ"),
    ("azattyk", "kk", "Азаматтық алған қазақстандықтар әскери есепке қойылды", "әскери есепке"),
)
RULE = "drafts"


@dataclass(frozen=True, slots=True)
class ServedDesk:
    """A desk that listens."""

    desk: Desk
    url: str
    alerts: list[str] = field(default_factory=list)

    @property
    def store(self) -> Store:
        """Its database."""
        return self.desk.store

    def login_link(self, name: str = "aigul", role: Role = Role.ADMINISTER) -> str:
        """Return a link that logs somebody in."""
        return f"{self.url}/login?code={invite(self.store, name, self.desk.now(), role)}"

    def publish(self, source: str, language: str, title: str, hit: str) -> str:
        """Store an article that alerts; return the id of the alert."""
        number = len(self.alerts)
        url = f"https://{source}.example/{number}"
        text = f"{title}. Подробности уточняются, сообщил источник.\nSecond paragraph of {number}."
        article = ArticleData(
            url=url, title=title, text=text, source=source, language=language,
            published_at=utc_now(),
        )  # fmt: skip
        recorded = self.store.record(article, None, key=url)
        at = title.index(hit)
        match = Match(
            rule_id=RULE,
            rule_title="Drafts and raids",
            level=(Level.HIGH, Level.NORMAL, Level.LOW)[number % 3],
            spans=(Span(Field.TEXT, at, at + len(hit), hit),),
            snippet=Snippet(text, ((at, at + len(hit)),)),
        )
        judged = Judgement(recorded.version_id, "ruleset-1", (PlannedAlert(match, ("desk",)),))
        self.store.commit_judgement([judged], DECIDERS)
        known = set(self.alerts)
        new = next(alert.id for alert in self.store.alerts().items if alert.id not in known)
        self.alerts.append(new)
        return new


@contextmanager
def served_desk(folder: Path, stories: int = len(STORIES)) -> Iterator[ServedDesk]:
    """Serve a desk in a thread, with so many stories."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = WebSection(listen=f"127.0.0.1:{port}", url=None, secret=None)
    config = WatchConfig.model_validate(
        {
            **CONFIG,
            "sources": [
                {"name": name, "title": name.title(), "feed": f"https://{name}.example/feed"}
                for name, *_ in STORIES
            ],
            "rules": [{"id": RULE, "title": "Drafts and raids", "any": ["reservists", "призыв"]}],
        }
    )
    with open_store(empty_database(folder / "desk.db"), clock=utc_now) as store:
        store.sync_sources(
            [
                Source(name=name, kind=SourceKind.FEED, url=f"https://{name}.example/feed")
                for name, *_ in STORIES
            ]
        )
        served = ServedDesk(desk_over(store, utc_now, config), f"http://127.0.0.1:{port}")
        for number in range(stories):
            served.publish(*STORIES[number % len(STORIES)])
        loop, stop = asyncio.new_event_loop(), asyncio.Event()
        thread = threading.Thread(
            target=lambda: loop.run_until_complete(serve(served.desk, web, stop)), name="desk"
        )
        thread.start()
        _wait_for(port)
        try:
            yield served
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(20)
            loop.close()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError("the desk does not listen")
