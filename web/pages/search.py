"""Search over everything that was ever stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup
from starlette.responses import Response

from core.errors import StorageError
from core.plain_text import one_line
from desk.saved_searches import SavedSearch, saved_searches
from desk.search import QueryError, SearchFilters, SearchPage
from desk.search_answers import plurals_alone
from desk.search_places import SearchPlace
from web.charts import Table, daily
from web.frame import framed
from web.rendering import day_of
from web.visit import Visit
from web.wording import count_words
from web.words import Words

PERIODS = (("1", 1), ("7", 7), ("30", 30), ("365", 365), ("all", None))
USUAL = "30"
CHART_DAYS = 60
FEWEST_DAYS = 14
LONGEST_QUERY = 2_000


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a query, and where."""

    message: str
    hint: str
    before: str
    at: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page shows."""

    q: str
    quoted: str
    """The query as YAML takes it."""
    period: str
    filters: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    found: SearchPage | None
    mistake: Mistake | None
    chart: Markup | None
    table: Table | None
    saved: tuple[SavedSearch, ...]
    saved_since: datetime | None
    """Since when what is new in them counts."""
    count: str
    wider: str
    bases: tuple[tuple[str, str, str], ...]
    """Of plurals: what was written, the word that finds more, and the address that asks for it."""
    query: str
    """Of the address that gives the same as a file."""
    names: dict[str, str]
    """Names of the outlets that are shown, by their source."""


def show(visit: Visit) -> Response:
    """Show the box, and what is found when something is asked for."""
    query, search = visit.query, visit.desk.search
    asked = asked_by(visit)
    found, mistake = None, None
    if len(asked) > LONGEST_QUERY:
        mistake = _too_long(asked, visit.words)
    elif asked.strip():
        try:
            found = search.search(asked, filters_of(visit), _cursor(query.get("before")))
        except QueryError as error:
            mistake = _mistake(asked, error)
    listed, since = saved_searches(visit.desk, visit.person)
    running = visit.desk.running()
    sources = {hit.article.data.source for hit in found.items} if found else set()
    view = View(
        q=asked,
        quoted=_quoted(asked),
        period=_period(visit),
        filters=_filters(visit),
        found=found,
        mistake=mistake,
        chart=_chart(visit, found) if found and found.per_day else None,
        table=_table(visit, found) if found and found.per_day else None,
        saved=listed,
        saved_since=since,
        count=count_words(found.count, visit.words) if found and found.count else "",
        bases=_bases(visit, asked, found) if found else (),
        wider="" if _period(visit) == "all" else visit.address(since="all", before=None),
        query=visit.address(before=None)[len(visit.path) :],
        names={source: one_line(running.outlet_of(source)) for source in sources},
    )
    status = 200 if mistake is None else 400
    return framed(visit, "search.html", "search", status, view=view)


def asked_by(visit: Visit) -> str:
    """Return the query of an address, in words or by the name of a saved search."""
    saved = {known.name: known.query for known in visit.desk.search.saved()}
    return saved.get(visit.query.get("saved", ""), visit.query.get("q", ""))


def filters_of(visit: Visit) -> SearchFilters:
    """Return what an address narrows the search by."""
    days = dict(PERIODS)[_period(visit)]
    return SearchFilters(
        since=None if days is None else visit.now - timedelta(days=days),
        source=visit.query.get("source") or None,
        language=visit.query.get("lang") or None,
        versions=bool(visit.query.get("versions")),
    )


def _period(visit: Visit) -> str:
    asked = visit.query.get("since", USUAL)
    return asked if asked in dict(PERIODS) else USUAL


def _cursor(text: str | None) -> str | None:
    """Return where the list goes on; an address that names no place begins at the top."""
    if not text:
        return None
    try:
        SearchPlace.parse(text)
    except StorageError:
        return None
    return text


def _filters(visit: Visit) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]:
    _ = visit.words
    running = visit.desk.running()
    sources = sorted(
        ((name, one_line(running.outlet_of(name))) for name in running.sources),
        key=lambda source: source[1].casefold(),
    )
    languages = tuple((code, code) for code in visit.desk.config.crawl.languages)
    return (
        ("lang", _("Any language"), languages),
        ("source", _("Any source"), tuple(sources)),
    )


def _mistake(asked: str, error: QueryError) -> Mistake:
    at = error.offset
    before, rest = (asked, "") if at is None else (asked[:at], asked[at:])
    word, _space, after = rest.partition(" ")
    shown = (error.plain, error.hint or "", before, word, f" {after}" if after else "")
    return Mistake(*map(one_line, shown))


def _bases(visit: Visit, asked: str, found: SearchPage) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (written, base, visit.address(q=asked.replace(written, base), saved=None, before=None))
        for written, base in plurals_alone(found.understood)
        if written in asked
    )


def _too_long(asked: str, _: Words) -> Mistake:
    said = _("A query has %(most)s characters at most; this one has %(n)s.") % {
        "most": f"{LONGEST_QUERY:,}", "n": f"{len(asked):,}",
    }  # fmt: skip
    start = asked[:LONGEST_QUERY]
    after = asked[LONGEST_QUERY : LONGEST_QUERY + 60]
    return Mistake(said, "", one_line(start[-60:]), one_line(after), "")


def _quoted(asked: str) -> str:
    """Return a query as YAML takes it, with what cannot be seen written out."""
    text = json.dumps(asked, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in text)


def _chart(visit: Visit, found: SearchPage) -> Markup:
    counts = {counted.day: counted.versions for counted in found.per_day}
    last = max(counts)
    shortest, longest = timedelta(days=FEWEST_DAYS - 1), timedelta(days=CHART_DAYS - 1)
    first = max(min(min(counts), last - shortest), last - longest)
    days: dict[date, int] = {}
    at = first
    while at <= last:
        days[at] = counts.get(at, 0)
        at += timedelta(days=1)
    _ = visit.words
    ends = day_of(first, _), day_of(last, _)
    return daily(days, title=_("Hits a day"), first=ends[0], last=ends[1])


def _table(visit: Visit, found: SearchPage) -> Table:
    _ = visit.words
    rows = (
        (day_of(counted.day, _), f"{counted.versions:,}")
        for counted in sorted(found.per_day, key=lambda counted: counted.day, reverse=True)
    )
    return Table((_("Day"), _("Hits")), tuple(rows))
