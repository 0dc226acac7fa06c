"""When an article is looked at again, and what it means that it is gone. Pure.

Newsrooms edit most in the first hours, so the pauses grow. A change starts them anew: what was
edited once is edited again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.articles import Absence, ArticleData, Rejection, RejectReason, StubKind
from core.failures import FetchFailure
from core.similarity import containment, shingles
from core.urls import UrlError, canonical_url, twin_name

MOST_VISITS = 60
"""Visits of one article: a live page that changes at every look must not be followed for ever."""
SECOND_LOOK = timedelta(minutes=10)
"""Pause before a page that seems to be gone is believed to be: deployments take minutes."""
AFTER_FAILURE = timedelta(minutes=30)
"""Pause after a visit that learnt nothing."""
GONE = frozenset({410, 451})
"""Statuses that say on purpose that a page is gone, or withheld by law (RFC 9110, RFC 7725)."""
_ABSENT_PAGES = {
    StubKind.NOT_FOUND: Absence.NOT_FOUND,
    StubKind.FRONT_PAGE: Absence.FRONT_PAGE,
}
_ABSENT_TEXTS = {RejectReason.EMPTY: Absence.EMPTY, RejectReason.NOT_HTML: Absence.NOT_HTML}
ANOTHER_TEXT = 0.25
"""Containment below which a text at another address is not the article that moved there."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Why an article seems to be gone, and whether one look is proof enough."""

    kind: Absence
    note: str
    """The same for people, who read it as the history of the article."""
    certain: bool = False


def next_visit(
    ages: Sequence[timedelta], changed_at: datetime, now: datetime, visits: int
) -> datetime | None:
    """Return when an article that last changed at `changed_at` is visited after `now`.

    `ages` counts from the last change. None when it is old enough, or was visited often enough.
    A change in the future was seen by a clock that ran ahead; it counts as one of now.
    """
    if visits >= MOST_VISITS:
        return None
    changed_at = min(changed_at, now)
    age = now - changed_at
    following = min((due for due in ages if due > age), default=None)
    return None if following is None else changed_at + following


def after_failure(
    ages: Sequence[timedelta], changed_at: datetime, now: datetime, failure: FetchFailure
) -> datetime | None:
    """Return when an article is visited again after a visit that learnt nothing.

    None once it is a day older than the last age: the outlet is down, or does not want us.
    """
    if not ages or now - changed_at > max(ages) + timedelta(days=1):
        return None
    asked = timedelta(seconds=failure.retry_after or 0)
    return now + max(AFTER_FAILURE, asked)


def gone_by_status(status: int) -> Gone | None:
    """Return what a status says about an article that was there; None if nothing."""
    if status in GONE:
        return Gone(Absence.STATUS, f"HTTP {status}", certain=True)
    return Gone(Absence.STATUS, "HTTP 404") if status == 404 else None


def gone_by_page(rejection: Rejection) -> Gone | None:
    """Return whether a page that is no article stands for its removal; None if it tells nothing.

    Checks for robots, consent walls and error pages say nothing about the article behind them.
    """
    if rejection.stub in _ABSENT_PAGES:
        return Gone(_ABSENT_PAGES[rejection.stub], rejection.detail)
    if rejection.reason in _ABSENT_TEXTS:
        note = f"its text is gone: {rejection.detail}"
        return Gone(_ABSENT_TEXTS[rejection.reason], note)
    return None


def gone_elsewhere(before: ArticleData, found: ArticleData) -> Gone | None:
    """Return that the address now leads to another text; None for the article, edited or moved."""
    try:
        stayed = canonical_url(before.url) == canonical_url(found.url)
        if stayed or twin_name(before.url) == twin_name(found.url):
            return None
    except UrlError:
        return None
    if not is_another_text(before, found):
        return None
    return Gone(Absence.ELSEWHERE, f"its address now leads to {found.url}")


def is_another_text(before: ArticleData, found: ArticleData) -> bool:
    """Tell whether a text has too little of the one before to be an edit of it."""
    return containment(shingles(before.text), shingles(found.text)) < ANOTHER_TEXT
