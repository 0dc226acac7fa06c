"""Links between pages lead to a file that is there, and to a heading of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for folder in (ROOT, ROOT / "docs", ROOT / "deploy", ROOT / "examples", ROOT / "demo")
    for page in (folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
)
_FENCED = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+?)(?: +#+)?$", re.MULTILINE)
_ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")


def text_of(page: Path) -> str:
    return _FENCED.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return what a link into a page may name, as GitHub makes it of the headings."""
    seen: Counter[str] = Counter()
    found = set(_ANCHOR.findall(text_of(page)))
    for heading in _HEADING.findall(text_of(page)):
        words = _LINK.sub("]", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(found)


def dead_links(page: Path) -> Iterator[str]:
    for link in _LINK.findall(_CODE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        to = (page.parent / path).resolve() if path else page
        if not to.exists() or (anchor and to.suffix == ".md" and anchor not in anchors(to)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_link_of_a_page_is_dead(page: Path) -> None:
    assert list(dead_links(page)) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    page, other = tmp_path / "page.md", tmp_path / "other.md"
    other.write_text("# `a` and B, twice\n\n## Twice\n\n## Twice\n```\n# No heading\n```\n")
    good = [
        "other.md",
        "other.md#a-and-b-twice",
        "other.md#twice-1",
        "#here",
        "https://a.example/#x",
    ]
    dead = ["gone.md", "other.md#twice-2", "other.md#no-heading", "#there"]
    page.write_text("# Here\n" + " ".join(f"[x]({link})" for link in [*good, *dead]))
    assert list(dead_links(page)) == dead
