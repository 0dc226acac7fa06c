"""Articles by writers who had seen neither rules nor earlier texts: five rounds of them.

What each round said when it was first read stands in docs/unseen.md. Since then they have been
read, and what was wrong with them mended: here they only hold what was reached.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from alerts.rules import RuleSet
from bench.unseen import SHIPPED, read_file
from core.config import load_config

ROUNDS = Path(__file__).parents[3] / "data" / "unseen"
LANGUAGES = ("ru", "en", "uk", "kk", "ky", "uz", "tg")


@cache
def shipped() -> RuleSet:
    return RuleSet.compile(load_config(SHIPPED).config)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_rules_flag_the_beats_and_leave_alone_what_is_near(language: str) -> None:
    readings = [read_file(shipped(), path) for path in sorted(ROUNDS.glob(f"*/{language}.jsonl"))]
    right = sum(
        count
        for reading in readings
        for (is_on, was), count in reading.counts.items()
        if is_on is was
    )
    total = sum(reading.counts.total() for reading in readings)
    assert total == 100
    assert right / total >= 0.95, [wrong for reading in readings for wrong in reading.wrong]
