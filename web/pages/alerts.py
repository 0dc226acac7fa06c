"""The first page: stories to work on, and whether anything is blind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from markupsafe import Markup
from starlette.responses import Response

from core.alerting.matches import Level
from core.errors import StorageError
from core.plain_text import one_line, shorten
from desk import overview, stories
from desk.database import Cursor
from desk.stories import Asked, Card, Shelf
from web.charts import Table, stacked_days
from web.frame import framed
from web.pages.acting import strip_of
from web.pages.shelves import ShelfTab, shelves
from web.reasons import told
from web.rendering import clock, day_of
from web.visit import Visit

T = TypeVar("T", Shelf, Level)
PAGE = 20
CHART_DAYS = 14
_STATES = {"blocked": "blind", "blind": "blind", "degraded": "slow"}
_MOST_TROUBLED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """A source that needs a look."""

    source: str
    name: str
    look: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needy:
    """A rule that needs a look."""

    id: str
    title: str
    right: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page shows."""

    shelf: str
    shelves: tuple[ShelfTab, ...]
    filters: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    narrowed: bool
    cards: tuple[Card, ...]
    older: str
    query: str
    """Of the address that gives the same stories as a file."""
    newest: str
    empty: str
    since: datetime | None
    new: int
    new_high: int
    waiting: int
    dead: int
    sources: int
    fine: int
    troubled: tuple[Troubled, ...]
    chart: Markup
    table: Table
    needy: tuple[Needy, ...]


def show(visit: Visit) -> Response:
    """Show the stories of a shelf."""
    asked = asked_of(visit)
    found = stories.listed(visit.desk, asked, after=cursor_of(visit), limit=PAGE)
    newest = visit.desk.store.newest_alert_at()
    since = overview.since_looked(visit.desk, visit.person)
    undelivered = overview.undelivered(visit.desk)
    lines = overview.health(visit.desk).lines
    days = _days(visit)
    view = View(
        shelf=asked.shelf.value,
        shelves=shelves(visit),
        filters=_filters(visit),
        narrowed=asked.narrowed,
        cards=tuple(stories.card_in(card, visit.words.language) for card in found.items),
        older=str(found.next) if found.next else "",
        query=visit.address(before=None, did=None, of=None, at=None)[len(visit.path) :],
        newest=newest.isoformat() if newest else "",
        empty="" if found.items else _empty(visit, asked),
        since=since.since,
        new=since.new,
        new_high=since.high,
        waiting=undelivered.waiting,
        dead=undelivered.dead,
        sources=len(lines),
        fine=sum(1 for line in lines if overview.is_fine(line.health)),
        troubled=_troubled(visit),
        chart=_chart(visit, days),
        table=_table(visit, days),
        needy=_needy(visit),
    )
    return framed(
        visit, "alerts.html", "alerts",
        strip=strip_of(visit), view=view, back=visit.address(did=None, of=None, at=None),
    )  # fmt: skip


def cursor_of(visit: Visit) -> Cursor | None:
    """Return where a list goes on; an address that names no place begins at the top."""
    before = visit.query.get("before")
    try:
        found = Cursor.parse(before) if before else None
    except StorageError:
        return None
    return found if found is None or isinstance(found.id, int) else None


def asked_of(visit: Visit) -> Asked:
    """Return which stories an address asks for; what it says wrongly is left out."""
    query = visit.query
    return Asked(
        shelf=_one_of(Shelf, query.get("shelf")) or Shelf.OPEN,
        level=_one_of(Level, query.get("level")),
        rule=query.get("rule") or None,
        source=query.get("source") or None,
        language=query.get("lang") or None,
    )


def _one_of(kind: type[T], value: str | None) -> T | None:
    try:
        return kind(value) if value else None
    except ValueError:
        return None


def _filters(visit: Visit) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    _ = visit.words
    config = visit.desk.config
    levels = {Level.HIGH: _("High"), Level.NORMAL: _("Normal"), Level.LOW: _("Low")}
    rules = tuple((rule.id, one_line(rule.title)) for rule in config.rules)
    running = visit.desk.running()
    sources = sorted(
        ((name, one_line(running.outlet_of(name))) for name in running.sources),
        key=lambda source: source[1].casefold(),
    )
    languages = tuple((code, code) for code in config.crawl.languages)
    return (
        ("level", _("Any level"), tuple((level.value, name) for level, name in levels.items())),
        ("rule", _("Any rule"), rules),
        ("source", _("Any source"), tuple(sources)),
        ("lang", _("Any language"), languages),
    )


def _empty(visit: Visit, asked: Asked) -> str:
    """Say why nothing is shown: silence is proven, not assumed."""
    _, desk = visit.words, visit.desk
    if asked.narrowed:
        return _("No story here is about that.")
    if asked.shelf is not Shelf.OPEN:
        return _("Nothing lies here.")
    newest = desk.store.newest_alert_at()
    lines = overview.health(desk).lines
    hour = visit.now - timedelta(hours=1)
    read = sum(
        1 for line in lines if line.last_success_at is not None and line.last_success_at >= hour
    )
    if newest is None:
        said = _("No rule has fired yet. %(read)s of %(all)s sources were read in the last hour.")
        return said % {"read": read, "all": len(lines)}
    return _(
        "Nothing open. The last alert came %(time)s. "
        "%(read)s of %(all)s sources were read in the last hour."
    ) % {"time": clock(newest, visit).striptags(), "read": read, "all": len(lines)}


def _troubled(visit: Visit) -> tuple[Troubled, ...]:
    lines = [
        line for line in overview.health(visit.desk).lines if not overview.is_fine(line.health)
    ]
    name = visit.desk.running().outlet_of
    return tuple(
        Troubled(
            source=line.source,
            name=one_line(name(line.source)),
            look=_STATES.get(line.health.value, "slow"),
            state=visit.words(line.health.value),
            reason=shorten(told(line.reason, visit.words), 200),
        )
        for line in lines[:_MOST_TROUBLED]
    )


def _days(visit: Visit) -> Mapping[date, Mapping[Level, int]]:
    return overview.alerts_by_day(visit.desk, CHART_DAYS, visit.zone or visit.desk.zone)


def _chart(visit: Visit, days: Mapping[date, Mapping[Level, int]]) -> Markup:
    _ = visit.words
    first, *_rest, last = days
    total = sum(days[last].values())
    title = _("Alerts a day over two weeks: %(n)s today") % {"n": total}
    return stacked_days(days, title=title, first=day_of(first, _), last=_("today"))


def _table(visit: Visit, days: Mapping[date, Mapping[Level, int]]) -> Table:
    _ = visit.words
    levels = (Level.HIGH, Level.NORMAL, Level.LOW)
    rows = (
        (day_of(at, _), *(f"{counts.get(level, 0):,}" for level in levels))
        for at, counts in reversed(list(days.items()))
    )
    return Table((_("Day"), _("High"), _("Normal"), _("Low")), tuple(rows))


def _needy(visit: Visit) -> tuple[Needy, ...]:
    _ = visit.words
    found = []
    for rule in overview.needy_rules(visit.desk):
        why = _("%(wrong)s of %(judged)s not relevant.") % {
            "wrong": rule.wrong, "judged": rule.judged,
        }  # fmt: skip
        if rule.words:
            why += " " + _("Leave out «%(word)s»?") % {"word": rule.words[0]}
        found.append(Needy(id=rule.id, title=one_line(rule.title), right=rule.right, why=why))
    return tuple(found)
