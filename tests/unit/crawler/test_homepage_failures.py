"""When a homepage is asked again instead of what was found there: by the kind of the failure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from core.failures import FailureKind, FetchFailure
from core.sources import Found, Source, SourceKind, SourceState
from crawler.polls import PollContext
from crawler.polls.homepage_poll import PATIENCE, HomepagePoll
from crawler.queue import PollSource

HOME = Source(name="kloop", kind=SourceKind.HOMEPAGE, url="https://kloop.example/")


@pytest.mark.parametrize(
    ("failure", "moves"),
    [
        (FetchFailure(FailureKind.DOCUMENT, "xyz"), True),
        (FetchFailure(FailureKind.HTTP, "xyz", 404), True),
        (FetchFailure(FailureKind.HTTP, "xyz", 410), True),
        (FetchFailure(FailureKind.HTTP, "xyz", 503), False),
        (FetchFailure(FailureKind.TIMEOUT, "this is a web page, not a feed"), False),
    ],
)
@pytest.mark.parametrize("failures", [0, PATIENCE - 1])
async def test_what_was_found_is_given_up_when_it_stays_another_document(
    failure: FetchFailure, moves: bool, failures: int
) -> None:
    state = SourceState(
        name="kloop",
        next_poll_at=datetime(2026, 3, 1, tzinfo=UTC),
        found=Found(SourceKind.FEED, "https://kloop.example/feed"),
        consecutive_failures=failures,
    )
    poll = HomepagePoll(cast("PollContext", None), PollSource(HOME, state), {})
    ask = await poll._refused(failure)
    if moves and failures:
        assert ask is not None
        assert (ask.url, poll.failure) == (HOME.url, None)
    else:
        assert (ask, poll.failure) == (None, failure)
