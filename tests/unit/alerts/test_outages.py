"""What an outage of a receiver is, when others hear of it, and when it is over: as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.dispatch.outages import OUTAGE, PATIENCE, news_of, recovery, sign_of
from core.alerting.deliveries import AttemptOutcome, DeliveryAttempt
from core.deciding.outages import (
    FirstSuccess,
    NewsReason,
    ReceiverNews,
    ReceiverSign,
    ReceiverState,
    RecoveryReason,
)

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def attempt(
    outcome: AttemptOutcome = AttemptOutcome.DELIVERED, *, number: int = 1, reached: bool = True
) -> DeliveryAttempt:
    return DeliveryAttempt(
        delivery_id="dlv_1",
        number=number,
        started_at=NOW - 30 * SECOND,
        finished_at=NOW,
        outcome=outcome,
        reached=reached,
    )


@pytest.mark.parametrize(
    ("outcome", "sign"),
    [
        (AttemptOutcome.DELIVERED, ReceiverSign.TAKES),
        (AttemptOutcome.TRANSIENT, ReceiverSign.FAILS),
        (AttemptOutcome.UNREADABLE, ReceiverSign.FAILS),
        (AttemptOutcome.PERMANENT, ReceiverSign.FAILS),
    ],
)
def test_an_attempt_says_how_its_receiver_fares(
    outcome: AttemptOutcome, sign: ReceiverSign
) -> None:
    assert sign_of(attempt(outcome)) is sign
    assert sign_of(attempt(outcome, reached=False)) is ReceiverSign.NOTHING


@pytest.mark.parametrize(
    ("failed_for", "number", "retrying", "reason"),
    [
        pytest.param(HOUR, 1, 2, RecoveryReason.OUTAGE, id="down for long, several wait"),
        pytest.param(MINUTE, 1, 2, RecoveryReason.OUTAGE, id="down for just long enough"),
        pytest.param(MINUTE + SECOND, 1, 2, RecoveryReason.OUTAGE, id="a second longer"),
        pytest.param(MINUTE - SECOND, 1, 2, RecoveryReason.SHORT, id="a second too short"),
        pytest.param(MINUTE - SECOND, 2, 9, RecoveryReason.SHORT, id="too short for many"),
        pytest.param(HOUR, 1, 1, RecoveryReason.ONE_MESSAGE, id="another is taken, one fails"),
        pytest.param(HOUR, 1, 0, RecoveryReason.ONE_MESSAGE, id="what failed was given up"),
        pytest.param(HOUR, 1, 3, RecoveryReason.OUTAGE, id="another is taken, many failed"),
        pytest.param(HOUR, 2, 1, RecoveryReason.OUTAGE, id="what failed is taken now"),
        pytest.param(HOUR, 2, 0, RecoveryReason.OUTAGE, id="what failed is taken, none is left"),
    ],
)
def test_what_waits_goes_out_after_an_outage(
    failed_for: timedelta, number: int, retrying: int, reason: RecoveryReason
) -> None:
    found = recovery(
        FirstSuccess(
            attempt=attempt(number=number), failing_since=NOW - failed_for, retrying=retrying
        )
    )
    assert (found.reason, found.release) == (reason, reason is RecoveryReason.OUTAGE)


def test_the_thresholds_are_those_of_the_documentation() -> None:
    assert (OUTAGE, PATIENCE) == (MINUTE, 10 * MINUTE)


@pytest.mark.parametrize(
    ("failing", "notified", "news", "reason"),
    [
        pytest.param(None, None, ReceiverNews.NONE, NewsReason.WELL, id="well"),
        pytest.param(MINUTE, None, ReceiverNews.NONE, NewsReason.HICCUP, id="fails for a minute"),
        pytest.param(
            10 * MINUTE - SECOND, None, ReceiverNews.NONE, NewsReason.HICCUP,
            id="a second before patience ends",
        ),
        pytest.param(
            10 * MINUTE, None, ReceiverNews.TROUBLE, NewsReason.LASTS, id="patience ends"
        ),
        pytest.param(
            10 * MINUTE + SECOND, None, ReceiverNews.TROUBLE, NewsReason.LASTS, id="a second later"
        ),
        pytest.param(HOUR, HOUR, ReceiverNews.NONE, NewsReason.KNOWN, id="others know"),
        pytest.param(MINUTE, MINUTE, ReceiverNews.NONE, NewsReason.KNOWN, id="others know early"),
        pytest.param(None, HOUR, ReceiverNews.RECOVERY, NewsReason.RECOVERED, id="well again"),
        pytest.param(
            MINUTE, HOUR, ReceiverNews.RECOVERY, NewsReason.RECOVERED, id="well, then a hiccup"
        ),
        pytest.param(
            10 * MINUTE - SECOND, HOUR, ReceiverNews.RECOVERY, NewsReason.RECOVERED,
            id="well, then a hiccup nearly too long",
        ),
        pytest.param(
            10 * MINUTE, HOUR, ReceiverNews.NONE, NewsReason.FAILS_ANEW, id="well, then down again"
        ),
    ],
)  # fmt: skip
def test_others_hear_of_a_receiver(
    failing: timedelta | None, notified: timedelta | None, news: ReceiverNews, reason: NewsReason
) -> None:
    state = ReceiverState(
        receiver="desk",
        failing_since=None if failing is None else NOW - failing,
        notified_since=None if notified is None else NOW - notified,
    )
    report = news_of(state, NOW)
    assert (report.news, report.reason) == (news, reason)
