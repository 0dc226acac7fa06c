from __future__ import annotations

import errno
import gzip
import os
import ssl
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from scrapy import exceptions
from twisted.internet.error import ConnectBindError, ConnectionDone
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from core.failures import FailureKind, FetchFailure
from core.retry_after import LONGEST_RETRY_AFTER
from crawler.decide.entry_retry import decide_entry_retry
from crawler.download.failures import (
    RefusedRequest,
    failure_of_exception,
    failure_of_status,
    retry_after_seconds,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONGEST_PAUSE = LONGEST_RETRY_AFTER.total_seconds()


def not_dialled(number: int) -> ConnectBindError:
    """Return what Twisted raises where the system made no socket."""
    return ConnectBindError(number, os.strerror(number))  # type: ignore[no-untyped-call]


def caused(cause: BaseException) -> Exception:
    """Return what Scrapy raises where a connection could not be made."""
    error = exceptions.DownloadFailedError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "cause",
    [
        not_dialled(errno.EMFILE),
        OSError(errno.ENFILE, "Too many open files in system"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        MemoryError(),
    ],
    ids=["files", "files-of-all", "memory", "memory-of-python"],
)
def test_what_this_machine_lacks_is_no_fault_of_the_outlet(cause: BaseException) -> None:
    for error in (cause, caused(cause), caused(caused(cause))):
        assert failure_of_exception(error).kind is FailureKind.INTERNAL


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH])
def test_what_the_network_says_is_about_the_outlet(number: int) -> None:
    assert failure_of_exception(caused(not_dialled(number))).kind is FailureKind.CONNECT


def wrapped(inner: Exception) -> Exception:
    """Return what Scrapy raises for an answer that Twisted could not read."""
    error = exceptions.DownloadFailedError("[<Failure>]")
    reason = Failure(inner)  # type: ignore[no-untyped-call]
    error.__cause__ = ResponseFailed([reason])  # type: ignore[no-untyped-call]
    return error


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        (" 120 ", 120.0),
        ("86400", 86400.0),
        ("86401", LONGEST_PAUSE),
        ("9" * 400, LONGEST_PAUSE),
        ("000000000000000120", 120.0),
        ("-5", None),
        ("1.5", 1.5),
        ("1e9", None),
        ("inf", None),
        ("nan", None),
        ("²", None),
        ("१२०", None),
        ("tomorrow", None),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
        ("Sun, 01 Mar 99999 12:00:00 GMT", None),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 14:02:00 +0200", 120.0),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2026 12:02:00", 120.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_PAUSE),
    ],
)
def test_retry_after_is_read_in_every_form(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value, NOW) == seconds


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_a_redirect_that_was_not_followed_is_looked_at_again(status: int) -> None:
    failure = failure_of_status(status, {"location": "file:///etc/passwd"}, NOW)
    assert failure is not None
    assert (failure.kind, failure.status) == (FailureKind.REDIRECTS, status)
    assert decide_entry_retry(failure, 1, NOW).at == NOW + timedelta(minutes=2)


def test_a_body_that_unpacks_into_too_much_is_too_large_whatever_its_address_says() -> None:
    said = (
        "Ignored response <200 http://a.example/robots> because its body exceeded DOWNLOAD_MAXSIZE"
    )
    failure = failure_of_exception(exceptions.IgnoreRequest(said))
    assert failure.kind is FailureKind.TOO_LARGE
    assert decide_entry_retry(failure, 1, NOW).at == NOW + timedelta(minutes=10)


@given(st.text(max_size=60))
def test_no_retry_after_breaks_the_reader(value: str) -> None:
    seconds = retry_after_seconds(value, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_PAUSE


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=3000)))
def test_a_date_asks_for_the_time_until_then(ahead: timedelta) -> None:
    ahead -= timedelta(microseconds=ahead.microseconds)
    value = format_datetime(NOW + ahead, usegmt=True)
    assert retry_after_seconds(value, NOW) == min(ahead.total_seconds(), LONGEST_PAUSE)


@pytest.mark.parametrize("status", [200, 203, 206, 299])
def test_a_usable_answer_is_no_failure(status: int) -> None:
    assert failure_of_status(status, {}, NOW) is None


@pytest.mark.parametrize("status", [101, 199, 304, 404, 429, 503, 999])
def test_any_other_answer_is_one(status: int) -> None:
    assert failure_of_status(status, {"retry-after": "60"}, NOW) == FetchFailure(
        FailureKind.HTTP, f"HTTP {status}", status, 60.0
    )


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (exceptions.CannotResolveHostError("x"), FailureKind.DNS, "host name does not resolve"),
        (exceptions.DownloadConnectionRefusedError("x"), FailureKind.CONNECT, "refused"),
        (exceptions.DownloadTimeoutError("x"), FailureKind.TIMEOUT, "no complete answer"),
        (exceptions.DownloadCancelledError("x"), FailureKind.TOO_LARGE, "too large"),
        (exceptions.ResponseDataLossError("x"), FailureKind.BROKEN, "broke off"),
        (exceptions.UnsupportedURLSchemeError("x"), FailureKind.GUARD, "http and https"),
        (
            ValueError("Missing scheme in request url: javascript:alert(1)"),
            FailureKind.REDIRECTS,
            "no web address",
        ),
        (ValueError("invalid hostname: 127%2e0.0.1"), FailureKind.REDIRECTS, "no web address"),
        (
            RefusedRequest(FetchFailure(FailureKind.ROBOTS, "forbidden by robots.txt")),
            FailureKind.ROBOTS,
            "robots.txt",
        ),
        (exceptions.IgnoreRequest("max redirections reached"), FailureKind.REDIRECTS, "redirects"),
        (exceptions.IgnoreRequest(), FailureKind.BROKEN, "refused"),
        (ssl.SSLError("certificate verify failed"), FailureKind.TLS, "certificate verify failed"),
        (OSError("connection\nlost"), FailureKind.CONNECT, "connection lost"),
        (OSError(), FailureKind.CONNECT, "OSError"),
        (
            ValueError("Invalid IPv6 URL"),
            FailureKind.BROKEN,
            "not proper HTTP (ValueError): Invalid IPv6 URL",
        ),
        (gzip.BadGzipFile("Not a gzipped file"), FailureKind.BROKEN, "cannot be unpacked: Not a"),
        (zlib.error("bad"), FailureKind.BROKEN, "cannot be unpacked: bad"),
        (zstandard.ZstdError("bad"), FailureKind.BROKEN, "cannot be unpacked: bad"),
        (
            wrapped(ValueError("length -1")),
            FailureKind.BROKEN,
            "not proper HTTP (ValueError): length -1",
        ),
        (wrapped(ConnectionDone()), FailureKind.BROKEN, "closed the connection before"),
        (wrapped(ssl.SSLError("bad certificate")), FailureKind.TLS, "bad certificate"),
    ],
)
def test_what_scrapy_raises_is_classified(
    error: BaseException, kind: FailureKind, detail: str
) -> None:
    failure = failure_of_exception(error)
    assert failure.kind is kind
    assert detail in failure.detail


def test_the_guards_reason_wins() -> None:
    failure = failure_of_exception(exceptions.CannotResolveHostError("x"), "10.0.0.1 is private")
    assert str(failure) == "guard: 10.0.0.1 is private"


def test_a_long_error_is_cut() -> None:
    assert len(failure_of_exception(OSError("x" * 5000)).detail) == 200
