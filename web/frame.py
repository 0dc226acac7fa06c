"""What stands around every page: where one is, how many alerts are open, what is blind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse

from desk import overview
from web.rendering import page
from web.visit import Visit
from web.wording import REASONS
from web.words import Words


@dataclass(frozen=True, slots=True)
class Frame:
    """What the head of a page shows."""

    current: str
    open: int
    blind: int
    single_keys: bool
    keys: tuple[tuple[str, str], ...]

    @property
    def open_shown(self) -> str:
        """How many stories are open, as a page says it."""
        return shown_count(self.open)


@dataclass(frozen=True, slots=True)
class Strip:
    """What was just done, and how to undo it."""

    words: str
    back: str = "/"
    undo: tuple[str, ...] = ()
    """Ids of the alerts by which it is undone."""
    at: str = ""
    """The moment that it was signed with."""
    hint: str = ""
    link: str = ""
    link_words: str = ""


def shown_count(number: int) -> str:
    """Return a count as pages say it: `14`, or `1,000+`."""
    most = overview.MOST_COUNTED
    return f"{most:,}+" if number > most else f"{number:,}"


def framed(
    visit: Visit, template: str, current: str, status: int = 200, *,
    strip: Strip | None = None, **context: Any,
) -> HTMLResponse:  # fmt: skip
    """Return a page with its frame."""
    return page(
        visit, template, status,
        frame=frame_of(visit, current), strip=strip, reasons=reasons(visit.words), **context,
    )  # fmt: skip


def frame_of(visit: Visit, current: str) -> Frame:
    """Return what stands around a page."""
    return Frame(
        current=current,
        open=overview.open_count(visit.desk),
        blind=len(overview.lost_sources(visit.desk)),
        single_keys=visit.desk.store.person(visit.person).single_keys,
        keys=_keys(visit.words),
    )


def reasons(words: Words) -> tuple[tuple[str, str], ...]:
    """Return why an alert may be dismissed: the value and its words."""
    return tuple((reason.value, words(said)) for reason, said in REASONS.items())


def _keys(_: Words) -> tuple[tuple[str, str], ...]:
    return (
        ("j k", _("Next, previous")),
        ("Enter", _("Open it")),
        ("a", _("Take on")),
        ("s", _("Later")),
        ("d", _("Not relevant, then 1 to 5")),
        ("m", _("Mute")),
        ("n", _("Write a note")),
        ("z", _("Undo")),
        ("x", _("Select")),
        ("/", _("Search")),
        ("g", _("Then a, s, r, l, d, t: alerts, search, rules, sources, deliveries, status")),
        ("?", _("Keys")),
    )
