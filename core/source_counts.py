"""How much came of a source, how far it got on its way to people, and why it went no further. Pure.

Each entry that was announced has exactly one end, so that what is left at each stage adds up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.alerting.deliveries import DeliveryStatus
from core.alerting.notifications import NotificationState
from core.articles import StubKind
from core.failures import FailureKind
from core.sources import EntryCause, EntryStatus


class Stage(StrEnum):
    """How far an entry came, in the order of the way."""

    ANNOUNCED = "announced"
    FETCHED = "fetched"
    """Its page was read."""
    TEXT = "text"
    """It is an article; of one with several addresses, one entry is."""
    JUDGED = "judged"
    """The rules have looked at it."""
    MATCHED = "matched"
    TOLD = "told"
    """A message about it was delivered to somebody."""


class Halt(StrEnum):
    """Why an entry went no further, where its own cause does not say it."""

    UNTRIED = "untried"
    """Its page was not asked for yet."""
    UNSTATED = "unstated"
    """A version before this one noted it without its cause."""
    UNJUDGED = "unjudged"
    """The rules will look at it."""
    BROKEN = "broken"
    """The rules broke down on it, and are tried again."""
    NO_MATCH = "no_match"
    OLD_NEWS = "old_news"
    """It was old already when it was first seen, and nobody is told."""
    NO_ALERT = "no_alert"
    """What matched asks for no alert, such as a rule over time whose number is not full."""
    NO_RECEIVER = "no_receiver"
    """No route leads its alert to anybody."""
    READDRESSED = "readdressed"
    """Its receiver is no longer configured, and nobody was found in its place."""
    DISMISSED = "dismissed"
    INHIBITED = "inhibited"
    SILENCED = "silenced"
    MUTED = "muted"
    NOT_SENT = "not_sent"
    """For a reason that is newer than this list."""
    LOST = "lost"
    """Its message was given up."""
    HELD = "held"
    """It waits for company, for quiet hours to end, or for a digest."""
    ON_ITS_WAY = "on_its_way"
    """Its message waits to be delivered."""


TELLING: tuple[Halt | Stage, ...] = (
    Halt.NO_RECEIVER, Halt.READDRESSED, Halt.DISMISSED, Halt.INHIBITED, Halt.SILENCED, Halt.MUTED,
    Halt.NOT_SENT, Halt.LOST, Halt.HELD, Halt.ON_ITS_WAY, Stage.TOLD,
)  # fmt: skip
"""What became of telling people, the best last: an alert may be on its way to several."""

_UNSENT: dict[NotificationState, Halt | Stage] = {
    NotificationState.WAITING: Halt.HELD,
    NotificationState.SILENCED: Halt.SILENCED,
    NotificationState.INHIBITED: Halt.INHIBITED,
    NotificationState.MUTED: Halt.MUTED,
    NotificationState.DISMISSED: Halt.DISMISSED,
    NotificationState.READDRESSED: Halt.READDRESSED,
}
_SENT: dict[DeliveryStatus, Halt | Stage] = {
    DeliveryStatus.DELIVERED: Stage.TOLD,
    DeliveryStatus.PENDING: Halt.ON_ITS_WAY,
    DeliveryStatus.FOLDED: Halt.ON_ITS_WAY,
    DeliveryStatus.DEAD: Halt.LOST,
    DeliveryStatus.READDRESSED: Halt.READDRESSED,
}


def telling_of(state: NotificationState, message: DeliveryStatus | None) -> Halt | Stage:
    """Return what became of telling one receiver: `Stage.TOLD`, or why not."""
    if state is not NotificationState.SENT:
        return _UNSENT.get(state, Halt.NOT_SENT)
    return Halt.NOT_SENT if message is None else _SENT.get(message, Halt.NOT_SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """What is stored about the way of an entry."""

    status: EntryStatus
    cause: EntryCause | None = None
    failure: FailureKind | None = None
    failure_status: int | None = None
    stub: StubKind | None = None
    article: bool = False
    """Whether there is an article of it; of a page that is closed, one from the feed's words."""
    judged: bool = False
    """Whether the rules have looked at a version of its article."""
    broken: bool = False
    """Whether they broke down on one and were right about none."""
    matched: bool = False
    untold: bool = False
    """Whether a version that matched is told to nobody, since it was old."""
    telling: Halt | Stage | None = None
    """The best of what became of telling people; None while there is no alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where an entry stands, and why it is no further."""

    stage: Stage
    """The last that it reached."""
    why: EntryCause | Halt | None
    """None of one that people were told of."""
    waiting: bool = False
    """Whether its page is asked for again."""
    failure: FailureKind | None = None
    """Of a page that could not be fetched, the class of the last failure."""
    failure_status: int | None = None
    stub: StubKind | None = None

    @property
    def words(self) -> str:
        """The reason for people; empty where the stage says all."""
        if self.failure_status is not None:
            return f"HTTP {self.failure_status}"
        if self.failure is not None:
            return self.failure.value.replace("_", " ")
        if self.why is None:
            return ""
        more = f": {self.stub.value.replace('_', ' ')}" if self.stub else ""
        return self.why.value.replace("_", " ") + more


