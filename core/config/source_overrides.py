"""Sources of included files switched off in place: `overrides` laid over the tree.

Some files are not ours to change: a feed reader writes its OPML anew.
"""

from __future__ import annotations

from core.config.problems import Problem
from core.config.yaml_tree import Mapping, Scalar, Sequence, node_at


def with_source_overrides(root: Mapping, *, complete: bool = True) -> tuple[Mapping, list[Problem]]:
    """Lay `overrides: {sources: …}` over the sources of a tree; return that, and what is wrong.

    That a source is not there is worth a warning and no more: whoever has a subscription less in a
    feed reader is not to stop the monitor by that. Unless `complete`, files could not be read and
    may hold the source.
    """
    wanted, listed = node_at(root, ("overrides", "sources")), root.items.get("sources")
    if not isinstance(wanted, Mapping):
        return root, []
    items = list(listed.items) if isinstance(listed, Sequence) else []
    places = {_name_of(item): place for place, item in reversed(list(enumerate(items)))}
    problems: list[Problem] = []
    for name, override in wanted.items.items():
        mark, place = wanted.keys[name], places.get(name)
        source = None if place is None else items[place]
        if place is None or not isinstance(source, Mapping):
            if complete:
                said = f"there is no source '{name}' to override"
                problems.append(Problem(mark, said, "take this out", "warning"))
            continue
        if source.mark.file == mark.file:
            hint = f"change it in line {source.mark.line}"
            problems.append(Problem(mark, f"source '{name}' stands in this file", hint))
            continue
        said_of = override.items.get("enabled") if isinstance(override, Mapping) else None
        if isinstance(override, Mapping) and isinstance(said_of, Scalar):
            laid = Mapping(source.mark, dict(source.items), dict(source.keys), source.end)
            laid.items["enabled"], laid.keys["enabled"] = said_of, override.keys["enabled"]
            items[place] = laid
    top = Mapping(root.mark, dict(root.items), dict(root.keys), root.end, root.refused)
    if isinstance(listed, Sequence):
        top.items["sources"] = Sequence(listed.mark, items, listed.end)
    return top, problems


def _name_of(item: object) -> str | None:
    named = item.items.get("name") if isinstance(item, Mapping) else None
    return named.value if isinstance(named, Scalar) else None
