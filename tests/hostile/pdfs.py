"""Hostile PDFs: trees, bombs, circles, and pages that take for ever beside honest ones."""

from __future__ import annotations

import zlib

from tests.hostile.sample import SENTENCES, Bait, Kind, Sample
from tests.pdf_files import Scan, column, encrypted, pdf, stream, written

MB = 2**20
KEPT = "which adds forty minutes"
"""In the middle of the page: what is at its edge and on every page is no text."""
_LINES = [part for sentence in SENTENCES for part in (sentence[:45], sentence[45:].strip())]
_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def honest() -> bytes:
    """Return a document with one page of honest text."""
    return pdf([column(_LINES)])


def _shown() -> bytes:
    return b"".join(
        b"BT /F 11 Tf 1 0 0 1 60 %d Tm (%b) Tj ET\n" % (780 - 16 * n, line.encode())
        for n, line in enumerate(_LINES)
    )


def document(
    *contents: bytes,
    box: bytes = b"[0 0 595 842]",
    more: tuple[bytes, ...] = (),
    resources: bytes = b"",
    catalog: bytes = b"",
    count: int | None = None,
    trailer: str = "",
) -> bytes:
    """Return a document with a page for each content stream, given as objects.

    The font is object 3, pages begin at 4, each followed by its stream; `more` comes last.
    """
    pages: list[bytes] = []
    for n, content in enumerate(contents):
        pages.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox %b /Contents %d 0 R"
            b" /Resources << /Font << /F 3 0 R >> %b >> >>" % (box, 5 + 2 * n, resources)
        )
        pages.append(content)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(contents)))
    tree = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count or len(contents), kids)
    root = b"<< /Type /Catalog /Pages 2 0 R %b >>" % catalog
    return written([root, tree, _FONT, *pages, *more], trailer)


def _packed(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * times
    return stream(data, f"/Filter [{filters.decode()}]")


def _deep_tree(depth: int) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [
        b"<< /Type /Pages /Count 1 /Kids [%d 0 R] /Parent %d 0 R >>" % (n + 3, max(2, n + 1))
        for n in range(depth)
    ]
    last = len(objects) + 1
    objects += [
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
        b" /Resources << /Font << /F %d 0 R >> >> >>" % (last - 1, last + 1, last + 2),
        stream(_shown()),
        _FONT,
    ]
    return written(objects)


def _many_pages(count: int) -> bytes:
    shared = stream(_shown())
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(count))
    one = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 3 0 R >> >> >>"
    )
    tree = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids)
    return written([b"<< /Type /Catalog /Pages 2 0 R >>", tree, _FONT, shared, *[one] * count])


def _slow() -> bytes:
    """Return content that takes many seconds: text over text, which a parser compares."""
    return _packed(b"BT /F 11 Tf 1 0 0 1 60 700 Tm (aaaaaaaaaaaaaaaaaaaaaaaaa) Tj ET\n" * 400_000)


def _forms_in_circles() -> bytes:
    form = stream(
        b"/X Do /X Do /X Do",
        "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>",
    )
    return document(stream(_shown() + b"/X Do"), resources=b"/XObject << /X 6 0 R >>", more=(form,))


