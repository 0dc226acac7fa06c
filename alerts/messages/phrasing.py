"""The words of messages in the languages of their readers."""

from __future__ import annotations

from core.alerting.matches import Level
from core.articles import ArticleEvent
from core.plain_text import one_line, shorten
from core.reasons import in_language
from core.words import LANGUAGES, Words, worded, words_in

ENGLISH = words_in("alerts.messages", LANGUAGES[0])

LEVELS = {
    Level.HIGH: worded("high"),
    Level.NORMAL: worded("normal"),
    Level.LOW: worded("low"),
}
EVENTS = {
    ArticleEvent.PUBLISHED: worded("published"),
    ArticleEvent.EDITED: worded("edited"),
    ArticleEvent.REMOVED: worded("removed"),
    ArticleEvent.RESTORED: worded("restored"),
    ArticleEvent.OPENED: worded("opened"),
    ArticleEvent.ATTRIBUTED: worded("attributed"),
    ArticleEvent.REVERTED: worded("reverted"),
}
FROM_THE_FEED = worded("from the feed only")
"""The mark of an article whose page could not be read."""


def message_words(language: str | None) -> Words:
    """Return the words of messages in a language; in English where there are none in it."""
    return words_in("alerts.messages", language) if language in LANGUAGES else ENGLISH


def level_word(level: Level, words: Words) -> str:
    """Return what readers call a level."""
    return words(LEVELS[level])


def reason_words(reason: str, words: Words, length: int) -> str:
    """Say on one line why there is an alert, in as many characters."""
    return shorten(one_line(in_language(reason, words.language)).strip(), length)


def sample_mark(words: Words, *, test: bool) -> str:
    """Return what stands before the subject of a sample; nothing before that of news."""
    return "[" + words("test") + "] " if test else ""


def and_more(count: int, words: Words) -> str:
    """Say how many there was no room for."""
    return words("and %(n)s more") % {"n": count}
