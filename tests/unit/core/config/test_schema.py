"""The schema that editors get accepts what the loader accepts; the reference follows the models."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import load_config
from core.config.reference import reference_markdown, with_reference
from core.config.schema import json_schema
from core.config.values import duration_text, parse_duration
from core.config.watch import WatchConfig
from tests.unit.core.config.golden import REJECTED
from tests.unit.core.config.test_accepted import EVERYDAY

PAGE = Path(__file__).parents[4] / "docs" / "configuration.md"
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SCHEMA = json_schema()
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def faults(value: Any, shape: dict[str, Any], at: str = "") -> list[str]:
    """Validate by the keywords that the schema uses; an unknown keyword is a fault."""
    if "$ref" in shape:
        shape = SCHEMA["$defs"][shape["$ref"].rpartition("/")[2]]
    found = []
    for keyword, wanted in shape.items():
        if keyword not in KEYWORDS:
            found.append(f"{at}: unknown keyword {keyword}")
        elif (check := KEYWORDS[keyword]) and not check(value, wanted, shape):
            found.append(f"{at}: {keyword}")
    if isinstance(value, dict):
        for key, child in value.items():
            inside = shape.get("properties", {}).get(key)
            for pattern, named in shape.get("patternProperties", {}).items():
                inside = inside or (named if re.search(pattern, str(key)) else None)
            if inside is not None:
                found += faults(child, inside, f"{at}.{key}")
    if isinstance(value, list) and "items" in shape:
        for index, item in enumerate(value):
            found += faults(item, shape["items"], f"{at}[{index}]")
    return found


def _no_more_keys(value: Any, wanted: Any, shape: dict[str, Any]) -> bool:
    assert wanted is False
    known = list(shape.get("properties", {}))
    patterns = list(shape.get("patternProperties", {}))
    return not isinstance(value, dict) or all(
        key in known or any(re.search(pattern, str(key)) for pattern in patterns) for key in value
    )


def _typed(value: Any, wanted: str | list[str], _: Any) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(isinstance(value, TYPES[name]) for name in names)


KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(
        ("$schema", "$id", "$defs", "title", "description", "default", "examples", "format"), None
    ),
    **dict.fromkeys(("writeOnly", "properties", "patternProperties", "items"), None),
    "type": _typed,
    "additionalProperties": _no_more_keys,
    "enum": lambda value, wanted, _: value in wanted,
    "required": lambda value, wanted, _: not isinstance(value, dict) or set(wanted) <= set(value),
    "pattern": lambda value, wanted, _: not isinstance(value, str) or re.search(wanted, value),
    "minLength": lambda value, wanted, _: not isinstance(value, str) or len(value) >= wanted,
    "minItems": lambda value, wanted, _: not isinstance(value, list) or len(value) >= wanted,
    "minimum": lambda value, wanted, _: not isinstance(value, int) or value >= wanted,
    "maximum": lambda value, wanted, _: not isinstance(value, int) or value <= wanted,
    "anyOf": lambda value, wanted, _: any(not faults(value, alternative) for alternative in wanted),
    "oneOf": lambda value, wanted, _: (
        sum(not faults(value, alternative) for alternative in wanted) == 1
    ),
}


@pytest.mark.parametrize("text", [EVERYDAY, *EXAMPLES])
def test_what_the_loader_accepts_is_valid_by_the_schema(text: str) -> None:
    assert faults(yaml.safe_load(text), SCHEMA) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("crawl: {contct: x}", "crawl: additionalProperties"),
        ("crawl: {timeout: 30}", "timeout: type"),
        ("crawl: {timeout: 30 seconds}", "timeout: pattern"),
        ("crawl: {concurrency: 1000}", "concurrency: maximum"),
        ("crawl: {concurrency: many}", "concurrency: pattern"),
        ("sources: [{name: a}]", "sources[0]: oneOf"),
        ("sources: [{name: my source, url: 'https://a.example'}]", "name: pattern"),
        ("sources: [{name: a, url: 'ftp://a.example'}]", "url: anyOf"),
        ("concepts: {a: {russian: [x]}}", "concepts.a: additionalProperties"),
        ("concepts: {a: {ru: []}}", "ru: minItems"),
        ("rules: [{id: a, level: urgent, any: [x]}]", "level: enum"),
        ("rules: [{id: a}]", "rules[0]: anyOf"),
        ("receivers: [{name: a, file: {}}]", "receivers[0].file: anyOf"),
        ("receivers: [{name: a, slack: {url: x}, console: {}}]", "receivers[0]: oneOf"),
        ("routes: [{when: {level: [loud]}, to: [a]}]", "level: anyOf"),
        ("routes: [{to: []}]", "to: anyOf"),
    ],
)
def test_common_mistakes_are_caught_while_typing(text: str, fault: str) -> None:
    (section, _, _) = text.partition(":")
    definition = SCHEMA["properties"][section]["anyOf"][0]
    found = faults(yaml.safe_load(text)[section], definition, section)
    assert any(message.endswith(fault) for message in found), found


def test_variables_and_secret_files_are_valid() -> None:
    text = (
        "database_file: secrets/database\ncrawl: {concurrency: '${N}', timeout: '${T:-30s}'}\n"
        "sources: [{name: a, url: '${URL}', proxy_file: proxy}]\nrules:\n"
        "receivers: [{name: a, slack: {url_file: hook}}, {name: b, webhook: {url: '${X}'}}]\n"
        "routes: [{when: {level: high}, to: [a]}, {when: {level: [low, high]}, to: [b]}]\n"
    )
    assert faults(yaml.safe_load(text), SCHEMA) == []


def test_the_schema_is_named_described_and_free_of_places() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"].startswith("urn:")
    assert SCHEMA["title"] == "Wirewatch configuration"
    text = json.dumps(SCHEMA, ensure_ascii=False)
    assert set(re.findall(r"https?://[\w.-]+", text)) <= {"https://json-schema.org"}
    for section in (SCHEMA, *SCHEMA["$defs"].values()):
        for key, shape in section.get("properties", {}).items():
            assert shape.get("description") or key in WatchConfig.model_fields, key


def test_every_secret_is_marked_and_has_a_file_twin() -> None:
    smtp = SCHEMA["$defs"]["SmtpConfig"]["properties"]
    assert "password_file" in smtp
    assert smtp["password"]["anyOf"][0] == {
        "type": "string",
        "format": "password",
        "writeOnly": True,
    }
    assert {"url_file", "secret_file"} <= set(SCHEMA["$defs"]["WebhookConfig"]["properties"])
    assert "from" in SCHEMA["$defs"]["EmailConfig"]["properties"]
    assert "from_" not in SCHEMA["$defs"]["EmailConfig"]["properties"]


def test_defaults_are_written_as_the_file_would() -> None:
    crawl = SCHEMA["$defs"]["CrawlSection"]["properties"]
    assert crawl["per_host_delay"]["default"] == "1s"
    assert crawl["timeout"]["default"] == "30s"
    assert crawl["every"]["default"] is None
    assert SCHEMA["$defs"]["RetentionSection"]["properties"]["raw_pages"]["default"] == "90d"


@pytest.mark.parametrize("text", ["0s", "250ms", "30s", "15m", "1h30m", "90d", "1d2h3m4s5ms"])
def test_a_duration_is_written_the_way_it_is_read(text: str) -> None:
    assert duration_text(parse_duration(text)) == text


def test_the_configuration_page_is_up_to_date() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_reference(page) == page, "run `make docs`"


def test_the_reference_names_every_key_of_every_section() -> None:
    text = reference_markdown()
    keys = {
        key for shape in (SCHEMA, *SCHEMA["$defs"].values()) for key in shape.get("properties", {})
    }
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_a_page_without_the_marker_is_refused() -> None:
    with pytest.raises(ValueError, match="has no line"):
        with_reference("# Configuration\n")


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_of_the_page_loads(tmp_path: Path, text: str) -> None:
    for name in [*re.findall(r"\w+_file: ([\w/]+)", text), "concepts/a.yaml", "sources.yaml"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("rules:\n" if name.endswith(".yaml") else "whsec_c2VjcmV0")
    (tmp_path / "central-asia").symlink_to(PAGE.parents[1] / "examples" / "central-asia")
    file = tmp_path / "watch.yaml"
    environ = dict.fromkeys(re.findall(r"\$\{(\w+)", text), "https://hooks.example.org/T0")
    ours = "mailto:wire@our-desk.kg"  # the page's own contact is an example, which is warned about
    file.write_text(text.replace("mailto:desk@example.org", ours), encoding="utf-8")
    assert load_config(file, environ=environ).warnings == ()


def test_the_mistakes_the_page_shows_are_worded_as_the_loader_words_them() -> None:
    shown = "".join(re.findall(r"```text\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    headlines = re.findall(r"error: (.*)", shown)
    said = (REJECTED / "ten_mistakes.txt").read_text("utf-8")
    assert headlines
    assert all(headline in said for headline in headlines)
