"""The rules, and the workbench: a changed rule tried on what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from core.alerting.matches import Level
from core.config.problems import Problem
from core.plain_text import one_line, shorten
from desk import rule_rows, workbench
from desk.errors import TurnTakenError
from desk.rule_rows import RuleRow
from desk.workbench import Attempt, Bench, Line, Tried
from web.charts import against_expected
from web.frame import framed, shown_count
from web.visit import Visit
from web.wording import change_words
from web.words import Words

SPANS = (7, 30)
SHOWN = 50
"""Lines of each tab: more are counted, not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A rule in the list."""

    id: str
    path: str
    title: str
    level: Level
    chart: Markup
    total: str
    right: str
    look: str
    last: datetime | None
    tests: str
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """All that the list shows."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article under a tab of the workbench."""

    line: Line
    judged: str
    """What somebody did about it; empty when nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lost, gained or same."""

    id: str
    label: str
    count: str
    said: str
    articles: tuple[Article, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something that is wrong with the text."""

    line: int
    column: int
    message: str
    hint: str
    error: bool
    source: str
    """The line it is about, and a caret under the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the workbench shows."""

    id: str
    path: str
    title: str
    text: str
    rows: int
    file: str
    changed: bool
    days: int
    spans: tuple[int, ...]
    flaws: tuple[Flaw, ...]
    headline: str
    stale: bool
    """Whether the result is of the text before, since this one cannot be used."""
    busy: bool
    back_to: datetime | None
    groups: tuple[Group, ...]
    tests: str
    failures: tuple[str, ...]
    patch: bool
    without_patch: bool
    """Whether one was asked for, and cannot be made."""


def show(visit: Visit) -> Response:
    """Show the rules."""
    zone = visit.zone or visit.desk.zone
    rows = tuple(_row(row, visit.words) for row in rule_rows.rows(visit.desk, zone))
    return framed(visit, "rules.html", "rules", view=ListView(rows=rows))


def show_bench(visit: Visit) -> Response:
    """Show a rule on the workbench, with what the address proposes to leave out."""
    on = workbench.bench(visit.desk, visit.params["id"])
    article = visit.query.get("article", "")
    text = workbench.proposed(
        visit.desk,
        on.rule.id,
        on.written.text,
        visit.query.get("without", "")[:100],
        int(article) if article.isascii() and article.isdigit() and len(article) < 19 else None,
    )
    return _shown(visit, on, text, _days(visit.query.get("days", "")))


def try_out(visit: Visit) -> Response:
    """Try the text of a form; nothing is changed by it, so the answer is the page itself."""
    on = workbench.bench(visit.desk, visit.params["id"])
    text = _text_of(visit)
    article, _, fires = visit.field("test").partition(":")
    if article.isascii() and article.isdigit() and len(article) < 19:
        match = fires == "yes"
        text = workbench.tested(visit.desk, on.rule.id, text, int(article), match=match)
    return _shown(visit, on, text, _days(visit.field("days")))


def patch(visit: Visit) -> Response:
    """Give the change as a patch against the file, or the page with a word why there is none."""
    on = workbench.bench(visit.desk, visit.params["id"])
    base = visit.desk.running().loaded.path.parent
    text = _text_of(visit)
    diff = on.written.patch(text, base)
    if not diff and text.strip() != on.written.text.strip():
        shown = _shown(visit, on, text, _days(visit.field("days")), without_patch=True)
        shown.status_code = 409
        return shown
    name = quote(f"{on.rule.id}.patch", safe="")
    return Response(
        diff,
        media_type="text/x-diff; charset=utf-8",
        headers={"Content-Disposition": f"attachment; filename*=utf-8''{name}"},
    )


def _text_of(visit: Visit) -> str:
    return visit.field("text").replace("\r\n", "\n").replace("\r", "\n")


def _days(asked: str) -> int:
    return next((days for days in SPANS if str(days) == asked), SPANS[-1])


def _shown(
    visit: Visit, on: Bench, text: str, days: int, *, without_patch: bool = False
) -> Response:
    _ = visit.words
    attempt, busy = Attempt(tried=None, problems=()), False
    try:
        attempt = workbench.try_text(visit.desk, visit.person, on.rule.id, text, days)
    except TurnTakenError:
        busy = True
    tried = attempt.tried
    stale = tried is not None and not attempt.is_of(text)
    path = quote(on.rule.id, safe="")
    view = View(
        id=on.rule.id,
        path=path,
        title=one_line(on.rule.title) or on.rule.id,
        text=text,
        rows=min(36, max(12, text.count("\n") + 2)),
        file=f"{Path(on.written.file).name}:{on.written.line}" if on.written.file else "",
        changed=text.strip() != on.written.text.strip(),
        days=days,
        spans=SPANS,
        flaws=tuple(_flaw(problem, text) for problem in attempt.problems[:20]),
        headline=_headline(tried, _) if tried else "",
        stale=stale,
        busy=busy,
        back_to=tried.back_to if tried else None,
        groups=_groups(visit, tried) if tried else (),
        tests=f"{tried.tests - len(tried.failures)}/{tried.tests}" if tried else "",
        failures=tuple(shorten(one_line(str(one)), 400) for one in tried.failures) if tried else (),
        patch=bool(on.written.file),
        without_patch=without_patch,
    )
    return framed(visit, "workbench.html", "rules", view=view)


def _headline(tried: Tried, _: Words) -> str:
    said = _("now %(now)s alerts · with the change %(then)s: +%(gained)s gained −%(lost)s lost")
    return said % {
        "now": f"{tried.before:,}{'+' if tried.more else ''}",
        "then": f"{tried.after:,}",
        "gained": f"{len(tried.gained):,}",
        "lost": f"{len(tried.lost):,}",
    }


def _groups(visit: Visit, tried: Tried) -> tuple[Group, ...]:
    _ = visit.words
    return (
        _group(visit, "lost", _("Lost"), tried.lost),
        _group(visit, "gained", _("Gained"), tried.gained),
        _group(visit, "same", _("Same"), tried.same),
    )


def _group(visit: Visit, name: str, label: str, lines: tuple[Line, ...]) -> Group:
    _ = visit.words
    dismissed = sum(1 for line in lines if line.dismissed)
    taken = sum(1 for line in lines if line.taken)
    said = ""
    if dismissed or taken:
        said = _("of those %(wrong)s were dismissed, %(taken)s taken on") % {
            "wrong": dismissed, "taken": taken,
        }  # fmt: skip
    articles = []
    for line in lines[:SHOWN]:
        change = workbench.judged_as(visit.desk, line)
        articles.append(Article(line=line, judged=change_words(change, visit) if change else ""))
    return Group(
        id=name,
        label=label,
        count=shown_count(len(lines)),
        said=said,
        articles=tuple(articles),
        more=max(0, len(lines) - SHOWN),
    )


def _flaw(problem: Problem, text: str) -> Flaw:
    mark = problem.mark
    lines = text.split("\n")
    line = lines[mark.line - 1].expandtabs(1) if mark.line <= len(lines) else ""
    start = max(0, mark.column - 60)
    caret = f"{line[start : start + 100]}\n{' ' * (mark.column - 1 - start)}^"
    return Flaw(
        line=mark.line,
        column=mark.column,
        message=one_line(problem.message),
        hint=one_line(problem.hint or ""),
        error=problem.severity == "error",
        source=caret if line.strip() else "",
    )


def _row(row: RuleRow, _: Words) -> Row:
    total = sum(row.days)
    title = _("%(n)s alerts in 30 days, %(today)s today") % {"n": total, "today": row.days[-1]}
    if row.percent is None:
        right, look = "", ""
        if row.judged:
            right = _("%(judged)s judged; needs %(least)s") % {
                "judged": row.judged, "least": rule_rows.NEEDS_JUDGED,
            }  # fmt: skip
    else:
        right = _("%(percent)s %% (%(right)s of %(judged)s)") % {
            "percent": row.percent, "right": row.right, "judged": row.judged,
        }  # fmt: skip
        look = "slow" if row.percent < rule_rows.NEEDY_BELOW else ""
    return Row(
        id=row.id,
        path=quote(row.id, safe=""),
        title=one_line(row.title),
        level=row.level,
        chart=against_expected(row.days, (), title=title),
        total=shown_count(total),
        right=right,
        look=look,
        last=row.last,
        tests=f"{row.passed}/{row.tests}" if row.tests else "",
        failing=row.passed < row.tests,
    )
