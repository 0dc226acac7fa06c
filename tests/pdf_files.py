"""PDFs for tests, written by hand: text in any script, images as scans have them.

Text stands in a font that is not embedded and says by a map which letters its codes are. That is
all that a text layer needs, so no font has to be there.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

A4 = (595, 842)
WIDTH = 0.5
"""Of each letter, as a share of the size."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text with its left end, in points from the lower left corner of the page."""

    x: float
    y: float
    text: str
    size: float = 12


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is one grey image."""

    width: int = 600
    height: int = 848
    grey: int = 200


Page = Sequence[Line] | Scan


def column(
    text: Sequence[str], *, x: float = 60, top: float = 780, step: float = 16, size: float = 12
) -> list[Line]:
    """Set lines under each other; an empty one leaves a gap."""
    return [Line(x, top - n * step, line, size) for n, line in enumerate(text) if line]


def pdf(
    pages: Sequence[Page],
    info: Mapping[str, str] | None = None,
    *,
    box: tuple[float, float] = A4,
    trailer: str = "",
) -> bytes:
    """Return a document with these pages; `trailer` is added to its trailer."""
    objects: list[bytes] = []

    def add(body: str | bytes) -> int:
        objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(objects)

    add("<< /Type /Catalog /Pages 2 0 R >>")
    add("")  # the tree of pages, once they are known
    letters = sorted(
        {c for page in pages if not isinstance(page, Scan) for li in page for c in li.text}
    )
    font = _font(add, letters)
    kids = []
    for page in pages:
        if isinstance(page, Scan):
            pixels = zlib.compress(bytes([page.grey]) * (page.width * page.height))
            image = add(
                stream(
                    pixels,
                    f"/Type /XObject /Subtype /Image /Width {page.width} /Height {page.height}"
                    " /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
                )
            )
            content = add(stream(f"q {box[0]} 0 0 {box[1]} 0 0 cm /I Do Q".encode()))
            resources = f"/XObject << /I {image} 0 R >>"
        else:
            shown = "".join(
                f"BT /F {line.size} Tf 1 0 0 1 {line.x} {line.y} Tm <{_hex(line.text)}> Tj ET\n"
                for line in page
            )
            content = add(stream(shown.encode()))
            resources = f"/Font << /F {font} 0 R >>"
        kids.append(
            add(
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {box[0]} {box[1]}]"
                f" /Resources << {resources} >> /Contents {content} 0 R >>"
            )
        )
    objects[1] = (
        f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
    ).encode()
    if info is not None:
        entries = " ".join(f"/{key} <FEFF{_hex(value)}>" for key, value in info.items())
        trailer += f" /Info {add(f'<< {entries} >>')} 0 R"
    return written(objects, trailer)


def written(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """Return a file of these objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n".encode("latin-1")
    out += b"startxref\n%d\n%%%%EOF\n" % xref
    return bytes(out)


def stream(data: bytes, entries: str = "") -> bytes:
    """Return a stream object."""
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(data), entries.encode(), data)


def encrypted() -> bytes:
    """Return a document that asks for a password: an empty one does not fit its keys."""
    keys = "/Filter /Standard /V 2 /R 3 /Length 128 /P -44" + f" /O <{'ab' * 32}> /U <{'cd' * 32}>"
    return pdf(
        [column(["Secret"])],
        trailer=f"/Encrypt << {keys} >> /ID [<{'01' * 16}> <{'01' * 16}>]",
    )


def _font(add: object, letters: Sequence[str]) -> int:
    assert callable(add)
    pairs = [f"<{_hex(letter)}> <{_hex(letter)}>" for letter in letters if len(_hex(letter)) == 4]
    chunks = [pairs[n : n + 100] for n in range(0, len(pairs), 100)]
    mapped = "".join(
        f"{len(chunk)} beginbfchar\n{chr(10).join(chunk)}\nendbfchar\n" for chunk in chunks
    )
    cmap = add(
        stream(
            (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                "/CMapName /M def /CMapType 2 def\n"
                f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{mapped}"
                "endcmap CMapName currentdict /CMap defineresource pop end end"
            ).encode()
        )
    )
    descriptor = add(
        "<< /Type /FontDescriptor /FontName /Plain /Flags 4 /FontBBox [0 -200 1000 800]"
        " /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
    )
    letters_of = add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Plain /CIDSystemInfo << /Registry (Adobe)"
        f" /Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} 0 R"
        f" /DW {int(WIDTH * 1000)} >>"
    )
    font = add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /Plain /Encoding /Identity-H"
        f" /DescendantFonts [{letters_of} 0 R] /ToUnicode {cmap} 0 R >>"
    )
    assert isinstance(font, int)
    return font


def _hex(text: str) -> str:
    return text.encode("utf-16-be", "surrogatepass").hex().upper()
