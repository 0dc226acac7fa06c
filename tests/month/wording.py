"""What the stories of a plan say. Each text holds its story's id, so that it can be found again."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from demo.outlets import Story
from demo.synthetic import synthetic_story
from tests.month.outlets import PlannedStory


def title_of(story: PlannedStory, now: datetime, *, flipped: bool = False) -> str:
    """Return the headline, which holds the story's id; `flipped` is the other of two."""
    edited = story.edit_at is not None and now >= story.edit_at
    title = prose(f"{story.id} other" if flipped else story.id).title
    return f"{title} {story.id}" + (" after all" if edited else "")


def text_of(story: PlannedStory, now: datetime) -> list[str]:
    """Return the paragraphs."""
    paragraphs = [f"Report {story.id} of the council.", *prose(story.id).paragraphs]
    if story.edit_at is not None and now >= story.edit_at:
        paragraphs[-1] = f"The passage about report {story.id} was withdrawn by the council."
    return paragraphs


@lru_cache(maxsize=20_000)
def prose(name: str) -> Story:
    """Return a story of that name, always the same."""
    return synthetic_story(name, "ru", 1, 120)
