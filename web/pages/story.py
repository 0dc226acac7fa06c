"""One story with all about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from core.articles import ArticleEvent
from desk import stories, story_sheet
from desk.errors import NotThereError
from desk.story_sheet import StorySheet
from web.charts import timeline
from web.frame import framed
from web.pages.acting import strip_of
from web.rendering import safe_link, span
from web.visit import Visit

_LOOKS = {ArticleEvent.EDITED: "b1", ArticleEvent.REMOVED: "b0", ArticleEvent.RESTORED: "b1"}


def show(visit: Visit) -> Response:
    """Show a story. One that has joined another leads there."""
    case_id = number_of(visit, "story")
    sheet = story_sheet.sheet(visit.desk, case_id)
    if sheet.card.key != case_id:
        return RedirectResponse(f"/story/{sheet.card.key}", 301)
    sheet = replace(sheet, card=stories.card_in(sheet.card, visit.words.language))
    data = sheet.article.data
    return framed(
        visit, "story.html", "alerts",
        strip=strip_of(visit), sheet=sheet, back=visit.address(did=None, of=None, at=None),
        link=safe_link(data.url), strip_of_time=_strip_of_time(visit, sheet),
    )  # fmt: skip


def number_of(visit: Visit, what: str) -> int:
    """Return the number in an address. Raises NotThereError when it is none."""
    text = visit.params["id"]
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotThereError(f"{what} {text[:40]!r}")
    return int(text)


def _strip_of_time(visit: Visit, sheet: StorySheet) -> Markup:
    _ = visit.words
    first, last = sheet.turns[0].at, sheet.turns[-1].at
    length = max(last - first, timedelta(minutes=1))
    dots = [
        (
            (turn.at - first) / length,
            _LOOKS.get(turn.event) or ("ring" if turn.copies else "tri"),
            turn.name,
        )
        for turn in sheet.turns
    ]
    title = _("%(n)s outlets within %(time)s, %(first)s first") % {
        "n": len(sheet.card.outlets), "time": span(last - first, _), "first": sheet.turns[0].name,
    }  # fmt: skip
    return timeline(dots, title=title)
