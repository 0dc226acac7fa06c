"""Pages out of templates: times in the viewer's zone, words in their language, hostile text.

Everything that was fetched is escaped by the templates, and nothing of it is an address that a
browser follows unless it is http or https.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

from babel.dates import format_date, format_skeleton
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from core.plain_text import block, one_line, web_link
from web.reasons import told
from web.wording import change_words, count_words
from web.words import Viewer, Words, words_for

_END_OF_TIME = Markup("</time>")
_LOCALES = {"en": "en_GB", "ru": "ru_RU"}
"""Where a day stands before its month, as in the regions that are watched."""


def page(
    visit: Viewer | None, template: str, status: int = 200, *, words: Words | None = None,
    headers: Mapping[str, str] | None = None, **context: Any,
) -> HTMLResponse:  # fmt: skip
    """Return a page made from a template. Without a visit it is one for who is not logged in."""
    words = words or (visit.words if visit else words_for(""))
    environment = _environment()
    html = environment.get_template(template).render(
        visit=visit, _=words, n_=words.plural, language=words.language, **context
    )
    return HTMLResponse(html, status_code=status, headers=dict(headers or {}))


def clock(moment: datetime, visit: Viewer) -> Markup:
    """Return a time of this day as `07:12`, of another day with the day; UTC on hover."""
    local = moment.astimezone(visit.zone)
    days = (visit.now.astimezone(visit.zone).date() - local.date()).days
    language = visit.words.language
    if days == 0:
        shown = f"{local:%H:%M}"
    elif days == 1:
        shown = visit.words("yesterday %(time)s") % {"time": f"{local:%H:%M}"}
    else:
        skeleton = "dMMM" if abs(days) < 300 else "dMMMy"
        shown = f"{format_skeleton(skeleton, local, locale=_LOCALES[language])} {local:%H:%M}"
    return _time(moment, shown)


def ago(moment: datetime, visit: Viewer) -> Markup:
    """Return how long ago something was: `8 min ago`."""
    passed = visit.now - moment
    if passed < timedelta(seconds=-90):
        return clock(moment, visit)
    shown = visit.words("%(time)s ago") % {"time": span(passed, visit.words)}
    return _time(moment, shown if passed >= timedelta(minutes=1) else visit.words("now"))


def span(length: timedelta, words: Words) -> str:
    """Return a length of time in one or two units: `41 min`, `2 h 50 min`, `3 d`."""
    minutes = max(0, round(length.total_seconds() / 60))
    hours, rest = divmod(minutes, 60)
    # Not in f-strings: what gathers the words of the interface does not look into them.
    day_word, hour_word, minute_word = words("d"), words("h"), words("min")
    if hours >= 48:
        return f"{hours // 24} {day_word}"
    if not hours:
        return f"{minutes} {minute_word}"
    return f"{hours} {hour_word}" + (f" {rest} {minute_word}" if rest and hours < 10 else "")


def day(moment: datetime, words: Words) -> str:
    """Return a day as `17 Nov`."""
    return format_skeleton("dMMM", moment, locale=_LOCALES[words.language])


def day_of(date: date, words: Words) -> str:
    """Return a day of the calendar as `17 Nov`."""
    return _named_day(date, _LOCALES[words.language])


@functools.lru_cache(maxsize=1000)
def _named_day(date: date, locale: str) -> str:
    # A skeleton costs most of a millisecond, and a page has dozens of days.
    return str(format_skeleton("dMMM", datetime(date.year, date.month, date.day), locale=locale))  # noqa: DTZ001


@functools.lru_cache(maxsize=1000)
def _whole_day(date: date) -> str:
    return str(format_date(date, "medium", locale="en_GB"))


def _time(moment: datetime, shown: str) -> Markup:
    utc = moment.astimezone(UTC)
    hover = f"{_whole_day(utc.date())}, {utc:%H:%M} UTC"
    # Numbers and names of months: nothing in them is to be escaped, and a page has dozens.
    opening = Markup(f'<time datetime="{utc:%Y-%m-%dT%H:%M:%SZ}" title="{hover}">')  # noqa: S704
    return opening + shown + _END_OF_TIME


@functools.lru_cache(maxsize=20)
def choices(reasons: tuple[tuple[str, str], ...]) -> Markup:
    """Return the buttons that dismiss a story, one a reason, each with its key.

    Every card of a list has the same: they are made once.
    """
    button = Markup(
        '<button name="do" value="dismiss:{}" data-choice="{}">{} '
        '<kbd aria-hidden="true">{}</kbd></button>'
    )
    numbered = enumerate(reasons, start=1)
    return Markup("").join(
        button.format(reason, number, said, number) for number, (reason, said) in numbered
    )


def safe_link(url: str | None) -> str:
    """Return an address that may be followed, or nothing."""
    return web_link(url) or ""


def plain(text: str) -> str:
    """Return fetched text on one line, without what would turn or hide what stands beside it."""
    return one_line(text).strip()


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("web"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "clock": clock, "ago": ago, "span": span, "day": day, "safe_link": safe_link,
        "plain": plain, "block": block, "change_words": change_words,
        "choices": choices,
        "count_words": count_words, "told": told,
    }  # fmt: skip
    environment.filters.update(filters)
    environment.globals["version"] = _version()
    return environment


def _version() -> str:
    """Return what names of static files carry: browsers keep them for a year under one name."""
    digest = hashlib.sha256()
    for file in sorted((files("web") / "static").iterdir(), key=lambda file: file.name):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
