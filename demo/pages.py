"""An outlet's pages: stories in, HTML bytes out. Pure apart from reading the templates.

What stands around the article is planned from the size the outlet's pages have: so much markup
that scripts and styles are two fifths of the page, as they are on the median real one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from demo.library import library
from demo.outlets import Outlet
from demo.page_parts import boilerplate

_TEMPLATES = Path(__file__).with_name("templates")
_TYPICAL_ARTICLE = 7_000  # bytes of text and related stories that a page's size is planned with
_SCRIPT_SHARE = 0.4
"""Share of scripts and styles in a page; on 181 pages of 126 news sites the median was 0.37."""
_BETWEEN_COMMENTS = timedelta(minutes=37)


@dataclass(frozen=True, slots=True)
class Remark:
    """A reader's comment as a page shows it."""

    name: str
    text: str
    moment: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageStory:
    """One published story as a page shows it."""

    number: int
    url: str
    """Where the story itself stands."""
    link: str
    """Where links to it point: `url`, or an address that redirects there."""
    title: str
    paragraphs: tuple[str, ...]
    language: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published: datetime
    """In the outlet's own time zone, like `modified`."""
    modified: datetime

    @property
    def summary(self) -> str:
        """Return the start of the first paragraph."""
        first = self.paragraphs[0] if self.paragraphs else ""
        return first if len(first) <= 280 else first[:280].rsplit(" ", 1)[0] + "…"


class Pages:
    """Renders the pages of one outlet."""

    def __init__(self, outlet: Outlet, base_url: str) -> None:
        self._outlet = outlet
        self._base_url = base_url
        self._zone = ZoneInfo(outlet.timezone)
        self._boilerplate = boilerplate(outlet.slug, 0)
        self._plenty = 0.0
        """How much repeated markup there is: 1 is what the templates say."""
        bare = len(self.article(self._sample(), []))
        self._plenty = 1.0
        full = len(self.article(self._sample(), []))
        planned = outlet.page_bytes * (1 - _SCRIPT_SHARE) - _TYPICAL_ARTICLE
        self._plenty = max(0.0, (planned - bare) / (full - bare))
        furnished = len(self.article(self._sample(), []))
        filler = outlet.page_bytes - furnished - _TYPICAL_ARTICLE
        self._boilerplate = boilerplate(outlet.slug, max(0, filler))

    def article(self, story: PageStory, related: Sequence[PageStory]) -> bytes:
        """Return the page of `story`, with links to `related`."""
        return self._render(
            f"{self._outlet.layout}.html",
            story=story,
            related=related,
            remarks=self._remarks(story),
        )

    def home(self, stories: Sequence[PageStory]) -> bytes:
        """Return the homepage: `stories`, newest first."""
        return self._render("home.html", stories=stories)

    def missing(self) -> bytes:
        """Return the page for an address that leads nowhere."""
        return self._render("missing.html")

    def _render(self, template: str, **values: object) -> bytes:
        texts = library(self._outlet.language)
        page = (
            templates()
            .get_template(template)
            .render(
                outlet=self._outlet,
                base_url=self._base_url,
                boilerplate=self._boilerplate,
                t=texts.labels,
                months=texts.months,
                sections=texts.sections,
                topics=texts.topics,
                headlines=texts.headlines,
                c=_classes()[self._outlet.layout],
                many=self._many,
                **values,
            )
        )
        return page.encode(self._outlet.charset, errors="xmlcharrefreplace")

    def _many(self, count: int) -> int:
        """Scale a number of menu entries, cards, comments … to the size of the page."""
        return round(count * self._plenty)

    def _remarks(self, story: PageStory) -> list[Remark]:
        """Return what readers wrote below `story`: each story's thread begins with another."""
        comments = library(self._outlet.language).comments
        turn = story.number % len(comments)
        return [
            Remark(comment.name, comment.text, story.published + count * _BETWEEN_COMMENTS)
            for count, comment in enumerate((*comments[turn:], *comments[:turn]), start=1)
        ]

    def _sample(self) -> PageStory:
        moment = datetime(2026, 1, 1, tzinfo=self._zone)
        return PageStory(
            number=0,
            url=f"{self._base_url}/",
            link=f"{self._base_url}/",
            title="",
            paragraphs=(),
            language=self._outlet.language,
            authors=(),
            tags=(),
            published=moment,
            modified=moment,
        )


def _script_json(value: object) -> Markup:
    """Return `value` as JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704 - no `<` is left in it


def _persons(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"@type": "Person", "name": name} for name in names]


@lru_cache(maxsize=1)
def _classes() -> dict[str, dict[str, str]]:
    """Return the class names of each layout's boilerplate."""
    text = (_TEMPLATES / "classes.yaml").read_text(encoding="utf-8")
    classes: dict[str, dict[str, str]] = yaml.safe_load(text)
    return classes


@lru_cache(maxsize=1)
def templates() -> Environment:
    """Return the templates of demo/templates, escaping what is put into HTML."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["script_json"] = _script_json
    environment.filters["persons"] = _persons
    return environment
