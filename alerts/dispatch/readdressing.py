"""Who hears what waits for a receiver that the configuration has no more. Pure.

The routes are asked anew, as if the alert were new. Whoever had it is not notified again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.duty import rotas_of
from alerts.dispatch.routing import (
    AlertFacts,
    asks_who,
    escalations_for,
    facts_of_outline,
    follow,
    recipients_for,
)
from alerts.stories.accounts import accounts_of
from core.alerting.notifications import NotificationPurpose
from core.config.watch import WatchConfig
from core.deciding.dispatch import AlertOutline
from core.deciding.readdressing import OrphanedAlert, Readdress, ReaddressReason


@dataclass(frozen=True, slots=True)
class Readdressing:
    """Decides about orphaned alerts, by one configuration and at one moment."""

    config: WatchConfig
    now: datetime

    def decide(self, orphan: OrphanedAlert) -> Readdress:
        """Return who is notified instead."""
        facts = self._facts(orphan.outline, orphan)
        routes = follow(facts, self.config)
        match orphan.purpose:
            case NotificationPurpose.ALERT:
                heirs = recipients_for(facts, routes, self.now)
                fresh = tuple(heir for heir in heirs if heir.receiver not in orphan.had)
                if fresh:
                    return Readdress(ReaddressReason.ROUTES, recipients=fresh)
                return _nobody_new(bool(heirs))
            case NotificationPurpose.ESCALATION:
                # A case escalates as a whole: one of its alerts that has a route is enough.
                escalated_to = [
                    name
                    for alert in dict.fromkeys((orphan.outline, *orphan.company))
                    for name in self._escalated_to(alert, orphan)
                ]
                named = list(rotas_of(self.config).hearing(escalated_to, self.now))
            case NotificationPurpose.REMINDER:
                named = [heir.receiver for heir in recipients_for(facts, routes, self.now)]
            case NotificationPurpose.REVISION | NotificationPurpose.SUMMARY:
                return Readdress(ReaddressReason.NO_NEWS)
        new = tuple(name for name in dict.fromkeys(named) if name not in orphan.had)
        if new:
            return Readdress(ReaddressReason.ROUTES, receivers=new)
        return _nobody_new(bool(named))

    def escalates_to(self, orphan: OrphanedAlert) -> tuple[str, ...]:
        """Return whom the routes name now for an alert that nobody takes on in time."""
        return tuple(dict.fromkeys(self._escalated_to(orphan.outline, orphan)))

    def _escalated_to(self, alert: AlertOutline, orphan: OrphanedAlert) -> list[str]:
        facts = self._facts(alert, orphan)
        escalations = escalations_for(facts, follow(facts, self.config), self.now)
        return [name for escalation in escalations for name in escalation.receivers]

    def _facts(self, alert: AlertOutline, orphan: OrphanedAlert) -> AlertFacts:
        accounts = accounts_of(orphan.tellings) if asks_who(self.config.routes) else ()
        return facts_of_outline(alert, self.config, orphan.outlets, accounts)


def _nobody_new(anybody: bool) -> Readdress:
    return Readdress(ReaddressReason.OTHERS_HAVE_IT if anybody else ReaddressReason.NOBODY)
