"""The network guard of the receivers: names are resolved once, judged addresses dialled.

A receiver's name may lead into the private network, by mistake or by whoever holds its DNS zone,
and to another address at the next look-up (DNS rebinding). So the address that was judged is the
one that is connected to; the name is kept for TLS and for the Host header alone.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket

from core.config.values import is_loopback_host
from core.errors import DeliveryError
from core.name_lookups import look_up
from core.network import NetworkAllowance, NetworkPolicy

PUBLIC_ONLY = NetworkPolicy()
"""The policy of a receiver that was told of no private network."""

FALLBACK_AFTER = 3.0
"""Seconds for one address while there is another one to try. RFC 8305 starts the second after
0.25 s beside the first; alerts can wait a little, and one connection at a time is simpler."""

_LOOPBACK = ("127.0.0.0/8", "::1/128")


class RefusedAddressError(DeliveryError):
    """A receiver's host leads only to addresses that must not be dialled."""


class ReceiverGuard:
    """Resolves and judges for one receiver."""

    def __init__(self, receiver: str, host: str, port: int, policy: NetworkPolicy) -> None:
        """Take the receiver's name, and `host` and `port` as its configuration words them.

        A private address or `localhost` that is written out there is the user's own choice and
        is allowed on that port. A name is not: where it leads is for its DNS zone to say.
        """
        self._receiver = receiver
        self._policy = policy.widened(
            *(NetworkAllowance.parse(address) for address in _own(host, port))
        )

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host` that may be dialled on `port`, in the system's order.

        Raises RefusedAddressError when there is none among those found, OSError when the name
        does not resolve.
        """
        try:
            found = await look_up(host, port)
        except UnicodeError:  # a label that is empty or longer than 63 octets
            raise OSError("the host is not a name that can be looked up") from None
        numeric = dict.fromkeys(_numeric(sockaddr) for *_, sockaddr in found)
        refusals = {address: self._policy.refusal(address, port) for address in numeric}
        allowed = [address for address, refusal in refusals.items() if refusal is None]
        if not allowed:
            raise RefusedAddressError(self._words(*next(iter(refusals.items())), port))
        return allowed

    async def connect(self, host: str, port: int) -> socket.socket:
        """Return a non-blocking socket, connected to an allowed address of `host`.

        Raises RefusedAddressError, or the OSError of the last address tried.
        """
        *first, last = await self.addresses(host, port)
        for address in first:
            try:
                async with asyncio.timeout(FALLBACK_AFTER):
                    return await _dial(address, port)
            except OSError:  # TimeoutError is one
                continue
        return await _dial(last, port)

    def _words(self, address: str, refusal: str | None, port: int) -> str:
        """Say what is wrong, and what to write when writing something helps."""
        start = f"receiver {self._receiver!r}: its host leads to {address}, which was not dialled"
        entry = _allowance(address, port)
        if self._policy.widened(NetworkAllowance.parse(entry)).refusal(address, port) is not None:
            return f"{start}: {refusal}"
        return (
            f"{start}: not a public address. If it is yours, allow it under `network` "
            f'in watch.yaml: network: {{allow: ["{entry}"]}}'
        )


def _own(host: str, port: int) -> tuple[str, ...]:
    """Return the allowances that the wording of a receiver's host implies."""
    bare = host.strip("[]")
    try:
        ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        if not is_loopback_host(bare):
            return ()
        return tuple(f"[{network}]:{port}" for network in _LOOPBACK)
    return (_allowance(bare, port),)


def _allowance(address: str, port: int) -> str:
    """Return the entry of `network.allow` for one address and port."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return f"{ip}/32:{port}"
    return f"[{ip}/128]:{port}"


def _numeric(sockaddr: tuple[object, ...]) -> str:
    """Return an address as the literal that dials it, a link-local one with its zone."""
    address = str(sockaddr[0])
    scope = sockaddr[3] if len(sockaddr) == 4 else 0
    return f"{address}%{scope}" if scope and "%" not in address else address


async def _dial(address: str, port: int) -> socket.socket:
    """Connect to a literal address: nothing is looked up."""
    numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    family, kind, proto, _, where = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=numeric
    )[0]
    connection = socket.socket(family, kind, proto)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, where)
    except BaseException:
        connection.close()
        raise
    return connection
