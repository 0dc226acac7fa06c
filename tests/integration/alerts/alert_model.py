"""What receivers ought to be told, by the words of the documentation: plain lists, no tables.

Nothing of the product is asked here but its words for levels and states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from core.alerting.alerts import AlertState
from core.alerting.matches import Level

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WAIT, INTERVAL, ESCALATE = 2 * MINUTE, 15 * MINUTE, 20 * MINUTE
SPEAKS_FOR = 6 * HOUR
"""How long an alert that says all speaks for others."""
LONGEST_HELD = 25 * HOUR
A_MOMENT = timedelta(seconds=1)
BEGINNING = datetime.min.replace(tzinfo=UTC)
MOST = 3
LEVELS = {"calm": Level.NORMAL, "echo": Level.NORMAL, "loud": Level.HIGH}
SAYS_ALL, SAID_BY_IT = "loud", "echo"
HELD = ("quiet", "overflow")


class Fate(Enum):
    """Where a message stands."""

    ON_ITS_WAY = "pending"
    ARRIVED = "delivered"
    LOST = "dead"
    ELSEWHERE = "readdressed"


GONE = (Fate.LOST, Fate.ELSEWHERE)


@dataclass(eq=False)
class Entry:
    """An alert on its way to a receiver."""

    id: str
    rule: str
    story: int
    at: datetime
    """When it was raised, as its receiver's groups know it."""
    raised: datetime

    @property
    def level(self) -> Level:
        return LEVELS[self.rule]


@dataclass(eq=False)
class Told:
    """A message."""

    receiver: str
    kind: str
    entries: list[Entry]
    at: datetime
    fate: Fate = Fate.ON_ITS_WAY
    said: datetime | None = None
    """When it was made, as far as its conversation keeps a distance to it."""

    def __post_init__(self) -> None:
        self.said = self.said or self.at

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(entry.id for entry in self.entries)

    @property
    def live(self) -> bool:
        return self.fate not in GONE


@dataclass(eq=False)
class Group:
    """Alerts that are to be told together."""

    due: datetime | None = None
    alerts: list[Entry] = field(default_factory=list)
    said_at: datetime | None = None
    """When it last said anything."""


@dataclass(eq=False)
class Conversation:
    """What a receiver was told of a story."""

    messages: list[Told] = field(default_factory=list)
    """The oldest first."""
    before: list[Told] = field(default_factory=list)
    """Summaries that were given up before it began anew. Sent again, one stands by itself until
    what came after it is lost."""

    @property
    def live(self) -> list[Told]:
        return [message for message in self.messages if message.live]


def quiet_until(now: datetime) -> datetime | None:
    """Say it with wall clocks: quiet from 23:30 to 02:30, the last one that clocks show."""
    local = now.astimezone(BERLIN)
    minutes = local.hour * 60 + local.minute
    evening = local.date() if minutes >= 23 * 60 + 30 else local.date() - timedelta(days=1)
    begins = datetime(evening.year, evening.month, evening.day, 23, 30, tzinfo=BERLIN)
    morning = evening + timedelta(days=1)
    ends = datetime(morning.year, morning.month, morning.day, 2, 30, fold=1, tzinfo=BERLIN)
    if begins <= local and now < ends:
        return ends.astimezone(begins.tzinfo).astimezone(now.tzinfo)
    return None


