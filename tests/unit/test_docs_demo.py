"""The recorded demonstration shows what the demonstration does today."""

from __future__ import annotations

import re
from pathlib import Path

from cli.demo import _CLOSING, _OPENING
from cli.demo_playbook import ACTS, PERSON

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")


def test_the_record_shows_every_act_in_its_order() -> None:
    said = [line for line in PAGE.splitlines() if line.startswith(">>> ")]
    assert len(said) == len(ACTS)
    for line, act in zip(said, ACTS, strict=True):
        assert line.startswith(f">>> {act.said}")
    assert f"By hand: {', '.join(act.name for act in ACTS)}." in PAGE
    assert f"--by {PERSON}" in PAGE


def test_the_record_begins_and_ends_as_the_demonstration_does() -> None:
    for text in (_OPENING, _CLOSING):
        for line in filter(None, text.splitlines()):
            pattern = ".*".join(map(re.escape, re.split(r"\{[^}]*\}", line.strip())))
            assert re.search(pattern, PAGE), line


def test_the_record_holds_nothing_of_a_day_or_a_machine() -> None:
    assert not re.search(r"\b\d\d:\d\d\s+(UTC|[+-]\d\d)", PAGE)
    assert set(re.findall(r"127\.0\.0\.\d+:(\d+)", PAGE)) <= {"8000"}
    assert set(re.findall(r"\b20\d\d[-/]\d\d[-/]\d\d", PAGE)) <= {"2026-11-20", "2026/11/20"}
    assert "\x1b" not in PAGE


def test_the_readme_leads_to_it() -> None:
    assert "(docs/demo.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
