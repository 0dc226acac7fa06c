"""What docs/security.md promises is held by tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)`")


def promises() -> list[tuple[str, str]]:
    """Return what is tried and what holds against it, for each row of the tables that say so."""
    found: list[tuple[str, str]] = []
    held = False
    for line in PAGE.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            held = False
        elif cells[-1] == "held by":
            held = True
        elif held and set(cells[0]) != {"-"}:
            found.append((cells[0], cells[-1]))
    return found


def test_the_page_makes_promises() -> None:
    assert len(promises()) > 20


@pytest.mark.parametrize(("tried", "held_by"), promises())
def test_every_promise_names_tests_that_are_there(tried: str, held_by: str) -> None:
    named = _TEST.findall(held_by)
    assert named or held_by.startswith("the same"), tried
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_a_hole_can_be_reported_in_private() -> None:
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "private vulnerability reporting" in said
    assert "docs/security.md" in said
