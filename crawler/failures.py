"""Why a page could not be fetched, as a type: what the retry decision and the reader both need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scrapy import exceptions
from twisted.internet.error import ConnectionDone, ConnectionLost

from core.retry_after import seconds_asked

MAX_RETRY_AFTER = 24 * 3600.0
"""Longest pause, in seconds, that a server's Retry-After can ask of us."""


class FailureKind(StrEnum):
    """The class of a failure; retries are decided by it."""

    DNS = "dns"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    TLS = "tls"
    HTTP = "http"
    ROBOTS = "robots"
    GUARD = "guard"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    BROKEN = "broken"
    CONTENT = "content"
    """A page came, and it is not what was asked for."""
    INTERNAL = "internal"
    """The outlet answered, and we could not deal with it."""


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """One fetch that brought no usable answer."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: float | None = None
    """Seconds the server asked to be left alone for."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"

    @property
    def weight(self) -> float:
        """How much this failure stretches the pause of a source.

        The weights are Media Cloud's, from 180,000 feeds: name servers fail for minutes; missing
        pages, overloaded and broken servers do come back; the rest is likely to need a person.
        """
        if self.kind is FailureKind.DNS:
            return 0.25
        if self.status is not None and (self.status in (404, 429) or self.status >= 500):
            return 0.5
        return 1.0

    @property
    def may_pass(self) -> bool:
        """Whether the same request may well succeed a little later."""
        if self.status is not None:
            return self.status in (408, 425, 429) or self.status >= 500
        return self.kind in (FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BROKEN)


_PACKERS = (
    "gzip",
    "zlib",
    "brotli",
    "_brotli",
    "zstd",
    "zstandard",
    "backports.zstd",
    "compression",
)
"""Modules whose errors say that an answer is not packed as its header claims."""
_NO_ADDRESS = re.compile(r"^(?:Missing scheme in request url|invalid hostname)\b", re.IGNORECASE)
"""What Scrapy and Twisted say of an address that cannot be asked. Entries are judged before."""
_ADDRESS_IN_MEMORY = re.compile(r" at 0x[0-9a-f]+")

_KINDS: tuple[tuple[type[BaseException], FailureKind, str], ...] = (
    (exceptions.CannotResolveHostError, FailureKind.DNS, "the host name does not resolve"),
    (exceptions.DownloadConnectionRefusedError, FailureKind.CONNECT, "connection refused"),
    (exceptions.DownloadTimeoutError, FailureKind.TIMEOUT, "no complete answer in time"),
    (exceptions.DownloadCancelledError, FailureKind.TOO_LARGE, "the answer is too large"),
    (exceptions.ResponseDataLossError, FailureKind.BROKEN, "the answer broke off"),
    (exceptions.UnsupportedURLSchemeError, FailureKind.GUARD, "only http and https are fetched"),
)


def failure_of_exception(error: BaseException, refusal: str | None = None) -> FetchFailure:
    """Classify what Scrapy raised. `refusal` is the network guard's reason, when it had one."""
    if refusal is not None:
        return FetchFailure(FailureKind.GUARD, refusal)
    if isinstance(error, exceptions.IgnoreRequest):
        said = str(error)
        # A small body that unpacks into a large one. First, since this message holds the URL.
        if "DOWNLOAD_MAXSIZE" in said:
            return FetchFailure(FailureKind.TOO_LARGE, "the answer is too large when unpacked")
        if "not available" in said:
            return FetchFailure(FailureKind.CONNECT, said)
        if "robots" in said:
            return FetchFailure(FailureKind.ROBOTS, "forbidden by robots.txt")
        if "redirect" in said:
            return FetchFailure(FailureKind.REDIRECTS, "too many redirects")
        return FetchFailure(FailureKind.BROKEN, said or "refused")
    if isinstance(error, ValueError) and _NO_ADDRESS.search(str(error)):
        return FetchFailure(FailureKind.REDIRECTS, "a redirect leads to what is no web address")
    for kind_of_error, kind, words in _KINDS:
        if isinstance(error, kind_of_error):
            return FetchFailure(kind, words)
    return _failure_of_connection(error)


def _failure_of_connection(error: BaseException) -> FetchFailure:
    """Classify what happened between connecting and the end of an answer."""
    broken = _broken_answer(error)
    inner = broken or error
    said = _ADDRESS_IN_MEMORY.sub("", " ".join(str(inner).split()))[:200] or type(inner).__name__
    if any(sign in said.lower() for sign in ("ssl", "tls", "certificate")):
        return FetchFailure(FailureKind.TLS, said)
    if isinstance(inner, ConnectionDone | ConnectionLost):
        return FetchFailure(
            FailureKind.BROKEN, "the server closed the connection before it answered"
        )
    if type(inner).__module__.startswith(_PACKERS):
        return FetchFailure(FailureKind.BROKEN, f"the answer cannot be unpacked: {said}")
    name = type(inner).__name__
    if broken is not None or isinstance(inner, ValueError):
        return FetchFailure(FailureKind.BROKEN, f"the answer is not proper HTTP ({name}): {said}")
    return FetchFailure(FailureKind.CONNECT, said)


def _broken_answer(error: BaseException) -> BaseException | None:
    """Return what Twisted ran into when it read an answer, which Scrapy shows as a Python list."""
    reasons = getattr(error.__cause__, "reasons", None)
    if not isinstance(error, exceptions.DownloadFailedError) or not reasons:
        return None
    last = reasons[-1].value
    return last if isinstance(last, BaseException) else None


def failure_of_status(
    status: int, headers: Mapping[str, str], now: datetime
) -> FetchFailure | None:
    """Classify an HTTP answer; None when the answer is usable (2xx)."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400 and status != 304:
        detail = f"HTTP {status} leads to no address that we follow"
        return FetchFailure(FailureKind.REDIRECTS, detail, status)
    retry_after = retry_after_seconds(headers.get("retry-after"), now)
    return FetchFailure(FailureKind.HTTP, f"HTTP {status}", status, retry_after)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, None when it asks for none.

    A pause longer than `MAX_RETRY_AFTER` is cut to it, so that no server can silence a source.
    """
    seconds = seconds_asked(value, now)
    return None if seconds is None else min(seconds, MAX_RETRY_AFTER)
