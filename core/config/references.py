"""Names that point at each other: routes at receivers, rules at sources; and what nothing uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from core.config.contacts import is_placeholder
from core.config.problems import Severity, did_you_mean
from core.config.route_order import unreachable_routes
from core.config.sections.health import OWN_RULES
from core.config.sections.routes import INDEPENDENT, RouteConfig
from core.config.sections.schedules import PREFIX, ScheduleConfig
from core.config.watch import WatchConfig
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence, locate, node_at
from core.duty_calendar import DutyCalendarError, duty_calendar

_NAMED = (("sources", "name"), ("rules", "id"), ("receivers", "name"), ("schedules", "name"))
_HINTS_PER_LIST = 20
"""A hint compares with every known name: 1,000 wrong names among 5,000 took 13 s."""


@dataclass(frozen=True, slots=True)
class ReferenceFinding:
    """A name that points nowhere, or stands twice."""

    path: tuple[str | int, ...]
    message: str
    hint: str | None = None
    offset: int | None = None
    severity: Severity = "error"


def check_references(
    config: WatchConfig, root: Node, off: frozenset[str] = frozenset()
) -> list[ReferenceFinding]:
    """Return every name that is undefined, and routes that lead to nobody.

    Names are read from the tree, so an item that is wrong elsewhere still counts as defined, and so
    do rules that are switched off.
    """
    sources = _names(root, "sources", "name")
    rules = _names(root, "rules", "id") | off
    receivers = _names(root, "receivers", "name")
    tags = {tag for source in config.sources for tag in source.tags}
    findings: list[ReferenceFinding] = []
    for rule in config.rules:
        if rule.id in OWN_RULES:
            findings.append(
                ReferenceFinding(("rules", rule.id, "id"), f"'{rule.id}' is a rule of our own")
            )
        at = ("rules", rule.id, "sources")
        if rule.sources:
            findings += _undefined((*at, "names"), rule.sources.names, sources, "source")
            findings += _undefined((*at, "tags"), rule.sources.tags, tags, "tag", "warning")
    topics = {topic for rule in config.rules for topic in rule.topics}
    entities = _keys(root, "entities")
    findings += _part_of(config, entities)
    duties = {f"{PREFIX}{name}" for name in _names(root, "schedules", "name")}
    names = _Names(sources, rules | OWN_RULES, receivers | duties, tags, topics, entities)
    for index, item in enumerate(_items(root, "schedules")):
        heard = _texts(item, "fallback")
        findings += _undefined(("schedules", index, "fallback"), heard, receivers, "receiver")
    for index, item in enumerate(_items(root, "routes")):
        findings += _route(("routes", index), item, names)
    for index, item in enumerate(_items(root, "inhibit")):
        for key in ("when", "suppress"):
            findings += _match(("inhibit", index, key), node_at(item, (key,)), names)
    findings += _unheard(config)
    if "badges" in config.model_fields_set:
        findings += _undefined(("badges",), config.badges, tags, "tag", "warning")
    findings += _too_few_voices(config)
    return findings


def _part_of(config: WatchConfig, known: set[str]) -> Iterator[ReferenceFinding]:
    """Find entities that are part of what there is not, or of themselves."""
    for name, entity in config.entities.items():
        at = ("entities", name, "part_of")
        for index, whole in enumerate(entity.wholes):
            where = at if isinstance(entity.part_of, str) else (*at, index)
            for finding in _undefined((), (whole,), known, "entity"):
                yield replace(finding, path=where)
        if name in _beyond(name, config):
            yield ReferenceFinding(at, f"'{name}' is part of itself")


def _beyond(name: str, config: WatchConfig) -> set[str]:
    """Return everything that an entity is a part of, itself only where that is a circle."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        entity = config.entities.get(waiting.pop())
        fresh = set(entity.wholes if entity else ()) - found
        found |= fresh
        waiting += fresh
    return found


@dataclass(frozen=True, slots=True)
class _Names:
    """Everything that a route may name."""

    sources: set[str]
    rules: set[str]
    receivers: set[str]
    tags: set[str]
    topics: set[str]
    entities: set[str]


def _route(at: tuple[str | int, ...], route: Node, names: _Names) -> Iterator[ReferenceFinding]:
    yield from _undefined((*at, "to"), _texts(route, "to"), names.receivers, "receiver")
    escalate = node_at(route, ("escalate",))
    if escalate is not None:
        heard = _texts(escalate, "to")
        yield from _undefined((*at, "escalate", "to"), heard, names.receivers, "receiver")
    yield from _match((*at, "when"), node_at(route, ("when",)), names)
    inner = node_at(route, ("routes",))
    for index, item in enumerate(inner.items if isinstance(inner, Sequence) else ()):
        yield from _route((*at, "routes", index), item, names)


def _match(
    at: tuple[str | int, ...], when: Node | None, names: _Names
) -> Iterator[ReferenceFinding]:
    if when is None:
        return
    yield from _undefined((*at, "rules"), _texts(when, "rules"), names.rules, "rule")
    yield from _undefined((*at, "sources"), _texts(when, "sources"), names.sources, "source")
    yield from _undefined((*at, "tags"), _texts(when, "tags"), names.tags, "tag", "warning")
    yield from _one_or_more_tags((*at, "only"), node_at(when, ("only",)), names.tags)
    yield from _undefined((*at, "topics"), _texts(when, "topics"), names.topics, "topic", "warning")
    entities = _texts(when, "entities")
    yield from _undefined((*at, "entities"), entities, names.entities, "entity")


