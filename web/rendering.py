"""Pages out of templates: times in the viewer's zone, words in their language, hostile text.

Everything that was fetched is escaped by the templates, and nothing of it is an address that a
browser follows unless it is http or https.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.responses import HTMLResponse

from core.plain_text import block, one_line, web_link
from web.wording import change_words

if TYPE_CHECKING:
    from web.visit import Visit

LANGUAGES = ("en", "ru")
"""Languages of the interface, the one that its source is written in first."""
_LOCALES = {"en": "en_GB", "ru": "ru_RU"}
"""Where a day stands before its month, as in the regions that are watched."""


class Words:
    """The words of the interface in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def __call__(self, text: str) -> str:
        """Return a text in the language."""
        return self._catalogue.gettext(text)

    def count(self, one: str, many: str, number: int) -> str:
        """Return the form of a text for a number, with the number in it as `%(n)s`."""
        return self._catalogue.ngettext(one, many, number) % {"n": f"{number:,}"}


@functools.cache
def words_for(wanted: str) -> Words:
    """Return the words in the first language of an Accept-Language header that there is."""
    for part in wanted[:200].split(","):
        code = part.partition(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return _words(code)
    return _words(LANGUAGES[0])


@functools.cache
def _words(language: str) -> Words:
    return Words(language)


def _catalogue(language: str) -> gettext.NullTranslations:
    file = files("web") / "translations" / f"{language}.po"
    if not file.is_file():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def page(
    visit: Visit | None, template: str, status: int = 200, *, words: Words | None = None,
    headers: Mapping[str, str] | None = None, **context: Any,
) -> HTMLResponse:  # fmt: skip
    """Return a page made from a template. Without a visit it is one for who is not logged in."""
    words = words or (visit.words if visit else words_for(""))
    environment = _environment()
    html = environment.get_template(template).render(
        visit=visit, _=words, n_=words.count, language=words.language, **context
    )
    return HTMLResponse(html, status_code=status, headers=dict(headers or {}))


def clock(moment: datetime, visit: Visit) -> Markup:
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


def ago(moment: datetime, visit: Visit) -> Markup:
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
    if hours >= 48:
        return f"{hours // 24} {words('d')}"
    if not hours:
        return f"{minutes} {words('min')}"
    return f"{hours} {words('h')}" + (f" {rest} {words('min')}" if rest and hours < 10 else "")


def day(moment: datetime, words: Words) -> str:
    """Return a day as `17 Nov`."""
    return format_skeleton("dMMM", moment, locale=_LOCALES[words.language])


def _time(moment: datetime, shown: str) -> Markup:
    utc = moment.astimezone(UTC)
    hover = f"{format_date(utc, 'medium', locale='en_GB')}, {utc:%H:%M} UTC"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", hover, shown
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
    }  # fmt: skip
    environment.filters.update(filters)
    environment.globals["version"] = _version()
    return environment


def _version() -> str:
    """Return what names of static files carry, so that a new version is never shown old ones."""
    from importlib.metadata import version

    return version("wirewatch")
