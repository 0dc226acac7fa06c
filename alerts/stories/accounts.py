"""Who tells a story: in which order outlets had it, which only repeat others, what each adds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from alerts.stories.additions import MOST_ADDED, additions
from alerts.stories.copying import Original, originals
from alerts.stories.index import FEWEST_SHINGLES, WINDOW
from alerts.stories.placement import appeared
from alerts.stories.sketch import Sketch
from core.alerting.accounts import Account, Copied, Telling

T = TypeVar("T")


def accounts_of(tellings: Iterable[Telling]) -> tuple[Account, ...]:
    """Return the account of each outlet of a story, in the order in which they had it."""
    known = _in_order(tellings)
    source_of = {telling.article: telling.source for telling in known}
    repeats = originals(
        [
            Original(telling.article, telling.source, _at(telling), sketch)
            for telling in known
            if (sketch := _sketch(telling)) is not None and sketch.shingles >= FEWEST_SHINGLES
        ]
    )
    added = additions(known)
    by_source: dict[str, list[Telling]] = {}
    for telling in known:
        by_source.setdefault(telling.source, []).append(telling)
    return tuple(
        Account(
            source=source,
            article=several[0].article,
            at=_at(several[0]),
            copies=_copied(several, repeats, source_of),
            names=_firsts(added[one.article].names for one in several if one.article in added),
            numbers=_firsts(added[one.article].numbers for one in several if one.article in added),
        )
        for source, several in by_source.items()
    )


def _firsts(found: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(one for several in found for one in several)[:MOST_ADDED]


def _in_order(tellings: Iterable[Telling]) -> list[Telling]:
    """Return articles as they appeared; of those that say the same time, as they were seen."""
    return sorted(tellings, key=lambda telling: (_at(telling), telling.seen_at, telling.article))


def _at(telling: Telling) -> datetime:
    return appeared(telling.seen_at, telling.published_at, WINDOW)


def _sketch(telling: Telling) -> Sketch | None:
    """Return what a text is compared by; nothing for one that is damaged, which repeats nobody."""
    try:
        return Sketch.from_bytes(telling.sketch)
    except ValueError:
        return None


def _copied(
    several: Sequence[Telling], repeats: dict[int, int], source_of: dict[int, str]
) -> Copied | None:
    """Return whom an outlet repeats, unless one of its articles says it in words of its own."""
    if any(telling.article not in repeats for telling in several):
        return None
    article = repeats[several[0].article]
    return Copied(source_of[article], article)
