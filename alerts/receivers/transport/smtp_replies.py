"""What a mail server's refusal means: worth another try, or final. Pure, a table with reasons.

RFC 5321 says 4xx may pass and 5xx will not; the exceptions below are what servers do in fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.alerting.deliveries import AttemptOutcome


@dataclass(frozen=True, slots=True)
class _Exception:
    """A 5xx reply that may pass by itself after all."""

    code: int | None
    """None: any 5xx."""
    pattern: re.Pattern[str]
    reason: str


def _row(code: int | None, pattern: str, reason: str) -> _Exception:
    return _Exception(code, re.compile(pattern, re.IGNORECASE), reason)


_MAY_PASS = (
    # RFC 5321, 4.5.3.1.10: 552 was long used for "too many recipients" and is to be read as 452
    _row(552, r"^(?!.*5\.3\.4)(?!.*\b(message|size)\b.*\b(large|big|exceed))", "storage is full"),
    # RFC 3463: X.2.2 is a full mailbox, which its owner may empty
    _row(None, r"\b5\.2\.2\b|mailbox (is )?full|over ?quota", "the mailbox is full"),
    # RFC 3463: the enhanced status outranks the code when a server contradicts itself
    _row(None, r"^\s*4\.\d{1,3}\.\d{1,3}\b", "the detailed status says for now"),
    # RFC 6647 asks for 4xx; some greylisting servers answer 5xx all the same
    _row(None, r"grey-?list|gray-?list", "greylisted, to be tried again"),
    _row(None, r"try (again|later)|temporar(y|ily)|come back later", "the server says for now"),
    # Bulk limits at large providers come as 550 or 554 and end by themselves
    _row(None, r"rate[ -]?limit|too many (messages|connections|mails)", "sent too fast"),
    # RFC 3463: X.3.2 is a server that accepts no mail at the moment, X.4.x a routing fault
    _row(None, r"\b5\.3\.2\b|\b5\.4\.[0-7]\b", "the mail system is not accepting now"),
)


def classify(code: int, message: str) -> tuple[AttemptOutcome, str]:
    """Return what one SMTP reply code and its text mean for the delivery, and why."""
    if 400 <= code < 500:
        return AttemptOutcome.TRANSIENT, "not accepted for now"
    if code < 400:
        return AttemptOutcome.TRANSIENT, "an answer that does not fit the question"
    for row in _MAY_PASS:
        if row.code in (None, code) and row.pattern.search(message):
            return AttemptOutcome.TRANSIENT, row.reason
    return AttemptOutcome.PERMANENT, "refused"


def worst(outcomes: Iterable[AttemptOutcome]) -> AttemptOutcome:
    """Return what several recipients' outcomes come to: one that may pass is tried again."""
    found = set(outcomes)
    if AttemptOutcome.TRANSIENT in found:
        return AttemptOutcome.TRANSIENT
    if AttemptOutcome.DELIVERED in found:
        return AttemptOutcome.DELIVERED
    return AttemptOutcome.PERMANENT
