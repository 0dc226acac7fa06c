"""Numbers that pages give of what is shipped are those that can be counted."""

from __future__ import annotations

import re
from pathlib import Path

from core.config import load_config

ROOT = Path(__file__).parents[2]


def test_the_shipped_desk_holds_what_the_readme_says() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    _, _, said = readme.partition("(examples/central-asia/watch.yaml) is a complete desk: ")
    numbers = re.match(
        r"(\d+) real outlets and channels, (\d+) concepts in .*?, (\d+) people, bodies and places, "
        r"and (\d+) rules",
        said,
    )
    assert numbers is not None, said[:200]
    config = load_config(ROOT / "examples/central-asia/watch.yaml", environ={}).config
    shipped = (config.sources, config.concepts, config.entities, config.rules)
    assert [int(number) for number in numbers.groups()] == [len(things) for things in shipped]
