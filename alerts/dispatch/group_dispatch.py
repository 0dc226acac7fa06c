"""What becomes of alerts that are due to be told. Pure: a group in, a decision out.

The order of the questions is part of the contract: what was dismissed, silenced or said by another
alert is not told; of the rest, what may wait for the end of quiet hours does; then the limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.dispatch.group_timing import continuation
from alerts.dispatch.routing import AlertFacts, applies, tags_of, topics_of
from core.alerting.matches import Level
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationState
from core.alerting.silences import Silence
from core.config.sections.receivers import QuietHoursConfig
from core.config.sections.routes import InhibitConfig, SilenceMatch
from core.config.watch import WatchConfig
from core.deciding.dispatch import (
    AlertOutline,
    DispatchDecision,
    DueGroup,
    Held,
    Settled,
    WaitingNotification,
)
from core.deciding.groups import Conversation, Home, ToldOfHome

QUIET = "quiet"
OVERFLOW = "overflow"
"""Keys of the groups in which alerts wait for the end of quiet hours, or for room."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class GroupDispatch:
    """Decides about due groups, by one configuration and at one moment."""

    config: WatchConfig
    now: datetime

    def decide(self, group: DueGroup) -> DispatchDecision:
        """Return what becomes of every alert that waits in a group."""
        settled: list[Settled] = []
        left: list[WaitingNotification] = []
        known = {each.alert_id for each in group.inhibitors}
        beside = (one for one in group.waiting if not one.dismissed and one.alert_id not in known)
        inhibitors = [*group.inhibitors, *map(_outline, beside)]
        for one in group.waiting:
            why = self._not_notified(one, group, inhibitors)
            if why is None:
                left.append(one)
            else:
                settled.append(why)
                inhibitors = [each for each in inhibitors if each.alert_id != one.alert_id]
        loud, until_morning = self._quiet(group, left)
        notified, until_room = self._limited(group, loud)
        home = _home_of(group, notified)
        return DispatchDecision(
            send=tuple(one.id for one in _leading_first(notified)),
            kind=self._kind(group, notified, home),
            settled=tuple(settled),
            held=tuple(held for held in (until_morning, until_room) if held is not None),
            home=None if home is None else home.id,
            told_of=() if home is not None else self._told_of(notified),
        )

    def silenced(self, alert: AlertOutline, receiver: str, silences: Sequence[Silence]) -> bool:
        """Tell whether a silence keeps from a receiver what is to be said of an alert by itself."""
        facts = self._facts(alert)
        return any(silence_covers(each.match, facts, receiver) for each in silences)

    def _not_notified(
        self, one: WaitingNotification, group: DueGroup, inhibitors: Sequence[AlertOutline]
    ) -> Settled | None:
        if one.dismissed:
            reason = "the rule's alert about this story was dismissed"
            return Settled(ids=(one.id,), state=NotificationState.DISMISSED, reason=reason)
        facts = self._facts(one)
        silence = next(
            (each for each in group.silences if silence_covers(each.match, facts, group.receiver)),
            None,
        )
        if silence is not None:
            return Settled(ids=(one.id,), state=NotificationState.SILENCED, reason=_words(silence))
        inhibitor = self._inhibitor(facts, one, group, inhibitors)
        if inhibitor is not None:
            reason = f"the alert {inhibitor.alert_id} of {inhibitor.rule} says it already"
            return Settled(ids=(one.id,), state=NotificationState.INHIBITED, reason=reason)
        return None

    def _facts(self, one: WaitingNotification | AlertOutline) -> AlertFacts:
        return AlertFacts(
            rule=one.rule,
            level=one.level,
            source=one.source,
            tags=tags_of(one.source, self.config),
            topics=topics_of(one.rule, self.config),
            entities=one.entities,
            language=one.language,
            story=one.story,
        )

    def _inhibitor(
        self,
        facts: AlertFacts,
        one: WaitingNotification,
        group: DueGroup,
        inhibitors: Sequence[AlertOutline],
    ) -> AlertOutline | None:
        """Return an alert that says what another one would say, to a receiver that hears it."""
        for inhibit in self.config.inhibit:
            # One that would speak for others itself is not silenced by its like.
            if not applies(inhibit.suppress, facts) or applies(inhibit.when, facts):
                continue
            for each in inhibitors:
                if (
                    each.alert_id != one.alert_id
                    and self.now - each.created_at <= inhibit.within
                    and _same(inhibit, each, one)
                    and applies(inhibit.when, self._facts(each))
                    and not self.silenced(each, group.receiver, group.silences)
                    and (each.notified or not self._held_back(each, group))
                ):
                    return each
        return None

    def _held_back(self, alert: AlertOutline, group: DueGroup) -> bool:
        """Tell whether an alert on its way to a receiver would be held: it may never be told."""
        quiet = self._quiet_hours(group.receiver)
        if quiet is not None and quiet.hours.until(self.now) is not None:
            return not _breaks_through(alert.level, quiet.break_through)
        return group.max_per_hour is not None and len(group.recent) >= group.max_per_hour

    def _quiet_hours(self, receiver: str) -> QuietHoursConfig | None:
        return next(
            (one.quiet_hours for one in self.config.receivers if one.name == receiver), None
        )

    def _quiet(
        self, group: DueGroup, waiting: list[WaitingNotification]
    ) -> tuple[list[WaitingNotification], Held | None]:
        quiet = self._quiet_hours(group.receiver)
        until = quiet.hours.until(self.now) if quiet is not None else None
        if quiet is None or until is None:
            return waiting, None
        loud = [one for one in waiting if _breaks_through(one.level, quiet.break_through)]
        if group.kind is not MessageKind.ALERT and group.key != OVERFLOW:
            loud = []  # what can wait for a digest can wait for the morning
        held = tuple(one.id for one in waiting if one not in loud)
        if not held:
            return loud, None
        return loud, Held(ids=held, key=QUIET, until=until, reason="quiet hours")

    def _limited(
        self, group: DueGroup, waiting: list[WaitingNotification]
    ) -> tuple[list[WaitingNotification], Held | None]:
        most = group.max_per_hour
        if most is None or not waiting or len(group.recent) < most:
            return waiting, None
        # There is room when so many of the last hour's messages are an hour old that fewer than
        # the limit are left.
        until = group.recent[len(group.recent) - most] + _HOUR
        ids = tuple(one.id for one in waiting)
        return [], Held(ids=ids, key=OVERFLOW, until=until, reason=f"more than {most} an hour")

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
        """Let what comes later be more on what a summary told of."""
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
    """Tell whether a silence keeps an alert from a receiver."""
    return (
        (match.story is None or match.story == facts.story)
        and (not match.receivers or receiver in match.receivers)
        and applies(match, facts)
    )


