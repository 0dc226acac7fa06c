"""PDFs in the sandbox: pages with deadlines, limits that are said, and a worker that lives on."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from core.articles import Rejection, RejectReason
from core.config.sections.crawl import CrawlSection, PdfSection
from core.sources import Entry
from crawler.parse.pdf_reader import PdfReader
from crawler.parse.sandbox import Sandbox
from crawler.pdf.apart import EndedEarly, EndKind, apart
from crawler.pdf.values import PdfArticle, Unread, is_pdf
from tests.hostile.pdfs import document, honest
from tests.pdf_files import Line, column, pdf, stream

URL = "https://example.org/decree.pdf"
TEXT = ["Призвать на военную службу граждан этого округа,", "кроме тех, кто имеет отсрочку."]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1, 20, 768) as opened:
        yield opened


async def read(
    sandbox: Sandbox, body: bytes, entry: Entry | None = None, **settings: object
) -> PdfArticle | Rejection:
    section = PdfSection.model_validate({"ocr": False, **settings})
    return await PdfReader(sandbox, CrawlSection(pdf=section)).read(body, URL, entry=entry)


async def article(
    sandbox: Sandbox, body: bytes, entry: Entry | None = None, **settings: object
) -> PdfArticle:
    found = await read(sandbox, body, entry, **settings)
    assert isinstance(found, PdfArticle), found
    return found


async def test_pages_beyond_the_limit_are_marked_and_counted(sandbox: Sandbox) -> None:
    found = await article(sandbox, pdf([column(TEXT)] * 7), pages=3)
    assert found.count == 7
    assert found.unread == {Unread.PAGE_LIMIT: 4}
    assert found.article.text.endswith("\n[…]")
    whole = await article(sandbox, pdf([column(TEXT)] * 7), pages=7)
    assert not whole.unread
    assert "[…]" not in whole.article.text


async def test_what_the_feed_announced_wins_or_stands_in(sandbox: Sandbox) -> None:
    published = datetime(2026, 5, 13, 9, tzinfo=UTC)
    entry = Entry(url=URL, title="О призыве", published_at=published, authors=("Айгуль Бекова",))
    info = {"Author": "user", "Title": "doc1", "CreationDate": "D:20260101120000Z"}
    body = pdf([column(["12 мая 2026 г. № 15", "", *TEXT])], info)
    announced = (await article(sandbox, body, entry)).article
    assert announced.title == "О призыве"
    assert announced.published_at == published
    assert announced.authors == ("Айгуль Бекова",)
    alone = (await article(sandbox, body)).article
    assert alone.published_at == datetime(2026, 5, 12, tzinfo=UTC)
    undated = (await article(sandbox, pdf([column(TEXT)], info))).article
    assert undated.published_at == datetime(2026, 1, 1, 12, tzinfo=UTC)


async def test_a_page_that_hangs_costs_itself_alone_and_the_worker_lives(sandbox: Sandbox) -> None:
    worker = await sandbox.run(os.getpid)
    endless = b"BT /F 11 Tf 1 0 0 1 60 700 Tm (aaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n" * 1_000_000
    body = document(
        _content(
            "The council met on Tuesday to discuss the old bridge over the river and its piers."
        ),
        _stream(endless),
        _content("The mayor said that repairs would begin before winter."),
    )
    found = await article(sandbox, body, page_timeout="100ms")
    assert found.unread == {Unread.TOO_LONG: 1}
    before, mark, after = found.article.text.split("\n")
    assert ("council" in before, mark, "mayor" in after) == (True, "[…]", True)
    assert await sandbox.run(os.getpid) == worker


async def test_a_document_without_words_says_so(sandbox: Sandbox) -> None:
    found = await read(sandbox, pdf([[Line(60, 700, "№ 7")], []]))
    assert found == Rejection(RejectReason.PDF_NO_TEXT, "the PDF has no text on 2 pages")


def test_a_pdf_is_known_by_its_bytes() -> None:
    assert is_pdf(honest())
    assert is_pdf(b"\xef\xbb\xbf\r\n" + honest(), "text/html")
    assert is_pdf(b"<!-- a proxy was here -->\n" * 3 + honest(), "application/pdf; x=y")
    assert not is_pdf(b"<html><p>A file begins with %PDF-1.7</p>", "text/html")
    assert not is_pdf(b"<html><p>Login, please</p>", "application/pdf")


# -- steps apart


def _counting(last: int, then: Callable[[], object]) -> Iterator[object]:
    yield from range(last)
    then()


def _spin() -> None:
    while True:
        pass


def _sigsegv() -> None:
    os.kill(os.getpid(), 11)


def _no_memory() -> None:
    raise MemoryError


def _steps(then: Callable[[], object], seconds: float) -> tuple[list[object], EndKind | None]:
    """Run in the sandbox: what came, and how it ended."""
    came: list[object] = []
    try:
        until = time.monotonic() + seconds
        came.extend(apart(partial(_counting, 3, then), first=0.1, step=0.1, until=until))
    except EndedEarly as error:
        return came, error.kind
    return came, None


@pytest.mark.parametrize(
    ("then", "seconds", "kind"),
    [
        (int, 60.0, None),
        (_spin, 60.0, EndKind.STEP),
        (partial(time.sleep, 60), 1.0, EndKind.ALL),
        (_sigsegv, 60.0, EndKind.CRASH),
        (_no_memory, 60.0, EndKind.CRASH),
    ],
)
async def test_what_came_before_a_step_that_fails_is_kept(
    sandbox: Sandbox, then: Callable[[], object], seconds: float, kind: EndKind | None
) -> None:
    assert await sandbox.run(_steps, then, seconds) == ([0, 1, 2], kind)


def _left_early() -> list[str]:
    """Stop listening to a child in the middle of its work; return the children that are left."""
    steps = apart(partial(_counting, 3, _spin), first=60, step=60, until=time.monotonic() + 60)
    next(steps)
    steps.close()
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii").split()


async def test_a_child_that_nobody_listens_to_is_ended(sandbox: Sandbox) -> None:
    assert await sandbox.run(_left_early) == []


_WORKER = """
import os, signal, time
from crawler.pdf.apart import apart

def work():
    yield os.getpid()
    signal.pause()

steps = apart(work, first=60, step=60, until=time.monotonic() + 600)
print(next(steps), flush=True)
next(steps)
"""


def test_a_child_ends_with_its_worker_when_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _WORKER], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        child = int(worker.stdout.readline())
        worker.kill()
        worker.wait()
        # Both hold the other end: it is closed as soon as neither of them is there.
        closed, _, _ = select.select([worker.stdout], [], [], 60)
        if not closed:
            os.kill(child, signal.SIGKILL)
        assert closed, "the child outlived its worker"
        assert worker.stdout.read() == b""


def _content(text: str) -> bytes:
    return _stream(f"BT /F 11 Tf 1 0 0 1 60 700 Tm ({text}) Tj ET".encode())


def _stream(data: bytes) -> bytes:
    return stream(zlib.compress(data), "/Filter /FlateDecode")