def end_of(journey: Journey) -> End:
    """Return the one end of an entry's way."""
    if journey.status is EntryStatus.STORED and journey.cause is EntryCause.DUPLICATE:
        return End(stage=Stage.FETCHED, why=EntryCause.DUPLICATE)
    if journey.status is EntryStatus.STORED or journey.article:
        return _end_of_article(journey)
    waiting = journey.status is EntryStatus.PENDING
    read = journey.status is EntryStatus.REJECTED and journey.cause is not EntryCause.OLD
    return End(
        stage=Stage.FETCHED if read else Stage.ANNOUNCED,
        why=journey.cause or (Halt.UNTRIED if waiting else Halt.UNSTATED),
        waiting=waiting,
        failure=journey.failure,
        failure_status=journey.failure_status,
        stub=journey.stub,
    )


def _end_of_article(journey: Journey) -> End:
    if journey.telling is Stage.TOLD:
        return End(stage=Stage.TOLD, why=None)
    if isinstance(journey.telling, Halt):
        return End(stage=Stage.MATCHED, why=journey.telling)
    if journey.matched:
        return End(stage=Stage.MATCHED, why=Halt.OLD_NEWS if journey.untold else Halt.NO_ALERT)
    if journey.broken:
        return End(stage=Stage.TEXT, why=Halt.BROKEN)
    if journey.judged:
        return End(stage=Stage.JUDGED, why=Halt.NO_MATCH)
    return End(stage=Stage.TEXT, why=Halt.UNJUDGED)


@dataclass(frozen=True, slots=True)
class Left:
    """Entries with one end."""

    end: End
    count: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of all that a source announced within some time: the entries by their ends."""

    ends: tuple[Left, ...] = field(default=())
    """Each once, the most frequent first."""

    @classmethod
    def of(cls, counted: Iterable[Left]) -> Funnel:
        """Sum up entries by their ends."""
        totals: dict[End, int] = {}
        for left in counted:
            totals[left.end] = totals.get(left.end, 0) + left.count
        ranked = sorted(totals.items(), key=lambda item: (-item[1], _place(item[0])))
        return cls(tuple(Left(end, count) for end, count in ranked))

    def reached(self, stage: Stage) -> int:
        """Return how many entries came as far as a stage, or farther."""
        order = list(Stage)
        far_enough = order[order.index(stage) :]
        return sum(left.count for left in self.ends if left.end.stage in far_enough)

    @property
    def seen(self) -> int:
        """Entries that were announced while the source was watched: what can be expected."""
        return sum(left.count for left in self.ends if left.end.why is not EntryCause.OLD)

    @property
    def alerted(self) -> int:
        """Entries of articles about which there is an alert, whoever heard of it."""
        quiet = self.ended_by(Halt.NO_ALERT) + self.ended_by(Halt.OLD_NEWS)
        return self.reached(Stage.MATCHED) - quiet

    @property
    def waiting(self) -> int:
        """Entries whose page is asked for, or asked for again."""
        return sum(left.count for left in self.ends if left.end.waiting)

    @property
    def unjudged(self) -> int:
        """Entries of articles that the rules will look at."""
        return self.ended_by(Halt.UNJUDGED)

    @property
    def left_out(self) -> tuple[Left, ...]:
        """What went no further, the most frequent end first."""
        return tuple(left for left in self.ends if left.end.stage is not Stage.TOLD)

    def ended_by(self, why: EntryCause | Halt) -> int:
        """Return how many entries went no further for a reason."""
        return sum(left.count for left in self.ends if left.end.why is why)


def _place(end: End) -> tuple[int, str, bool]:
    return list(Stage).index(end.stage), end.words, end.waiting