def _one_or_more_tags(
    at: tuple[str | int, ...], wanted: Node | None, tags: set[str]
) -> Iterator[ReferenceFinding]:
    if isinstance(wanted, Scalar):
        alone = [] if wanted.value is None else [wanted.value]
        for found in _undefined(at, alone, tags, "tag", "warning"):
            yield replace(found, path=at)
    elif isinstance(wanted, Sequence):
        several = [item.value for item in wanted.items if isinstance(item, Scalar) and item.value]
        yield from _undefined(at, several, tags, "tag", "warning")


def _too_few_voices(config: WatchConfig) -> Iterator[ReferenceFinding]:
    """Find routes that ask for more independent outlets than are tagged so."""
    known = sum(INDEPENDENT in source.tags for source in config.sources)

    def look(
        at: tuple[str | int, ...], routes: Iterable[RouteConfig]
    ) -> Iterator[ReferenceFinding]:
        for index, route in enumerate(routes):
            wanted = route.when.independent
            if wanted is not None and wanted > known:
                have = f"{known} source has" if known == 1 else f"{known or 'no'} sources have"
                yield ReferenceFinding(
                    (*at, index, "when", "independent"),
                    f"no alert gets to this route: {have} the tag `{INDEPENDENT}`",
                    severity="warning",
                )
            yield from look((*at, index, "routes"), route.routes)

    yield from look(("routes",), config.routes)


def _unheard(config: WatchConfig) -> Iterator[ReferenceFinding]:
    """Find routes that lead to nobody, and digests that also ask for single messages."""

    def look(
        at: tuple[str | int, ...], route: RouteConfig, inherited: bool
    ) -> Iterator[ReferenceFinding]:
        notified = inherited or bool(route.to)
        if not notified and not route.routes:
            yield ReferenceFinding(at, "this route leads to nobody: it needs `to`")
        if route.timezone is not None and route.digest is None:
            yield ReferenceFinding(
                (*at, "timezone"), "`timezone` belongs to `digest`", severity="warning"
            )
        for index, inner in enumerate(route.routes):
            yield from look((*at, "routes", index), inner, notified)

    for index, route in enumerate(config.routes):
        yield from look(("routes", index), route, inherited=False)


def _all_routes(routes: Iterable[RouteConfig]) -> Iterator[RouteConfig]:
    for route in routes:
        yield route
        yield from _all_routes(route.routes)


def _undefined(
    at: tuple[str | int, ...],
    wanted: Iterable[str],
    known: set[str],
    what: str,
    severity: Severity = "error",
) -> Iterator[ReferenceFinding]:
    for index, name in enumerate(wanted):
        if "*" in name:
            if name != "*" and not any(fnmatchcase(known_name, name) for known_name in known):
                yield ReferenceFinding(
                    (*at, index), f"no {what} matches '{name}'", severity="warning"
                )
        elif name not in known:
            message = f"there is no {what} '{name}'"
            hint = did_you_mean(name, known) if index < _HINTS_PER_LIST else None
            yield ReferenceFinding((*at, index), message, hint, severity=severity)


def check_unused(config: WatchConfig, root: Node) -> Iterator[ReferenceFinding]:
    """Yield warnings about what a sound configuration lacks or nothing leads to."""
    if config.routes:
        heard = {name for route in _all_routes(config.routes) for name in route.to or ()}
        heard |= {
            name
            for route in _all_routes(config.routes)
            if route.escalate is not None
            for name in route.escalate.to
        }
        heard |= {name for schedule in config.schedules for name in schedule.fallback}
        heard |= {name for schedule in config.schedules for name in _on_shifts(schedule)}
        for receiver in config.receivers:
            if receiver.name not in heard:
                yield ReferenceFinding(
                    ("receivers", receiver.name),
                    f"no route leads to receiver '{receiver.name}'",
                    severity="warning",
                )
    if config.sources and not config.crawl.contact:
        yield ReferenceFinding(
            ("crawl",),
            "no `crawl.contact`: site owners cannot reach you, and some block such crawlers",
            severity="warning",
        )
    elif config.crawl.contact and is_placeholder(config.crawl.contact):
        yield ReferenceFinding(
            ("crawl", "contact"),
            "this contact is an example: site owners cannot reach you there",
            "put your own address; some block crawlers that give none",
            severity="warning",
        )
    for lost in unreachable_routes(config.routes):
        line = locate(root, lost.behind).line
        yield ReferenceFinding(
            lost.route,
            f"no alert gets to this route: the one in line {line} takes all that it asks for, and "
            "says `continue: false`",
            "put the narrower route first",
            severity="warning",
        )
    if config.rules and not config.receivers:
        yield ReferenceFinding(
            ("rules",), "no receivers: alerts are stored and nobody hears", severity="warning"
        )


def _on_shifts(schedule: ScheduleConfig) -> Iterator[str]:
    """Yield whom a calendar names; nobody when it cannot be read, which is said elsewhere."""
    if schedule.calendar is None:
        return
    try:
        calendar = duty_calendar(schedule.calendar, schedule.timezone)
    except DutyCalendarError:
        return
    for event in calendar.events:
        yield from event.names


def _items(root: Node, section: str) -> list[Node]:
    node = node_at(root, (section,))
    return node.items if isinstance(node, Sequence) else []


def _keys(root: Node, section: str) -> set[str]:
    node = node_at(root, (section,))
    return set(node.items) if isinstance(node, Mapping) else set()


def _text(node: Node, key: str) -> str | None:
    child = node.items.get(key) if isinstance(node, Mapping) else None
    return child.value if isinstance(child, Scalar) else None


def _texts(node: Node, key: str) -> list[str]:
    child = node_at(node, (key,))
    items = child.items if isinstance(child, Sequence) else []
    return [item.value for item in items if isinstance(item, Scalar) and item.value is not None]


def _names(root: Node, section: str, naming: str) -> set[str]:
    return {name for item in _items(root, section) if (name := _text(item, naming)) is not None}
