"""Scans: drawn in the sandbox, read by a program beside it.

The program is a stand-in: tesseract is not part of what is tested here and need not be installed.
It is a real child process with tesseract's command line, found on PATH as tesseract is. It looks at
the image that it is given, and says what a file tells it to say.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.articles import Rejection, RejectReason
from core.config.sections.crawl import CrawlSection, PdfSection
from crawler.parse.pdf_reader import PdfReader
from crawler.parse.sandbox import Sandbox
from crawler.pdf.values import PdfArticle, Unread
from tests.pdf_files import Scan, column, pdf

URL = "https://example.org/scan.pdf"
STAND_IN = """#!{python}
import os, resource, signal, struct, sys, zlib
HERE = os.path.dirname(os.path.abspath(__file__))
arguments = sys.argv[1:]
with open(HERE + "/calls", "a") as calls:
    print(*arguments, file=calls)
if arguments == ["--list-langs"]:
    print('List of available languages in "/usr/share/tesseract-ocr/5/tessdata/" (3):')
    print(*open(HERE + "/packs").read().split(), sep="\\n")
    sys.exit()
source, target, dash_l, packs, dash_dpi, dpi = arguments
assert (source, target, dash_l, dash_dpi) == ("stdin", "stdout", "-l", "--dpi"), arguments
assert set(packs.split("+")) <= set(open(HERE + "/packs").read().split()), packs
image = sys.stdin.buffer.read()
assert image.startswith(b"\\x89PNG\\r\\n\\x1a\\n"), image[:20]
width, height, depth, colour = struct.unpack("!IIBB", image[16:26])
packed = image[image.index(b"IDAT") + 4 : -16]
pixels = zlib.decompress(packed)
assert len(pixels) == height * (width + 1), (len(pixels), width, height)
with open(HERE + "/images", "a") as images:
    print(width, height, depth, colour, dpi, pixels[len(pixels) // 2], file=images)
does = open(HERE + "/does").read()
if does == "hang":
    signal.pause()
while does == "flood":
    print("word " * 10_000)
if does == "hoard":
    pixels = bytes(2**31)
if does == "fail":
    sys.exit("Error opening data file")
print(open(HERE + "/says").read(), end="\\f")
"""
SAYS = (
    "О ПРИЗЫВЕ ГРАЖДАН\n\nПризвать на военную службу граж-\nдан этого округа, кроме отсроченных.\n"
)


class Program:
    """The stand-in on PATH: what it knows, does and says, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        script = folder / "tesseract"
        script.write_text(STAND_IN.replace("{python}", sys.executable), encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.set(packs="eng osd rus kaz deu", does="read", says=SAYS)

    def set(self, **files: str) -> None:
        for name, text in files.items():
            (self._folder / name).write_text(text, encoding="utf-8")

    def lines(self, name: str) -> list[str]:
        file = self._folder / name
        return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    installed = Program(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return installed


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1, 20, 768) as opened:
        yield opened


Reads = Callable[..., PdfReader]


@pytest.fixture
def reader(sandbox: Sandbox) -> Reads:
    def make(**settings: object) -> PdfReader:
        section = PdfSection.model_validate({"ocr_timeout": "10s", **settings})
        return PdfReader(sandbox, CrawlSection(parser_timeout=timedelta(seconds=20), pdf=section))

    return make


async def read(reader: PdfReader, body: bytes, language: str | None = None) -> PdfArticle:
    found = await reader.read(body, URL, language_hint=language)
    assert isinstance(found, PdfArticle), found
    return found


async def refused(reader: PdfReader, body: bytes) -> Rejection:
    found = await reader.read(body, URL)
    assert isinstance(found, Rejection), found
    return found


async def test_a_scan_becomes_an_article(program: Program, reader: Reads) -> None:
    found = await read(reader(), pdf([Scan(grey=200)]), "kk")
    assert found.article.title == "О ПРИЗЫВЕ ГРАЖДАН"
    assert found.article.text == (
        "Призвать на военную службу граждан этого округа, кроме отсроченных."
    )
    assert not found.unread
    assert program.lines("calls") == ["--list-langs", "stdin stdout -l kaz+rus+eng --dpi 300"]
    # A4 at 300 dpi, eight bits of grey, and the grey of the scan.
    assert program.lines("images") == ["2480 3509 8 0 300 200"]


async def test_what_is_installed_is_asked_once(program: Program, reader: Reads) -> None:
    one = reader()
    await read(one, pdf([Scan()]))
    await read(one, pdf([Scan(), Scan()]))
    assert [call.split()[0] for call in program.lines("calls")] == ["--list-langs", *["stdin"] * 3]


async def test_pages_with_text_are_not_drawn(program: Program, reader: Reads) -> None:
    text = column(["Суд признал решение о призыве незаконным и от-", "менил его полностью."])
    found = await read(reader(), pdf([text, Scan(), text]))
    assert len(program.lines("images")) == 1
    assert found.article.text.count("незаконным и отменил") == 2
    assert "Призвать на военную" in found.article.text


async def test_without_the_program_the_reason_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Reads
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    rejection = await refused(reader(), pdf([Scan()]))
    assert rejection.reason is RejectReason.PDF_SCANNED
    assert rejection.detail == "scanned: needs OCR, which is not installed (1 page)"


async def test_without_the_languages_the_reason_says_so(program: Program, reader: Reads) -> None:
    program.set(packs="osd deu")
    rejection = await refused(reader(), pdf([Scan()]))
    assert rejection.reason is RejectReason.PDF_SCANNED
    assert "without the packs" in rejection.detail


async def test_switched_off_it_is_not_even_looked_for(program: Program, reader: Reads) -> None:
    rejection = await refused(reader(ocr=False), pdf([Scan()]))
    assert rejection.reason is RejectReason.PDF_SCANNED
    assert "switched off" in rejection.detail
    assert program.lines("calls") == []


@pytest.mark.parametrize("does", ["hang", "flood", "hoard", "fail"])
async def test_a_program_that_misbehaves_costs_its_page_and_says_so(
    program: Program, reader: Reads, does: str
) -> None:
    program.set(does=does)
    text = column(["Суд признал решение о призыве незаконным и от-", "менил его полностью."])
    slow = reader(ocr_timeout="1s" if does == "hang" else "30s")
    found = await read(slow, pdf([text, Scan()]))
    assert found.unread == {Unread.SCAN_FAILED: 1}
    assert found.article.text.endswith("\n[…]")
    rejection = await refused(slow, pdf([Scan()]))
    assert rejection.reason is RejectReason.PDF_SCANNED


async def test_scans_beyond_the_limit_are_counted(program: Program, reader: Reads) -> None:
    found = await read(reader(ocr_pages=2), pdf([Scan()] * 5))
    assert found.unread == {Unread.SCAN_LIMIT: 3}
    assert len(program.lines("images")) == 2


async def test_a_huge_page_is_drawn_coarsely_or_not_at_all(program: Program, reader: Reads) -> None:
    await read(reader(), pdf([Scan()], box=(3_000, 3_000)))
    (image,) = program.lines("images")
    width, height = map(int, image.split()[:2])
    assert width * height <= 16_100_000
    rejection = await refused(reader(), pdf([Scan()], box=(14_400, 14_400)))
    assert rejection.reason is RejectReason.PDF_SCANNED
    assert len(program.lines("images")) == 1
