"""Lists for elsewhere: stories with their alerts, and articles, a row each.

The columns and their names are a contract with spreadsheets and programs. Everything is read in
portions, so that an archive of years takes no more memory than a day; what comes in meanwhile is
left for the next export.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.alerting.alerts import AlertState
from core.alerting.cases import Case, leading_alert
from core.alerting.matches import Level, Match
from core.alerting.notes import CaseNote
from core.articles import Article
from core.plain_text import one_line, shorten
from desk.spreadsheets import FileFormat, Line, written
from desk.stories import STATES, Asked
from storage import Cursor, Store

__all__ = [
    "ARTICLE_COLUMNS",
    "STORY_COLUMNS",
    "ArticlesAsked",
    "FileFormat",
    "StoriesAsked",
    "article_lines",
    "on_shelf",
    "story_lines",
    "written",
]

STORY_COLUMNS = (
    "date", "outlet", "title", "snippet", "rules", "state", "owner", "note", "link", "level",
    "story",
)  # fmt: skip
ARTICLE_COLUMNS = (
    "date", "outlet", "title", "snippet", "rules", "state", "owner", "note", "link", "language",
    "article",
)  # fmt: skip
SNIPPET = 300
"""Characters of an article's beginning, where no rule found a passage."""
_PORTION = 500
"""Rows that are read at once: each reading of stories sorts all of them anew."""
_BETWEEN = "; "

OutletOf = Callable[[str], str]
"""Returns the name of a source for readers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoriesAsked:
    """Which stories are wanted; each condition that is given must hold."""

    states: Collection[AlertState] = ()
    """Of the story as a whole; all of them when empty."""
    level: Level | None = None
    rule: str | None = None
    source: str | None = None
    language: str | None = None
    since: datetime | None = None


def on_shelf(asked: Asked) -> StoriesAsked:
    """Return the stories that a list of the desk shows, all of its pages."""
    return StoriesAsked(
        states=STATES[asked.shelf],
        level=asked.level,
        rule=asked.rule,
        source=asked.source,
        language=asked.language,
        since=asked.since,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlesAsked:
    """Which articles are wanted; each condition that is given must hold."""

    source: str | None = None
    language: str | None = None
    since: datetime | None = None


def story_lines(
    store: Store, asked: StoriesAsked, now: datetime, outlet_of: OutletOf
) -> Iterator[Line]:
    """Yield a row for each story, the one with the newest alert first."""
    after: Cursor | None = None
    while True:
        page = store.cases(
            rule=asked.rule,
            state=asked.states or None,
            level=asked.level,
            source=asked.source,
            language=asked.language,
            since=asked.since,
            # A story that gets an alert while this is read would jump past the place we are at.
            until=now,
            after=after,
            limit=_PORTION,
        )
        notes = store.notes_of_cases([case.id for case in page.items])
        for case in page.items:
            # One of its alerts may be in the state while another makes the story more pressing.
            if not asked.states or case.state in asked.states:
                yield _story_line(case, notes.get(case.id, ()), outlet_of)
        after = page.next
        if after is None:
            return


def article_lines(store: Store, asked: ArticlesAsked, outlet_of: OutletOf) -> Iterator[Line]:
    """Yield a row for each article in its latest version, the newest first."""
    after: Cursor | None = None
    while True:
        page = store.articles(
            source=asked.source,
            language=asked.language,
            since=asked.since,
            after=after,
            limit=_PORTION,
        )
        ids = [article.id for article in page.items]
        matches = store.matches_of_articles(ids)
        cases = store.cases_of_articles(ids)
        notes = store.notes_of_cases({case.id for case in cases.values()})
        for article in page.items:
            case = cases.get(article.id)
            of_case = notes.get(case.id, ()) if case else ()
            yield _article_line(article, matches.get(article.id, ()), case, of_case, outlet_of)
        after = page.next
        if after is None:
            return


def _story_line(case: Case, notes: Collection[CaseNote], outlet_of: OutletOf) -> Line:
    shown = leading_alert(case)
    return {
        "date": case.first_at,
        "outlet": _BETWEEN.join(one_line(outlet_of(source)) for source in case.outlets),
        "title": one_line(shown.article.data.title),
        "snippet": one_line(shown.match.snippet.text),
        "rules": _BETWEEN.join(rule.id for rule in case.rules if not rule.wrong),
        "state": case.state.value,
        "owner": one_line(case.owner or ""),
        "note": _in_one(notes),
        "link": shown.article.data.url,
        "level": case.level.value,
        "story": case.name,
    }


def _article_line(
    article: Article,
    matches: Collection[tuple[int, Match]],
    case: Case | None,
    notes: Collection[CaseNote],
    outlet_of: OutletOf,
) -> Line:
    data = article.data
    return {
        "date": article.first_seen_at,
        "outlet": one_line(outlet_of(data.source)),
        "title": one_line(data.title),
        "snippet": _passage(matches) or shorten(one_line(data.text), SNIPPET),
        "rules": _BETWEEN.join(dict.fromkeys(match.rule_id for _, match in matches)),
        "state": case.state.value if case else "",
        "owner": one_line(case.owner or "") if case else "",
        "note": _in_one(notes),
        "link": data.url,
        "language": data.language,
        "article": article.id,
    }


def _passage(matches: Collection[tuple[int, Match]]) -> str:
    """Return what the rule that matters most found, in the latest version that it fired on."""
    best = max(matches, key=lambda found: (found[1].level.rank, found[0]), default=None)
    return "" if best is None else one_line(best[1].snippet.text)


def _in_one(notes: Collection[CaseNote]) -> str:
    return _BETWEEN.join(f"{one_line(note.by)}: {one_line(note.text)}" for note in notes)
