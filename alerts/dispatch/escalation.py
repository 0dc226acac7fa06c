"""What becomes of a due escalation, and of a snooze that has ended. Pure: facts in, decision out.

The order of the questions is part of the contract: what somebody sees to is left alone, then what
nobody was notified of; of the rest, those who may hear are notified, and silences postpone it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.dispatch.handling import HANDLED
from core.alerting.alerts import AlertChange, AlertState
from core.alerting.silences import Silence
from core.deciding.dispatch import AlertOutline
from core.deciding.escalation import (
    DueEscalation,
    EndedSnooze,
    EscalationDecision,
    EscalationFate,
    EscalationReason,
    EscalationState,
    SnoozeDecision,
    SnoozeFate,
    SnoozeReason,
)

ASK_AGAIN = timedelta(minutes=5)
"""How soon it is asked again whether a silence is over."""
IsSilenced = Callable[[AlertOutline, str, Sequence[Silence]], bool]
"""Whether any of the silences keeps from a receiver what is said of an alert by itself."""
WhoHears = Callable[[Iterable[str], datetime], tuple[str, ...]]
"""Which receivers names mean at a moment: some mean whoever is on duty."""


@dataclass(frozen=True, slots=True)
class WorkDue:
    """Decides about work that is due, by silences and schedules as a configuration has them."""

    silenced: IsSilenced
    hearing: WhoHears = lambda names, _at: tuple(names)

    def escalation(self, due: DueEscalation) -> EscalationDecision:
        """Return what becomes of an escalation whose time has come."""
        handled = [due.changes[name] for name in _seen_to(due)]
        if handled:
            return _handled(due, handled)
        if due.alert_id not in due.notified:
            # It was silenced, or another alert said it.
            return EscalationDecision(
                fate=EscalationFate.CANCEL, reason=EscalationReason.NOBODY_NOTIFIED
            )
        # Whoever is on duty now, not when the alert came up.
        wanted = set(self.hearing(due.receivers, due.now))
        receivers = wanted - _heard_since_opened(due)
        hears = self._hearing(
            receivers, _leading(due.alert_id, due.notified), due.notified, due.silences
        )
        if receivers and not hears:
            return EscalationDecision(
                fate=EscalationFate.POSTPONE,
                reason=EscalationReason.SILENCED,
                again_at=due.now + ASK_AGAIN,
            )
        return EscalationDecision(
            fate=EscalationFate.ESCALATE if hears else EscalationFate.DONE,
            reason=EscalationReason.IN_TIME if hears else EscalationReason.ALL_NOTIFIED,
            hears=hears,
            escalated=()
            if not hears
            else tuple(
                sorted(
                    name for name, state in due.states.items() if state is not AlertState.DISMISSED
                )
            ),
            also_done=tuple(
                other.id
                for other in due.others
                if other.state is EscalationState.WAITING
                and set(self.hearing(other.receivers, due.now)) <= wanted
            ),
        )

    def snooze(self, ended: EndedSnooze) -> SnoozeDecision:
        """Return what becomes of an alert whose snooze has ended."""
        receivers: set[str] = set().union(*ended.notified.values())
        if not receivers:
            return SnoozeDecision(fate=SnoozeFate.OPEN, reason=SnoozeReason.NOBODY_NOTIFIED)
        leading = _leading(ended.alert_id, ended.notified)
        unsilenced = self._hearing(receivers, leading, ended.outlines, ended.silences)
        hears = {
            receiver: about
            for receiver, alerts in unsilenced.items()
            if (about := tuple(alert for alert in alerts if receiver in ended.notified[alert]))
        }
        if not hears:
            return SnoozeDecision(
                fate=SnoozeFate.POSTPONE,
                reason=SnoozeReason.SILENCED,
                again_at=ended.now + ASK_AGAIN,
            )
        return SnoozeDecision(fate=SnoozeFate.REMIND, reason=SnoozeReason.DUE_AGAIN, hears=hears)

    def _hearing(
        self,
        receivers: Iterable[str],
        alerts: Sequence[str],
        outlines: Mapping[str, AlertOutline],
        silences: Sequence[Silence],
    ) -> dict[str, tuple[str, ...]]:
        """Return which alerts each receiver may hear of, for those that may hear of any."""
        return {
            receiver: about
            for receiver in sorted(receivers)
            if (
                about := tuple(
                    alert
                    for alert in alerts
                    if not self.silenced(outlines[alert], receiver, silences)
                )
            )
        }


def _seen_to(due: DueEscalation) -> list[str]:
    """Return the alerts by which somebody sees to the case.

    That others were dismissed does not count for one that is open beside them: it came later, and
    mattered more.
    """
    return [
        name
        for name, state in due.states.items()
        if state in HANDLED and (state is not AlertState.DISMISSED or name in due.same_rule)
    ]


def _handled(due: DueEscalation, changes: Sequence[AlertChange]) -> EscalationDecision:
    """Call an escalation off; alerts that were raised at that moment follow."""
    others = sorted(name for name, state in due.states.items() if state not in HANDLED)
    return EscalationDecision(
        fate=EscalationFate.CANCEL,
        reason=EscalationReason.ACKNOWLEDGED_BEFORE,
        followed=max(changes, key=lambda change: change.at) if others else None,
        followers=tuple(others),
    )


def _heard_since_opened(due: DueEscalation) -> set[str]:
    """Return who heard that nobody saw to the case, since it was last opened.

    What was said in the future a wrong clock dated: it may well be older.
    """
    return {
        receiver
        for receiver, heard_at in due.heard
        if due.opened_at is None or due.opened_at < heard_at <= due.now
    }


def _leading(lead: str, alerts: Iterable[str]) -> list[str]:
    """Return alerts in order of their ids, with the one that it is about before all others."""
    return sorted(alerts, key=lambda alert: (alert != lead, alert))
