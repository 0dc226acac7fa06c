"""Conditional requests: sends what storage remembers of a URL's last answer.

The validators belong to the URL they were learnt from, so a redirected request goes without.
Storage keeps new ones only after the parse they came with was committed.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from core.sources import Validators

META_KEY = "validators"


class ValidatorsMiddleware:
    """Adds If-None-Match and If-Modified-Since to requests that carry validators."""

    def process_request(self, request: Request) -> None:
        """Set the headers on a first request; take them off a redirected one."""
        validators: Validators | None = request.meta.get(META_KEY)
        if validators is None:
            return
        if request.meta.get("redirect_times"):
            request.headers.pop("If-None-Match", None)
            request.headers.pop("If-Modified-Since", None)
            return
        if validators.etag:
            request.headers["If-None-Match"] = validators.etag
        if validators.last_modified:
            request.headers["If-Modified-Since"] = validators.last_modified


def validators_of(response: Response, body_sha256: str) -> Validators:
    """Return what the answer gives for next time; nothing but the hash when it was redirected."""
    if response.meta.get("redirect_times"):
        return Validators(body_sha256=body_sha256)
    return Validators(
        etag=_header(response, "ETag"),
        last_modified=_header(response, "Last-Modified"),
        body_sha256=body_sha256,
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    # A header of a kilobyte is no validator; sending it back would only be an attack's echo.
    return value.decode("latin-1")[:1000] if value else None
