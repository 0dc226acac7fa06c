"""Every list and sheet of the small newsroom, each as a command prints it on a screen."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cli.alerts import print_alert, print_alerts, print_cases
from cli.alerts_handle import print_history
from cli.articles import print_article, print_articles
from cli.deliveries import print_deliveries, print_delivery
from cli.deliveries_log import print_log
from cli.explain import print_explanation
from cli.routes import print_hearings
from cli.rules import print_report
from cli.screen import Screen
from cli.silences import print_silences
from cli.sources import print_source, print_sources
from cli.sources_funnel import print_funnel, print_funnels
from cli.sources_health import print_health
from cli.statistics import print_day, print_statistics
from desk import alerts, articles, deliveries, delivery_log, rules, sources
from desk.context import Desk, desk_alone
from desk.explain import explain_url
from desk.routes import who_hears
from desk.silences import kept
from desk.source_funnel import funnel, funnels
from desk.statistics import CountedBy, statistics, today
from scheduler.running_config import live_of
from tests.integration.screens.small_newsroom import AGENCY, COURIER, Newsroom

GOLDEN = Path(__file__).parent / "golden"
WIDTHS = (80, 100, 140)
ZONE = ZoneInfo("Asia/Bishkek")

Show = Callable[[Newsroom, Screen], None]


def _alert(newsroom: Newsroom, outlet: str = "azattyk-asia") -> str:
    case = newsroom.store.case(newsroom.articles[outlet].article_id)
    assert case is not None
    return case.alerts[0].id


def _explained(newsroom: Newsroom, screen: Screen, url: str) -> None:
    found = explain_url(newsroom.store, live_of(newsroom.config), url)
    print_explanation(screen, found)


def _desk(newsroom: Newsroom) -> Desk:
    return desk_alone(newsroom.store, newsroom.config, newsroom.clock)


def _statistics(newsroom: Newsroom, screen: Screen, by: CountedBy) -> None:
    since = screen.now - timedelta(days=3)
    found = statistics(_desk(newsroom), newsroom.config, by, since, ZONE)
    print_statistics(screen, by, found)


SCREENS: Mapping[str, Show] = {
    "alerts list": lambda room, screen: print_cases(screen, room.store.cases().items),
    "alerts list --by alert": lambda room, screen: print_alerts(screen, room.store.alerts().items),
    "alerts show": lambda room, screen: print_alert(
        screen, alerts.sheet(room.store, _alert(room, COURIER), room.config)
    ),
    "alerts history": lambda room, screen: print_history(
        screen, alerts.history(room.store, _alert(room))
    ),
    "articles list": lambda room, screen: print_articles(screen, room.store.articles().items),
    "articles show": lambda room, screen: print_article(
        screen, articles.sheet(room.store, room.articles[COURIER].article_id)
    ),
    "articles show of a story": lambda room, screen: print_article(
        screen, articles.sheet(room.store, room.store.articles().items[0].id)
    ),
    "deliveries list": lambda room, screen: print_deliveries(screen, room.store.deliveries().items),
    "deliveries show": lambda room, screen: print_delivery(
        screen, deliveries.sheet(room.store, room.store.deliveries(receiver="desk").items[-3].id)
    ),
    "deliveries log": lambda room, screen: print_log(
        screen, delivery_log.latest(room.store, delivery_log.Asked(), 50)
    ),
    "sources list": lambda room, screen: print_sources(
        screen, sources.listed(room.store, room.config)
    ),
    "sources show": lambda room, screen: print_source(
        screen, sources.sheet(room.store, AGENCY, sources.health(room.store, screen.now))
    ),
    "sources health": lambda room, screen: print_health(
        screen, sources.health(room.store, screen.now)
    ),
    "sources funnel": lambda room, screen: print_funnels(
        screen,
        funnels(room.store, room.config, screen.now, screen.now - timedelta(days=14), ZONE),
    ),
    "sources funnel of one": lambda room, screen: print_funnel(
        screen, funnel(room.store, AGENCY, screen.now, screen.now - timedelta(days=14), ZONE)
    ),
    "silences list --all": lambda room, screen: print_silences(
        screen, room.silences(), kept(room.store, room.silences())
    ),
    "rules report": lambda room, screen: print_report(screen, rules.report(room.store)),
    "routes test": lambda room, screen: print_hearings(
        screen,
        who_hears(
            room.config,
            screen.now,
            rule="naturalized-migrants-mobilization",
            silences=room.silences(),
        ).hears,
    ),
    "today": lambda room, screen: print_day(
        screen, today(_desk(room), room.config, screen.now - timedelta(days=1))
    ),
    "stats --by rule": lambda room, screen: _statistics(room, screen, CountedBy.RULE),
    "stats --by source": lambda room, screen: _statistics(room, screen, CountedBy.SOURCE),
    "stats --by language": lambda room, screen: _statistics(room, screen, CountedBy.LANGUAGE),
    "stats --by day": lambda room, screen: _statistics(room, screen, CountedBy.DAY),
    "explain": lambda room, screen: _explained(room, screen, f"https://{COURIER}.example/1"),
    "explain what was rejected": lambda room, screen: _explained(
        room, screen, "https://kloop.example/2"
    ),
}
"""By what one types."""


def drawn(newsroom: Newsroom, name: str, width: int | None) -> str:
    """Return what a command prints on a screen of this width; None where it is no terminal."""
    screen = Screen(newsroom.clock(), ZONE, width)
    out = io.StringIO()
    with redirect_stdout(out):
        SCREENS[name](newsroom, screen)
    text = out.getvalue()
    for number, silence in enumerate(newsroom.silences(), start=1):
        text = text.replace(silence.name, f"{number:08x}")  # chance has no place in a golden file
    return text


def golden(name: str, width: int) -> Path:
    """Return the file that holds a screen."""
    return GOLDEN / f"{name.replace(' --', ' ').replace(' ', '-')}-{width}.txt"


def all_files(newsroom: Newsroom) -> dict[Path, str]:
    """Return what every golden file is to hold."""
    return {
        golden(name, width): f"$ wirewatch {name}\n{drawn(newsroom, name, width)}"
        for name in SCREENS
        for width in WIDTHS
    }
