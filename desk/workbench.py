"""A changed rule, tried on what is stored: which alerts it would lose and gain.

What it loses is looked for among the alerts that there were, which is exact. What it gains is
looked for in the archive, from the newest article back, for as long as the time lasts; a change
that can only narrow the rule gains nothing, and costs no look.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic, sleep

from alerts.messages.about import About, about_of
from alerts.messages.snippet_pieces import Piece, snippet_pieces
from alerts.rules import RuleSet, RuleTestFailure
from core.alerting.alerts import Alert, AlertChange, AlertState
from core.alerting.matches import Snippet
from core.articles import Article
from core.config.problems import Problem
from core.config.sections.rules import RuleConfig
from core.plain_text import one_line, shorten
from desk.configured_text import ConfiguredText, text_of
from desk.context import Desk
from desk.errors import NotThereError, TurnTakenError
from desk.rule_editing import with_test, with_veto
from desk.rule_reading import ReadRule, read_rule

BUDGET = 2.5
"""Seconds for the look into the archive, once the rule is compiled."""
BUDGET_OF_ALERTS = 2.5
"""Seconds for the alerts that the rule has raised."""
MOST_ALERTS = 1000
SNIPPET = 300
_PAGE = 200
_REST = 0.002
"""Seconds between two portions, for those who look at other pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An article that a rule fires on, before the change or after it."""

    article: int
    source: str
    outlet: str
    title: str
    language: str | None
    at: datetime
    snippet: tuple[Piece, ...]
    alert: str | None
    """The alert about it, of one that there was."""
    state: AlertState | None
    case: int | None

    @property
    def dismissed(self) -> bool:
        """Whether somebody found it not worth anybody's time."""
        return self.state is AlertState.DISMISSED

    @property
    def taken(self) -> bool:
        """Whether somebody took it on."""
        return self.state in (AlertState.ACKNOWLEDGED, AlertState.SNOOZED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a changed rule comes to."""

    text: str
    since: datetime
    before: int
    lost: tuple[Line, ...]
    gained: tuple[Line, ...]
    same: tuple[Line, ...]
    back_to: datetime | None
    """How far back it was looked for gains; None when as far as was asked."""
    more: bool
    """Whether there were more alerts than were looked at."""
    failures: tuple[RuleTestFailure, ...]
    tests: int

    @property
    def after(self) -> int:
        """Alerts that there would be."""
        return len(self.same) + len(self.gained)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of trying a text."""

    tried: Tried | None
    """Of this text, or, when that cannot be used, of the last one that could; None without any."""
    problems: tuple[Problem, ...]

    def is_of(self, text: str) -> bool:
        """Tell whether the result is of this very text."""
        return self.tried is not None and self.tried.text == text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A rule on the workbench."""

    rule: RuleConfig
    written: ConfiguredText


def bench(desk: Desk, rule_id: str) -> Bench:
    """Return a rule with what is written of it. Raises NotThereError."""
    rule = next((rule for rule in desk.config.rules if rule.id == rule_id), None)
    written = text_of(desk.running(), "rules", rule_id)
    if rule is None or written is None:
        raise NotThereError(f"rule '{rule_id}'")
    return Bench(rule=rule, written=written)


def proposed(desk: Desk, rule_id: str, text: str, word: str, article: int | None) -> str:
    """Return a rule's text with a word left out, and with what an article said as a test."""
    changed = with_veto(text, word) if word else text
    return changed if article is None else tested(desk, rule_id, changed, article, match=False)


def tested(desk: Desk, rule_id: str, text: str, article: int, *, match: bool) -> str:
    """Return a rule's text with a test out of an article: what showed why the rule fired."""
    stored = desk.store.article(article)
    if stored is None:
        return text
    found = [one for _, one in desk.store.matches(article) if one.rule_id == rule_id]
    shown = found[-1].snippet.text if found else shorten(stored.data.text, SNIPPET)
    return with_test(text, _telling(desk, rule_id, stored, shown), match=match)


def _telling(desk: Desk, rule_id: str, article: Article, shown: str) -> str:
    """Return as little of an article as the rule fires on: a test that never fires tests nothing.

    What is shown of a match may lack the words that stand further off.
    """
    rules, data = desk.running().rules, article.data
    for passage in (
        shown,
        f"{data.title}. {shown}",
        *(shorten(data.text, length) for length in (600, 1_500, 4_000)),
    ):
        tried = replace(data, title="", text=passage)
        if any(match.rule_id == rule_id for match in rules.match(tried, article.first_seen_at)):
            return passage
    return shown


def try_text(desk: Desk, person: str, rule_id: str, text: str, days: int) -> Attempt:
    """Try a changed text of a rule on the last days. Changes nothing.

    Raises NotThereError, and TurnTakenError when another keeps the machine busy with this.
    """
    on = bench(desk, rule_id)
    # What came of a text under other rules says nothing about these.
    key = (_configuration(desk), person, rule_id)
    with _one_at_a_time(desk):
        read = _read_once(desk, rule_id, text)
        if read.rule is None or read.rules is None:
            before = desk.trials.results.get(key)
            tried = before if isinstance(before, Tried) else None
            return Attempt(tried=tried, problems=read.problems)
        tried = _try(desk, on.rule, read.rule, read.rules, read.failures, text, days)
        desk.trials.results.keep(key, tried)
        return Attempt(tried=tried, problems=read.problems)


def judged_as(desk: Desk, line: Line) -> AlertChange | None:
    """Return what somebody did about an alert; None when nothing, or there was none."""
    if line.alert is None or line.state in (None, AlertState.OPEN):
        return None
    changes = desk.store.alert_changes(line.alert)
    return changes[-1] if changes else None


@contextmanager
def _one_at_a_time(desk: Desk) -> Iterator[None]:
    # Nobody waits: whoever did would keep a thread from those who look at other pages.
    if not desk.trials.turn.acquire(blocking=False):
        raise TurnTakenError("somebody else tries a rule at this moment")
    try:
        yield
    finally:
        desk.trials.turn.release()


def _read_once(desk: Desk, rule_id: str, text: str) -> ReadRule:
    key = (_configuration(desk), rule_id, text)
    known = desk.trials.compiled.get(key)
    if isinstance(known, ReadRule):
        return known
    read = read_rule(desk.running(), rule_id, text)
    desk.trials.compiled.keep(key, read)
    return read


def _configuration(desk: Desk) -> str:
    live = desk.running()
    return live.loaded.fingerprint or live.rules.fingerprint


def _try(
    desk: Desk,
    now: RuleConfig,
    changed: RuleConfig,
    rules: RuleSet,
    failures: tuple[RuleTestFailure, ...],
    text: str,
    days: int,
) -> Tried:
    since = desk.now() - timedelta(days=days)
    ends = monotonic() + BUDGET_OF_ALERTS
    alerts, more = _alerts(desk, now.id, since)
    lost: list[Line] = []
    same: list[Line] = []
    for alert in alerts:
        if monotonic() >= ends:
            more = True
            break
        fires = rules.match(alert.article.data, alert.article.first_seen_at)
        (same if fires else lost).append(_line_of(desk, alert))
    gained: tuple[Line, ...] = ()
    back_to = None
    if not _narrows(now, changed):
        known = {alert.article.id for alert in alerts}
        gained, back_to = _gained(desk, now.id, rules, since, known)
    return Tried(
        text=text,
        since=since,
        before=len(lost) + len(same),
        lost=tuple(lost),
        gained=gained,
        same=tuple(same),
        back_to=back_to,
        more=more,
        failures=failures,
        tests=len(changed.tests),
    )


def _narrows(now: RuleConfig, changed: RuleConfig) -> bool:
    """Tell whether a change can only leave out: the rule is as it was, with more vetoes."""
    words = {"title": "", "level": now.level, "tests": (), "topics": (), "none": ()}
    return set(now.none) <= set(changed.none) and now.model_copy(
        update=words
    ) == changed.model_copy(update=words)


def _alerts(desk: Desk, rule_id: str, since: datetime) -> tuple[list[Alert], bool]:
    """Return the newest alert of each article, and whether there are more."""
    found: dict[int, Alert] = {}
    after = None
    while True:
        page = desk.store.alerts(rule=rule_id, since=since, after=after, limit=_PAGE)
        for alert in page.items:
            if about_of(alert) is About.ARTICLE:
                found.setdefault(alert.article.id, alert)
        after = page.next
        if after is None or len(found) >= MOST_ALERTS:
            return list(found.values()), after is not None


def _gained(
    desk: Desk, rule_id: str, rules: RuleSet, since: datetime, known: set[int]
) -> tuple[tuple[Line, ...], datetime | None]:
    """Return what only the changed rule fires on, and how far back the time lasted."""
    ends = monotonic() + BUDGET
    gained: list[Line] = []
    after = None
    while True:
        page = desk.store.articles(since=since, after=after, limit=_PAGE)
        fired = desk.store.fired_rules([article.id for article in page.items])
        for article in page.items:
            if article.id in known or rule_id in fired.get(article.id, ()):
                continue
            if monotonic() >= ends:
                return tuple(gained), article.first_seen_at
            gained.extend(
                _line(desk, article, match.snippet)
                for match in rules.match(article.data, article.first_seen_at)
            )
        after = page.next
        if after is None:
            return tuple(gained), None
        sleep(_REST)


def _line_of(desk: Desk, alert: Alert) -> Line:
    return _line(desk, alert.article, alert.match.snippet, alert)


def _line(desk: Desk, article: Article, snippet: Snippet, alert: Alert | None = None) -> Line:
    data = article.data
    return Line(
        article=article.id,
        source=data.source,
        outlet=one_line(desk.running().outlet_of(data.source)),
        title=shorten(one_line(data.title), 200) or data.url,
        language=data.language,
        at=article.first_seen_at,
        snippet=snippet_pieces(snippet, SNIPPET),
        alert=alert.id if alert else None,
        state=alert.state if alert else None,
        case=alert.case_id if alert else None,
    )
