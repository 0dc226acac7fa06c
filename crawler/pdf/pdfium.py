"""What is asked of pdfium, the parser of PDFs: the text of a page with its places, its looks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as c

from crawler.pdf.values import Piece, Row, ScannedPage, TextPage

MOST_CHARACTERS = 100_000
"""Of one page. A full page of small print has 10,000."""
WIDE_GAP = 1.8
"""Times a letter's size from which a gap divides a line: columns, cells of a table."""
MOST_OBJECTS = 500
"""Parts of a page that are looked at to find an image."""
DRAWN = 60
"""Shapes from which on a page without words is taken for one whose letters were drawn."""
FEW_LETTERS = 8
"""Letters below which a page with an image is a scan: stamps and page numbers are put on scans."""
READABLE = 0.6
"""Share of the characters that are letters or digits, of a text layer that is one."""
DPI = 300
"""What text recognition is trained for."""
MOST_PIXELS = 16_000_000
"""Of one rendered page: A4 at 300 dpi has 8.7 million. A larger page is rendered more coarsely."""
LEAST_DPI = 72
"""Below this no letter can be recognised."""
_HYPHEN = 2
"""What pdfium gives in place of a hyphen at the end of a line."""
_INFO = ("Title", "Author", "CreationDate")
_MOST_INFO = 1_000


class Unopened(StrEnum):
    """Why a document could not be opened."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a document once it is open."""

    count: int
    info: dict[str, str]


@dataclass(frozen=True, slots=True)
class FailedPage:
    """A page that pdfium refuses."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page as an image."""

    png: bytes
    dpi: int


def read_steps(
    body: bytes, first: int, most: int
) -> Iterator[Unopened | Opened | TextPage | ScannedPage | FailedPage]:
    """Open a document, then read its pages from `first` on, up to page `most`; one value a step."""
    document = _opened(body)
    if isinstance(document, Unopened):
        yield document
        return
    count = len(document)
    yield Opened(count, {key: document.get_metadata_value(key)[:_MOST_INFO] for key in _INFO})
    for index in range(first, min(count, most)):
        try:
            page = document[index]
            yield _read(page)
            page.close()
        except pdfium.PdfiumError:
            yield FailedPage()


def render_steps(body: bytes, index: int) -> Iterator[Rendered | FailedPage]:
    """Render one page in shades of grey, for text recognition."""
    document = _opened(body)
    if isinstance(document, Unopened):
        yield FailedPage()
        return
    try:
        page = document[index]
        dpi = dpi_for(*page.get_size())
        if dpi < LEAST_DPI:
            yield FailedPage()
            return
        bitmap = page.render(scale=dpi / 72, grayscale=True, limit_image_cache=True)
        yield Rendered(_png(bitmap), dpi)
    except (pdfium.PdfiumError, ValueError):
        yield FailedPage()


def dpi_for(width: float, height: float) -> int:
    """Return how finely a page of this size, in points, is rendered."""
    pixels = max(width, 1.0) * max(height, 1.0) * (DPI / 72) ** 2
    return int(DPI * min(1.0, (MOST_PIXELS / pixels) ** 0.5))


def _opened(body: bytes) -> pdfium.PdfDocument | Unopened:
    try:
        return pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY)
        return Unopened.ENCRYPTED if locked else Unopened.BROKEN


def _read(page: pdfium.PdfPage) -> TextPage | ScannedPage:
    text = page.get_textpage()
    rows = tuple(_rows(text))
    text.close()
    if not _has_words(rows) and _shows_something(page):
        return ScannedPage()
    return TextPage(rows)


def _has_words(rows: Sequence[Row]) -> bool:
    """Tell words from a few marks on a scan, and from a font that does not say its letters."""
    said = "".join(piece.text for row in rows for piece in row).replace(" ", "")
    words = sum(map(str.isalnum, said))
    return words >= FEW_LETTERS and words >= READABLE * len(said)


def _shows_something(page: pdfium.PdfPage) -> bool:
    shapes = 0
    for part in islice(page.get_objects(max_depth=3), MOST_OBJECTS):
        if part.type == c.FPDF_PAGEOBJ_IMAGE:
            return True
        shapes += part.type in (c.FPDF_PAGEOBJ_PATH, c.FPDF_PAGEOBJ_TEXT)
    return shapes >= DRAWN


def _rows(text: pdfium.PdfTextPage) -> Iterator[Row]:
    """Give the lines of a page in the order of the document."""
    raw = text.raw
    count = min(text.count_chars(), MOST_CHARACTERS)
    codes = [c.FPDFText_GetUnicode(raw, n) for n in range(count)]
    begin = 0
    for n, code in enumerate(codes):
        if code in (10, 13, _HYPHEN):
            yield from _row(text, codes, begin, n, broken=code == _HYPHEN)
            begin = n + 1
    yield from _row(text, codes, begin, count, broken=False)


def _row(
    text: pdfium.PdfTextPage, codes: Sequence[int], begin: int, end: int, *, broken: bool
) -> Iterator[Row]:
    """Make one line of the characters from `begin` to `end`, divided where there are wide gaps."""
    blank = (32, 9, 160)
    while begin < end and codes[begin] in blank:
        begin += 1
    while begin < end and codes[end - 1] in blank:
        end -= 1
    if begin >= end:
        return
    size = max(1.0, c.FPDFText_GetFontSize(text.raw, begin))
    pieces: list[Piece] = []
    n = start = begin
    while n < end:
        if codes[n] not in blank:
            n += 1
            continue
        before = n
        while codes[n] in blank:  # the last of the line is none
            n += 1
        if _left(text, n) - _right(text, before - 1) > WIDE_GAP * size:
            pieces.append(_piece(text, codes, start, before, size))
            start = n
    pieces.append(_piece(text, codes, start, end, size, broken=broken))
    yield tuple(pieces)


def _piece(
    text: pdfium.PdfTextPage,
    codes: Sequence[int],
    begin: int,
    end: int,
    size: float,
    *,
    broken: bool = False,
) -> Piece:
    said = "".join(chr(code) if 0 < code < 0x110000 else "\ufffd" for code in codes[begin:end])
    left, bottom, _, _ = _box(text, begin)
    return Piece(said, left, _right(text, end - 1), bottom, size, broken)


def _box(text: pdfium.PdfTextPage, index: int) -> tuple[float, float, float, float]:
    try:
        left, bottom, right, top = text.get_charbox(index, loose=True)
    except pdfium.PdfiumError:
        return (0.0, 0.0, 0.0, 0.0)
    return left, bottom, right, top


def _left(text: pdfium.PdfTextPage, index: int) -> float:
    return _box(text, index)[0]


def _right(text: pdfium.PdfTextPage, index: int) -> float:
    return _box(text, index)[2]


def _png(bitmap: pdfium.PdfBitmap) -> bytes:
    """Write a grey bitmap as PNG, the simplest format that says its size and is packed."""
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    buffer = memoryview(bitmap.buffer).cast("B")
    packer = zlib.compressobj(1)
    packed = bytearray()
    for row in range(height):
        packed += packer.compress(b"\x00")
        packed += packer.compress(buffer[row * stride : row * stride + width])
    packed += packer.flush()
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", bytes(packed)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
