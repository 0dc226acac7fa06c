"""What a person can ask for that is not there. The ways in say it in their own words."""

from __future__ import annotations

from collections.abc import Iterable

from core.config.problems import did_you_mean
from core.errors import WirewatchError


class NotThereError(WirewatchError):
    """What was asked for is not stored."""

    def __init__(self, what: str) -> None:
        """Name it as a sentence does: `alert 'alt_1'`, `article 7 version 2`."""
        super().__init__(f"there is no {what}")
        self.what = what


class TurnTakenError(WirewatchError):
    """Somebody else does at this moment what one does at a time."""


class AmbiguousError(WirewatchError):
    """What was asked for may be several things; the message names some of them."""


class UnknownNameError(WirewatchError):
    """A name is not in the configuration."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        """Name what was looked for (`rule`), and keep the nearest name that is known."""
        self.kind = kind
        self.name = name
        self.hint = did_you_mean(name, known)
        """`did you mean '…'?`, or None when nothing is near."""
        super().__init__(f"there is no {kind} '{name}'" + (f" ({self.hint})" if self.hint else ""))
