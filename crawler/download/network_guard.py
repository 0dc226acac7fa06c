"""The network guard: names are resolved once, every address is judged, and only those are dialled.

It stands at the resolver, so nothing that Scrapy connects to by name or by literal address (feeds,
articles, robots.txt, redirects) can go around it, and a name that answers differently a moment
later (DNS rebinding) cannot either.
"""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from twisted.internet._resolver import GAIResolver, HostResolution
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import (
    IAddress,
    IHostnameResolver,
    IHostResolution,
    IResolutionReceiver,
)
from zope.interface import implementer

from core.name_lookups import LookupThreads
from core.network import NetworkPolicy

_REMEMBERED = 1000
_PORTS = {"http": 80, "https": 443}


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves through the system and lets only allowed addresses out.

    The system's look-ups run in threads, but their answers come on the reactor's: what is
    remembered here needs no lock.
    """

    def __init__(self, reactor: ReactorBase, policy: NetworkPolicy) -> None:
        self._reactor = reactor
        self.policy = policy
        # Not the reactor's own, whose ten threads a few silent name servers would hold.
        threads: Any = LookupThreads()
        in_threads: Any = reactor
        self._system: Any = GAIResolver(
            in_threads,
            getThreadPool=lambda: threads,
            getaddrinfo=lambda *args: socket.getaddrinfo(*args),
        )
        self.own_doors: set[int] = set()
        """Ports of loopback that proxies of ours listen on, which judge what they are asked for."""
        self.refusals: OrderedDict[tuple[str, int], str] = OrderedDict()
        """Why a host was refused on a port, newest last: Scrapy itself only sees "no address"."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> GuardedResolver:
        """Build from Scrapy's settings, as `scrapy crawl` does."""
        return cls(reactor, NetworkPolicy.from_texts(crawler.settings.getlist("NETWORK_ALLOW")))

    def install_on_reactor(self) -> None:
        """Make every connection of this process go through the guard."""
        reactor: Any = self._reactor  # mypy knows nothing of zope interfaces
        reactor.installNameResolver(self)

    def note(self, host: str, port: int, reason: str | None) -> None:
        """Remember why a host was refused on a port, or forget it."""
        self.refusals.pop((host, port), None)
        if reason is not None:
            self.refusals[host, port] = reason
            while len(self.refusals) > _REMEMBERED:
                self.refusals.popitem(last=False)

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve `hostName` and pass on the addresses that may be dialled."""
        judge = _Judge(resolutionReceiver, self, hostName, portNumber)
        if not _can_be_looked_up(hostName, portNumber):
            # The system's resolver would raise in its thread, and nobody would ever hear of it.
            nowhere: Any = HostResolution(hostName)
            judge.resolutionBegan(nowhere)
            judge.resolutionComplete()
            return nowhere  # type: ignore[no-any-return]
        resolution: IHostResolution = self._system.resolveHostName(
            judge, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


def _can_be_looked_up(host: str, port: int) -> bool:
    """Tell whether a host is a name at all: `a..b` and labels of more than 63 octets are none."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return "\0" not in host and 0 <= port < 65536


def refusal_of(url: str) -> str | None:
    """Return why the installed guard refused to dial the host of `url`, None when it did not."""
    from twisted.internet import reactor

    guard = reactor.nameResolver
    if not isinstance(guard, GuardedResolver):
        return None
    parts = urlsplit(url)
    return guard.refusals.get((parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)))


def note_refusal(host: str, port: int, reason: str | None) -> None:
    """Remember, for `refusal_of`, a refusal met elsewhere than at the resolver, or forget it."""
    from twisted.internet import reactor

    guard = reactor.nameResolver
    if isinstance(guard, GuardedResolver):
        guard.note(host, port, reason)


def open_own_door(port: int) -> None:
    """Let this process connect to a port of loopback that a proxy of ours listens on."""
    from twisted.internet import reactor

    guard = reactor.nameResolver
    if isinstance(guard, GuardedResolver):
        guard.own_doors.add(port)


@implementer(IResolutionReceiver)
class _Judge:
    """Stands between the system's resolver and the connection."""

    def __init__(
        self, receiver: IResolutionReceiver, guard: GuardedResolver, host: str, port: int
    ) -> None:
        self._receiver: Any = receiver
        self._guard = guard
        self._host = host
        self._port = port
        self._passed = 0
        self._refusal: str | None = None

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """Pass on that the look-up has begun."""
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        """Pass the address on, or keep the reason why not."""
        port = address.port or self._port
        own = address.host == "127.0.0.1" and port in self._guard.own_doors
        refusal = None if own else self._guard.policy.refusal(address.host, port)
        if refusal is None:
            self._passed += 1
            self._receiver.addressResolved(address)
        else:
            self._refusal = refusal

    def resolutionComplete(self) -> None:  # noqa: N802
        """Remember a refusal only when it left nothing to dial."""
        refused = self._refusal is not None and not self._passed
        self._guard.note(self._host, self._port, self._refusal if refused else None)
        self._receiver.resolutionComplete()
