"""Answers that break the rules of HTTP itself, written byte by byte."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.hostile.sample import page

Answer = Callable[[StreamReader, StreamWriter], Awaitable[None]]

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
_PAGE = page("")
_DRIP_EVERY = 0.1
_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Trick:
    """A hostile answer to any request, whatever it is for."""

    name: str
    attacks: str
    answer: Answer
    quick: bool = False
    is_read: bool = False
    """Whether the answer may be taken for a page all the same."""


def _once(answer: bytes) -> Answer:
    """Send these bytes and close."""

    async def send(_: StreamReader, writer: StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()

    return send


def _endless(start: bytes, again: bytes) -> Answer:
    """Send `start`, then `again` for as long as the client listens."""
    block = again * max(1, _BLOCK // len(again))

    async def send(_: StreamReader, writer: StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(block)
            await writer.drain()

    return send


def _dripping(start: bytes, drop: bytes) -> Answer:
    """Send `start`, then `drop` ten times a second for as long as the client listens."""

    async def send(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(drop)
            await writer.drain()
            try:
                if not await asyncio.wait_for(reader.read(1), _DRIP_EVERY):
                    return  # the client has hung up
            except TimeoutError:
                continue

    return send


async def _reset(_: StreamReader, writer: StreamWriter) -> None:
    writer.write(_OK + b"Content-Length: 1000000\r\n\r\n" + _PAGE)
    await writer.drain()
    writer.transport.abort()


def _with(headers: bytes, body: bytes = _PAGE) -> Answer:
    length = b"Content-Length: %d\r\n" % len(body)
    return _once(_OK + length + headers + b"\r\n" + body)


def _status(line: bytes, headers: bytes = b"", body: bytes = b"") -> Answer:
    return _once(b"HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n" % (line, headers, len(body)) + body)


def _length(value: bytes) -> Answer:
    return _once(_OK + b"Content-Length: " + value + b"\r\n\r\n" + _PAGE)


_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_CHUNK = b"%x\r\n%s\r\n" % (len(_PAGE), _PAGE)

TRICKS = (
    Trick("header-endless", "a header line without end", _endless(_OK + b"X-A: ", b"a"),
          quick=True),
    Trick("headers-endless", "header lines without end", _endless(_OK, b"X-A: b\r\n")),
    Trick("status-line-endless", "a status line without end", _endless(b"HTTP/1.1 200 ", b"O")),
    Trick("headers-of-10-mb", "headers of 10 MB", _with(b"X-A: b\r\n" * 1_250_000)),
    Trick("header-of-10-mb", "one header of 10 MB", _with(b"X-A: " + b"b" * 10_000_000 + b"\r\n")),
    Trick("header-dripping", "a header that never comes to its end", _dripping(_OK, b"X-A: b\r\n"),
          quick=True),
    Trick("body-dripping", "a body of ten bytes a second",
          _dripping(_OK + b"Content-Length: 9000000\r\n\r\n", b"x")),
    Trick("body-endless", "a body without end or length", _endless(_OK + b"\r\n", b"<p>words</p>")),
    Trick("silence", "no answer at all", _dripping(b"", b"")),
    Trick("header-injection", "bare line breaks, NUL and no colon in headers",
          _with(b"X-A: b\rX-C: d\nX-E: f\0\r\n: none\r\nno colon\r\nLocation: http://127.0.0.1/\r\n"),
          is_read=True),
    Trick("header-folded", "a header folded over 100,000 lines",
          _with(b"X-A: b\r\n" + b" c\r\n" * 100_000)),
    Trick("header-names", "header names of every byte",
          _with(b"".join(bytes([n]) + b": x\r\n" for n in range(128, 256))), is_read=True),
    Trick("length-too-small", "more body than announced", _length(b"10"), is_read=True),
    Trick("length-too-large", "a terabyte announced", _length(b"1000000000000")),
    Trick("length-not-reached", "a body that breaks off", _length(b"100000"), quick=True),
    Trick("length-negative", "a negative length", _length(b"-1"), quick=True),
    Trick("length-of-5000-digits", "a length of 5,000 digits", _length(b"9" * 5_000)),
    Trick("length-no-number", "a length that is a word", _length(b"ten")),
    Trick("lengths-contradict", "two lengths",
          _once(_OK + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\n" + _PAGE)),
    Trick("length-and-chunks", "a length and chunks as well",
          _once(_OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + _CHUNK
              + b"0\r\n\r\n"),
          is_read=True),
    Trick("chunks-endless", "chunks without end", _endless(_CHUNKED, _CHUNK)),
    Trick("chunks-of-one-byte", "a byte in each chunk, without end", _endless(_CHUNKED,
          b"1\r\nx\r\n")),
    Trick("chunk-size-negative", "a chunk of negative size", _once(_CHUNKED + b"-5\r\n" + _PAGE)),
    Trick("chunk-size-endless", "a chunk size without end", _endless(_CHUNKED, b"f")),
    Trick("chunk-extension-endless", "a chunk extension without end", _endless(_CHUNKED + b"5;",
          b"a")),
    Trick("trailers-endless", "trailers without end", _endless(_CHUNKED + _CHUNK + b"0\r\n",
          b"X: y\r\n")),
    Trick("continue-flood", "1xx answers without end", _endless(b"",
          b"HTTP/1.1 100 Continue\r\n\r\n"),
          quick=True),
    Trick("early-hints-flood", "103 answers without end",
          _endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")),
    Trick("http-0.9", "a body without status or headers", _once(_PAGE)),
    Trick("http-9.9", "a version of the future", _once(b"HTTP/9.9 200 OK\r\n\r\n" + _PAGE)),
    Trick("garbage", "noise", _once(bytes(range(256)) * 1_000)),
    Trick("tls-alert", "TLS where plain HTTP is spoken", _once(b"\x15\x03\x01\x00\x02\x02\x46")),
    Trick("closed-at-once", "a connection that is closed", _once(b"")),
    Trick("reset-within-body", "a connection that is reset", _reset),
    Trick("status-999", "a status of no meaning", _status(b"999 What", body=_PAGE)),
    Trick("status-0", "a status of zero", _status(b"000 Nothing", body=_PAGE)),
    Trick("status-of-digits", "a status of 5,000 digits", _status(b"2" * 5_000 + b" OK",
          body=_PAGE)),
    Trick("status-204", "no content, with content", _status(b"204 No Content", body=_PAGE)),
    Trick("status-304-unasked", "unchanged, though nobody asked", _status(b"304 Not Modified")),
    Trick("status-101", "another protocol", _status(b"101 Switching Protocols", b"Upgrade: x\r\n")),
    Trick("status-429-for-ever", "a wish to be left alone for ever",
          _status(b"429 Too Many", b"Retry-After: " + b"9" * 5_000 + b"\r\n")),
    Trick("redirect-to-itself", "a redirect in a circle", _status(b"302 Found", b"Location: ?\r\n"),
          quick=True),
    Trick("redirect-longer", "a redirect to an address ever longer",
          _status(b"302 Found", b"Location: x/x\r\n")),
    Trick("redirect-of-8-kb", "a redirect to an address of kilobytes",
          _status(b"302 Found", b"Location: /" + b"x" * 8_000 + b"\r\n")),
    Trick("redirect-to-a-file", "a redirect to a file", _status(b"302 Found",
          b"Location: file:///etc/passwd\r\n")),
    Trick("redirect-to-metadata", "a redirect to a cloud's metadata",
          _status(b"302 Found", b"Location: http://169.254.169.254/latest/\r\n"), quick=True),
    Trick("redirect-garbage", "a redirect to noise", _status(b"302 Found",
          b"Location: http://[\xff\x01:::\r\n")),
    Trick("redirect-nowhere", "a redirect without an address", _status(b"301 Moved")),
    Trick("cookies-300", "a flood of cookies", _with(b"Set-Cookie: a=b; Domain=.org\r\n" * 300),
          is_read=True),
    Trick("content-types-contradict", "several content types",
          _with(b"Content-Type: image/png\r\nContent-Type: text/x; charset=\xff\r\n"),
              is_read=True),
    Trick("content-type-garbage", "a content type of noise",
          _status(b"200 OK", b"Content-Type: ;;;=\xff\x00;charset=\r\n", _PAGE), is_read=True),
    Trick("etag-of-12-kb", "a validator that is sent back with each request",
          _with(b'ETag: "' + b"e" * 12_000 + b'"\r\nLast-Modified: never\r\n'), is_read=True),
    Trick("freshness-for-ever", "an answer that is fresh for ever",
          _with(b"Cache-Control: max-age=" + b"9" * 5_000 + b"\r\nAge: -1\r\nExpires: 0\r\n"),
              is_read=True),
    Trick("answers-two", "a second answer behind the first", _once(
        _OK + b"Content-Length: %d\r\n\r\n" % len(_PAGE) + _PAGE + _OK
            + b"Content-Length: 4\r\n\r\nevil"),
        is_read=True),
)  # fmt: skip
