"""How what a proxy of ours is asked for is reached: from this machine, or through others' proxies.

Whatever the way, an address is judged before anybody is asked for it. A proxy stands inside a
network that we do not see, so what it must not be asked for is what nobody here may dial.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import socket
from abc import ABC, abstractmethod
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import structlog
from python_socks import ProxyError
from python_socks.async_.asyncio import Proxy

from core.name_lookups import look_up
from core.network import NetworkPolicy

log = structlog.get_logger(__name__)

PATIENCE = 30.0
"""Seconds for one connection, with what a proxy needs to make its own."""
_IS_THERE = 5.0
"""Seconds within which a proxy that runs takes a connection."""
_NO_ANSWER_FROM_THERE = frozenset({3, 4, 5, 6, 502, 503, 504})
"""What a proxy answers when it was not answered: of SOCKS5 (network or host not reachable,
connection refused, too far), and of CONNECT."""
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "test", "invalid")
"""Names that mean something inside a network alone (RFC 6761, RFC 8375, and what is in use)."""


class RefusedAddressError(Exception):
    """An address must not be dialled; the text says why."""


class NoProxyError(OSError):
    """A proxy did not lead on; the text says why, and nothing of where it is."""

    def __init__(self, why: str, *, tried: bool) -> None:
        super().__init__(why)
        self.tried = tried
        """Whether it was the proxy that had no answer from the outlet, rather than we from it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection to a host, or to who passes on what is asked of it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    login: bytes | None = None
    """What an HTTP proxy that takes plain requests wants to know of us, may be empty; else None."""


class Way(ABC):
    """A way to the network."""

    @abstractmethod
    async def open(self, host: str, port: int, *, tunnel: bool) -> Opened:
        """Connect to a host; without `tunnel` for one plain request.

        Raises RefusedAddressError, and OSError or TimeoutError where nobody is reached.
        """


class DirectWay(Way):
    """From this machine: a name is looked up once, and dialled where it was judged."""

    def __init__(self, policy: NetworkPolicy) -> None:
        """Take what may be dialled."""
        self._policy = policy

    async def open(self, host: str, port: int, *, tunnel: bool) -> Opened:
        """Connect to an address that may be dialled."""
        del tunnel
        address = await judged_address(self._policy, host, port)
        if address is None:
            raise RefusedAddressError("the host name does not resolve")
        async with asyncio.timeout(PATIENCE):
            return Opened(*await asyncio.open_connection(address, port))


class ProxiedWay(Way):
    """Through a proxy.

    `socks5h` and `socks4a` proxies look names up themselves, as Tor must; of all others names are
    judged by our own look-up where that has an answer, and SOCKS proxies are given the address.
    """

    def __init__(self, proxy: str, policy: NetworkPolicy) -> None:
        """Take the address of the proxy, and what may be dialled."""
        self._proxy = _Upstream(proxy)
        self._policy = policy

    async def open(self, host: str, port: int, *, tunnel: bool) -> Opened:
        """Connect through the proxy."""
        proxy = self._proxy
        try:
            place = await self._place(proxy, host, port)
            async with asyncio.timeout(PATIENCE):
                return await proxy.open(place, port, tunnel=tunnel)
        except (OSError, ProxyError, EOFError) as error:
            log.info("proxy_failed", proxy=proxy.shown, error=str(error))
            tried = await proxy.tried(error)
            why = f"no proxy of the source led on: {_in_words(error)}"
            raise NoProxyError(why, tried=tried) from error

    async def _place(self, proxy: _Upstream, host: str, port: int) -> str:
        """Return what a proxy is asked for. Raises RefusedAddressError."""
        if proxy.resolves:
            return judged_name(self._policy, host, port)
        try:
            # Who looks a name up once more may take any of its addresses.
            address = await judged_address(self._policy, host, port, each=not proxy.is_socks)
        except socket.gaierror:
            address = None
        if address is None:  # our own look-up has no answer: the proxy's network may
            return judged_name(self._policy, host, port)
        return address if proxy.is_socks else host


class _Upstream:
    """One proxy of others."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self._host = parts.hostname or ""
        self._port = parts.port or (8080 if parts.scheme == "http" else 1080)
        self.is_socks = parts.scheme != "http"
        self.resolves = parts.scheme in {"socks5h", "socks4a"}
        self.shown = f"{parts.scheme}://{self._host}:{self._port}"
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._login = base64.b64encode(login.encode()) if parts.username else b""

    async def open(self, host: str, port: int, *, tunnel: bool) -> Opened:
        if not self.is_socks and not tunnel:
            return Opened(*await asyncio.open_connection(self._host, self._port), self._login)
        plain = self._url.replace("socks5h://", "socks5://").replace("socks4a://", "socks4://")
        proxy = Proxy.from_url(plain, rdns=True)
        reached = await proxy.connect(dest_host=host, dest_port=port, timeout=PATIENCE)
        return Opened(*await asyncio.open_connection(sock=reached))

    async def tried(self, error: Exception) -> bool:
        """Tell whether the proxy did what it was asked, and had no answer from there."""
        if isinstance(error, ProxyError):
            return error.error_code in _NO_ANSWER_FROM_THERE
        if not isinstance(error, TimeoutError):
            return False
        try:  # whoever takes a connection meanwhile was waiting itself
            async with asyncio.timeout(_IS_THERE):
                _, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            return False
        writer.close()
        return True


def _in_words(error: Exception) -> str:
    """Say what went wrong without the address of a proxy, which is a secret like its login."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ProxyError):  # what the proxy said of the host
        return " ".join(str(error).split())[:200]
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else "the connection to it failed"


async def judged_address(
    policy: NetworkPolicy, host: str, port: int, *, each: bool = False
) -> str | None:
    """Return an address of a host that may be dialled, None when it has none at all.

    Raises RefusedAddressError when none of its addresses may, with `each` when one may not.
    """
    found = await look_up(host, port)
    places = [str(place[0]) for *_, place in found]
    refusals = [policy.refusal(place, port) for place in places]
    refused = [refusal for refusal in refusals if refusal is not None]
    if refused and (each or len(refused) == len(places)):
        raise RefusedAddressError(refused[-1])
    return next((place for place, no in zip(places, refusals, strict=True) if no is None), None)


def judged_name(policy: NetworkPolicy, host: str, port: int) -> str:
    """Return a host that somebody else looks up. Raises RefusedAddressError.

    An address in whatever spelling (`2130706433`, `0x7f.1`, `[::1]`, `127.0.0.1.`) is judged as the
    address. What others may read as one, though we do not, is refused: signs that no name has, and
    names that end in a number, as browsers have it (WHATWG URL, 3.5).
    """
    name = host.rstrip(".").casefold()
    try:
        literal = socket.getaddrinfo(
            name, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST
        )
    except (OSError, UnicodeError):
        if not name or any(name == local or name.endswith(f".{local}") for local in _LOCAL_NAMES):
            raise RefusedAddressError(f"{host} is a name inside a network") from None
        if not _NAME.fullmatch(name) or _NUMBER.fullmatch(name.rpartition(".")[2]):
            raise RefusedAddressError(f"{host} is no name of a host") from None
        return host
    refusal = policy.refusal(str(literal[0][4][0]), port)
    if refusal is not None:
        raise RefusedAddressError(refusal)
    return str(literal[0][4][0])
