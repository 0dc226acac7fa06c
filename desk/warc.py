"""Evidence as a WARC file (ISO 28500), the format of web archives."""

from __future__ import annotations

import io
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from typing import IO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from core.articles import Evidence
from desk.articles import Exhibit

_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that speak of the bytes as they travelled; what is kept are the bytes inside."""


def write_warc(out: IO[bytes], name: str, exhibits: Iterable[Exhibit]) -> None:
    """Write a response record for each page, and the text that was read from it.

    Bodies are as they were stored: free of transfer and content encodings, which the headers that
    spoke of them are renamed to say (`X-Archive-Orig-...`). A page whose bytes retention removed
    is a metadata record with its hash.
    """
    writer = _Writer(out, gzip=True, warc_version="1.1")
    software = {"software": f"wirewatch {version('wirewatch')}", "format": "WARC file version 1.1"}
    writer.write_record(writer.create_warcinfo_record(name, software))
    for exhibit in exhibits:
        _write(writer, exhibit)


class _Writer(WARCWriter):  # type: ignore[misc]  # warcio has no types
    @staticmethod
    def _create_temp_file() -> IO[bytes]:
        # warcio leaves its temporary files open; a page that was kept fits into memory anyway.
        return io.BytesIO()


def _write(writer: WARCWriter, exhibit: Exhibit) -> None:
    proof, article = exhibit.proof, exhibit.article
    date = proof.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    url = proof.final_url or proof.url
    if proof.body is None:
        lines = f"sha256: {proof.sha256}\r\nsize: {proof.size}\r\nstatus: {proof.status}\r\n"
        writer.write_record(
            writer.create_warc_record(
                url,
                "metadata",
                payload=io.BytesIO(lines.encode()),
                warc_content_type="application/warc-fields",
                warc_headers_dict={"WARC-Date": date},
            )
        )
        return
    response = writer.create_warc_record(
        url,
        "response",
        payload=io.BytesIO(proof.body),
        http_headers=_headers(proof),
        warc_headers_dict={"WARC-Date": date, "X-Stored-SHA-256": proof.sha256},
    )
    writer.write_record(response)
    words = f"{article.data.title}\n\n{article.data.text}\n"
    writer.write_record(
        writer.create_warc_record(
            url,
            "conversion",
            payload=io.BytesIO(words.encode("utf-8", "replace")),
            warc_content_type="text/plain; charset=utf-8",
            warc_headers_dict={
                "WARC-Date": date,
                "WARC-Refers-To": response.rec_headers.get_header("WARC-Record-ID"),
            },
        )
    )


def _headers(proof: Evidence) -> StatusAndHeaders:
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_WIRE else name, value)
        for name, value in proof.headers
    ]
    kept.append(("Content-Length", str(proof.size)))
    try:
        phrase = HTTPStatus(proof.status).phrase
    except ValueError:
        phrase = "Unknown"
    return StatusAndHeaders(f"{proof.status} {phrase}", kept, protocol="HTTP/1.1")
