"""One morning of a small newsroom, always the same: what the screens are drawn from.

Outlets in nine languages, wide and joined letters, right-to-left titles, long names, and alerts,
deliveries, sources and silences in each of their states.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.dispatch.deciders import DECIDERS
from alerts.dispatch.dispatcher import dispatch, escalate_and_remind
from alerts.judging.story_grouping import Grouping
from alerts.judging.versions import judge_versions
from alerts.rules import RuleSet
from core.alerting.alerts import DismissReason
from core.alerting.deliveries import (
    AttemptOutcome,
    DeliveryAttempt,
    DeliveryStatus,
    RetryDecision,
)
from core.alerting.silences import Silence
from core.articles import ArticleData, FetchedPage, Recorded, Rejection, RejectReason
from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.failures import FailureKind, FetchFailure
from core.source_polls import SourcePoll
from core.sources import (
    Entry,
    Found,
    NextPoll,
    PollOutcome,
    SkipKind,
    Skipped,
    Source,
    SourceKind,
    Validators,
)
from desk import alerts as work
from desk.deliveries import send_to
from scheduler.health_alerts import update_source_health
from storage import Store, open_store

MORNING = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COURIER, AGENCY, FAMILY = "steppe-courier", "radio-ozodi-tajik-service", "👨‍👩‍👧 family"

OUTLETS: dict[str, tuple[str, str, str]] = {
    COURIER: (
        "en",
        "New citizens turned back at the border: “everybody with a fresh passport was handed a "
        "summons on the spot”, say three men who came home to Osh on foot",
        "Border guards turned back new citizens on Thursday and handed each of them a summons.",
    ),
    "kloop": (
        "ru",
        "Новым гражданам закрыли выезд: мигрантов разворачивают на границе",
        "Мужчин, получивших российский паспорт, больше не выпускают: каждому вручили повестку.",
    ),
    "azattyk-asia": (
        "ky",
        "Мигранттарды чек арадан кайтарышты, колуна чакыруу кагазын карматышты",
        "Жаңы паспорт алган мигранттарды чек арадан кайтарып, чакыруу кагазын беришти.",
    ),
    AGENCY: (
        "tg",
        "Муҳоҷиронро аз марз баргардонданд",
        "Муҳоҷиронро бо шиносномаи нав аз марз баргардонданд ва даъватнома доданд.",
    ),
    "kun-uz": (
        "uz",
        "Migrantlar chegaradan qaytarildi, qoʻliga chaqiruv qogʻozi tutqazildi",
        "Yangi pasport olgan migrantlar chegaradan qaytarildi va chaqiruv qogʻozi berildi.",
    ),
    "tengrinews-kz": (
        "kk",
        "Шекарадан қайтарылған мигранттар",
        "Жаңа төлқұжат алған мигранттарды шекарадан қайтарды.",
    ),
    "central-news-taiwan": (
        "zh",
        "新公民在邊境被拒絕出境：三名移工表示，每個持有新護照的人都當場收到徵兵通知書",
        "持有新護照的移工在邊境被拒絕出境，並當場收到徵兵通知書。",
    ),
    "al-hudud": (
        "ar",
        "إعادة مهاجرين من الحدود بعد تسليمهم استدعاءات للتجنيد",
        "أعيد مهاجرون يحملون جوازات سفر جديدة من الحدود وسُلّموا استدعاءات.",
    ),
    "family-blog": (
        "fr",
        f"{FAMILY}: les migrants re\u0301pondent a\u0300 la convocation 🇰🇬",
        "Les migrants racontent leur retour, convocation en poche.",
    ),
}
"""By source: language, title and text of its story."""
RULES: list[dict[str, Any]] = [
    {
        "id": "naturalized-migrants-mobilization",
        "title": "Naturalized migrants and the draft",
        "level": "high",
        "when": "regex:/citizens turned|повестк|чакыруу кагаз|徵兵|استدعاءات/",
    },
    {
        "id": "borders",
        "title": "Borders",
        "on": ["published", "edited", "removed"],
        "when": "regex:/border|границ|чек ара|chegara|шекара/",
    },
    {
        "id": "labour-migration",
        "title": "Labour migration",
        "level": "low",
        "when": "regex:/мигрант|муҳоҷир|migrant|移工|مهاجر/",
    },
]
FAILURES = {
    "al-hudud": FetchFailure(FailureKind.HTTP, "HTTP 403: the server refuses us", 403),
    AGENCY: FetchFailure(FailureKind.TIMEOUT, "no answer within 20 s, twice"),
}
CONFIG: dict[str, Any] = {
    "timezone": "Asia/Bishkek",
    "sources": [
        {"name": name, "feed": f"https://{name}.example/feed", "language": language}
        for name, (language, _, _) in OUTLETS.items()
    ],
    "rules": RULES,
    "receivers": [
        {"name": "desk", "console": {}},
        {"name": "bishkek-night-shift", "console": {}},
        {"name": "editor-in-chief", "console": {},
         "quiet_hours": {"from": "22:00", "to": "11:00"}},
    ],
    "routes": [
        {"to": ["desk"]},
        {"to": ["bishkek-night-shift"], "when": {"level": ["high"]},
         "escalate": {"after": "30m", "to": ["editor-in-chief"]}},
    ],
}  # fmt: skip


@contextmanager
def small_newsroom(database: str) -> Iterator[Newsroom]:
    """Fill a database and give it with its clock, which stands still."""
    clock = FixedClock(MORNING)
    with open_store(database, clock=clock) as store:
        newsroom = Newsroom(store, clock)
        newsroom.live_through_a_morning()
        yield newsroom


class Newsroom:
    """A store, its configuration, and a clock."""

    def __init__(self, store: Store, clock: FixedClock) -> None:
        self.store, self.clock = store, clock
        self.config = WatchConfig.model_validate(CONFIG)
        self.rules = RuleSet.compile(self.config)
        self._grouping = Grouping()
        self.articles: dict[str, Recorded] = {}

    def live_through_a_morning(self) -> None:
        """Let everything happen."""
        self._watch_sources()
        for name in OUTLETS:
            self.clock.advance(11 * MINUTE)
            self._publish(name)
            self._judge()
            if name == AGENCY:  # by now the first copies are old enough to escalate
                self.clock.advance(35 * MINUTE)
                escalate_and_remind(self.store, self.config, self.clock())
        self.clock.advance(9 * MINUTE)
        self._copy(COURIER, "kun-uz")
        self._work_on_alerts()
        self._edit(COURIER)
        self._remove("tengrinews-kz")
        self._judge()
        for name in OUTLETS:
            if name not in FAILURES:
                self._poll(name)
        self._silence()
        self._deliver()
        self.clock.advance(7 * MINUTE)

    def silences(self) -> list[Silence]:
        """Return all silences; what tells one from another is chance."""
        return self.store.silences()

    def _watch_sources(self) -> None:
        gone = Source(
            name="the-old-gazette-of-osh", kind=SourceKind.FEED, url="https://gazette.example/feed"
        )
        named = {source.name: source for source in self.config.sources}
        self.store.sync_sources([gone, *(_source(name) for name in named)])
        self.store.sync_sources([_source(name) for name in named])
        for name in named:
            self._poll(name)
        update_source_health(self.store, self.config, self.clock())

    def _poll(self, name: str) -> None:
        now = self.clock()
        entries = [
            Entry(url=f"https://{name}.example/{number}", title=OUTLETS[name][1])
            for number in range(1, 4)
        ]
        ok = SourcePoll(
            source=name, outcome=PollOutcome.OK, polled_at=now,
            next_poll=NextPoll(now + 2 * HOUR, "learnt rhythm: 14 a day"),
            entries=tuple(entries), validators=Validators(etag='"7"'),
            found=Found(SourceKind.FEED, f"https://{name}.example/feed", "named in watch.yaml"),
            skipped=(
                Skipped(
                    SkipKind.REPEATED, "an earlier entry leads to the same address", 4,
                    f"https://{name}.example/archive/1999/a-story-that-was-told-long-ago-and-stays",
                ),
            ),
        )  # fmt: skip
        tracked = self.store.record_poll(ok, [entry.url for entry in entries]).new
        if not tracked:
            return
        stub = Rejection(RejectReason.STUB, "Just a moment...")
        self.store.reject_entry(tracked[1].id, stub, _page(tracked[1].entry.url, now))
        if (failure := FAILURES.get(name)) is not None:
            failed = replace(
                ok, outcome=PollOutcome.FAILED, entries=(), error=str(failure),
                failure=failure.kind, status_code=failure.status,
            )  # fmt: skip
            for _ in range(9):
                self.store.record_poll(failed, [])

    def _publish(self, name: str) -> None:
        language, title, text = OUTLETS[name]
        url = f"https://{name}.example/1"
        data = ArticleData(
            url=url, title=title, text=text, source=name, language=language,
            published_at=self.clock() - 4 * MINUTE, authors=("A. Reporter",),
        )  # fmt: skip
        (entry,) = [e for e in self.store.entries(source=name).items if e.entry.url == url]
        page = _page(url, self.clock())
        self.articles[name] = self.store.record(
            data, page, key=url, entry_id=entry.id, plan_visit=lambda at: at
        )

    def _copy(self, of: str, by: str) -> None:
        _, title, _ = OUTLETS[of]
        url = f"https://{by}.example/news/2026/11/20/from-the-agencies-new-citizens-turned-back"
        text = f"{LONG}\n\nXabar agentliklardan olindi."
        data = ArticleData(url=url, title=title, text=text, source=by, language="en",
                           published_at=self.clock() - MINUTE)  # fmt: skip
        first = replace(data, url="https://steppe-courier.example/2", source=of, text=LONG)
        for article in (first, data):
            self.store.record(article, None, key=article.url)
            self._judge()
            self.clock.advance(MINUTE)

    def _judge(self) -> None:
        now = self.clock()
        self._grouping.fill(self.store, now)
        judge_versions(self.store, self.rules, self.config, now=now, grouping=self._grouping)
        dispatch(self.store, self.config, now, eager=True)

    def _work_on_alerts(self) -> None:
        now = self.clock()
        first = {name: self.store.case(self.articles[name].article_id) for name in OUTLETS}
        alert = {name: case.alerts[0].id for name, case in first.items() if case is not None}

        def signed(by: str) -> work.Signature:
            return work.signed_by(by, self.config, now)

        note = "calling the border service, and the three men through our stringer in Osh"
        work.acknowledge(self.store, alert["azattyk-asia"], signed("aigul"), note)
        work.snooze(self.store, alert["kun-uz"], signed("timur"), now + 3 * HOUR)
        work.dismiss(self.store, alert["family-blog"], signed("aigul"), DismissReason.WRONG_SENSE)
        work.dismiss(
            self.store, alert["central-news-taiwan"], signed("timur"),
            DismissReason.OFF_TOPIC, only_rule=True,
        )  # fmt: skip

    def _edit(self, name: str) -> None:
        now = self.clock()
        language, title, text = OUTLETS[name]
        visit = next(v for v in self.store.due_visits(now, 9, name) if v.key.endswith("/1"))
        newer = ArticleData(
            url=visit.key, source=name, language=language, title=title,
            text=text + "\n\nUpdate: the border service says that it keeps no such list.",
        )  # fmt: skip
        page = _page(visit.key, now)
        self.store.record_visit(visit, newer, page, lambda at: at + DAY, Validators())

    def _remove(self, name: str) -> None:
        (visit,) = self.store.due_visits(self.clock(), 9, name)
        gone = replace(_page(visit.key, self.clock()), status=410)
        self.store.record_removal(visit, "HTTP 410", gone, lambda at: at + DAY)

    def _silence(self) -> None:
        now = self.clock()
        for match, author, reason, begin, lasting in (
            ({"rules": ("borders",), "sources": ("kun-uz", "kloop")}, "timur",
             "the border is closed for works until tonight, everybody has told it twice", 0, 8),
            ({"level": ("low",), "languages": ("fr",)}, "aigul", "", 0, 20 * 24),
            ({"tags": ("sport",)}, "aigul", "the games are over", -30, 6),
        ):  # fmt: skip
            begins = now + begin * HOUR
            self.store.add_silence(
                SilenceMatch(**match), author=author, reason=reason,
                starts_at=begins, ends_at=begins + lasting * HOUR,
            )  # fmt: skip

    def _deliver(self) -> None:
        """Let receivers answer: yes, not now, never."""
        now = self.clock()
        dead = RetryDecision(DeliveryStatus.DEAD, None, "refused for good")
        later = RetryDecision(DeliveryStatus.PENDING, now + 25 * MINUTE, "try again")
        yes = RetryDecision(DeliveryStatus.DELIVERED, None, "accepted")
        answers = [
            (AttemptOutcome.DELIVERED, 200, "200 accepted", yes),
            (AttemptOutcome.TRANSIENT, 503, "503 not accepted for now: upstream connect error or "
             "disconnect/reset before headers", later),
            (AttemptOutcome.PERMANENT, 404, "404 the channel is gone: channel_not_found", dead),
        ]  # fmt: skip
        claimed = self.store.claim_deliveries(
            now, DECIDERS, limit=100, lease=MINUTE, owner="worker",
            receivers=tuple(receiver.name for receiver in self.config.receivers),
        )  # fmt: skip
        claimed.sort(key=lambda each: (each.delivery.created_at, each.delivery.id))
        for number, each in enumerate(claimed):
            outcome, status, detail, decision = answers[(0, 0, 1, 0, 2)[number % 5]]
            attempt = DeliveryAttempt(
                delivery_id=each.delivery.id, number=1, outcome=outcome, status_code=status,
                started_at=now + number * timedelta(seconds=1),
                finished_at=now + number * timedelta(seconds=1, milliseconds=200), detail=detail,
            )  # fmt: skip
            self.store.record_attempt(each.lease_token, attempt, decision, DECIDERS)
        given_up = self.store.deliveries(status=DeliveryStatus.DEAD).items
        send_to(self.store, self.config, "editor-in-chief", [given_up[0].id], now)


PASSAGES = (
    "Border guards turned back new citizens on Thursday and handed each of them a summons.",
    "Three of the men say that they were kept in a corridor for eleven hours without water.",
    "A list lay on the table, says one of them, with photographs, and his own was the ninth.",
    "The border service does not comment on what it calls routine checks of documents.",
)
LONG = "\n\n".join(PASSAGES)


def _source(name: str) -> Source:
    return Source(name=name, kind=SourceKind.FEED, url=f"https://{name}.example/feed")


def _page(url: str, at: datetime) -> FetchedPage:
    return FetchedPage(
        url=url, final_url=url, status=200, headers=(("Content-Type", "text/html"),),
        body=f"<p>{url}</p>".encode(), fetched_at=at,
    )  # fmt: skip
