"""Looks at an announced article that all found the same, and what they cost its host. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Looks:
    """How often in a row the address of an article gave the same kind of answer."""

    number: int
    since: datetime
    """When it first did."""


@dataclass(frozen=True, slots=True)
class InVain:
    """How many further looks at a host's pages were in vain lately; old ones weigh less."""

    looks: float
    at: datetime
    """When that was counted."""
