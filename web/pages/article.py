"""One stored article: text with hits, versions, rules, and the way it came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from starlette.responses import Response

from desk import article_sheet
from desk.article_sheet import ArticleSheet
from desk.errors import NotThereError
from web.frame import framed
from web.pages.story import number_of
from web.rendering import safe_link
from web.visit import Visit

Step = tuple[datetime | None, str, str]


def show(visit: Visit) -> Response:
    """Show an article, in the version that `v` names or the latest."""
    article_id = number_of(visit, "article")
    only = visit.query.get("rule") or None
    sheet = article_sheet.sheet(visit.desk, article_id, version_of(visit), only=only)
    return framed(
        visit, "article.html", "alerts",
        sheet=sheet, only=only, link=safe_link(sheet.article.data.url),
        path=tuple(_path(visit, sheet)),
    )  # fmt: skip


def version_of(visit: Visit) -> int | None:
    """Return the version that an address names, None for the latest. Raises NotThereError."""
    version = visit.query.get("v", "")
    if version and not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotThereError(f"version {version[:20]!r}")
    return int(version) if version else None


def _path(visit: Visit, sheet: ArticleSheet) -> Iterator[Step]:
    """Yield the steps of an article's way, from the announcement to the messages."""
    _, history = visit.words, sheet.history
    if history.entry is not None:
        yield history.entry.discovered_at, _("found"), history.entry.source
    if sheet.also_listed_by:
        yield None, _("also listed by"), ", ".join(sheet.also_listed_by)
    for version in sheet.versions:
        words = len(version.data.text.split())
        said = visit.words.plural("%(n)s word", "%(n)s words", words)
        yield (
            version.first_seen_at,
            _("read") if version.version == 1 else _("version %(n)s") % {"n": version.version},
            f"{said}, {version.data.language or '?'}",
        )
    if sheet.evidence is not None:
        yield sheet.evidence.fetched_at, _("page kept"), f"SHA-256 {sheet.evidence.sha256}"
    rules = sorted({match.rule_id for _number, match in history.matches})
    if rules:
        fired = visit.words.plural("%(n)s rule fired", "%(n)s rules fired", len(rules))
        yield None, fired, ", ".join(rules)
    for alert in history.alerts:
        yield alert.created_at, _("alert"), alert.match.rule_id
    for delivery, attempts in history.deliveries:
        last = attempts[-1].finished_at if attempts else None
        yield last, f"{delivery.receiver}: {_(delivery.status.value)}", delivery.last_detail
