"""Which refusals of a mail server are final."""

from __future__ import annotations

import pytest

from alerts.receivers.transport.smtp_replies import classify, worst
from core.alerting.deliveries import AttemptOutcome

D, T, P = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT, AttemptOutcome.PERMANENT


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (421, "4.3.2 shutting down", T),
        (450, "4.2.0 greylisted", T),
        (451, "try later", T),
        (452, "4.2.2 mailbox full", T),
        (550, "5.1.1 no such user", P),
        (553, "5.1.3 bad address", P),
        (554, "5.7.1 spam", P),
        (535, "5.7.8 authentication failed", P),
        (552, "5.2.2 mailbox full", T),
        (552, "too many recipients", T),
        (552, "5.3.4 message size exceeds fixed limit", P),
        (552, "message too large", P),
        (550, "Greylisting in action, please come back later", T),
        (550, "4.7.0 contradicts itself", T),
        (550, "5.2.2 user is over quota", T),
        (554, "5.3.2 system not accepting network messages", T),
        (550, "sending rate limit exceeded", T),
        (354, "out of order", T),
    ],
)
def test_replies_are_judged(code: int, message: str, outcome: AttemptOutcome) -> None:
    assert classify(code, message)[0] is outcome


@pytest.mark.parametrize(
    ("outcomes", "together"), [([D, P], D), ([D, T], T), ([P, T], T), ([P, P], P), ([D], D)]
)
def test_several_recipients_come_to_one_outcome(
    outcomes: list[AttemptOutcome], together: AttemptOutcome
) -> None:
    assert worst(outcomes) is together
