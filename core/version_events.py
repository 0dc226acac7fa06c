"""What happened to an article at a version of it, by what it said before. Pure.

Outlets try two headlines on their readers, or serve an old copy from a cache now and then. What an
article said before is kept as a version again, since that is what its page said then; it is no
edit, and nobody is to hear of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.articles import ArticleEvent
from core.text_changes import Change, headline_sign, text_sign

MOST_COMPARED = 20
"""Earlier versions that a text is compared with; what is older was said days ago."""


@dataclass(frozen=True, slots=True)
class Said:
    """Signs of a headline and a text, the same for all that readers take for the same."""

    headline: bytes
    text: bytes

    @classmethod
    def of(cls, title: str, text: str) -> Said:
        """Return the signs of words."""
        return cls(headline_sign(title), text_sign(text))


@dataclass(frozen=True, slots=True)
class ToldVersion:
    """What an article said at an earlier version."""

    event: ArticleEvent
    said: Said | None
    """None of one that is too long ago to be compared."""


def event_of(
    change: Change | None, before: Sequence[ToldVersion], found: Said
) -> tuple[ArticleEvent, str]:
    """Return what it is that an article says `found` now, and the same for people.

    `change` is what is new against the latest version, None when nothing is; `before` are all
    versions, the latest first. Of an article that is there and has not changed nothing is asked.
    """
    gone = before[0].event is ArticleEvent.REMOVED
    new = change if change is not None and not change.trivial else None
    if new is not None and not says_again(found, before):
        return ArticleEvent.EDITED, new.in_words()
    if gone and all(version.event is not ArticleEvent.RESTORED for version in before):
        return ArticleEvent.RESTORED, "the page is back"
    if new is None:
        return ArticleEvent.REVERTED, "the page is back once more"
    return ArticleEvent.REVERTED, f"as it was before; {new.in_words()}"


def says_again(found: Said, before: Sequence[ToldVersion]) -> bool:
    """Tell whether a headline and a text have both been there, as far as readers notice.

    Not always together: while two headlines take turns, the text below them may be edited.
    """
    known = [version.said for version in before[:MOST_COMPARED] if version.said is not None]
    return any(said.headline == found.headline for said in known) and any(
        said.text == found.text for said in known
    )
