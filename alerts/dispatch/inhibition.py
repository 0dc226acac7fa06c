"""Which alerts need not be notified, since another one says what they would. Pure.

Only what is notified inhibits: what is inhibited itself inhibits nobody, in whichever order the
alerts stand. So it is decided about all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.routing import AlertFacts, applies
from core.config.sections.routes import InhibitConfig
from core.deciding.dispatch import AlertOutline


@dataclass(frozen=True, slots=True)
class Inhibition:
    """Decides for one receiver, at one moment, which alerts inhibit which."""

    inhibit: Sequence[InhibitConfig]
    now: datetime
    facts_of: Callable[[AlertOutline], AlertFacts]
    counts: Callable[[AlertOutline], bool]
    """Whether the receiver hears of an alert, or will, if nothing inhibits it."""

    def said_by_others(
        self, alerts: Sequence[AlertOutline], others: Sequence[AlertOutline]
    ) -> dict[str, AlertOutline]:
        """Return the ids of the inhibited among `alerts`, each with what inhibits it.

        Where alerts inhibit each other in a circle, one that leads is notified all the same, so
        that nothing is lost between them.
        """
        if not self.inhibit:
            return {}
        asked = list(alerts)
        seen: dict[str, AlertOutline] = {}
        inhibitors: dict[str, list[AlertOutline]] = {}
        while asked:
            alert = asked.pop()
            if alert.alert_id not in seen:
                seen[alert.alert_id] = alert
                inhibitors[alert.alert_id] = self._inhibitors(alert, others)
                asked += [other for other in inhibitors[alert.alert_id] if not other.notified]
        return _settled(_leading_first(seen.values()), inhibitors)

    def _inhibitors(
        self, alert: AlertOutline, others: Sequence[AlertOutline]
    ) -> list[AlertOutline]:
        """Return alerts that say what another would.

        One that was notified is enough; of the rest it is still to be asked who inhibits them.
        """
        facts = self.facts_of(alert)
        found: list[AlertOutline] = []
        for inhibit in self.inhibit:
            # One that would inhibit others itself is not inhibited by its like.
            if not applies(inhibit.suppress, facts) or applies(inhibit.when, facts):
                continue
            for other in others:
                if (
                    other.alert_id != alert.alert_id
                    and self.now - other.created_at <= inhibit.within
                    and _same(inhibit, other, alert)
                    and applies(inhibit.when, self.facts_of(other))
                    and self.counts(other)
                ):
                    if other.notified:
                        return [other]
                    found.append(other)
        return found


def _settled(
    undecided: Sequence[str], inhibitors: Mapping[str, Sequence[AlertOutline]]
) -> dict[str, AlertOutline]:
    """Decide in rounds: what a notified alert inhibits, then whom that leaves without inhibitors.

    `undecided` are ids, the leading first: where a round decides nothing, it goes round in circles,
    and the first of those that inhibit another is notified.
    """
    inhibited: dict[str, AlertOutline] = {}
    notified: set[str] = set()
    while undecided:
        for alert in undecided:
            for other in inhibitors[alert]:
                if other.notified or other.alert_id in notified:
                    inhibited[alert] = other
                    break
        left = [alert for alert in undecided if alert not in inhibited]
        rivals = {
            alert: {other.alert_id for other in inhibitors[alert]} - inhibited.keys()
            for alert in left
        }
        free = [alert for alert in left if not rivals[alert]]
        inhibiting = set().union(*rivals.values())
        notified.update(free or [alert for alert in left if alert in inhibiting][:1])
        undecided = [alert for alert in left if alert not in notified]
    return inhibited


def _leading_first(alerts: Iterable[AlertOutline]) -> list[str]:
    """Return ids: what matters most before the rest, what came first before what came later."""
    leading = sorted(
        alerts, key=lambda alert: (-alert.level.rank, alert.created_at, alert.alert_id)
    )
    return [alert.alert_id for alert in leading]


def _same(inhibit: InhibitConfig, inhibitor: AlertOutline, alert: AlertOutline) -> bool:
    if inhibit.same == "source":
        return inhibitor.source == alert.source
    return alert.story is not None and inhibitor.story == alert.story
