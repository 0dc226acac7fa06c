"""What stands at the edge of pages and belongs to none: running heads, feet, page numbers. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from crawler.pdf.values import Row, text_of

EDGE = 3
"""Lines at the top and at the bottom of a page that are looked at."""
LONGEST = 150
"""Characters of a running head; a paragraph's line may be longer, and is none."""
FEWEST_ROWS = 3
"""Lines of a page from which the first or last may be its number."""
SHARE = 0.4
"""Of the pages that a line is repeated on: left and right pages may have heads of their own."""
NEAR = 8.0
"""Points by which a line may be higher or lower from page to page."""

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    # What one part has taken it does not give back: a line of spaces is read once.
    r"[-–—\[\s]*+(?:(?:стр(?:аница|\.)?|сторінка|с\.|page|p\.|бет|саҳифа|sahifa|bet)\s*+)?(\d{1,4})"
    r"(?:\s*+(?:/|из|of|з|дан)\s*+\d{1,4})?+[-–—\]\s.]*+(?:бет|саҳифа|sahifa|bet)?\s*+",
    re.IGNORECASE,
)


def without_margins(pages: Sequence[tuple[Row, ...]]) -> list[tuple[Row, ...]]:
    """Return the rows of each page without those that are repeated at its edge.

    A page that would have none left keeps them all: it is the repeated notice itself.
    """
    repeated = _repeated(pages)
    cleared = []
    for number, rows in enumerate(pages):
        bases = [row[0].base for row in rows]
        ends = (min(bases), max(bases)) if len(rows) >= FEWEST_ROWS else ()
        kept = tuple(
            row
            for n, row in enumerate(rows)
            if (number, n) not in repeated
            and not (bases[n] in ends and _is_page_number(row, number + 1))
        )
        cleared.append(kept or rows)
    return cleared


def _repeated(pages: Sequence[tuple[Row, ...]]) -> set[tuple[int, int]]:
    """Find page and row of what stands at one height of many pages with the same words.

    Digits may differ. Of two pages both must have it; of one nothing can be written.
    """
    seen: defaultdict[tuple[str, str], list[tuple[int, int, float]]] = defaultdict(list)
    with_text = sum(1 for rows in pages if rows)
    for number, rows in enumerate(pages):
        for edge, n in _edges(rows):
            written = _DIGITS.sub("#", text_of([rows[n]]).casefold())
            if len(written) <= LONGEST:
                seen[edge, written].append((number, n, rows[n][0].base))
    enough = max(2, SHARE * with_text)
    found: set[tuple[int, int]] = set()
    for places in seen.values():
        usual = median(base for _, _, base in places)
        near = [(number, n) for number, n, base in places if abs(base - usual) <= NEAR]
        if len({number for number, _ in near}) >= enough:
            found.update(near)
    return found


def _edges(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """List the outermost rows by their places: a foot is often written first."""
    by_height = sorted(range(len(rows)), key=lambda n: -rows[n][0].base)
    # A page of few lines is all edge; its upper half counts as the top.
    most = min(EDGE, (len(rows) + 1) // 2)
    bottom = by_height[max(most, len(rows) - EDGE) :]
    return [("top", n) for n in by_height[:most]] + [("bottom", n) for n in bottom]


def _is_page_number(row: Row, number: int) -> bool:
    """Tell the page's own number, alone on its line; a list may have numbers, too."""
    written = text_of([row])
    found = _PAGE_NUMBER.fullmatch(written) if len(written) <= LONGEST else None
    return found is not None and int(found[1]) == number
