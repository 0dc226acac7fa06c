"""The JSON Schema of watch.yaml, for editors that complete and check while one types.

It is looser than the loader where a schema cannot know better: a `${VARIABLE}` may stand for any
value, and references between sections are the loader's to check.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.json_schema import GenerateJsonSchema

from core.config.sections.receivers import RECEIVER_KINDS
from core.config.sections.routes import ONE_OR_MORE
from core.config.sections.sources import ADDRESSES
from core.config.values import duration_text
from core.config.watch import WatchConfig

Schema = dict[str, Any]


def json_schema() -> Schema:
    """Return the schema of a configuration file, JSON Schema draft 2020-12."""
    schema = WatchConfig.model_json_schema(schema_generator=_Generator)
    definitions: dict[str, Schema] = schema.pop("$defs")
    for section in (schema, *definitions.values()):
        section.pop("title", None)  # the class's name means nothing to a reader
        _allow_secret_files(section)
        _allow_variables(section)
    for name in ("ConceptConfig", "EntityConfig"):
        terms = definitions[name].pop("additionalProperties")
        definitions[name] |= {
            "patternProperties": {"^[a-z]{2,3}$": terms},
            "additionalProperties": False,
        }
    conditions = definitions["RouteMatch"]["properties"]
    for key in ONE_OR_MORE:
        several = conditions[key]
        conditions[key] = {
            "description": several["description"],
            "anyOf": [several["items"], {"type": "array", "items": several["items"]}],
        }
    _allow_short_forms(definitions)
    definitions["SourceConfig"]["oneOf"] = [{"required": [key]} for key in ADDRESSES]
    definitions["ReceiverConfig"]["oneOf"] = [{"required": [kind]} for kind in RECEIVER_KINDS]
    definitions["RuleConfig"]["anyOf"] = [{"required": [key]} for key in ("when", "all", "any")]
    for key, shape in schema["properties"].items():
        schema["properties"][key] = _or_empty(shape)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:wirewatch:configuration",
        **schema,
        "title": "Wirewatch configuration",
        "$defs": definitions,
    }


def _allow_short_forms(definitions: dict[str, Schema]) -> None:
    """Add what may stand for a whole section: one for a list of one, a number, or `off`."""
    route = definitions["RouteConfig"]["properties"]
    receiver = definitions["ReceiverConfig"]["properties"]
    for properties, key in ((route, "mute"), (receiver, "quiet_hours")):
        shape = properties[key]
        several = next((choice for choice in shape.pop("anyOf", ()) if "items" in choice), None)
        several = several or {name: shape.pop(name) for name in ("items", "type")}
        shape["anyOf"] = [several["items"], several, {"type": "null"}]
    number = definitions["MaxPerHourConfig"]["properties"]["messages"]
    route["max_per_hour"]["anyOf"].insert(
        0, {key: value for key, value in number.items() if key != "description"}
    )
    receiver["flood_guard"]["anyOf"].insert(0, {"enum": ["off"]})


class _Generator(GenerateJsonSchema):
    """Leaves out titles that only repeat the key, and writes defaults as the file would."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's hook
        return False

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return duration_text(dft)
        if isinstance(dft, SecretStr):
            return dft.get_secret_value()  # a default is in the source for all to read
        if isinstance(dft, BaseModel):
            return {}
        return super().encode_default(dft)


def _allow_secret_files(section: Schema) -> None:
    """Add `password_file` beside `password`, and so on; either satisfies `required`."""
    properties = section.get("properties", {})
    for key in [key for key, shape in properties.items() if is_secret(shape)]:
        properties[f"{key}_file"] = {
            "type": "string",
            "description": f"File that holds `{key}`, relative to the configuration.",
        }
        if key in section.get("required", ()):
            section["required"].remove(key)
            section["oneOf"] = [{"required": [key]}, {"required": [f"{key}_file"]}]


def is_secret(shape: Schema) -> bool:
    """Tell whether a property holds a secret."""
    return any(
        alternative.get("format") == "password" for alternative in (shape, *shape.get("anyOf", ()))
    )


def _allow_variables(section: Schema) -> None:
    for shape in section.get("properties", {}).values():
        if shape.get("type") in ("integer", "boolean"):
            shape["type"] = [shape["type"], "string"]
            shape["pattern"] = r"\$\{"


def _or_empty(shape: Schema) -> Schema:
    """Allow a section without anything below its key yet."""
    inner = {key: value for key, value in shape.items() if key not in ("description", "default")}
    outer = {key: value for key, value in shape.items() if key in ("description", "default")}
    return {**outer, "anyOf": [inner, {"type": "null"}]}
