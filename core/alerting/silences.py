"""Silences: times in which some alerts notify nobody, with an author and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.config.sections.routes import SilenceMatch

ID_PREFIX = "sil_"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSilence:
    """A silence that somebody wants."""

    match: SilenceMatch
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which some alerts notify nobody."""

    id: str
    match: SilenceMatch
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime

    @property
    def name(self) -> str:
        """What people call it by: its id without what all ids of silences begin with."""
        return self.id.removeprefix(ID_PREFIX)
