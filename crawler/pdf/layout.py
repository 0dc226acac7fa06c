"""Lines to paragraphs: columns, hyphens and what is repeated on every page. Pure.

A PDF knows where words stand and not what belongs together. What is told here is what print shows:
gaps, indents, lines that end early, sizes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from crawler.extract.decoding import clean_text
from crawler.pdf.margins import without_margins
from crawler.pdf.values import Page, Piece, RecognisedPage, Row, TextPage

MISSING = "[…]"
"""Stands in the text for pages that are not in it."""

FEWEST_BESIDE = 5
"""Lines side by side from which on a page has two columns; fewer are parts of a heading."""
COLUMN_CHARACTERS = 15
"""A column's usual line has at least so many; the cells of a table mostly have fewer."""

_LIGATURES = str.maketrans({
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "\u00ad": None, "\u200b": None, "\ufeff": None, "\u00a0": " ", "\u2011": "-", "\t": " ",
    "\ufffe": None, "\uffff": None, "\x02": None,
})  # fmt: skip
_PRIVATE = re.compile(r"[\ue000-\uf8ff]+")
"""Bullets of symbol fonts."""
_SPACES = re.compile(r" {2,}")
_ENDS = re.compile(r"[.!?:;…][»”\"')\]]*$")
_BEGINS_ITEM = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*[.)]|[-–—•·▪*]|[^\W\d_]\))\s")
_NUMBERED = re.compile(r"(\d{1,4})[.)]?\s")
_LETTERS_HYPHEN = re.compile(r"[^\W\d_]-$")
_HYPHENATED = re.compile(
    r"(?<!\w)(?:"
    r"по-(?!(?:тому|этому|чему|лоски|иски)(?!\w))\w+(?:ски|цки|ому|ему|ьи)"
    r"|во?-(?:первых|вторых|третьих|четв[её]ртых|пятых)|из-(?:за|под)|вс[её]-таки|вице-\w+|vice-\w+"
    r"|ко[ей]-(?:кто|что|как|где|какие|какой|кого|чего)|\w+-(?:нибудь|либо)"
    r"|(?:как|кто|что|где|когда|куда|чей|зачем|почему|сколько|кого|кому|чего|чему|как(?:ой|ая|ие|ого"
    r"|ому|их|им|ую|ом))-то"
    r")(?!\w)",
    re.IGNORECASE,
)
"""Words that have a hyphen of their own: по-русски, but повестка, wherever the line ends."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines under each other, with the edges that they share."""

    lines: tuple[Piece, ...]
    left: float
    right: float
    step: float
    """Usual distance from line to line."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    text: str
    size: float
    goes_on: bool = False
    """Whether its last word is broken off."""


def paragraphs(pages: Sequence[Page]) -> list[Paragraph]:
    """Return the paragraphs of all pages; what goes on over the end of a page is one."""
    found: list[Paragraph] = []
    cleared = without_margins([page.rows if isinstance(page, TextPage) else () for page in pages])
    for page, rows in zip(pages, cleared, strict=True):
        if isinstance(page, TextPage):
            for block in blocks(rows):
                _append(found, _of_block(block))
        elif isinstance(page, RecognisedPage):
            _append(found, _of_recognised(page.text))
        elif not found or found[-1].text != MISSING:
            found.append(Paragraph(MISSING, 0.0))
    return [paragraph for paragraph in found if paragraph.text]


def blocks(rows: Sequence[Row]) -> Iterator[Block]:
    """Divide a page where it has two columns that are written row by row; else it is one block."""
    gutter = _gutter(rows)
    if gutter is None:
        yield from _block([_whole(row) for row in rows])
        return
    left: list[Piece] = []
    right: list[Piece] = []
    for row in rows:
        if any(piece.left < gutter < piece.right for piece in row):
            # It goes across: what stands above it is read before.
            yield from _block(left)
            yield from _block(right)
            left, right = [], []
            yield from _block([_whole(row)])
            continue
        if beginning := [piece for piece in row if piece.left < gutter]:
            left.append(_whole(tuple(beginning)))
        if rest := [piece for piece in row if piece.left >= gutter]:
            right.append(_whole(tuple(rest)))
    yield from _block(left)
    yield from _block(right)


def join_words(before: str, after: str, *, broken: bool) -> str:
    """Join two lines; a word that was divided between them is made whole."""
    if not before or not after:
        return before or after
    if not broken and not (_LETTERS_HYPHEN.search(before) and after[0].isalpha()):
        return f"{before} {after}"
    head = before.removesuffix("-")
    kept = f"{head}-{after}"
    near = kept[max(0, len(head) - 20) : len(head) + 20]
    return kept if not after[0].islower() or _HYPHENATED.search(near) else head + after


def tidy_line(text: str) -> str:
    """Return a line with plain letters for ligatures, and without marks that nobody sees."""
    plain = clean_text(_PRIVATE.sub(" ", text.translate(_LIGATURES)))
    return _SPACES.sub(" ", plain).strip()


def _gutter(rows: Sequence[Row]) -> float | None:
    """Find where the right column begins; None for one column, and for tables.

    In a document that is written column by column no line has a gap: it needs no help.
    """
    pairs = [row for row in rows if len(row) == 2]
    if len(pairs) < FEWEST_BESIDE or 2 * len(pairs) < len(rows):
        return None
    begin = median(right.left for _, right in pairs)
    aligned = [
        (left, right)
        for left, right in pairs
        if abs(right.left - begin) <= 2 * right.size and left.right < begin
    ]
    if 5 * len(aligned) < 4 * len(pairs):
        return None
    usual = min(median(len(row[side].text) for row in aligned) for side in (0, 1))
    return begin - 2 * aligned[0][1].size if usual >= COLUMN_CHARACTERS else None


def _whole(row: Row) -> Piece:
    if len(row) == 1:
        return row[0]
    last = row[-1]
    written = " ".join(piece.text for piece in row)
    return replace(last, text=written, left=row[0].left)


def _block(lines: Sequence[Piece]) -> Iterator[Block]:
    if not lines:
        return
    steps = [a.base - b.base for a, b in pairwise(lines) if 0 < a.base - b.base < 4 * a.size]
    lefts = Counter(round(line.left) for line in lines)
    rights = sorted(line.right for line in lines)
    # The edge that most lines share; of equals the outer one.
    left = min(lefts, key=lambda at: (-lefts[at], at))
    yield Block(
        tuple(lines),
        float(left),
        rights[int(0.9 * (len(rights) - 1))],
        median(steps) if steps else 1.2 * lines[0].size,
    )


def _of_block(block: Block) -> list[Paragraph]:
    found: list[Paragraph] = []
    before: Piece | None = None
    for line in block.lines:
        text = tidy_line(line.text)
        if not text:
            continue
        begins = before is None or _begins(before, line, text, block)
        if begins or _is_next_item(found[-1].text, text):
            found.append(Paragraph(text, line.size, line.broken))
        else:
            last = found[-1]
            joined = join_words(last.text, text, broken=last.goes_on)
            found[-1] = Paragraph(joined, last.size, line.broken)
        before = line
    return found


def _begins(before: Piece, line: Piece, text: str, block: Block) -> bool:
    """Tell whether a line begins a paragraph."""
    if before.broken:
        return False
    drop = before.base - line.base
    if drop > 1.4 * block.step + 1 or drop < -line.size:
        return True
    if abs(before.size - line.size) > 0.12 * max(before.size, line.size):
        return True
    ended = _ENDS.search(before.text) is not None
    starts = not text[0].islower()
    short = before.right < block.right - 0.15 * (block.right - block.left)
    if starts and (short or (ended and _BEGINS_ITEM.match(text))):
        return True
    indent = line.left - block.left
    return (
        starts
        and 0.8 * line.size < indent < 8 * line.size
        and (ended or before.left - block.left < 0.5 * line.size)
    )


def _is_next_item(before: str, text: str) -> bool:
    """Tell the second of two items whose numbers follow each other, however short they are."""
    numbers = [_NUMBERED.match(written) for written in (before, text)]
    first, second = (int(found[1]) if found else -1 for found in numbers)
    return first >= 0 and second == first + 1


def _of_recognised(text: str) -> list[Paragraph]:
    """Make paragraphs of recognised text, which has an empty line between them."""
    found = []
    for part in re.split(r"\n\s*\n", text.replace("\r", "").replace("\f", "\n\n")):
        written = ""
        for line in part.split("\n"):
            written = join_words(written, tidy_line(line), broken=False)
        found.append(Paragraph(written, 0.0))
    return found


def _append(found: list[Paragraph], more: Iterable[Paragraph]) -> None:
    """Add the paragraphs of a page or column; the first may be the rest of the last one."""
    more = [paragraph for paragraph in more if paragraph.text]
    if found and more and found[-1].text != MISSING and _continues(found[-1], more[0]):
        first = more.pop(0)
        last = found.pop()
        joined = join_words(last.text, first.text, broken=last.goes_on)
        found.append(Paragraph(joined, last.size, first.goes_on))
    found.extend(more)


def _continues(before: Paragraph, after: Paragraph) -> bool:
    if before.goes_on:
        return True
    return (
        after.text[0].islower()
        and not _ENDS.search(before.text)
        and not _BEGINS_ITEM.match(after.text)
    )
