"""Polling a source now, and watching what comes of it, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from core.plain_text import one_line, shorten
from core.source_counts import Stage
from desk import source_rows
from desk.errors import NotThereError
from desk.poll_progress import PollProgress, progress
from web.rendering import clock, page
from web.visit import Visit

_REASON = 300
_NO_ARTICLE = (Stage.ANNOUNCED, Stage.FETCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the page says of a poll."""

    path: str
    """Of this part of the page alone; empty when nothing more is to come."""
    lines: tuple[str | Markup, ...]
    again: bool
    """Whether it is worth another look."""


def poll(visit: Visit) -> Response:
    """Let the daemon poll a source next, and lead to where that can be watched."""
    name, full = visit.field("source"), visit.field("full") == "yes"
    asked = visit.now
    source_rows.poll_soon(visit.desk, name, full=full)
    query = urlencode({"asked": asked.isoformat()})
    return RedirectResponse(f"/sources/{quote(name, safe='')}?{query}#poll", 303)


def show(visit: Visit) -> Response:
    """Show how far a poll has come: the part of the page that is asked for again and again."""
    found = progress_of(visit, visit.params["name"])
    if found is None:
        raise NotThereError("poll at that moment")
    return page(visit, "_poll.html", poll=found)


def progress_of(visit: Visit, name: str) -> Progress | None:
    """Return what is to be said of the poll that an address names; None when it names none."""
    try:
        asked = datetime.fromisoformat(visit.query.get("asked", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    found = progress(visit.desk, name, asked)
    again = not found.finished and not found.late
    address = f"/sources/{quote(name, safe='')}/poll?{urlencode({'asked': asked.isoformat()})}"
    return Progress(path=address if again else "", lines=tuple(_lines(visit, found)), again=again)


def _lines(visit: Visit, found: PollProgress) -> Iterator[str | Markup]:
    _, funnel = visit.words, found.found
    yield Markup("{} {}").format(clock(found.asked, visit), _("asked for"))
    if found.polled is None:
        if found.late:
            yield _("Not read within two minutes: is the daemon running? See Status.")
        return
    answer = f" (HTTP {found.status_code})" if found.status_code and not found.error else ""
    at = clock(found.polled, visit)
    if found.error:
        said = _("could not be read: %(error)s") % {
            "error": shorten(one_line(found.error), _REASON)
        }
        yield Markup("{} {}{}").format(at, said, answer)
    else:
        said = _.plural("read: %(n)s new entry", "read: %(n)s new entries", funnel.seen)
        yield Markup("{} {}{}").format(at, said, answer)
    if funnel.seen:
        yield _("%(fetched)s of %(all)s pages fetched, %(texts)s with a text") % {
            "fetched": funnel.reached(Stage.FETCHED), "all": funnel.seen,
            "texts": funnel.reached(Stage.TEXT),
        }  # fmt: skip
        yield _("%(judged)s judged, %(alerted)s alerted") % {
            "judged": funnel.reached(Stage.JUDGED), "alerted": funnel.alerted,
        }  # fmt: skip
    for left in [left for left in funnel.left_out if left.end.stage in _NO_ARTICLE][:5]:
        yield f"{left.count} × {left.end.words}"
    if found.finished:
        if not found.error:
            yield _("Done.")
    elif found.late:
        yield _("Still running; what comes shows here when you look again.")
