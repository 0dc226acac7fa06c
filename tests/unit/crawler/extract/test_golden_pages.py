"""Whole pages of different makers against what is expected of them (see regenerate.py)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.crawler.extract.regenerate import expectations, outcome


@pytest.mark.parametrize("expectation", expectations(), ids=lambda path: path.stem)
def test_page_gives_what_its_golden_file_says(expectation: Path) -> None:
    assert outcome(expectation) == json.loads(expectation.read_text(encoding="utf-8"))["expected"]


def test_every_page_has_an_expectation() -> None:
    pages = {path.with_suffix(".json") for path in expectations()[0].parent.glob("*.html")}
    assert pages == set(expectations())
