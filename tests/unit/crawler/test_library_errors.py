"""The words of libraries, said by the libraries themselves: a new release may change them."""

from __future__ import annotations

import gzip
import ssl
from typing import Any

import pytest
from OpenSSL import SSL
from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from scrapy.statscollectors import DummyStatsCollector
from twisted.internet import reactor
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.protocol import Factory
from twisted.python.failure import Failure

from core.failures import FailureKind, FetchFailure
from crawler.download.failures import RefusedRequest, failure_of_exception

URL = "https://outlet.example/DOWNLOAD_MAXSIZE/robots/redirect"
"""An address with words in it that errors show, and that must not matter."""


def crawler() -> Crawler:
    made = Crawler(Spider, Settings({"DOWNLOAD_MAXSIZE": 100, "REDIRECT_MAX_TIMES": 1}))
    made.stats = DummyStatsCollector(made)
    return made


def test_an_answer_that_unpacks_into_too_much() -> None:
    packed = gzip.compress(b"x" * 100_000)
    answer = Response(URL, headers={"Content-Encoding": "gzip"}, body=packed)
    middleware = HttpCompressionMiddleware.from_crawler(crawler())
    with pytest.raises(IgnoreRequest) as raised:
        middleware.process_response(Request(URL), answer)
    assert failure_of_exception(raised.value).kind is FailureKind.TOO_LARGE


def test_redirects_without_end() -> None:
    answer = Response(URL, status=302, headers={"Location": URL})
    middleware = RedirectMiddleware.from_crawler(crawler())
    request = Request(URL, meta={"redirect_times": 1})
    with pytest.raises(IgnoreRequest) as raised:
        middleware.process_response(request, answer)
    assert failure_of_exception(raised.value).kind is FailureKind.REDIRECTS


def test_a_redirect_to_what_has_no_scheme() -> None:
    with pytest.raises(ValueError, match="scheme") as raised:
        Request("javascript-no-address")
    assert failure_of_exception(raised.value).kind is FailureKind.REDIRECTS


async def test_a_redirect_to_what_is_no_host_name() -> None:
    failed: list[BaseException] = []

    def keep(failure: Failure) -> None:
        failed.append(failure.value or Exception())

    nobody: Any = Factory()
    endpoint = HostnameEndpoint(reactor, "127%2e0.0.1", 80)
    endpoint.connect(nobody).addErrback(keep)
    (error,) = failed
    assert failure_of_exception(error).kind is FailureKind.REDIRECTS


def test_a_handshake_that_fails() -> None:
    client = SSL.Connection(SSL.Context(SSL.TLS_CLIENT_METHOD), None)
    client.set_connect_state()
    client.bio_write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    with pytest.raises(SSL.Error) as raised:
        client.do_handshake()
    assert failure_of_exception(raised.value).kind is FailureKind.TLS
    assert failure_of_exception(ssl.SSLCertVerificationError("xyz")).kind is FailureKind.TLS


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SSL_PROTOCOL_ERROR", FailureKind.TLS),
        ("CERT_AUTHORITY_INVALID", FailureKind.TLS),
        ("CERT_DATE_INVALID", FailureKind.TLS),
        ("CONNECTION_REFUSED", FailureKind.CONNECT),
        ("NAME_NOT_RESOLVED", FailureKind.CONNECT),
    ],
)
def test_a_browser_is_understood_by_its_code_and_not_by_the_address(
    code: str, kind: FailureKind
) -> None:
    error = DownloadFailedError(f"Page.goto: net::ERR_{code} at https://tls-certificate.example/")
    assert failure_of_exception(error).kind is kind


@pytest.mark.parametrize("kind", FailureKind)
def test_what_we_refuse_ourselves_keeps_its_kind_whatever_it_says(kind: FailureKind) -> None:
    for words in ("xyz", "max redirections reached", "exceeded DOWNLOAD_MAXSIZE"):
        failure = FetchFailure(kind, words)
        assert failure_of_exception(RefusedRequest(failure)) == failure
