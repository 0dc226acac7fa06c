"""What becomes of alerts that a receiver is to hear of now. Pure: a group in, a decision out.

The order of the questions is part of the contract: dismissed, silenced, muted and inhibited alerts
are not notified; of the rest, what may wait for the end of quiet hours does; then the limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.dispatch.group_timing import continuation
from alerts.dispatch.inhibition import Inhibition
from alerts.dispatch.limits import FullLimit, full_limits, holding, quiet_until
from alerts.dispatch.routing import AlertFacts, applies, facts_of_outline
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.silences import Silence
from core.calendar import hours_until
from core.config.sections.health import OWN_RULES
from core.config.sections.receivers import ReceiverConfig
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from core.config.zones import zone_of_hours
from core.deciding.dispatch import (
    AlertOutline,
    DispatchDecision,
    DueGroup,
    Held,
    Settled,
    WaitingNotification,
)
from core.deciding.groups import Conversation, Home, ToldOfHome
from core.reasons import Reason, ReasonKind

QUIET = "quiet"
OVERFLOW = "overflow"
"""Keys of the groups in which alerts wait for the end of quiet hours, or for room."""


@dataclass(frozen=True, slots=True)
class GroupDispatch:
    """Decides about due groups, by one configuration and at one moment."""

    config: WatchConfig
    now: datetime

    def decide(self, group: DueGroup) -> DispatchDecision:
        """Return what becomes of every alert that waits in a group."""
        settled: list[Settled] = []
        left: list[WaitingNotification] = []
        inhibited = self._inhibited(group)
        for waiting in group.waiting:
            why = self._not_notified(waiting, group, inhibited.get(waiting.alert_id))
            if why is None:
                left.append(waiting)
            else:
                settled.append(why)
        loud, until_morning = self._quiet(group, left)
        notified, until_room = self._limited(group, loud)
        home = _home_of(group, notified)
        return DispatchDecision(
            send=tuple(waiting.id for waiting in _leading_first(notified)),
            kind=self._kind(group, notified, home),
            settled=tuple(settled),
            held=(*until_morning, *until_room),
            home=None if home is None else home.id,
            told_of=() if home is not None else self._told_of(notified),
        )

    def silenced(self, alert: AlertOutline, receiver: str, silences: Sequence[Silence]) -> bool:
        """Tell whether a silence keeps from a receiver what is to be said of an alert by itself."""
        facts = self._facts(alert)
        return any(silence_covers(silence.match, facts, receiver) for silence in silences)

    def _not_notified(
        self, waiting: WaitingNotification, group: DueGroup, inhibitor: AlertOutline | None
    ) -> Settled | None:
        ids = (waiting.id,)
        if waiting.dismissed:
            reason = Reason(ReasonKind.WAS_DISMISSED)
            return Settled(ids=ids, state=NotificationState.DISMISSED, reason=reason)
        facts = self._facts(waiting)
        for silence in group.silences:
            if silence_covers(silence.match, facts, group.receiver):
                return Settled(
                    ids=ids,
                    state=NotificationState.SILENCED,
                    reason=_words(silence),
                    silence=silence.id,
                )
        if hours_until(waiting.mute, self.now) is not None:
            reason = Reason(ReasonKind.MUTED_HOUR)
            return Settled(ids=ids, state=NotificationState.MUTED, reason=reason)
        if inhibitor is not None:
            reason = Reason(ReasonKind.SAID_ALREADY, alert=inhibitor.alert_id, rule=inhibitor.rule)
            return Settled(
                ids=ids,
                state=NotificationState.INHIBITED,
                reason=reason,
                inhibitor=inhibitor.alert_id,
            )
        return None

    def _facts(self, alert: AlertOutline) -> AlertFacts:
        return facts_of_outline(alert, self.config)

    def _inhibited(self, group: DueGroup) -> dict[str, AlertOutline]:
        """Return, by the alert that need not be notified, another one that says what it would."""

        def counts(alert: AlertOutline) -> bool:
            hears_it = alert.notified or not self._held_back(alert, group)
            return (
                hears_it
                and hours_until(alert.mute, self.now) is None
                and not self.silenced(alert, group.receiver, group.silences)
            )

        inhibition = Inhibition(self.config.inhibit, self.now, self._facts, counts)
        dismissed = {waiting.alert_id for waiting in group.waiting if waiting.dismissed}
        known = {alert.alert_id for alert in group.inhibitors}
        beside = [alert for alert in group.waiting if alert.alert_id not in known]
        if _can_wait(group) and self._quiet_until(group.receiver, None) is not None:
            beside = []  # the whole group waits for the morning
        others = (*group.inhibitors, *beside)
        return inhibition.said_by_others(
            group.waiting, [alert for alert in others if alert.alert_id not in dismissed]
        )

    def _held_back(self, alert: AlertOutline, group: DueGroup) -> bool:
        """Tell whether an alert on its way to a receiver would be held: it may never arrive."""
        if self._quiet_until(group.receiver, alert.level) is not None:
            return True
        return holding(self._full_limits(group), alert.level) is not None

    def _quiet_until(self, receiver: str, level: Level | None) -> datetime | None:
        """Return until when quiet hours keep a level from a receiver; None: they do not.

        Without a level, what breaks through none of them is meant.
        """
        known = self._receiver(receiver)
        if known is None:
            return None
        zone = zone_of_hours(self.config, known)
        return quiet_until(known.quiet_hours, zone, level, self.now)

    def _full_limits(self, group: DueGroup) -> tuple[FullLimit, ...]:
        known = self._receiver(group.receiver)
        return tuple(full_limits(group, None if known is None else known.guard, self.now))

    def _receiver(self, name: str) -> ReceiverConfig | None:
        return next((known for known in self.config.receivers if known.name == name), None)

    def _quiet(
        self, group: DueGroup, waiting: list[WaitingNotification]
    ) -> tuple[list[WaitingNotification], tuple[Held, ...]]:
        together = _can_wait(group)
        ends = {
            each.id: self._quiet_until(group.receiver, None if together else each.level)
            for each in waiting
        }
        loud = [each for each in waiting if ends[each.id] is None]
        held: dict[datetime, list[int]] = {}
        for each in waiting:
            until = ends[each.id]
            if until is not None:
                held.setdefault(until, []).append(each.id)
        return loud, tuple(
            Held(ids=tuple(ids), key=QUIET, until=until, reason=Reason(ReasonKind.QUIET_HOURS))
            for until, ids in sorted(held.items())
        )

    def _limited(
        self, group: DueGroup, waiting: list[WaitingNotification]
    ) -> tuple[list[WaitingNotification], tuple[Held, ...]]:
        full = self._full_limits(group)
        limits = {each.id: holding(full, each.level) for each in waiting}
        held: dict[FullLimit, list[int]] = {}
        for each in waiting:
            limit = limits[each.id]
            if limit is not None:
                held.setdefault(limit, []).append(each.id)
        return [each for each in waiting if limits[each.id] is None], tuple(
            Held(ids=tuple(ids), key=OVERFLOW, until=limit.until, reason=limit.reason)
            for limit, ids in held.items()
        )

    def _kind(
        self, group: DueGroup, notified: list[WaitingNotification], home: Home | None
    ) -> MessageKind:
        if group.kind is MessageKind.ALERT:
            own = Conversation(
                sequence=group.sequence, dispatched_at=group.dispatched_at, lasting=group.lasting
            )
            return self._next_in(own)
        if home is not None:
            return self._next_in(home.conversation)
        if group.kind is MessageKind.SUMMARY and len(notified) == 1:
            return MessageKind.ALERT  # one alert reads better as what it is
        return group.kind

    def _next_in(self, conversation: Conversation) -> MessageKind:
        goes_on = continuation(conversation, self.now).goes_on
        return MessageKind.UPDATE if goes_on else MessageKind.ALERT

    def _told_of(self, notified: list[WaitingNotification]) -> tuple[ToldOfHome, ...]:
        """Let what comes later be more on what a summary said."""
        homes: dict[int, ToldOfHome] = {}
        for waiting in notified:
            home = _with_conversation(waiting.home)
            if home is None:
                continue
            goes_on = continuation(home.conversation, self.now).goes_on
            before = home.conversation.level if goes_on else 0
            known = homes[home.id].level if home.id in homes else before
            level = max(known, waiting.level.rank)
            homes[home.id] = ToldOfHome(id=home.id, goes_on=goes_on, level=level)
        return tuple(homes[home_id] for home_id in sorted(homes))


def silence_covers(match: SilenceMatch, facts: AlertFacts, receiver: str) -> bool:
    """Tell whether a silence keeps an alert from a receiver.

    News of sources and receivers is kept only by a silence that names its rule: who silences `*`,
    or an outlet that is loud, does not mean to learn nothing of its end.
    """
    return (
        (facts.rule not in OWN_RULES or facts.rule in match.rules)
        and (match.story is None or match.story == facts.story)
        and (not match.receivers or receiver in match.receivers)
        and applies(match, facts)
    )


def _words(silence: Silence) -> Reason:
    name, author, why = silence.name, silence.author, silence.reason
    if not why:
        return Reason(ReasonKind.SILENCE, silence=name, author=author)
    return Reason(ReasonKind.SILENCE_BECAUSE, silence=name, author=author, why=why)


def _can_wait(group: DueGroup) -> bool:
    """Tell whether nothing in a group breaks through: a digest can wait for the morning, too."""
    return group.kind is MessageKind.DIGEST


def _leading_first(waiting: list[WaitingNotification]) -> list[WaitingNotification]:
    """Put what matters most first, and what came first before what came later."""
    return sorted(
        waiting,
        key=lambda notification: (
            -notification.level.rank,
            notification.created_at,
            notification.id,
        ),
    )


def _home_of(group: DueGroup, notified: list[WaitingNotification]) -> Home | None:
    """Return where an alert that was held back alone belongs: its conversation is there."""
    if group.kind is not MessageKind.SUMMARY or len(notified) != 1:
        return None
    return _with_conversation(notified[0].home)


def _with_conversation(home: Home | None) -> Home | None:
    return home if home is not None and home.kind is MessageKind.ALERT else None
