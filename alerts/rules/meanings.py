"""Names for what concepts and entities mean, by which what was noted of articles is looked up."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator

from alerts.rules.families import members
from alerts.rules.fingerprint import ENGINE
from core.config.sections.vocabulary import ConceptConfig
from core.config.watch import WatchConfig
from core.searching import (
    MARKS_OF_CONCEPT,
    MARKS_OF_ENTITY,
    mark,
)

Name = tuple[str, str]
"""`concept` or `entity`, and a name."""

_REFERENCE = re.compile(r"([$@])([^\s()\",:;/]+)")
_KINDS = {"$": "concept", "@": "entity"}


class BuiltOn:
    """Which concepts and entities a concept or an entity is built on."""

    def __init__(self, config: WatchConfig) -> None:
        self._config = config
        self._members = members(config.entities)
        self._known: dict[Name, tuple[Name, ...]] = {}

    def closure(self, names: Iterable[Name]) -> frozenset[Name]:
        """Return what is named, with all that it is built on, as far as there is such a thing."""
        found: set[Name] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found and self._is_there(name):
                found.add(name)
                if name not in self._known:
                    self._known[name] = tuple(self._below(name))
                waiting += self._known[name]
        return frozenset(found)

    def _is_there(self, name: Name) -> bool:
        kind, key = name
        return key in (self._config.concepts if kind == "concept" else self._config.entities)

    def _below(self, name: Name) -> Iterator[Name]:
        kind, key = name
        if kind == "entity":
            yield from (("entity", member) for member in self._members[key])
            return
        for item in _items(self._config.concepts[key]):
            # Within quotes it may be no reference: one thing more than needed does no harm.
            for sign, referred in _REFERENCE.findall(item):
                yield _KINDS[sign], referred


def _items(concept: ConceptConfig) -> Iterator[str]:
    for items in concept.terms.values():
        yield from items
    for _, items in concept.vetoes:
        yield from items


class Meanings:
    """Marks of the concepts and entities of a configuration, each named after what it means.

    What is changed gets another mark, so what was noted before is not taken for it.
    """

    def __init__(self, config: WatchConfig, folding: str) -> None:
        """Take a sound configuration; `folding` names how words are compared."""
        built_on = BuiltOn(config)
        self._marks = {
            (kind, name): mark(sign, f"{name}:{_digest(config, built_on, folding, (kind, name))}")
            for kind, sign, known in (
                ("concept", MARKS_OF_CONCEPT, config.concepts),
                ("entity", MARKS_OF_ENTITY, config.entities),
            )
            for name in known
        }

    def of(self, kind: str, name: str) -> str | None:
        """Return the mark of a concept or an entity."""
        return self._marks.get((kind, name))

    @property
    def all(self) -> frozenset[str]:
        """Every mark: an index notes for which of them a version was looked through."""
        return frozenset(self._marks.values())


def _digest(config: WatchConfig, built_on: BuiltOn, folding: str, name: Name) -> str:
    content = [ENGINE, folding]
    for kind, key in sorted(built_on.closure((name,))):
        section = config.concepts[key] if kind == "concept" else config.entities[key]
        content += [kind, key, section.model_dump_json(exclude_defaults=True)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]
