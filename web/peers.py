"""Who a connection comes from, and whom a proxy that is trusted names.

What a header says counts only when the connection itself comes from a network of the configuration;
no other header can say that it does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.types import Scope

from core.config.sections.web_login import TrustedProxySection
from desk.people import name_elsewhere

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadUserHeaderError(ValueError):
    """The header of a trusted proxy does not say who asks."""


def address_of(text: str) -> Address | None:
    """Return an address; None for what is none."""
    try:
        found = ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def peer_of(scope: Scope) -> Address | None:
    """Return where a connection comes from."""
    client = scope.get("client")
    return address_of(client[0]) if client else None


def within(address: Address | None, networks: Iterable[str]) -> bool:
    """Tell whether an address belongs to one of some networks."""
    return address is not None and any(
        address in ipaddress.ip_network(network) for network in networks
    )


class TrustedProxy:
    """What a trusted proxy says of a request; nothing when there is none."""

    def __init__(self, section: TrustedProxySection | None) -> None:
        self._networks = section.networks if section else ()
        self._header = section.user_header.lower().encode() if section else b""

    def named(self, scope: Scope) -> str | None:
        """Return whom the proxy names; None when it is no trusted proxy or names nobody.

        Raises BadUserHeaderError when the header comes twice, or holds no name: what a proxy adds
        to a header of the client's own would be two names, and the first of them made up.
        """
        if not self._networks or not within(peer_of(scope), self._networks):
            return None
        found = [value for name, value in scope["headers"] if name.lower() == self._header]
        if len(found) > 1:
            raise BadUserHeaderError
        if not found or not found[0].strip():
            return None
        try:
            text = found[0].decode("utf-8")
            if "," in text:
                raise BadUserHeaderError
            return name_elsewhere(text)
        except ValueError:
            raise BadUserHeaderError from None

    def client(self, scope: Scope) -> str:
        """Return the address of who asks, by which tries are counted.

        X-Forwarded-For counts from a trusted proxy alone: its last entry that is no such proxy.
        """
        peer = peer_of(scope)
        if not within(peer, self._networks):
            return str(peer or "")
        said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        for entry in reversed(said.decode("latin-1").split(",")):
            address = address_of(entry)
            if address is None:
                break
            if not within(address, self._networks):
                return str(address)
        return str(peer)
