"""What it means that the page of an article opens, which so far had the words of its feed. Pure.

Everybody who is to hear of the article has heard of it by what the feed said. A page that says the
same, with more words, is no edit of it.
"""

from __future__ import annotations

import numpy as np

from core.articles import ArticleData, ArticleEvent
from core.similarity import word_hashes
from core.text_changes import compare

PART_OF_IT = 0.6
"""Share of the feed's words that stand in the page, from which on its lead is part of the page. A
lead that an editor wrote for the feed has most of its words from the article; an article about
something else of the same day has two in five."""


def opened(title: str, text: str, page: ArticleData) -> tuple[ArticleEvent, str]:
    """Return what happened to an article of `title` and `text` from its feed, and say it.

    The same headline and a lead that is part of the page is the same news, OPENED. Anything else
    was changed by the outlet, and is EDITED as every other change is.
    """
    change = compare(title, text, page.title, page.text)
    if (change.headline is None or _holds(page.title, title) or _holds(title, page.title)) and (
        _part_of(text, f"{page.title}\n{page.text}")
    ):
        return ArticleEvent.OPENED, "the page can be read now"
    return ArticleEvent.EDITED, f"the page can be read now; {change.in_words()}"


def _holds(longer: str, shorter: str) -> bool:
    """Tell whether a headline is the other with something before or after it: the outlet's name."""
    inside, outside = word_hashes(shorter), word_hashes(longer)
    if inside.size < _FEWEST_WORDS:
        return False
    windows = range(outside.size - inside.size + 1)
    return any((outside[at : at + inside.size] == inside).all() for at in windows)


def _part_of(lead: str, whole: str) -> bool:
    words = np.unique(word_hashes(lead))
    return not words.size or bool(np.isin(words, word_hashes(whole)).mean() >= PART_OF_IT)


_FEWEST_WORDS = 3
"""Of a headline that stands in another: a single name may stand in any."""
