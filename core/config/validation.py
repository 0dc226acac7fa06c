"""A tree of nodes → a `WatchConfig` of everything sound, and a placed problem for the rest."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from core.config.fields import Section
from core.config.problems import Problem, did_you_mean
from core.config.sections.vocabulary import ByLanguage
from core.config.watch import WatchConfig
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence, Step, locate, node_at, plain

_PLAIN_WORDS = {
    "missing": "this is required and missing",
    "string_type": "this must be text",
    "tuple_type": "this must be a list",
    "list_type": "this must be a list",
    "dict_type": "this must be a map",
    "model_type": "this must be a map",
    "model_attributes_type": "this must be a map",
    "too_short": "this list must not be empty",
    "string_too_short": "this must not be empty",
    "int_parsing": "this must be a whole number",
    "int_type": "this must be a whole number",
    "bool_parsing": "this must be true or false",
    "bool_type": "this must be true or false",
}


def validate_tree(root: Mapping) -> tuple[WatchConfig, list[Problem]]:
    """Validate every item by itself. Return the sound part and the problems, placed."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, field in WatchConfig.model_fields.items():
        node = root.items.get(name)
        if node is None or (isinstance(node, Scalar) and node.value is None):
            continue  # left out, or `rules:` with nothing below it yet
        outer = get_origin(field.annotation)
        if outer is tuple and isinstance(node, Sequence):
            item = get_args(field.annotation)[0]
            values[name] = tuple(
                value
                for index, child in enumerate(node.items)
                for value in _validated(root, item, child, (name, index), problems)
            )
        elif outer is dict and isinstance(node, Mapping):
            values[name] = _validated_map(root, field, node, name, problems)
        else:
            whole = (
                Annotated[(field.annotation, *field.metadata)]
                if field.metadata
                else (field.annotation)
            )
            for value in _validated(root, whole, node, (name,), problems):
                values[name] = value
    problems += [
        _unknown_key(root, WatchConfig, (key,))
        for key in root.items
        if key not in WatchConfig.model_fields
    ]
    return WatchConfig.model_construct(**values), problems


def _validated_map(
    root: Node, field: FieldInfo, node: Mapping, name: str, problems: list[Problem]
) -> dict[str, Any]:
    key_type, value_type = get_args(field.annotation)
    names = TypeAdapter(key_type)
    sound: dict[str, Any] = {}
    for key, child in node.items.items():
        try:
            names.validate_python(key)
        except ValidationError as error:
            said = error.errors(include_url=False, include_input=False)[0]["msg"]
            problems.append(Problem(node.keys[key], f"'{key}' as a name: {said}"))
        for value in _validated(root, value_type, child, (name, key), problems):
            sound[key] = value
    return sound


def _validated(
    root: Node, shape: Any, node: Node, path: tuple[Step, ...], problems: list[Problem]
) -> list[Any]:
    """Return a list with the valid value, or an empty one after noting what is wrong.

    A value that has nothing but unknown keys too many is returned without them: what else is wrong
    with it, a later check finds.
    """
    try:
        return [_adapter(shape).validate_python(plain(node))]
    except ValidationError as error:
        section = _section_in(shape)
        found = error.errors(include_url=False, include_input=False)
        sound = _without_unknown(shape, plain(node), found)
        problems += [
            _problem(root, section, path, details)
            for details in found
            if not _follows_from_another(details, found)
        ]
        return sound


def _without_unknown(shape: Any, value: Any, found: list[ErrorDetails]) -> list[Any]:
    for details in found:
        owner, steps = value, details["loc"]
        if details["type"] != "extra_forbidden":
            return []
        for step in steps[:-1]:
            # Steps in brackets are pydantic's own and stand for no key of the file.
            owner = owner if str(step).startswith("[") else owner[step]
        owner.pop(steps[-1], None)
    try:
        return [_adapter(shape).validate_python(value)]
    except ValidationError:
        return []


@lru_cache(maxsize=64)
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _follows_from_another(details: ErrorDetails, found: list[ErrorDetails]) -> bool:
    """Tell whether a list is only "too short" because its items are wrong."""
    loc = details["loc"]
    return details["type"] == "too_short" and any(
        other["loc"][: len(loc)] == loc and len(other["loc"]) > len(loc) for other in found
    )


def _problem(
    root: Node, section: type[Section] | None, path: tuple[Step, ...], details: ErrorDetails
) -> Problem:
    # Steps in brackets are pydantic's own: a key that is wrong, or which shape a value has.
    inner = tuple(step for step in details["loc"] if not str(step).startswith("["))
    where = (*path, *inner)
    owner = _section_at(section, inner[:-1]) if section else None
    if (
        owner is not None
        and inner
        and (
            details["type"] == "extra_forbidden"
            or str(inner[-1]) in owner.planned
            or (issubclass(owner, ByLanguage) and details["type"] == "language")
        )
    ):
        return _unknown_key(root, owner, where)
    if details["type"] == "missing":
        known = did_you_mean_from(root, path, inner)
        return Problem(locate(root, where[:-1]), f"'{inner[-1]}' is required and missing", known)
    message = _PLAIN_WORDS.get(details["type"], _lower_first(details["msg"]))
    wrote = node_at(root, where)
    hint = None
    if details["type"] == "string_type" and isinstance(wrote, Mapping) and len(wrote.items) == 1:
        hint = "a text with `: ` in it needs quotes"
    message = message.replace("input should be", "this must be")
    key_is_wrong = details["loc"][-1:] == ("[key]",)
    if key_is_wrong:
        message = f"'{inner[-1]}': {message}"
    return Problem(locate(root, where, key=key_is_wrong), message, hint)


def did_you_mean_from(root: Node, path: tuple[Step, ...], inner: tuple[Step, ...]) -> str | None:
    """Return a hint when a key next to the missing one looks like a misspelling of it."""
    node: Node | None = root
    for step in (*path, *inner[:-1]):
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.items.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step]
    if not isinstance(node, Mapping):
        return None
    near = did_you_mean(str(inner[-1]), node.items)
    return f"is it '{near.split(chr(39))[1]}' below?" if near else None


def _unknown_key(root: Node, owner: type[Section], where: tuple[Step, ...]) -> Problem:
    key = str(where[-1])
    mark = locate(root, where, key=True)
    if key in owner.planned:
        return Problem(mark, owner.planned[key])
    known = [field.alias or name for name, field in owner.model_fields.items()]
    hint = did_you_mean(key, known)
    if hint is None and issubclass(owner, ByLanguage):
        hint = "terms stand under language codes such as `ru`"
    return Problem(mark, f"unknown key '{key}'", hint)


def _section_at(section: type[Section], steps: tuple[Step, ...]) -> type[Section] | None:
    """Follow keys down the models; list positions change nothing, nor do names in a map."""
    current: type[Section] | None = section
    named = False
    for step in steps:
        if isinstance(step, int) or current is None:
            continue
        if named:
            named = False
            continue
        fields = current.model_fields
        field = fields.get(step) or next(
            (field for field in fields.values() if field.alias == step), None
        )
        current = _section_in(field.annotation) if field else None
        named = field is not None and get_origin(field.annotation) is dict
    return current


def _section_in(shape: Any) -> type[Section] | None:
    """Return the model inside a type such as `tuple[SourceConfig, ...]` or `X | None`."""
    if isinstance(shape, type) and issubclass(shape, Section):
        return shape
    return next((found for part in get_args(shape) if (found := _section_in(part))), None)


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]
