"""Why things are as they are, in the words of who looks: from kinds, never from other words."""

from __future__ import annotations

from core.articles import StubKind
from core.failures import FailureKind
from core.plain_text import one_line
from core.reasons import in_language
from core.reasons.known import failure_reason
from core.source_counts import Halt
from core.sources import EntryCause, SkipKind, Skipped, TrackedEntry
from core.words import LANGUAGES, worded
from desk.source_funnel import LeftCount
from web.words import Words

_SKIPS = {
    SkipKind.NO_LINK: worded("no link"),
    SkipKind.NOT_A_WEB_ADDRESS: worded("the link is not a web address"),
    SkipKind.REPEATED: worded("same link as an earlier entry"),
    SkipKind.BEYOND_READ: worded("beyond what is read of one document"),
    SkipKind.BROKEN_MARKUP: worded("its markup is broken"),
    SkipKind.ANOTHER_SITE: worded("a page of another site"),
    SkipKind.THIS_PAGE: worded("this page itself"),
    SkipKind.NO_ARTICLE: worded("address of a section, an archive or a file"),
    SkipKind.SERVICE_MESSAGE: worded("service message"),
    SkipKind.NO_NUMBER: worded("post without an address"),
    SkipKind.ANOTHER_CHANNEL: worded("post of another channel"),
    SkipKind.TOO_MANY_A_DAY: worded("too many new addresses of one source in a day"),
    SkipKind.TOO_DEEP: worded("path with too many parts"),
    SkipKind.REPEATING: worded("path that repeats itself"),
    SkipKind.PERMUTED: worded("too many combinations of parameters under one path"),
    SkipKind.BEYOND_NEWEST: worded("beyond the newest of one poll"),
    SkipKind.BEFORE_WATCH: worded("there before it was watched"),
    SkipKind.MAY_HAVE_MOVED: worded("of an old date; looked at again later"),
    SkipKind.ARCHIVE: worded("one of very many of old dates at once"),
    SkipKind.NOT_REMEMBERED: worded("of an old date, in a very large sitemap"),
}
_CAUSES = {
    EntryCause.OLD: worded("published before it was watched"),
    EntryCause.DUPLICATE: worded("another address of a stored article"),
    EntryCause.UNFETCHED: worded("could not be fetched"),
    EntryCause.EMPTY: worded("no text found"),
    EntryCause.STUB: worded("something else in its place"),
    EntryCause.NOT_HTML: worded("not a web page"),
    EntryCause.SANDBOX: worded("reading it took too long"),
    EntryCause.PDF_ENCRYPTED: worded("a PDF that asks for a password"),
    EntryCause.PDF_BROKEN: worded("a broken PDF"),
    EntryCause.PDF_NO_TEXT: worded("a PDF without text"),
    EntryCause.PDF_SCANNED: worded("a PDF of images"),
}
_STUBS = {
    StubKind.ANTI_BOT: worded("a check for robots"),
    StubKind.ACCESS_DENIED: worded("access denied"),
    StubKind.NOT_FOUND: worded("a page that says “not found”"),
    StubKind.SERVER_ERROR: worded("an error page"),
    StubKind.CONSENT: worded("a consent page"),
    StubKind.JAVASCRIPT: worded("a page that needs scripts"),
    StubKind.FRONT_PAGE: worded("the front page"),
    StubKind.PLACEHOLDER: worded("a page that says nothing of the article"),
}
_HALTS = {
    Halt.UNTRIED: worded("not asked for yet"),
    Halt.UNSTATED: worded("an earlier version did not note why"),
    Halt.UNJUDGED: worded("the rules will look at it"),
    Halt.BROKEN: worded("the rules broke down on it"),
    Halt.NO_MATCH: worded("no rule matches"),
    Halt.OLD_NEWS: worded("old when it was first seen"),
    Halt.NO_ALERT: worded("what matches asks for no alert"),
    Halt.NO_RECEIVER: worded("no route leads to anybody"),
    Halt.READDRESSED: worded("its receiver is no longer configured"),
    Halt.DISMISSED: worded("dismissed before anybody was told"),
    Halt.INHIBITED: worded("another alert says it"),
    Halt.SILENCED: worded("silenced"),
    Halt.MUTED: worded("an hour in which its route tells nobody"),
    Halt.NOT_SENT: worded("not sent"),
    Halt.LOST: worded("its message was given up"),
    Halt.HELD: worded("held for quiet hours, a digest or company"),
    Halt.ON_ITS_WAY: worded("on its way"),
}
_ENDS = {end.value: said for end, said in (*_CAUSES.items(), *_HALTS.items())}


def told(text: str, words: Words) -> str:
    """Say a reason on one line; text that older versions kept stays as it is."""
    return one_line(in_language(text, words.language)).strip()


def skip_words(skipped: Skipped, words: Words) -> str:
    """Say why entries of a document are not followed."""
    known = _SKIPS.get(skipped.kind)
    if known is None or _is_english(words):  # as it was noted, with its numbers
        return one_line(skipped.reason)
    return words(known)


def left_words(left: LeftCount, words: Words) -> str:
    """Say why entries went no further than a stage."""
    if left.failure is not None:
        kind = FailureKind(left.failure)
        return told(failure_reason(kind, left.failure_status, left.words), words)
    if left.stub is not None:
        return words(_STUBS[StubKind(left.stub)])
    return words(_ENDS[left.why])


def entry_words(entry: TrackedEntry, words: Words) -> str:
    """Say why an entry stands where it does; the details are those of the program that met them."""
    said, detail = one_line(entry.reason), one_line(entry.detail)
    if entry.cause is None or _is_english(words):
        return ": ".join(filter(None, (said, detail)))
    why = words(_CAUSES[entry.cause])
    if entry.failure is not None:
        why = told(failure_reason(entry.failure, entry.failure_status, detail), words)
    elif entry.stub is not None:
        why = words(_STUBS[entry.stub])
    if entry.attempts > 1:
        tries = words.plural("%(n)s attempt", "%(n)s attempts", entry.attempts)
        why = f"{why}, {tries}"
    return why


def _is_english(words: Words) -> bool:
    return words.language == LANGUAGES[0]
