"""Says in words who would hear of an alert, by which route, and when. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.dispatch.duty import DutyReason, Rotas, rotas_of
from alerts.dispatch.group_dispatch import silence_covers
from alerts.dispatch.limits import passes, quiet_until
from alerts.dispatch.routing import (
    AlertFacts,
    Condition,
    follow,
    hearing,
    is_mute,
    recipients_for,
    unmet,
)
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import Recipient
from core.alerting.silences import Silence
from core.calendar import hours_until
from core.config.sections.routes import RouteConfig
from core.config.sections.schedules import PREFIX
from core.config.values import duration_text
from core.config.watch import WatchConfig
from core.config.zones import zone_of_hours


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


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A route that is not followed, and by which condition."""

    route: str
    condition: Condition
    asks: str
    """What it asks for, as the file says it."""
    found: str
    """What there is of it."""


def passed_over(facts: AlertFacts, config: WatchConfig) -> tuple[PassedOver, ...]:
    """Return the routes that were looked at for an alert and are not followed."""
    return tuple(_passed_over(facts, config.routes, ""))


def _passed_over(
    facts: AlertFacts, routes: Iterable[RouteConfig], around: str
) -> Iterator[PassedOver]:
    for index, route in enumerate(routes):
        label = f"{around}routes[{index}]"
        condition = unmet(route.when, facts)
        if condition is not None:
            asks = getattr(route.when, condition.value)
            yield PassedOver(label, condition, _said(asks), _found(facts, condition))
            continue
        yield from _passed_over(facts, route.routes, f"{label}.")
        if not route.continue_:
            return


def _said(value: object) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _found(facts: AlertFacts, condition: Condition) -> str:
    match condition:
        case Condition.ONLY:
            everybody = (facts.tags, *facts.others)
            return "; ".join(", ".join(sorted(tags)) or "no tag" for tags in everybody)
        case Condition.RULES:
            return facts.rule
        case Condition.SOURCES:
            return facts.source or "no source"
        case Condition.LANGUAGES:
            return facts.language or "no language"
        case _:
            value = getattr(facts, condition.value)
            several = isinstance(value, frozenset)
            return (", ".join(sorted(value)) or "none") if several else str(value)


def trace(
    facts: AlertFacts, config: WatchConfig, now: datetime, silences: Sequence[Silence] = ()
) -> tuple[Hearing, ...]:
    """Return who would hear of an alert that is raised at `now` and stands alone.

    Whom one of the `silences` would keep it from is named all the same, with that silence.
    """
    routes = follow(facts, config)
    rotas = rotas_of(config)
    # A mute route stands back, as it does for recipients.
    ordered = sorted(routes, key=lambda route: is_mute(route, now))
    by_receiver = {name: route for route in reversed(ordered) for name in hearing(route, now)}
    heard = []
    for recipient in recipients_for(facts, routes, now):
        route = by_receiver[recipient.receiver]
        found = _hearing(recipient, route.label, facts, config, now)
        told_at = recipient.dispatch_at or now + recipient.wait
        duty = _on_duty(rotas, route.to, recipient.receiver, told_at)
        heard.append(replace(found, how="; ".join(part for part in (found.how, duty) if part)))
    for route in routes:
        if hours_until(route.mute, now) is not None:
            continue
        if route.escalate is not None and facts.level in route.escalate.level:
            words = f"if nobody takes it on within {duration_text(route.escalate.after)}"
            at = now + route.escalate.after
            for name in rotas.hearing(route.escalate.to, at):
                duty = _on_duty(rotas, route.escalate.to, name, at)
                how = "; ".join(part for part in (words, duty) if part)
                heard.append(Hearing(name, route.label, at, how))
    return tuple(_silenced(told, facts, silences) for told in heard)


def _silenced(told: Hearing, facts: AlertFacts, silences: Sequence[Silence]) -> Hearing:
    for silence in silences:
        holds = silence.starts_at <= told.at < silence.ends_at
        if holds and silence_covers(silence.match, facts, told.receiver):
            why = f" ({silence.reason})" if silence.reason else ""
            until = f"{silence.ends_at:%Y-%m-%d %H:%M} UTC"
            how = f"NOT TOLD: silenced by {silence.name} of {silence.author} until {until}{why}"
            return replace(told, how=f"{how}; {told.how}", silence=silence.id)
    return told


def _on_duty(rotas: Rotas, names: Iterable[str], receiver: str, at: datetime) -> str:
    """Say by which schedule a receiver hears; nothing when it is named itself."""
    if receiver in names:
        return ""
    for name in names:
        duty = rotas.on_duty(name.removeprefix(PREFIX), at)
        if name.startswith(PREFIX) and receiver in duty.receivers:
            if duty.reason is DutyReason.ON_DUTY:
                return f"on duty by {name}"
            return f"fallback of {name}: {duty.reason.value}"
    return ""


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
        if passes(facts.level.rank, recipient.break_through):
            how.append(f"passes the limit of {recipient.max_per_hour} an hour")
        else:
            how.append(f"at most {recipient.max_per_hour} an hour")
    known = next((known for known in config.receivers if known.name == recipient.receiver), None)
    quiet = () if known is None else known.quiet_hours
    zone = zone_of_hours(config, known)
    if quiet_until(quiet, zone, None, at) is not None:
        single = recipient.kind is MessageKind.ALERT
        until = quiet_until(quiet, zone, facts.level if single else None, at)
        if until is None:
            how.append("breaks through quiet hours")
        else:
            at = until
            how.append("held by quiet hours")
    if hours_until(recipient.mute, at) is not None:
        how = ["not notified: the route is mute at this hour"]
    return Hearing(recipient.receiver, route, at, "; ".join(how))
