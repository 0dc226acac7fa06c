"""The tables of docs/configuration.md, written from the schema so that they cannot fall behind it.

    python -m core.config.reference [docs/configuration.md]

rewrites what stands below the marker; the introduction above it is written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.config.schema import is_secret, json_schema

MARKER = "<!-- Generated from the configuration models by `make docs`; edit those instead. -->"

Schema = dict[str, Any]


def reference_markdown() -> str:
    """Return a heading and a table of keys for every section of the file."""
    schema = json_schema()
    parts = [_table("The file", "", schema, schema["$defs"])]
    parts += [
        _table(f"`{path}`", section.get("description", ""), section, schema["$defs"])
        for path, section in _sections("", schema, schema["$defs"])
    ]
    return "\n\n".join(parts) + "\n"


def with_reference(page: str) -> str:
    """Return the page with everything below the marker written anew."""
    introduction, marker, _ = page.partition(MARKER)
    if not marker:
        raise ValueError(f"the page has no line {MARKER!r}")
    return f"{introduction}{MARKER}\n\n{reference_markdown()}"


def _sections(
    at: str, schema: Schema, definitions: Schema, inside: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Schema]]:
    """Yield every nested section with its path, in the order of the file.

    `inside` are the sections around; one that holds others of its own kind is described once.
    """
    for key, shape in schema.get("properties", {}).items():
        # A section that may stand alone or in a list is described once.
        found = {name: suffix for suffix, name in reversed([*_definitions_in(shape)])}
        for name, suffix in reversed(found.items()):
            if name in inside:
                continue
            path = f"{at}{key}{suffix}"
            section = definitions[name]
            if section.get("properties") or section.get("patternProperties"):
                yield path, section
                yield from _sections(f"{path}.", section, definitions, inside | {name})


def _definitions_in(shape: Schema, suffix: str = "") -> Iterator[tuple[str, str]]:
    if "$ref" in shape:
        yield suffix, shape["$ref"].rpartition("/")[2]
    for alternative in shape.get("anyOf", ()):
        yield from _definitions_in(alternative, suffix)
    if isinstance(shape.get("items"), dict):
        yield from _definitions_in(shape["items"], f"{suffix}[]")
    for named in shape.get("patternProperties", {}).values():
        yield from _definitions_in(named, f"{suffix}.NAME")


def _table(heading: str, description: str, section: Schema, definitions: Schema) -> str:
    rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
    required = set(section.get("required", ()))
    either = {key for choice in section.get("oneOf", ()) for key in choice["required"]}
    for key, shape in section.get("properties", {}).items():
        if key.removesuffix("_file") != key and key.removesuffix("_file") in section["properties"]:
            continue  # said once, with the key itself
        name = f"`{key}`"
        if f"{key}_file" in section["properties"]:
            name += f", `{key}_file`"
        default = "required" if key in required else _default(shape)
        if key in either and f"{key}_file" in either:
            default = "one is required"
        elif key in either:
            default = "one of them"
        meaning = shape.get("description") or _described(shape, definitions)
        rows.append(f"| {name} | {_value(shape, definitions)} | {default} | {meaning} |")
    rows += [
        f"| `ru`, `en`, … | {_value(shape, definitions)} | | Terms in that language. |"
        for shape in section.get("patternProperties", {}).values()
    ]
    return "\n\n".join(part for part in (f"## {heading}", description, "\n".join(rows)) if part)


def _described(shape: Schema, definitions: Schema) -> str:
    """Return what the section behind a key says of itself."""
    return next(
        (str(definitions[name].get("description", "")) for _, name in _definitions_in(shape)), ""
    )


def _default(shape: Schema) -> str:
    value = shape.get("default")
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _value(shape: Schema, definitions: Schema) -> str:
    """Say in a few words what may stand there."""
    if is_secret(shape):
        return "text, secret"
    alternatives = shape.get("anyOf") or shape.get("oneOf")
    if alternatives:
        shown = [
            _value(alternative, definitions)
            for alternative in alternatives
            if alternative.get("type") != "null"
        ]
        return " or ".join(dict.fromkeys(shown))
    if "$ref" in shape:
        target = definitions[shape["$ref"].rpartition("/")[2]]
        return _value(target, definitions) if "enum" in target else "map"
    if "enum" in shape:
        return ", ".join(f"`{item}`" for item in shape["enum"])
    kinds = shape.get("type")
    if kinds == "array":
        item = _value(shape["items"], definitions)
        plural = "" if "`" in item else "es" if item.endswith("s") else "s"
        return f"list of {item}{plural}"
    if kinds == "object":
        return "map"
    if isinstance(kinds, list):  # a number or truth value, or a variable that stands for one
        low, high = shape.get("minimum"), shape.get("maximum")
        if kinds[0] == "boolean":
            return "true or false"
        return f"{low} to {high}" if high is not None else f"{low} or more"
    return str(shape.get("title") or "text")


if __name__ == "__main__":
    file = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/configuration.md")
    file.write_text(with_reference(file.read_text(encoding="utf-8")), encoding="utf-8")
