"""What becomes of messages that waited for a receiver until they were no news each. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.deciding.backlog import Fold, FoldReason, StaleMessage


def fold(stale: Sequence[StaleMessage]) -> Fold:
    """Return whether messages become one summary, led by what matters most, then by the oldest."""
    if len(stale) < 2:
        return Fold(None, FoldReason.TOO_FEW)
    lead = min(
        stale, key=lambda message: (-message.level.rank, message.raised_at, message.alert_id)
    )
    return Fold(lead.alert_id, FoldReason.OLD_NEWS)
