"""Says in words who would hear of an alert, by which route, and when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.dispatch.group_dispatch import silence_covers
from alerts.dispatch.routing import AlertFacts, follow, recipients_for
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import Recipient
from core.alerting.silences import Silence
from core.config.values import duration_text
from core.config.watch import WatchConfig


@dataclass(frozen=True, slots=True)
class Hearing:
    """A receiver that would hear of an alert."""

    receiver: str
    route: str
    at: datetime
    """When the first message would be made, in UTC."""
    how: str
    silence: str = ""
    """Id of the silence that would keep it from them at that time; empty when none would."""


def trace(
    facts: AlertFacts, config: WatchConfig, now: datetime, silences: Sequence[Silence] = ()
) -> tuple[Hearing, ...]:
    """Return who would hear of an alert that is raised at `now` and stands alone.

    Whom one of the `silences` would keep it from is named all the same, with that silence.
    """
    routes = follow(facts, config)
    by_receiver = {name: route.label for route in reversed(routes) for name in route.to}
    heard = [
        _hearing(recipient, by_receiver[recipient.receiver], facts, config, now)
        for recipient in recipients_for(facts, routes, now)
    ]
    for route in routes:
        if route.escalate is not None and facts.level in route.escalate.level:
            words = f"if nobody takes it on within {duration_text(route.escalate.after)}"
            at = now + route.escalate.after
            heard += [Hearing(name, route.label, at, words) for name in route.escalate.to]
    return tuple(_silenced(hearing, facts, silences) for hearing in heard)


def _silenced(hearing: Hearing, facts: AlertFacts, silences: Sequence[Silence]) -> Hearing:
    for silence in silences:
        holds = silence.starts_at <= hearing.at < silence.ends_at
        if holds and silence_covers(silence.match, facts, hearing.receiver):
            why = f" ({silence.reason})" if silence.reason else ""
            until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
            how = f"NOT TOLD: silenced by {silence.id} of {silence.author} until {until}{why}"
            return replace(hearing, how=f"{how}; {hearing.how}", silence=silence.id)
    return hearing


def _hearing(
    recipient: Recipient, route: str, facts: AlertFacts, config: WatchConfig, now: datetime
) -> Hearing:
    at = recipient.dispatch_at or now + recipient.wait
    shared = recipient.group.partition(":")[0]
    alone = "in a message of its own"
    how = [
        "in a digest"
        if recipient.kind is MessageKind.DIGEST
        else (f"with others of its {shared}" if shared else alone)
    ]
    if recipient.kind is MessageKind.ALERT and recipient.interval:
        how.append(f"more on it at most every {duration_text(recipient.interval)}")
    if recipient.max_per_hour is not None:
        how.append(f"at most {recipient.max_per_hour} an hour")
    quiet = next((r.quiet_hours for r in config.receivers if r.name == recipient.receiver), None)
    if quiet is not None and (until := quiet.hours.until(at)) is not None:
        least = quiet.break_through
        if (
            recipient.kind is MessageKind.ALERT
            and least is not None
            and facts.level.rank >= least.rank
        ):
            how.append("breaks through quiet hours")
        else:
            at = until
            how.append("held by quiet hours")
    return Hearing(recipient.receiver, route, at, "; ".join(how))
