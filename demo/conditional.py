"""Documents as bytes ready to send, and the HTTP rules for "you already have this one".

Pure: RFC 9110 sections 8.8 and 13. Responses are built once and sent many times, so that the
server is never what a benchmark measures.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.responses import Response


def http_date(moment: datetime) -> str:
    """Return `moment` as HTTP writes it, whole seconds in GMT."""
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def is_unmodified(
    request: Mapping[str, str], *, etag: str | None, last_modified: datetime | None
) -> bool:
    """Tell whether the client's copy, as its request headers name it, is the current one.

    If-None-Match wins over If-Modified-Since (RFC 9110, 13.2.2) and compares weakly.
    """
    offered = request.get("if-none-match")
    if offered is not None:
        if etag is None:
            return False
        tags = {tag.strip().removeprefix("W/") for tag in offered.split(",")}
        return "*" in tags or etag.removeprefix("W/") in tags
    since = request.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        seen = parsedate_to_datetime(since)
    except ValueError:
        return False
    if seen.tzinfo is None:
        seen = seen.replace(tzinfo=UTC)
    return last_modified.replace(microsecond=0) <= seen


@dataclass(frozen=True, slots=True)
class Document:
    """What stands at one path, ready to send in each form."""

    plain: Response
    compressed: Response | None
    unmodified: Response | None
    etag: str | None
    last_modified: datetime | None

    def answer(self, request: Mapping[str, str]) -> Response:
        """Return the response for these request headers (names in lower case)."""
        if self.unmodified is not None and is_unmodified(
            request, etag=self.etag, last_modified=self.last_modified
        ):
            return self.unmodified
        if self.compressed is not None and "gzip" in request.get("accept-encoding", ""):
            return self.compressed
        return self.plain


def document(
    body: bytes,
    content_type: str,
    *,
    last_modified: datetime | None = None,
    validators: bool = True,
    compress: bool = False,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Document:
    """Prepare `body` for sending. With `validators`, an ETag is made from its bytes."""
    common = {**(headers or {}), "content-type": content_type}
    etag = None
    if validators:
        etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        common["etag"] = etag
        if last_modified is not None:
            common["last-modified"] = http_date(last_modified)
    zipped = None
    if compress:
        common["vary"] = "Accept-Encoding"
        zipped = Response(
            gzip.compress(body, 5, mtime=0),
            status,
            # Compressing makes a strong ETag weak: the bytes are no longer the same.
            {**common, "content-encoding": "gzip", **({"etag": f"W/{etag}"} if etag else {})},
        )
    kept = {k: v for k, v in common.items() if k in ("etag", "last-modified", "vary")}
    return Document(
        plain=Response(body, status, common),
        compressed=zipped,
        unmodified=Response(status_code=304, headers=kept) if validators else None,
        etag=etag,
        last_modified=last_modified,
    )
