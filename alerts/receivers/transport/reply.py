"""What a server answered, and what that means for a delivery. Pure: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.alerting.deliveries import AttemptOutcome


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, as far as it was read."""

    status: int
    body: str
    retry_after: float | None
    """Seconds, at most a day; None when not given or absurd."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a reply means."""

    outcome: AttemptOutcome
    reason: str
    receipt: str = ""
    retry_after: float | None = None
