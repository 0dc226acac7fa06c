"""What Scrapy raises and servers answer, classified: from foreign errors to failures of ours."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from datetime import datetime

from scrapy import exceptions
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from core.failures import FailureKind, FetchFailure
from core.retry_after import LONGEST_RETRY_AFTER, seconds_asked
from crawler.download.library_errors import (
    is_no_address,
    is_tls_trouble,
    redirects_too_often,
    unpacks_too_large,
)


class RefusedRequest(exceptions.IgnoreRequest):
    """A request that we do not send; `failure` says why."""

    def __init__(self, failure: FetchFailure) -> None:
        self.failure = failure
        super().__init__(failure.detail)


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
_NOTHING_LEFT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})
"""What a machine says that has no more files, memory or buffers."""
_MOST_CAUSES = 10
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
    if isinstance(error, RefusedRequest):
        return error.failure
    if isinstance(error, exceptions.IgnoreRequest):
        return _failure_of_ignored(error)
    if is_no_address(error):
        return FetchFailure(FailureKind.REDIRECTS, "a redirect leads to what is no web address")
    if _is_want_of_ours(error):
        return FetchFailure(FailureKind.INTERNAL, "this machine has no more files or memory")
    for kind_of_error, kind, words in _KINDS:
        if isinstance(error, kind_of_error):
            return FetchFailure(kind, words)
    return _failure_of_connection(error)


def _failure_of_ignored(error: exceptions.IgnoreRequest) -> FetchFailure:
    """Classify what Scrapy's own middlewares drop."""
    if unpacks_too_large(error):
        return FetchFailure(FailureKind.TOO_LARGE, "the answer is too large when unpacked")
    if redirects_too_often(error):
        return FetchFailure(FailureKind.REDIRECTS, "too many redirects")
    return FetchFailure(FailureKind.BROKEN, str(error) or "refused")


def _failure_of_connection(error: BaseException) -> FetchFailure:
    """Classify what happened between connecting and the end of an answer."""
    broken = _broken_answer(error)
    inner = broken or error
    said = _ADDRESS_IN_MEMORY.sub("", " ".join(str(inner).split()))[:200] or type(inner).__name__
    if is_tls_trouble(inner):
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


def _is_want_of_ours(error: BaseException) -> bool:
    """Tell whether it is this machine that lacks something, whatever the library makes of it."""
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            break
        if isinstance(cause, MemoryError):
            return True
        number = cause.osError if isinstance(cause, ConnectError) else getattr(cause, "errno", None)
        if number in _NOTHING_LEFT:
            return True
        cause = cause.__cause__ or cause.__context__
    return False


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

    A pause longer than `LONGEST_RETRY_AFTER` is cut to it, so that no server can keep us
    from a source.
    """
    seconds = seconds_asked(value, now)
    return None if seconds is None else min(seconds, LONGEST_RETRY_AFTER.total_seconds())