def _forms_that_double(levels: int) -> bytes:
    forms = [
        stream(
            b"/X Do " * 10,
            "/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
            f" /Resources << /XObject << /X {7 + n} 0 R >> >>",
        )
        for n in range(levels)
    ]
    last = stream(b"0 0 m 9 9 l S", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    content = stream(_shown() + b"/X Do")
    return document(content, resources=b"/XObject << /X 6 0 R >>", more=(*forms, last))


def _image(width: int, height: int, data: bytes) -> bytes:
    entries = (
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
        " /BitsPerComponent 8 /Filter /FlateDecode"
    )
    return document(
        stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
        resources=b"/XObject << /I 6 0 R >>",
        more=(stream(data, entries),),
    )


def _reaching_out(bait: Bait) -> bytes:
    acts = (
        b"/OpenAction << /S /JavaScript /JS (app.launchURL('%b')) >> /AA << /WC << /S /URI /URI"
        b" (%b) >> >> /AcroForm << /XFA [] /Fields [] >> /Names << /JavaScript << /Names [(a) << /S"
        b" /JavaScript /JS (this.getURL('%b')) >>] >> >>" % ((bait.url.encode(),) * 3)
    )
    launch = b"<< /S /Launch /F (/bin/sh) >>"
    outside = stream(b"", f"/F ({bait.file}) /FFilter /FlateDecode")
    return document(stream(_shown()), catalog=acts, more=(launch, outside))


def pdfs(bait: Bait) -> tuple[Sample, ...]:
    """Return every hostile PDF; `bait` is what some of them try to reach."""
    kind = Kind.PDF
    return (
        Sample("pdf-pages-20000", kind, "as many pages as fit", lambda: _many_pages(20_000),
               keeps=KEPT, quick=True),
        Sample("pdf-tree-900-deep", kind, "a tree of pages as deep as parsers go",
               lambda: _deep_tree(900)),
        Sample("pdf-tree-50000-deep", kind, "recursion in the tree of pages",
               lambda: _deep_tree(50_000), quick=True),
        Sample("pdf-tree-in-circles", kind, "a tree of pages that holds itself",
               lambda: written([b"<< /Type /Catalog /Pages 2 0 R >>",
                                b"<< /Type /Pages /Count 9 /Kids [2 0 R 2 0 R 2 0 R] >>"])),
        Sample("pdf-count-lies", kind, "a number of pages that nobody has",
               lambda: document(stream(_shown()), count=2_000_000_000), keeps=KEPT),
        Sample("pdf-count-negative", kind, "fewer pages than none",
               lambda: document(stream(_shown()), count=-5)),
        Sample("pdf-huge-box", kind, "a page as large as a town",
               lambda: document(stream(_shown()), box=b"[-1e30 -1e30 1e30 1e30]")),
        Sample("pdf-empty-box", kind, "a page without extent",
               lambda: document(stream(_shown()), box=b"[0 0 0 0]"), keeps=KEPT),
        Sample("pdf-flate-bomb", kind, "256 MB in 256 kB",
               lambda: document(_packed(b" " * (256 * MB)),
               stream(_shown())), keeps=KEPT, quick=True),
        Sample("pdf-flate-bomb-nested", kind, "a bomb in a bomb",
               lambda: document(_packed(b"\0" * (256 * MB), 3), stream(_shown())), keeps=KEPT),
        Sample("pdf-page-for-ever", kind, "a page that takes for ever before an honest one",
               lambda: document(_slow(), stream(_shown())), keeps=KEPT, quick=True),
        Sample("pdf-pages-for-ever", kind, "nothing but such pages",
               lambda: document(*[_slow()] * 8), says="longer than allowed"),
        Sample("pdf-arrays-deep", kind, "nesting in a page's content",
               lambda: document(_packed(b"[" * 5_000_000), stream(_shown())), keeps=KEPT),
        Sample("pdf-states-deep", kind, "a million saved states",
               lambda: document(_packed(b"q " * 5_000_000), stream(_shown())), keeps=KEPT),
        Sample("pdf-forms-in-circles", kind, "a form that draws itself", _forms_in_circles,
               says="longer than allowed", quick=True),
        Sample("pdf-forms-double", kind, "forms that draw ten others each",
               lambda: _forms_that_double(12)),
        Sample("pdf-image-bomb", kind, "an image of 3.6 billion points in 3 MB",
               lambda: _image(60_000, 60_000, zlib.compress(b"\0" * (1024 * MB))), says="scanned"),
        Sample("pdf-broken-xref", kind, "a table of objects that points anywhere",
               lambda: honest().replace(b"00000 n", b"00007 n").replace(b"xref\n", b"xref\n9"),
               keeps=KEPT, quick=True),
        Sample("pdf-xref-in-circles", kind, "a table of objects before itself",
               lambda: document(stream(_shown()), trailer="/Prev 20 /XRefStm 20"), keeps=KEPT),
        Sample("pdf-cut-off", kind, "a download that ended early",
               lambda: honest()[: len(honest()) * 2 // 3]),
        Sample("pdf-header-alone", kind, "nothing but the first line", lambda: b"%PDF-1.7\n",
               says="broken", quick=True),
        Sample("pdf-noise", kind, "noise behind the first line",
               lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20_000, says="broken"),
        Sample("pdf-encrypted", kind, "a password that nobody knows", encrypted, says="encrypted",
               quick=True),
        Sample("pdf-info-loops", kind, "information that refers to itself",
               lambda: document(stream(_shown()), more=(b"6 0 R",), trailer="/Info 6 0 R"),
               keeps=KEPT),
        Sample("pdf-info-10-mb", kind, "a title that is a book",
               lambda: pdf([column(_LINES)], {"Title": "long " * MB, "Author": "x" * MB}),
               keeps=KEPT),
        Sample("pdf-hostile-words", kind, "marks that turn, hide and command",
               lambda: pdf([column([*_LINES, "\u202eabc\x1b[2J\U0001f600\ud83d\ufdd0 \u0000 x"])],
                           {"Title": "\x1b]0;owned\x07 a title \u202e of sorts"}), keeps=KEPT),
        Sample("pdf-scans-500", kind, "500 images for text recognition",
               lambda: pdf([Scan()] * 500), says="scanned"),
        Sample("pdf-reaches-out", kind, "scripts, actions and files outside",
               lambda: _reaching_out(bait), keeps=KEPT, quick=True),
    )  # fmt: skip
