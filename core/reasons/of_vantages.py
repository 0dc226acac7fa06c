"""How vantages of a source differ, said to people by numbers, since proxies are secrets."""

from __future__ import annotations

from core.reasons.kinds import ReasonKind
from core.reasons.reason import Reason
from core.vantages import TurnedAway, VantageAnswer, VantagesDiffer


def vantages_reason(differ: VantagesDiffer) -> Reason:
    """Say from where a source can be read and from where not, and what to do."""
    return Reason(
        ReasonKind.VANTAGES_DIFFER,
        opened=differ.opened,
        closed=differ.closed.number,
        what=_what(differ.closed, differ.times),
    )


def _what(closed: TurnedAway, times: int) -> Reason:
    match closed.answer:
        case VantageAnswer.REFUSED:
            return Reason(ReasonKind.VANTAGE_REFUSED, status=closed.status or 0)
        case VantageAnswer.BLOCK_PAGE:
            return Reason(ReasonKind.VANTAGE_TURNED_AWAY)
        case VantageAnswer.SILENT:
            return Reason(ReasonKind.VANTAGE_SILENT, n=times)
        case VantageAnswer.UNREACHED:
            return Reason(ReasonKind.VANTAGE_UNREACHED)