class Model:
    """What ought to be told."""

    def __init__(self) -> None:
        self.desk, self.boss = "desk", "boss"
        self.hook: str | None = "hook"
        self.told: list[Told] = []
        self._before_this_look: list[Told] = []
        self.groups: dict[tuple[str, str], Group] = {}
        """In the order they came into being, in which those due at once are looked at."""
        self.conversations: dict[tuple[str, int], Conversation] = {}
        self.inhibited: dict[tuple[str, str], tuple[Entry, str, str]] = {}
        """By receiver and alert: the alert, its group, and the alert that says it."""
        self.had: dict[str, set[str]] = {}
        """By alert, to whom it was ever on its way, but for what others got instead."""
        self.silences: list[tuple[str, datetime, datetime]] = []
        self.state: dict[str, AlertState] = {}
        self.changed_at: dict[str, datetime] = {}
        self.opened_at: dict[str, datetime] = {}
        """When somebody last opened an alert again."""
        self.aside: set[str] = set()
        """Alerts that were mistakes of their rules."""
        self.story_of: dict[str, tuple[int, str]] = {}
        self.raised_at: dict[str, datetime] = {}
        self.escalations: dict[str, datetime] = {}
        self.escalating: dict[str, str] = {}
        """Alerts that ever had one before them, and who would hear."""
        self.spoken_for: list[tuple[Told, str, datetime]] = []
        """Escalations that left their word to that of another alert, and when they were due."""

    # -- alerts come up

    def raised(self, alert: str, rule_id: str, story: int, now: datetime) -> None:
        state = self._begins(alert, rule_id, story)
        self.state[alert], self.story_of[alert] = state, (story, rule_id)
        self.raised_at[alert] = now
        self._join([(name, alert) for name in self._routed_to()], now)
        if LEVELS[rule_id] is Level.HIGH:
            self.escalating[alert] = self.boss
            if state is AlertState.OPEN:
                self.escalations[alert] = now + ESCALATE

    def _routed_to(self) -> list[str]:
        return [self.desk, *([self.hook] if self.hook else [])]

    def _join(self, places: Iterable[tuple[str, str]], now: datetime) -> None:
        """Let receivers hear of alerts, in the company that their routes say."""
        found = []
        for receiver, alert in places:
            story, rule_id = self.story_of[alert]
            entry = Entry(alert, rule_id, story, now, self.raised_at[alert])
            key = f"story:{story}" if receiver == self.desk else f"alert:{alert}"
            self.had.setdefault(alert, set()).add(receiver)
            found.append((receiver, key, entry))
        for receiver, key in sorted({(receiver, key) for receiver, key, _ in found}):
            self.groups.setdefault((receiver, key), Group())
        for receiver, key, entry in found:
            group = self.groups[receiver, key]
            due = self._soonest(receiver, entry, now)
            group.due = due if group.due is None else min(group.due, due)
            group.alerts.append(entry)

    def _soonest(self, receiver: str, entry: Entry, now: datetime) -> datetime:
        if receiver != self.desk:
            return now
        said = self._conversation(receiver, entry.story).live
        if not said:
            return now + WAIT
        last = max(message.said or now for message in said)
        highest = max(self._rank(message, entry.story) for message in said)
        if last > now or entry.level.rank > highest:
            return now + WAIT
        return max(now + WAIT, last + INTERVAL)

    @staticmethod
    def _rank(message: Told, story: int) -> int:
        return max(entry.level.rank for entry in message.entries if entry.story == story)

    def _conversation(self, receiver: str, story: int) -> Conversation:
        return self.conversations.setdefault((receiver, story), Conversation())

    def _begins(self, alert: str, rule_id: str, story: int) -> AlertState:
        """Say how an alert begins, by what was done last about its case."""
        case = [other for other, place in self.story_of.items() if place[0] == story]
        if any(other in self.aside and self.story_of[other][1] == rule_id for other in case):
            self.aside.add(alert)
            return AlertState.DISMISSED
        handled = [
            other
            for other in case
            if other not in self.aside and self.state[other] is not AlertState.OPEN
        ]
        if not handled:
            return AlertState.OPEN
        last = max(handled, key=lambda other: (self.changed_at[other], other))
        highest = max(LEVELS[self.story_of[other][1]].rank for other in handled)
        if self.state[last] is AlertState.DISMISSED and LEVELS[rule_id].rank > highest:
            return AlertState.OPEN
        self.changed_at[alert] = self.changed_at[last]
        return self.state[last]

    # -- people work on them

    def changed(
        self, alert: str, state: AlertState, now: datetime, *, only_rule: bool = False
    ) -> None:
        for other in self._case(alert, only_rule=only_rule):
            self.state[other], self.changed_at[other] = state, now
            self.aside.discard(other)
            if only_rule:
                self.aside.add(other)
            self.escalations.pop(other, None)
            if state is AlertState.OPEN:
                self.opened_at[other] = max(now, self.opened_at.get(other, now))
                self.spoken_for = [said for said in self.spoken_for if said[1] != other]
                if other in self.escalating:
                    self.escalations[other] = now + ESCALATE

    def _case(self, alert: str, *, only_rule: bool = False) -> set[str]:
        """Return what is one piece of work with an alert; what was set aside is not."""
        story, rule_id = self.story_of[alert]
        return {
            other
            for other, (of, by) in self.story_of.items()
            if of == story and (by == rule_id or (not only_rule and other not in self.aside))
        }

    def silenced(self, now: datetime) -> set[str]:
        return {rule_id for rule_id, starts, ends in self.silences if starts <= now < ends}

    # -- what is due becomes messages

    def look(self, now: datetime) -> None:
        while due := [
            key for key, group in self.groups.items() if group.due is not None and group.due <= now
        ]:
            order = list(self.groups)
            self._before_this_look = list(self.told)
            coming = {
                (receiver, entry.id)
                for (receiver, name), group in self.groups.items()
                if name not in HELD
                for entry in group.alerts
            }
            for key in sorted(due, key=lambda key: (self.groups[key].due, order.index(key))):
                self._dispatch(key, coming, now)

    def _dispatch(self, key: tuple[str, str], coming: set[tuple[str, str]], now: datetime) -> None:
        receiver, name = key
        group = self.groups[key]
        alerts, group.alerts, group.due = group.alerts, [], None
        left = self._still_news(key, alerts, coming, now)
        coming -= {(receiver, entry.id) for entry in alerts if entry not in left}
        until = quiet_until(now) if receiver == self.desk else None
        if until is not None:
            quiet = [entry for entry in left if entry.level is not Level.HIGH]
            self._hold(receiver, "quiet", until, quiet)
            left = [entry for entry in left if entry not in quiet]
        elif receiver == self.hook and name not in HELD:
            recent = sorted(
                message.at
                for message in self.told
                if message.receiver == receiver and message.live and now - HOUR < message.at <= now
            )
            if len(recent) >= MOST:
                room = recent[len(recent) - MOST] + HOUR
                too_many = [entry for entry in left if entry.level is not Level.HIGH]
                self._hold(receiver, "overflow", room, too_many)
                left = [entry for entry in left if entry not in too_many]
        if left:
            self._tell(receiver, name, left, now)

    def _still_news(
        self,
        key: tuple[str, str],
        alerts: list[Entry],
        coming: set[tuple[str, str]],
        now: datetime,
    ) -> list[Entry]:
        """Return what is neither dismissed nor silenced, nor said by another alert."""
        receiver, name = key
        silenced = self.silenced(now)
        dismissed = {
            self.story_of[alert] for alert, state in self.state.items()
            if state is AlertState.DISMISSED
        }  # fmt: skip
        beside = {entry.id: entry.at for entry in alerts}
        left = []
        for entry in alerts:
            if (entry.story, entry.rule) in dismissed or entry.rule in silenced:
                continue
            if self.state[entry.id] is AlertState.DISMISSED:
                continue
            said_by = self._says(receiver, entry, coming, beside, silenced, now)
            if said_by is None:
                left.append(entry)
            else:
                self.inhibited[receiver, entry.id] = (entry, name, said_by)
        return left

    def _says(
        self,
        receiver: str,
        entry: Entry,
        coming: set[tuple[str, str]],
        beside: Mapping[str, datetime],
        silenced: set[str],
        now: datetime,
    ) -> str | None:
        """Return the alert that says what another would, if there is one.

        `beside` are those that are to be told with it, and since when.
        """
        if entry.rule != SAID_BY_IT or SAYS_ALL in silenced:
            return None
        others = sorted(
            (self.raised_at[other], other)
            for other, place in self.story_of.items()
            if place == (entry.story, SAYS_ALL)
            and now - max(self.raised_at[other], beside.get(other, BEGINNING)) <= SPEAKS_FOR
            and self.state[other] is not AlertState.DISMISSED
        )
        heard = [
            other for _, other in others if self._heard(receiver, other, self._before_this_look)
        ]
        soon = [other for _, other in others if other in beside or (receiver, other) in coming]
        return next(iter(heard + soon), None)

    @staticmethod
    def _heard(receiver: str, alert: str, told: list[Told]) -> bool:
        """Tell whether a message brought an alert to a receiver, or may yet."""
        return any(
            message.receiver == receiver and message.live and alert in message.ids
            for message in told
        )

    def _hold(self, receiver: str, name: str, until: datetime, held: list[Entry]) -> None:
        if held:
            group = self.groups.setdefault((receiver, name), Group())
            group.due = until if group.due is None else min(group.due, until)
            group.alerts += held

    def _tell(self, receiver: str, name: str, left: list[Entry], now: datetime) -> None:
        self.groups[receiver, name].said_at = now
        stories = {entry.story for entry in left}
        alone = name not in HELD or len(left) == 1
        kind = "alert" if alone else "summary"
        if receiver == self.desk and alone and self._conversation(receiver, left[0].story).live:
            kind = "update"
        message = Told(receiver, kind, left, now)
        self.told.append(message)
        if receiver == self.desk:
            for story in stories:
                self._conversation(receiver, story).messages.append(message)
                if name in HELD:
                    self.groups[receiver, f"story:{story}"].said_at = now

    # -- escalations

    def work(self, now: datetime) -> None:
        silenced = self.silenced(now)
        on_their_way = {entry.id for group in self.groups.values() for entry in group.alerts}
        on_their_way.update(
            *(message.ids for message in self.told if message.fate is not Fate.ELSEWHERE)
        )
        for alert in [alert_id for alert_id, due in self.escalations.items() if due <= now]:
            if self.escalations.pop(alert, None) is None:
                continue  # one of the same story said all
            if self.state[alert] not in (AlertState.OPEN, AlertState.ESCALATED):
                continue
            if alert not in on_their_way:
                continue
            case = self._case(alert)
            before = self._escalated_before(case, self.escalating[alert], now)
            if before is not None:
                self._speaks_for(before, {alert: now, **self.escalations}, case)
                continue
            heard = {
                other for other in case & on_their_way if self.story_of[other][1] not in silenced
            }
            if not heard:
                self.escalations[alert] = now + 5 * MINUTE
                continue
            entries = [self._entry(other) for other in heard]
            message = Told(self.escalating[alert], "escalation", entries, now)
            self.told.append(message)
            self._speaks_for(message, self.escalations, case)
            for other in case:
                if self.state[other] is not AlertState.DISMISSED:
                    self.state[other], self.changed_at[other] = AlertState.ESCALATED, now

    def _escalated_before(self, case: set[str], boss: str, now: datetime) -> Told | None:
        """Return what told the same of the case since it was last opened."""
        opened = max((self.opened_at[other] for other in case & set(self.opened_at)), default=None)
        heard = [
            message
            for message in self.told
            if message.kind == "escalation" and message.receiver == boss and message.live
            and message.ids & case
            and (opened is None or opened < message.at <= now)
        ]  # fmt: skip
        return heard[-1] if heard else None

    def _speaks_for(self, message: Told, due: Mapping[str, datetime], case: set[str]) -> None:
        """Let a message say what escalations of a case would."""
        for alert in [alert for alert in due if alert in case]:
            self.spoken_for.append((message, alert, due[alert]))
            self.escalations.pop(alert, None)

    def _entry(self, alert: str) -> Entry:
        story, rule_id = self.story_of[alert]
        return Entry(alert, rule_id, story, self.raised_at[alert], self.raised_at[alert])

    # -- messages arrive or are given up, and are sent again

    def given_up(self, message: Told, now: datetime) -> None:
        """Let nothing count any more on a message that nobody got."""
        message.fate = Fate.LOST
        self._without(message, now)
        for name, (_, group, _) in self._came_back(message):
            entry, *_ = self.inhibited.pop(name)
            self.groups[name[0], group].alerts.append(entry)
            self.groups[name[0], group].due = now
        for said, alert, due in list(self.spoken_for):
            if said is message:
                self.spoken_for.remove((said, alert, due))
                handled = self.state[alert] not in (AlertState.OPEN, AlertState.ESCALATED)
                if due > message.at and not handled:
                    self.escalations[alert] = due

    def _came_back(self, message: Told) -> list[tuple[tuple[str, str], tuple[Entry, str, str]]]:
        """Return what was not told since this message was to say it, and no other does."""
        return [
            (name, kept)
            for name, kept in self.inhibited.items()
            if name[0] == message.receiver
            and kept[2] in message.ids
            and not self._heard(
                message.receiver, kept[2], [told for told in self.told if told is not message]
            )
        ]

    def _without(self, message: Told, now: datetime) -> None:
        """Let conversations be what is left of them without a message."""
        for (receiver, story), conversation in self.conversations.items():
            if message not in conversation.messages:
                continue
            again = [told for told in conversation.before if told.live]
            live = sorted(
                again + conversation.live,
                # Of one moment nobody knows which is read first.
                key=lambda told: (told.at, told.kind == "summary"),
            )
            summaries = [told for told in conversation.messages if told.kind == "summary"]
            lost = [told for told in conversation.before + summaries if not told.live]
            group = self.groups[receiver, f"story:{story}"]
            for told in live:
                told.said = min(told.said or now, now)
            if not live:
                conversation.messages, conversation.before = [], lost
                if group.due is not None:
                    group.due = min(group.due, now)
                continue
            if live[0].kind == "update" and live[0].fate is Fate.ON_ITS_WAY:
                live[0].kind = "alert"  # nobody saw what it would be more on
                conversation.messages, conversation.before = live, lost
            elif again:
                conversation.messages = sorted(
                    again + conversation.messages, key=lambda told: told.at
                )
                conversation.before = [told for told in conversation.before if not told.live]

    def sent_again(self) -> None:
        for message in self.told:
            if message.fate is Fate.LOST:
                message.fate = Fate.ON_ITS_WAY

    # -- receivers come and go

    def readdress(self, now: datetime) -> None:
        """Let those hear to whom the routes lead now what waits for receivers that have left."""
        known = {self.desk, self.boss, self.hook}
        for alert in self.escalations:
            if self.escalating[alert] not in known:
                self.escalating[alert] = self.boss
        orphans: list[tuple[str, str]] = []
        came_back: list[tuple[str, str]] = []
        for message in [told for told in self.told if told.fate is Fate.ON_ITS_WAY]:
            if message.receiver in known:
                continue
            message.fate = Fate.ELSEWHERE
            self._without(message, now)
            if message.kind == "escalation":
                heir = Told(self.boss, "escalation", message.entries, now)
                self.told.append(heir)
                self.spoken_for = [
                    (heir if said is message else said, alert, due)
                    for said, alert, due in self.spoken_for
                ]
                continue
            orphans += [(message.receiver, entry.id) for entry in message.entries]
            for name, _ in self._came_back(message):
                del self.inhibited[name]
                came_back.append(name)
        for (receiver, _), group in self.groups.items():
            if receiver not in known and group.due is not None:
                orphans += [(receiver, entry.id) for entry in group.alerts]
                group.alerts, group.due = [], None
        for left in (orphans, came_back):  # in this order: who is due at once is looked at so
            for receiver, alert in left:
                self.had[alert].discard(receiver)
            places = {
                (name, alert): None
                for _, alert in left
                for name in self._routed_to()
                if name not in self.had[alert]
            }
            self._join(places, now)

    # -- a clock that ran ahead is set right

    def set_right(self, now: datetime) -> None:
        """Let nothing wait for a time that only the wrong clock put so far away."""
        future = now + A_MOMENT
        for (_, name), group in self.groups.items():
            if group.due is not None and group.due > now:
                said_ahead = group.said_at is not None and group.said_at > future
                ahead = any(entry.at > future for entry in group.alerts)
                if said_ahead or ahead or (name in HELD and group.due > now + LONGEST_HELD):
                    group.due = now
            if group.said_at is not None:
                group.said_at = min(group.said_at, now) if group.said_at > future else group.said_at
            for entry in group.alerts:
                entry.at = now if entry.at > future else entry.at
        for message in self.told:
            if message.said is not None and message.said > future:
                message.said = now
        self.escalations = {
            alert: now + ESCALATE if due > now + ESCALATE + A_MOMENT else due
            for alert, due in self.escalations.items()
        }
        self.silences = [
            (rule_id, now, ends - (starts - now)) if starts > future else (rule_id, starts, ends)
            for rule_id, starts, ends in self.silences
        ]
