"""Routes that no alert ever gets to, since one before them takes it and says `continue: false`.

What is said here is sure: a route is named only when every alert it asks for is taken before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from core.alerting.matches import Level
from core.config.sections.routes import RouteConfig, RouteMatch


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A route that is never looked at, and the first of those that stand in its way."""

    route: tuple[str | int, ...]
    behind: tuple[str | int, ...]


def unreachable_routes(
    routes: Sequence[RouteConfig], at: tuple[str | int, ...] = ("routes",)
) -> Iterator[Unreachable]:
    """Yield every route that an earlier one of the same list leaves nothing to."""
    ending: list[tuple[int, RouteMatch]] = []
    for index, route in enumerate(routes):
        behind = _taken_before(route.when, ending)
        if behind is not None:
            yield Unreachable((*at, index), (*at, behind))
            continue
        yield from unreachable_routes(route.routes, (*at, index, "routes"))
        if not route.continue_:
            ending.append((index, route.when))


def _taken_before(when: RouteMatch, ending: Iterable[tuple[int, RouteMatch]]) -> int | None:
    """Return the first route that takes part of what `when` asks for, if together they take all."""
    known = tuple(ending)
    first: list[int] = []
    for level in when.level or tuple(Level):
        at = next((index for index, earlier in known if _covers(earlier, when, level)), None)
        if at is None:
            return None
        first.append(at)
    return min(first)


def _covers(wide: RouteMatch, narrow: RouteMatch, level: Level) -> bool:
    """Tell whether whatever `narrow` takes of a level is taken by `wide`."""
    return (
        (not wide.level or level in wide.level)
        and _within_patterns(narrow.rules, wide.rules)
        and _within_patterns(narrow.sources, wide.sources)
        and _within(narrow.topics, wide.topics)
        and _within(narrow.entities, wide.entities)
        and _within(narrow.tags, wide.tags)
        and _within(narrow.languages, wide.languages)
        and (wide.outlets is None or wide.outlets <= (narrow.outlets or 1))
        and (wide.independent is None or wide.independent <= (narrow.independent or 0))
        and _within(narrow.only, wide.only)
    )


def _within(narrow: Sequence[str], wide: Sequence[str]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _within_patterns(narrow: Sequence[str], wide: Sequence[str]) -> bool:
    if not wide or "*" in wide:
        return True
    return bool(narrow) and all(any(_takes(w, n) for w in wide) for n in narrow)


def _takes(wide: str, narrow: str) -> bool:
    # What `a*b` stands for is within `a*` if the pattern itself is; `?` and `[` are not so simple.
    return wide == narrow or (not set("?[") & set(wide + narrow) and fnmatchcase(narrow, wide))
