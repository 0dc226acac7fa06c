"""The one place where alerts leave by HTTP: bounded in time and in bytes, silent about addresses.

A receiver's server is not trusted: it may drip, hang, redirect, or answer without end. An address
may be a secret (a Slack webhook's is), so nothing here lets it reach a log or an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import ssl
import zlib
from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpcore
import httpx
from pydantic import SecretStr

from alerts.receivers.transport.guard import (
    FALLBACK_AFTER,
    PUBLIC_ONLY,
    ReceiverGuard,
    RefusedAddressError,
)
from alerts.receivers.transport.reply import Reply
from alerts.receivers.transport.tls import trusting
from core.errors import DeliveryError
from core.network import NetworkPolicy
from core.retry_after import LONGEST_RETRY_AFTER, seconds_asked

REPLY_LIMIT = 65_536
"""Bytes read of a reply's body: chats repeat the message in it. A gzip bomb of a few kB unpacks to
gigabytes, so the bytes are taken raw, and unpacked no further than to as many."""
PACKED = "(packed reply)"
"""Stands for a body that was not unpacked."""
_ABSURD_RETRY_AFTER = timedelta(days=366)
_SHORTEST_TOKEN = 12
"""Characters; a shorter path, such as `/hook`, is a word that a reply may well contain."""

_PORTS = {"http": 80, "https": 443}

_TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")


class NoReplyError(DeliveryError):
    """The receiver's server gave no usable reply."""


class _OnlyWarnings(logging.Filter):
    """Drops what the HTTP library says below a warning: it names full addresses at INFO."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


_ONLY_WARNINGS = _OnlyWarnings()


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens every connection of a client, to addresses that the guard has judged."""

    def __init__(self, guard: ReceiverGuard) -> None:
        self._guard = guard
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the interface is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first allowed address that answers; TLS still asks for `host`."""
        *first, last = await self._guard.addresses(host, port)
        for address in first:
            patience = min(FALLBACK_AFTER, timeout or FALLBACK_AFTER)
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return await self._sockets.connect_tcp(
                    address, port, patience, local_address, socket_options
                )
        return await self._sockets.connect_tcp(last, port, timeout, local_address, socket_options)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's transport on the guarded backend, which httpx offers no argument for."""

    def __init__(self, guard: ReceiverGuard, tls: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=tls, trust_env=False, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_GuardedBackend(guard),
        )


class HttpPoster:
    """Posts bytes to one address. Connections are kept and used again."""

    def __init__(
        self,
        url: SecretStr,
        *,
        receiver: str,
        timeout: timedelta,
        policy: NetworkPolicy = PUBLIC_ONLY,
        agent: str = "Wirewatch/1",
        authority: Path | None = None,
    ) -> None:
        """Prepare; with `authority`, the file of a certificate authority, only that is trusted.

        Raises DeliveryError when the file cannot be read.
        """
        self._tls = trusting(authority, receiver) if authority is not None else None
        for name in _TALKATIVE:  # a filter, since a level would be undone by logging's next set-up
            logging.getLogger(name).addFilter(_ONLY_WARNINGS)
        self._url = url
        parts = urlsplit(url.get_secret_value())
        port = parts.port or _PORTS.get(parts.scheme, 443)
        self._guard = ReceiverGuard(receiver, parts.hostname or "", port, policy)
        self._timeout = timeout.total_seconds()
        self._headers = {"User-Agent": agent, "Accept-Encoding": "identity", "Accept": "*/*"}
        self._client: httpx.AsyncClient | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The address and those parts of it that may be a token: not to be repeated."""
        url = self._url.get_secret_value()
        parts = urlsplit(url)
        tokens = (parts.path, parts.path.rpartition("/")[2], parts.query, parts.password or "")
        return (url, *(token for token in tokens if len(token) >= _SHORTEST_TOKEN))

    async def post(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        now: datetime,
        method: str = "POST",
        path: str = "",
    ) -> Reply:
        """Send `body` and return the reply; a redirect is returned, not followed.

        `path` is added to the address.

        `now` is the present moment, against which a date in Retry-After is read.
        Raises NoReplyError when the whole exchange is not over in time, or fails.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._exchange(body, headers, now, method, path)
        except TimeoutError:
            raise NoReplyError(f"no answer within {self._timeout:g} s") from None
        except RefusedAddressError as error:
            raise NoReplyError(error.message) from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError) as error:
            raise NoReplyError(_in_plain_words(error)) from None

    async def _exchange(
        self, body: bytes, headers: Mapping[str, str], now: datetime, method: str, path: str
    ) -> Reply:
        if self._client is None:
            tls = self._tls
            if tls is None:
                tls = await asyncio.to_thread(_tls_context)
            # The environment is not trusted: a proxy set there would see every alert.
            self._client = httpx.AsyncClient(
                timeout=self._timeout,
                trust_env=False,
                follow_redirects=False,
                transport=_GuardedTransport(
                    self._guard,
                    tls,
                    httpx.Limits(max_connections=4, max_keepalive_connections=1),
                ),
            )
        async with self._client.stream(
            method,
            self._url.get_secret_value() + path,
            content=body,
            headers={**self._headers, **headers},
        ) as response:
            read = b""
            async with contextlib.aclosing(_raw(response)) as chunks:
                async for chunk in chunks:
                    read = (read + chunk)[:REPLY_LIMIT]
                    if len(read) == REPLY_LIMIT:
                        break
            coding = response.headers.get("content-encoding", "identity").lower()
            return Reply(
                response.status_code,
                _readable(read, coding),
                retry_after_of(response.headers.get("retry-after"), now),
                dict(response.headers.items()),
            )

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """Return the body as it came over the wire; the library's hint hides that it can be closed."""
    return cast("AsyncGenerator[bytes, None]", response.aiter_raw())


def _readable(read: bytes, coding: str) -> str:
    """Return a body as text; one that was packed unasked only if it is small when unpacked."""
    if coding == "identity":
        return read.decode("utf-8", "replace")
    unpacking = zlib.decompressobj(wbits=47)  # gzip or zlib, whichever the head says
    try:
        unpacked = unpacking.decompress(read, REPLY_LIMIT)
    except zlib.error:
        return PACKED
    return unpacked.decode("utf-8", "replace") if unpacking.eof else PACKED


def retry_after_of(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, None when it asks for none.

    More than a day counts as a day; more than a year away is nonsense and ignored.
    """
    seconds = seconds_asked(value, now)
    if seconds is None or seconds > _ABSURD_RETRY_AFTER.total_seconds():
        return None
    return min(seconds, LONGEST_RETRY_AFTER.total_seconds())


def _in_plain_words(error: Exception) -> str:
    """Say what went wrong without the address: the library's own words may quote it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the server's certificate cannot be trusted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    words = {
        httpx.ConnectError: "cannot connect",
        httpx.ReadError: "the connection broke while waiting for the answer",
        httpx.WriteError: "the connection broke while sending",
        httpx.RemoteProtocolError: "the answer is not HTTP, or was cut off",
        httpx.TimeoutException: "no answer in time",
    }
    for kind, said in words.items():
        if isinstance(error, kind):
            return f"{said} ({type(error).__name__})"
    return type(error).__name__


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Trust the public authorities and those that this machine's administrator added."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
