"""The words of each kind of reason, in English; the other languages translate these."""

from __future__ import annotations

from dataclasses import dataclass

from core.reasons.kinds import ReasonKind as K
from core.words import worded


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of reason is said."""

    one: str
    many: str = ""
    """The same for other numbers than one; empty when no number changes it."""
    of: str = ""
    """The value whose number chooses the form."""
    verbatim: str = ""
    """The value that is the English words itself, as others said them."""
    joint: str = ", "
    """What stands between the parts of a value that has several."""


def plural(one: str, many: str, of: str = "n") -> Form:
    """Return the form of a reason that changes with a number."""
    return Form(one, many, of)


def said(text: str, *, joint: str = ", ") -> Form:
    """Return the form of a reason that does not."""
    return Form(text, joint=joint)


def failed(text: str) -> Form:
    """Return the form of a failure: who reads English has it in its own words."""
    return Form(text, verbatim="text")


FORMS = {
    K.MINUTES: said(worded("%(n)s min")),
    K.HOURS: said(worded("%(n)s h")),
    K.DAYS: plural("%(n)s days", "%(n)s days"),
    K.IN_SECONDS: said(worded("%(n)ss")),
    K.IN_MINUTES: said(worded("%(n)sm")),
    K.IN_HOURS: said(worded("%(n)sh")),
    K.IN_DAYS: said(worded("%(n)sd")),
    K.NOT_POLLED: said(worded("not polled yet")),
    K.CLOCK_SET_BACK: said(worded("its last poll lies %(length)s ahead: the clock was set back")),
    K.POLLS_FAILED: plural(
        "%(n)s polls in a row failed: %(error)s", "%(n)s polls in a row failed: %(error)s"
    ),
    K.NEVER_READ: said(worded("never read; %(row)s")),
    K.LAST_READ: said(worded("last read %(length)s ago; %(row)s")),
    K.REFUSED: said(
        worded("of %(n)s articles of two days %(refused)s were refused and %(stubs)s were stubs")
    ),
    K.NEVER_AN_ENTRY: said(worded("it answers for %(length)s, and never had one entry")),
    K.NOTHING_NEW: said(
        worded(
            "it answers, but nothing new came for %(length)s, when about %(expected)s articles were"
            " to be expected"
        )
    ),
    K.LOST: said(worded("of %(n)s articles of two days %(kinds)s")),
    K.LOST_STUBS: said(worded("%(n)s were stubs")),
    K.LOST_NO_ARTICLES: said(worded("%(n)s were no articles")),
    K.LOST_REFUSED: said(worded("%(n)s were refused")),
    K.LOST_UNFETCHED: said(worded("%(n)s could not be fetched")),
    K.GAP: said(worded("a gap %(length)s ago: %(gap)s")),
    K.FUTURE_DATES: said(
        worded(
            "%(n)s of %(settled)s articles are dated in the future: its clock or time zone is wrong"
        )
    ),
    K.ADDRESSES_CHANGE: said(
        worded(
            "its addresses change at every poll (%(parts)s): its articles are told apart by what"
            " stays of them"
        )
    ),
    K.VANTAGES_DIFFER: said(
        worded(
            "it can be read from some places only: number %(opened)s of its `proxy` reads it,"
            " number %(closed)s %(what)s; put number %(opened)s first, or leave number %(closed)s"
            " out"
        )
    ),
    K.VANTAGE_REFUSED: said(worded("is refused (HTTP %(status)s)")),
    K.VANTAGE_TURNED_AWAY: said(worded("is sent a page that turns it away")),
    K.VANTAGE_SILENT: plural("had no answer %(n)s time", "had no answer %(n)s times"),
    K.VANTAGE_UNREACHED: said(worded("did not lead on")),
    K.QUIETER: said(
        worded("nothing new for %(length)s, when about %(expected)s articles are usual")
    ),
    K.WELL: plural("%(n)s article in two days", "%(n)s articles in two days"),
    K.WELL_AND_USUAL: said(worded("%(well)s; about %(expected)s articles a day are usual now")),
    K.NEWS_OF_A_SOURCE: said(worded("%(title)s: %(why)s.")),
    K.SOURCE_IS: said(worded("%(name)s is %(health)s")),
    K.SOURCE_IS_NO_LONGER: said(worded("%(name)s is no longer %(health)s")),
    K.BLOCKED: said(worded("blocked")),
    K.BLIND: said(worded("blind")),
    K.DEGRADED: said(worded("degraded")),
    K.QUIET: said(worded("quiet")),
    K.FROM_SOME_PLACES: said(worded("readable from some places only")),
    K.HEALTHY: said(worded("healthy")),
    K.RAN_OVER_PAGE: said(
        worded(
            "nothing on the first page was known: it ran over since the last poll; %(n)s pages read"
        )
    ),
    K.RAN_OVER_CHANNEL: said(
        worded(
            "no post on the newest page was known: more came since the last poll than it holds;"
            " %(n)s pages read"
        )
    ),
    K.RAN_OVER_UNFOUND: said(
        worded(
            "none of %(n)s entries was known: the list ran over since the last poll; nothing more"
            " was found in %(places)s places"
        )
    ),
    K.RAN_OVER_FOUND: said(
        worded(
            "none of %(n)s entries was known: the list ran over since the last poll; %(more)s more"
            " found in %(where)s"
        )
    ),
    K.RAN_OVER_OPEN: said(worded("%(gap)s, and there may be more")),
    K.FAILED_DNS: failed(worded("its name is not found")),
    K.FAILED_CONNECT: failed(worded("no connection")),
    K.FAILED_TIMEOUT: failed(worded("no answer in time")),
    K.FAILED_TLS: failed(worded("no trusted connection")),
    K.FAILED_HTTP: failed(worded("an answer that cannot be used: %(text)s")),
    K.FAILED_HTTP_STATUS: failed(worded("the server answered %(status)s")),
    K.FAILED_ROBOTS: failed(worded("robots.txt forbids it")),
    K.FAILED_GUARD: failed(worded("an address that must not be dialled: %(text)s")),
    K.FAILED_TOO_LARGE: failed(worded("the answer is too large")),
    K.FAILED_REDIRECTS: failed(worded("redirects that lead nowhere")),
    K.FAILED_BROKEN: failed(worded("the answer broke off")),
    K.FAILED_CONTENT: failed(worded("not what was asked for: %(text)s")),
    K.FAILED_DOCUMENT: failed(worded("no list of articles could be read there: %(text)s")),
    K.FAILED_INTERNAL: failed(worded("we could not deal with the answer: %(text)s")),
    K.NEW_SOURCE: said(worded("new source")),
    K.ADDRESS_CHANGED: said(worded("its address changed")),
    K.CLOCK_RAN_AHEAD: said(worded("the clock had run ahead")),
    K.ASKED_AT_THE_DESK: said(worded("asked for at the desk")),
    K.EVERY: said(worded("every %(pause)s")),
    K.ADAPTED: said(worded("%(notes)s; every %(pause)s")),
    K.NOT_OBSERVED: said(worded("not observed yet")),
    K.PUBLISHES_A_DAY: said(worded("publishes about %(n)s a day")),
    K.PUBLISHES_A_WEEK: said(worded("publishes about %(n)s a week")),
    K.PUBLISHES_A_MONTH: said(worded("publishes about %(n)s a month")),
    K.BUSIEST_NOW: said(worded("busiest now")),
    K.BUSY_NOW: said(worded("busy now")),
    K.QUIET_NOW: said(worded("quiet now")),
    K.MOST_WERE_NEW: said(worded("most entries were new")),
    K.PATIENCE_ASKED: said(worded("its publisher asks for patience")),
    K.LIST_RUNS_OVER: said(worded("its list of %(n)s runs over")),
    K.IN_A_BURST: said(worded("in a burst")),
    K.FAILED_ONCE: said(worded("failed once; again in %(pause)s")),
    K.FAILED_TIMES: plural(
        "failed %(n)s times in a row; again in %(pause)s",
        "failed %(n)s times in a row; again in %(pause)s",
    ),
    K.RETRY_AFTER: said(worded("asked for %(pause)s by Retry-After")),
    K.RETRY_AFTER_FAILURES: plural(
        "asked for %(pause)s by Retry-After after %(n)s failure",
        "asked for %(pause)s by Retry-After after %(n)s failures",
    ),
    K.IN_FULL: said(worded("%(reason)s; in full: %(doubt)s")),
    K.NEVER_IN_FULL: said(worded("never read in full")),
    K.NOT_IN_FULL: said(worded("not read in full for %(length)s")),
    K.MORE_EXPECTED: said(worded("about %(n)s entries were to be expected in %(length)s")),
    K.OTHER_SOURCES: said(worded("the rule is narrowed to other sources than %(source)s")),
    K.OTHER_SOURCES_UNNAMED: said(
        worded("the rule is narrowed to other sources than an unnamed source")
    ),
    K.FOUND: said(worded("found: %(parts)s")),
    K.EACH: said("%(parts)s", joint="; "),
    K.FOUND_FORBIDDEN: said(worded("found, but must not be: %(parts)s")),
    K.TOO_FEW: said(worded("only %(held)s: %(part)s")),
    K.NONE_FOUND: said(worded("none found of: %(part)s")),
    K.NOT_NEAR: said(worded("not near enough: %(part)s")),
    K.NOT_FOUND: said(worded("not found: %(part)s")),
    K.WITH_NOTE: said("%(reason)s (%(note)s)"),
    K.OUTSIDE_OF_TITLE: said(worded("found only outside of the title")),
    K.OUTSIDE_OF_LEAD: said(worded("found only outside of the lead")),
    K.OUTSIDE_OF_TEXT: said(worded("found only outside of the text")),
    K.STRUCK_OUT: said(worded("struck out by unless %(vetoes)s: %(words)s")),
    K.HOLD: said(worded("%(n)s of %(count)s hold")),
    K.IN_TITLE_AND_TEXT: said(worded("one is in the title, the other in the text")),
    K.OTHER_ORDER: said(worded("found in the other order")),
    K.APART: plural(
        "the nearest two are %(n)s words apart", "the nearest two are %(n)s words apart"
    ),
    K.ALL_OF: said(worded("all of these")),
    K.ANY_OF: said(worded("one of these")),
    K.AT_LEAST: said(worded("at least %(n)s of these")),
    K.NONE_OF: said(worded("none of this")),
    K.CLOSE: plural(
        "close together, at most %(n)s word apart", "close together, at most %(n)s words apart"
    ),
    K.CLOSE_IN_ORDER: plural(
        "in this order, at most %(n)s word apart", "in this order, at most %(n)s words apart"
    ),
    K.IN_TITLE: said(worded("%(part)s in the title")),
    K.IN_LEAD: said(worded("%(part)s in the lead")),
    K.IN_TEXT: said(worded("%(part)s in the text")),
    K.CONCEPT: said(worded("words of the concept “%(name)s”")),
    K.ENTITY: said(worded("names of “%(name)s”")),
    K.WAS_DISMISSED: said(worded("the rule's alert about this story was dismissed")),
    K.SILENCE: said(worded("%(silence)s of %(author)s")),
    K.SILENCE_BECAUSE: said(worded("%(silence)s of %(author)s: %(why)s")),
    K.MUTED_HOUR: said(worded("its route notifies nobody at this hour")),
    K.SAID_ALREADY: said(worded("the alert %(alert)s of %(rule)s says it already")),
    K.QUIET_HOURS: said(worded("quiet hours")),
    K.HOURLY_LIMIT: said(worded("more than %(n)s an hour")),
    K.FLOOD: said(worded("a flood: more than %(n)s in %(length)s")),
    K.RECEIVER_GONE: said(worded("%(receiver)s is no longer configured: %(why)s")),
    K.ROUTES_LEAD_ELSEWHERE: said(worded("the routes lead to others now")),
    K.OTHERS_HAVE_IT: said(worded("all to whom the routes lead now have it")),
    K.NOBODY: said(worded("no route leads to anybody now")),
    K.NO_NEWS: said(worded("it only leads or changes what others are told of anyway")),
    K.SENT_TO: said(worded("sent to %(receiver)s")),
    K.MATCHES: plural("%(n)s match", "%(n)s matches"),
    K.MATCHES_IN: plural("%(n)s match in %(name)s", "%(n)s matches in %(name)s"),
    K.MATCHES_WITH: plural("%(n)s match with %(name)s", "%(n)s matches with %(name)s"),
    K.WITHIN: said(worded("%(matches)s within %(length)s")),
    K.UNUSUALLY_MANY: said(
        worded("%(matches)s within %(length)s, usually %(usual)s at this hour of the week")
    ),
    K.UNTIL: said(worded("%(reason)s, until %(time)s UTC")),
    K.FIRST_TIME: said(worded("first time with %(names)s")),
    K.EDITED: said(worded("edited: %(note)s")),
    K.EDITED_AWAY: said(worded("edited, and matches no more: %(note)s")),
    K.REMOVED: said(worded("removed: %(note)s")),
}
