"""Included files are somebody else's words, unless the main file trusts them: they read nothing.

A pack of rules that is shared could else have the monitor's secrets sent to an address of its own:
by a variable, by a secret file, by cookies, by a calendar. What is refused is also taken out of the
tree, so that nothing later reads it.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.config.problems import Problem
from core.config.secrets import read_files_of, variables_in
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence

OWN_SECTIONS = ("trust", "database", "network")
"""What only the main file, and those that it trusts, can say."""
_READ = ("cookies", "ca_file", "weights", "session")
"""Keys whose file is read, beside the secrets."""
_IN = {"file": "path", "atom": "path", "ical": "file"}
"""Keys in which another names a file that is read or written."""
_HINT = "if the file is your own, name it under `trust` in the main file"


def refuse_reads(root: Mapping) -> list[Problem]:
    """Return what an included file asks to read, or may not say, and take it out of its tree."""
    problems = []
    for name in OWN_SECTIONS:
        if name in root.items:
            mark = root.keys.pop(name)
            del root.items[name]
            problems.append(Problem(mark, f"an included file cannot say `{name}`", _HINT))
    return problems + list(_refused(root))


def _refused(node: Node) -> Iterator[Problem]:
    if isinstance(node, Scalar):
        names = variables_in(node.value or "")
        if names:
            node.value = ""
            said = f"an included file cannot read the variable {names[0]}"
            yield Problem(node.mark, said, _HINT)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _refused(item)
    else:
        yield from _files(node)
        for value in node.items.values():
            yield from _refused(value)


def _files(mapping: Mapping) -> Iterator[Problem]:
    for key, target in read_files_of(mapping):
        mark = mapping.keys.pop(key)
        del mapping.items[key]
        mapping.items.setdefault(target, Scalar("", mark, mark))
        mapping.keys.setdefault(target, mark)
        yield Problem(mark, f"an included file cannot read a file: `{key}`", _HINT)
    named = [(mapping.items.get(key), key) for key in _READ]
    for outer, key in _IN.items():
        inner = mapping.items.get(outer)
        if isinstance(inner, Mapping):
            named.append((inner.items.get(key), f"{outer}.{key}"))
    for node, key in named:
        if isinstance(node, Scalar) and node.value:
            node.value = None
            yield Problem(node.mark, f"an included file cannot name a file: `{key}`", _HINT)
