"""The newsroom's texts, read from demo/stories: one file a language.

A file holds the words of the page boilerplate, headlines for sidebars, background passages, news
in brief, and the stories with the time they appear. Stories end in shared passages, as
newspapers' own do, but no two share enough of them to look like copies of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from core.errors import WirewatchError
from demo.outlets import Scheduled, Story


class LibraryError(WirewatchError):
    """A text of the newsroom is missing."""


_BRIEFS = (0, 1, 3)
"""Which briefs a story gets, counted from its place in the file. Modulo seven or more, differences
of these numbers are all distinct, so two stories have at most one brief in common."""


@dataclass(frozen=True, slots=True)
class ReaderComment:
    """What a reader wrote below an article; fits any."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Library:
    """Everything the newsroom has in one language."""

    language: str
    labels: dict[str, str]
    """Words of the page boilerplate: `home`, `search`, `add_comment` …"""
    months: tuple[str, ...]
    """Month names as they stand in a date."""
    sections: tuple[str, ...]
    topics: tuple[str, ...]
    """What the sections' menus lead to."""
    headlines: tuple[str, ...]
    comments: tuple[ReaderComment, ...]
    stories: dict[str, tuple[Scheduled, ...]]
    """By outlet slug, in the order they are written."""

    @property
    def passages(self) -> tuple[str, ...]:
        """Every paragraph there is, for texts made up of many."""
        own = (
            paragraph
            for scheduled in self.stories.values()
            for item in scheduled
            for paragraph in item.story.paragraphs
        )
        return tuple(dict.fromkeys(own))


@lru_cache
def library(language: str) -> Library:
    """Read the texts of one language. Raises LibraryError when there are none."""
    place = files("demo") / "stories" / f"{language}.yaml"
    if not place.is_file():
        raise LibraryError(f"the newsroom has no texts in {language!r}")
    data = yaml.safe_load(place.read_text(encoding="utf-8"))
    backgrounds = {
        topic: [_flat(text) for text in texts] for topic, texts in data["backgrounds"].items()
    }
    stories: dict[str, tuple[Scheduled, ...]] = {}
    briefs = [_flat(text) for text in data["briefs"]]
    for number, item in enumerate(data["stories"]):
        shared = [text for topic in item.get("background", ()) for text in backgrounds[topic]]
        if item.get("briefs", True):
            shared += [briefs[(number + step) % len(briefs)] for step in _BRIEFS]
        scheduled = _scheduled(language, item, shared)
        stories[item["outlet"]] = (*stories.get(item["outlet"], ()), scheduled)
    return Library(
        language=language,
        labels=data["labels"],
        months=tuple(data["months"]),
        sections=tuple(data["sections"]),
        topics=tuple(data["topics"]),
        headlines=tuple(data["headlines"]),
        comments=tuple(
            ReaderComment(item["name"], _flat(item["text"])) for item in data["comments"]
        ),
        stories=stories,
    )


def _scheduled(language: str, item: dict[str, Any], shared: list[str]) -> Scheduled:
    story = Story(
        slug=item["slug"],
        title=item["title"],
        paragraphs=(*(_flat(text) for text in item["text"]), *shared),
        language=language,
        authors=tuple(item.get("authors", ())),
        tags=tuple(item.get("tags", ())),
    )
    return Scheduled(timedelta(seconds=item["after"]), story)


def _flat(text: str) -> str:
    return " ".join(text.split())
