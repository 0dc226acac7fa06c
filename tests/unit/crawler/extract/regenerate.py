"""Rewrites what golden pages give: `python -m tests.unit.crawler.extract.regenerate`.

Look at the diff before committing it: it is the change in what readers of alerts will see.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from core.articles import Rejection
from crawler.extract import extract_article

PAGES = Path(__file__).parent / "pages"


def expectations() -> list[Path]:
    """List the JSON files; each has its page beside it with the suffix .html."""
    return sorted(PAGES.glob("*.json"))


def outcome(expectation: Path) -> dict[str, object]:
    """Extract the page of one JSON file with the arguments written in it."""
    arguments = json.loads(expectation.read_text(encoding="utf-8"))["input"]
    result = extract_article(expectation.with_suffix(".html").read_bytes(), **arguments)
    kind = "rejected" if isinstance(result, Rejection) else "article"
    plain: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(result), default=str))
    if isinstance(plain.get("text"), str):
        plain["text"] = str(plain["text"]).splitlines()
    return {kind: plain}


def main() -> None:
    """Rewrite all expectations in place."""
    for path in expectations():
        arguments = json.loads(path.read_text(encoding="utf-8"))["input"]
        golden = {"input": arguments, "expected": outcome(path)}
        path.write_text(json.dumps(golden, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