def _outline(one: WaitingNotification) -> AlertOutline:
    return AlertOutline(
        alert_id=one.alert_id,
        rule=one.rule,
        level=one.level,
        source=one.source,
        language=one.language,
        entities=one.entities,
        story=one.story,
        created_at=one.created_at,
        notified=False,
    )


def _words(silence: Silence) -> str:
    return f"{silence.id} of {silence.author}" + (f": {silence.reason}" if silence.reason else "")


def _same(inhibit: InhibitConfig, inhibitor: AlertOutline, one: WaitingNotification) -> bool:
    if inhibit.same == "source":
        return inhibitor.source == one.source
    return one.story is not None and inhibitor.story == one.story


def _breaks_through(level: Level, least: Level | None) -> bool:
    return least is not None and level.rank >= least.rank


def _leading_first(waiting: list[WaitingNotification]) -> list[WaitingNotification]:
    """Put what matters most first, and what came first before what came later."""
    return sorted(waiting, key=lambda one: (-one.level.rank, one.created_at, one.id))


def _home_of(group: DueGroup, notified: list[WaitingNotification]) -> Home | None:
    """Return where an alert that was held back alone belongs: its conversation is there."""
    if group.kind is not MessageKind.SUMMARY or len(notified) != 1:
        return None
    return _with_conversation(notified[0].home)


def _with_conversation(home: Home | None) -> Home | None:
    return home if home is not None and home.kind is MessageKind.ALERT else None
