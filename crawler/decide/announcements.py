"""Which announced links are articles of their own, and which are known and announced anew. Pure.

A key leaves out what says nothing about an article: the fragment, and parameters known to track
readers. Some hosts tell articles apart by just these. Then a feed shows it: two entries under one
key have different headlines, and differ in such a part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.sources import Entry, KnownEntry
from core.url_parts import FRAGMENT, key_with, left_out_of_key

Known = Mapping[str, KnownEntry]
"""What was announced before, by key."""


def candidates(entries: Sequence[tuple[Entry, str]], known: Known) -> list[str]:
    """Return the keys that entries may have been given before to keep them apart."""
    return [
        key_with(key, name, value)
        for entry, key in entries
        if key not in known or _folded(known[key].title) != _folded(entry.title)
        for name, value in left_out_of_key(entry.url).items()
    ]


def told_apart(entries: Sequence[tuple[Entry, str]], known: Known) -> list[tuple[Entry, str]]:
    """Return entries with their keys, where a part that keys leave out names an article with it.

    `known` has the usual keys and the `candidates`. What a source had before under the usual key
    keeps it, also with another headline, if its guid or its time is the same.
    """
    groups: defaultdict[str, list[_Told]] = defaultdict(list)
    for place, (entry, key) in enumerate(entries):
        groups[key].append(_Told(place, entry, left_out_of_key(entry.url)))
    keys = [key for _, key in entries]
    for key, group in groups.items():
        if not any(told.parts for told in group):
            continue
        before = known.get(key)
        own = [told for told in group if before is None or not _is_still(before, told.entry)]
        names = _separating(own, before)
        for told in own:
            given = [key_with(key, name, value) for name, value in told.parts.items()]
            again = next((candidate for candidate in given if candidate in known), None)
            if again is not None:
                keys[told.place] = again
            elif names and names[0] in told.parts:
                keys[told.place] = key_with(key, names[0], told.parts[names[0]])
    return [(entry, keys[place]) for place, (entry, _) in enumerate(entries)]


def article_key(of_entry: str, usual: str) -> str:
    """Return the key of the article behind an entry, whose page is usually known as `usual`.

    A parameter that tells the entry from others tells its article as well; of a fragment servers
    know nothing.
    """
    rest = of_entry.removeprefix(usual)
    return of_entry if rest != of_entry and rest.startswith(("?", "&")) else usual


def is_announced_anew(before: KnownEntry, entry: Entry) -> bool:
    """Tell whether a source announces a known link as something new: another headline, and more.

    The headline alone is an edit of it, which the usual visits see.
    """
    if not entry.title or _folded(before.title) == _folded(entry.title):
        return False
    another = bool(before.guid and entry.guid and before.guid != entry.guid)
    return another or _later(before.published_at, entry.published_at)


def says_otherwise(before: KnownEntry, entry: Entry) -> bool:
    """Tell whether a feed says other words of what an article is made of by its words alone."""
    return before.words is not None and entry.in_own_words and before.words != entry.words


@dataclass(frozen=True, slots=True)
class _Told:
    """An entry of a document, with what its key leaves out."""

    place: int
    entry: Entry
    parts: dict[str, str]


def _is_still(before: KnownEntry, entry: Entry) -> bool:
    """Tell whether an entry is what was announced before, maybe with a new headline."""
    if not entry.title or _folded(before.title) == _folded(entry.title):
        return True
    if before.guid and entry.guid:
        return before.guid == entry.guid
    return before.published_at is not None and before.published_at == entry.published_at


def _separating(own: Sequence[_Told], before: KnownEntry | None) -> list[str]:
    """Return the parts by which different headlines have different values, the best first."""
    members = [(_folded(told.entry.title), told.parts) for told in own]
    if before is not None:
        members.append((_folded(before.title), left_out_of_key(before.url)))
    if len({title for title, _ in members if title}) < 2:
        return []
    names = {name for _, parts in members for name in parts}
    return sorted(
        (name for name in names if _separates(name, members)),
        key=lambda name: (name != FRAGMENT, name.lower().startswith("utm_"), name),
    )


def _separates(name: str, members: Sequence[tuple[str, dict[str, str]]]) -> bool:
    titles: defaultdict[str | None, set[str]] = defaultdict(set)
    for title, parts in members:
        titles[parts.get(name)].add(title)
    return all(len(under_one) == 1 for under_one in titles.values())


def _later(before: datetime | None, now: datetime | None) -> bool:
    return before is not None and now is not None and now > before


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
