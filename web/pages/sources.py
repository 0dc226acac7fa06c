"""The sources, the worst first, and all about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from core.plain_text import one_line, shorten
from core.reasons.of_vantages import vantages_reason
from core.source_counts import Stage
from core.sources import EntryCause, EntryStatus, TrackedEntry
from core.words import worded
from desk import overview, source_rows
from desk.configured_text import text_of
from desk.source_funnel import LeftCount
from desk.source_rows import Announced, SourcePage, SourceRow, Trouble
from web.charts import Table, against_expected
from web.frame import framed
from web.pages.acting import strip_of
from web.pages.listing import Choice, Tab, choice, tabs
from web.pages.polling import progress_of
from web.reasons import entry_words, left_words, skip_words, told
from web.rendering import day_of
from web.visit import Visit
from web.words import Words

PAGE = 50
_TROUBLES = {
    # Of many, and of one.
    Trouble.BLIND: (worded("Blind"), worded("blind")),
    Trouble.REFUSED: (worded("Refused"), worded("refused")),
    Trouble.SLOW: (worded("Slow"), worded("slow")),
    Trouble.GEO: (worded("From some places only"), worded("from some places only")),
    Trouble.FINE: (worded("Fine"), worded("fine")),
}
_LOOKS = {
    Trouble.BLIND: "blind",
    Trouble.REFUSED: "blind",
    Trouble.SLOW: "slow",
    Trouble.GEO: "slow",
}
_WIDE = (560, 96)
_REASON = 300
_ENTRIES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A source in the list."""

    name: str
    path: str
    title: str
    language: str
    tags: str
    look: str
    state: str
    since: datetime | None
    reason: str
    bars: Markup
    last: datetime | None
    next: datetime
    why_next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """All that the list shows."""

    tabs: tuple[Tab, ...]
    shown: str
    filters: tuple[Choice, ...]
    narrowed: bool
    rows: tuple[Row, ...]
    watched: int
    further: str
    network_down: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the way from an announcement to an alert."""

    name: str
    count: int
    share: int
    """Per cent of the first step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Why something went no further."""

    what: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One of the latest entries."""

    title: str
    url: str
    article: int | None
    at: datetime
    state: str
    look: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page of one source shows."""

    row: Row
    watched: bool
    address: str
    kind: str
    found: str
    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    skipped: tuple[Left, ...]
    days: Markup
    days_table: Table
    days_total: int
    days_expected: int
    """0 while nothing is known of it."""
    hours: Markup
    hours_table: Table
    error: str
    failures: int
    status: int | None
    polls: int
    last_polled: datetime | None
    last_success: datetime | None
    gap: str
    gap_at: datetime | None
    vantages: str
    """How its vantages differ, and what to do."""
    vantages_at: datetime | None
    entries: tuple[Seen, ...]
    yaml: str


def show(visit: Visit) -> Response:
    """Show the sources, the worst first."""
    _, desk = visit.words, visit.desk
    counts = source_rows.counts(desk)
    wanted = next((trouble for trouble in Trouble if trouble == visit.query.get("show")), None)
    tag, language = visit.query.get("tag") or None, visit.query.get("lang") or None
    found = source_rows.listed(desk, trouble=wanted, tag=tag, language=language)
    after = visit.query.get("before")
    start = next((n + 1 for n, line in enumerate(found) if line.source == after), 0)
    page = source_rows.rows(desk, visit.zone or desk.zone, found[start : start + PAGE])
    tags, languages = source_rows.tags_and_languages(desk)
    entries = [("all", _("All"), sum(counts.values()))]
    entries += [(trouble.value, _(_TROUBLES[trouble][0]), counts[trouble]) for trouble in Trouble]
    view = ListView(
        tabs=tabs(visit, wanted or "all", entries),
        shown=wanted.value if wanted else "",
        filters=(
            choice(visit, "tag", _("Any tag"), ((tag, tag) for tag in tags)),
            choice(visit, "lang", _("Any language"), ((code, code) for code in languages)),
        ),
        narrowed=bool(tag or language),
        rows=tuple(_row(visit, row) for row in page),
        watched=sum(counts.values()),
        further=found[start + PAGE - 1].source if start + PAGE < len(found) else "",
        network_down=overview.health(desk).network_down,
    )
    return framed(visit, "sources.html", "sources", strip=strip_of(visit), view=view)


def show_one(visit: Visit) -> Response:
    """Show all about one source."""
    zone = visit.zone or visit.desk.zone
    page = source_rows.page(visit.desk, visit.params["name"], zone)
    return framed(
        visit, "source.html", "sources",
        strip=strip_of(visit), view=_view(visit, page), poll=progress_of(visit, page.name),
    )  # fmt: skip


def _row(visit: Visit, row: SourceRow) -> Row:
    _ = visit.words
    return Row(
        name=row.name,
        path=quote(row.name, safe=""),
        title=one_line(row.title),
        language=row.language or "",
        tags=", ".join(row.tags),
        look=_LOOKS.get(row.trouble, ""),
        state=_(_TROUBLES[row.trouble][1]),
        since=row.line.since,
        reason=shorten(told(row.line.reason, _), _REASON),
        bars=_bars(row.days, _),
        last=row.state.last_new_at,
        next=row.state.next_poll_at,
        why_next=told(row.state.next_poll_reason, _),
    )


def _bars(days: Announced, _: Words) -> Markup:
    total = sum(days.counts)
    title = _("%(n)s in two weeks, %(today)s today") % {"n": total, "today": days.counts[-1]}
    if days.expected:
        title += " " + _("(about %(n)s expected)") % {"n": round(sum(days.expected))}
    return against_expected(days.counts, days.expected, title=title)


def _view(visit: Visit, page: SourcePage) -> View:
    _ = visit.words
    state, line = page.sheet.state, page.line
    yaml = text_of(visit.desk.running(), "sources", page.name)
    expected = round(sum(page.days.expected))
    return View(
        row=Row(
            name=page.name,
            path=quote(page.name, safe=""),
            title=one_line(page.title),
            language=(page.source.language or "") if page.source else "",
            tags=", ".join(sorted(page.source.tags)) if page.source else "",
            look=_LOOKS.get(page.trouble, "") if page.trouble else "",
            state=_(_TROUBLES[page.trouble][1]) if page.trouble else _("no longer watched"),
            since=line.since if line else None,
            reason=told(line.reason, _) if line else "",
            bars=Markup(""),
            last=state.last_new_at,
            next=state.next_poll_at,
            why_next=told(state.next_poll_reason, _),
        ),
        watched=state.active,
        address=page.source.url if page.source else "",
        kind=page.source.kind.value if page.source else "",
        found=state.found.url if state.found else "",
        steps=_steps(page, _),
        left=_left(page, _),
        skipped=tuple(
            Left(what=shorten(one_line(one.example), 120), reason=skip_words(one, _),
                 count=one.count)
            for one in page.sheet.skipped
        ),
        days=_wide(page.days, _("Announced a day, two weeks")),
        days_table=_table(
            page.days,
            (_("Day"), _("Announced"), _("Expected")),
            [
                day_of(visit.now.astimezone(visit.zone).date() - timedelta(days=ago), _)
                for ago in range(len(page.days.counts) - 1, -1, -1)
            ],
        ),
        days_total=sum(page.days.counts),
        days_expected=expected,
        hours=_wide(page.hours, _("Announced by hour of the day, two weeks")),
        hours_table=_table(
            page.hours,
            (_("Hour"), _("Announced"), _("Expected")),
            [f"{hour:02}" for hour in range(len(page.hours.counts))],
        ),
        error=state.last_error or "",
        failures=state.consecutive_failures,
        status=state.last_status_code,
        polls=state.polls,
        last_polled=state.last_polled_at,
        last_success=state.last_success_at,
        gap=told(state.last_gap or "", _),
        gap_at=state.last_gap_at,
        vantages=told(vantages_reason(state.vantages), _) if state.vantages else "",
        vantages_at=state.vantages.at if state.vantages else None,
        entries=tuple(_seen(entry, _) for entry in page.sheet.entries[:_ENTRIES]),
        yaml=yaml.text if yaml else "",
    )  # fmt: skip


def _wide(announced: Announced, title: str) -> Markup:
    return against_expected(
        announced.counts, announced.expected, title=title, size=_WIDE, look="wide-bars"
    )


def _table(announced: Announced, head: tuple[str, str, str], names: Sequence[str]) -> Table:
    usual = announced.expected or ("",) * len(names)
    return Table(
        head,
        tuple(
            (name, f"{count:,}", f"{expected:.1f}" if expected != "" else "")
            for name, count, expected in zip(names, announced.counts, usual, strict=True)
        ),
    )


def _steps(page: SourcePage, _: Words) -> tuple[Step, ...]:
    funnel = page.funnel
    counted = (
        (_("announced"), funnel.announced),
        (_("fetched"), funnel.fetched),
        (_("text found"), funnel.text),
        (_("judged"), funnel.judged),
        (_("matched"), funnel.matched),
        (_("told"), funnel.told),
    )
    whole = max(1, funnel.announced)
    return tuple(
        Step(name=name, count=count, share=min(100, round(100 * count / whole)))
        for name, count in counted
    )


def _left(page: SourcePage, _: Words) -> tuple[Left, ...]:
    return tuple(
        Left(what=_left_at(left, _), reason=left_words(left, _), count=left.count)
        for left in page.funnel.left
    )


def _left_at(left: LeftCount, _: Words) -> str:
    if left.waiting:
        return _("waits")
    if left.why == EntryCause.OLD:
        return _("from before")
    if left.why == EntryCause.DUPLICATE:
        return _("known already")
    return {
        Stage.ANNOUNCED: _("not fetched"),
        Stage.FETCHED: _("no article"),
        Stage.TEXT: _("not judged"),
        Stage.JUDGED: _("no rule fired"),
        Stage.MATCHED: _("nobody was told"),
    }[left.stage]


def _seen(entry: TrackedEntry, _: Words) -> Seen:
    states = {
        EntryStatus.PENDING: (_("waits"), "dim"),
        EntryStatus.STORED: (_("stored"), ""),
        EntryStatus.REJECTED: (_("no article"), "slow"),
        EntryStatus.FAILED: (_("not fetched"), "blind"),
    }
    state, look = states[entry.status]
    if entry.cause is EntryCause.OLD:
        state, look = _("from before"), "dim"
    return Seen(
        title=shorten(one_line(entry.entry.title), 200) or entry.entry.url,
        url=entry.entry.url,
        article=entry.article_id,
        at=entry.discovered_at,
        state=state,
        look=look,
        detail=shorten(entry_words(entry, _), 300),
    )
