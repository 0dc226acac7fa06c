"""When what a feed says of an article speaks for it, since its page cannot be read. Pure.

An outlet that refuses us will not have changed its mind in a minute: the feed speaks at once. A
server that stumbles mostly answers at the next try, and an article made of the feed's words a
minute before its page would be two versions for everybody. So a fault that passes is waited for, as
long as an alert may wait.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from core.articles import Rejection, StubKind
from core.failures import FailureKind, FetchFailure

PATIENCE = timedelta(minutes=20)
"""How long after an article was announced its page is waited for while its fault may pass: three
tries by the schedule of `entry_retry`, the fourth would come later."""


class FeedTurn(StrEnum):
    """Whether the feed speaks for an article after its page could not be read, and why."""

    REFUSED = "refused"
    """It speaks: the outlet refuses us, or what it gives is no article for us."""
    GIVEN_UP = "given_up"
    """It speaks: the page is tried no more."""
    OUT_OF_PATIENCE = "out_of_patience"
    """It speaks: the page may come, but later than an alert may wait."""
    WAITS = "waits"
    """It waits: the page is tried again soon, and may well come."""
    NEVER = "never"
    """It does not speak: its link leads where nobody is to be led, into a private network."""

    @property
    def speaks(self) -> bool:
        """Whether an article is made of what the feed says."""
        return self not in (FeedTurn.WAITS, FeedTurn.NEVER)


def feed_turn(
    because: FetchFailure | Rejection, announced_at: datetime, next_at: datetime | None
) -> FeedTurn:
    """Decide after a try that was in vain, and before the next at `next_at`; None for no next."""
    if isinstance(because, FetchFailure) and because.kind is FailureKind.GUARD:
        return FeedTurn.NEVER
    if next_at is None:
        return FeedTurn.GIVEN_UP
    if not _passes(because):
        return FeedTurn.REFUSED
    if next_at > announced_at + PATIENCE:
        return FeedTurn.OUT_OF_PATIENCE
    return FeedTurn.WAITS


def _passes(because: FetchFailure | Rejection) -> bool:
    """Tell whether it is a fault of the moment, of the outlet's machines, the net's or ours."""
    if isinstance(because, Rejection):
        return because.stub is StubKind.SERVER_ERROR
    return because.may_pass or because.kind in (FailureKind.DNS, FailureKind.INTERNAL)
