"""Which addresses may be connected to. Pure: no look-ups, only judgement on a given address.

Python's `is_global` is wrong for several ranges that reach inside a network (NAT64, 6to4,
site-local, IPv4-compatible), so the refused ranges are listed here, each with its source.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_REFUSED = tuple(
    ipaddress.ip_network(cidr)
    for cidr in (
        "0.0.0.0/8",  # RFC 791, "this network"
        "10.0.0.0/8",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598, carrier-grade NAT
        "127.0.0.0/8",  # RFC 1122, loopback
        "169.254.0.0/16",  # RFC 3927, link-local
        "172.16.0.0/12",  # RFC 1918
        "192.0.0.0/24",  # RFC 6890, protocol assignments
        "192.0.2.0/24",  # RFC 5737, documentation
        "192.88.99.0/24",  # RFC 7526, former 6to4 relay anycast
        "192.168.0.0/16",  # RFC 1918
        "198.18.0.0/15",  # RFC 2544, benchmarking
        "198.51.100.0/24",  # RFC 5737
        "203.0.113.0/24",  # RFC 5737
        "224.0.0.0/4",  # RFC 5771, multicast
        "240.0.0.0/4",  # RFC 1112, reserved, and broadcast
        "::/96",  # RFC 4291, unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # RFC 4291, IPv4-mapped: judged by the address inside, see below
        "::ffff:0:0:0/96",  # RFC 2765, IPv4-translated
        "64:ff9b::/96",  # RFC 6052, NAT64
        "64:ff9b:1::/48",  # RFC 8215, local NAT64
        "100::/64",  # RFC 6666, discard
        "2001::/23",  # RFC 2928, protocol assignments, Teredo among them
        "2001:db8::/32",  # RFC 3849, documentation
        "2002::/16",  # RFC 3056, 6to4
        "3fff::/20",  # RFC 9637, documentation
        "5f00::/16",  # RFC 9602, segment routing
        "fc00::/7",  # RFC 4193, unique local
        "fe80::/10",  # RFC 4291, link-local
        "fec0::/10",  # RFC 3879, site-local
        "ff00::/8",  # RFC 4291, multicast
    )
)

_METADATA = frozenset(
    ipaddress.ip_address(address)
    for address in (
        "169.254.169.254",  # AWS, Azure, Google, OpenStack, DigitalOcean
        "169.254.170.2",  # AWS ECS task credentials
        "169.254.170.23",  # AWS EKS pod identity
        "100.100.100.200",  # Alibaba Cloud
        "192.0.0.192",  # Oracle Cloud
        "168.63.129.16",  # Azure's host agent, a public-looking address
        "fd00:ec2::254",  # AWS over IPv6
        "fd00:ec2::23",  # AWS EKS over IPv6
        "fd20:ce::254",  # Google over IPv6
        "169.254.42.42",  # Scaleway
        "fd00:42::42",  # Scaleway over IPv6
        "fe80::a9fe:a9fe",  # OpenStack over IPv6
    )
)
"""Cloud metadata services: they hand out credentials, so no configuration can allow them."""

_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_CARRY_IN_LAST_BITS = tuple(
    ipaddress.IPv6Network(cidr)
    for cidr in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)
_ROUTES_TO_CARRIED = tuple(
    ipaddress.IPv6Network(cidr)
    for cidr in ("::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""Networks where a packet is passed on to the IPv4 address inside; `::1` is not such a one."""

_ALLOWANCE = re.compile(
    r"(?P<open>\[)?(?P<address>[0-9a-fA-F:.]+)(?(open)(?P<inside>/[0-9]{1,3})?\])"
    r"(?P<bits>/[0-9]{1,3})?(?::(?P<port>[0-9]{1,5}))?"
)


@dataclass(frozen=True, slots=True)
class NetworkAllowance:
    """A private network, and perhaps one port of it, that the user opened."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> NetworkAllowance:
        """Read `CIDR` or `CIDR:port`; IPv6 with a port is written `[CIDR]:port` or `CIDR:port`.

        Raises ValueError with a message for the person who wrote it.
        """
        shaped = _ALLOWANCE.fullmatch(text.strip())
        if shaped is None:
            raise ValueError("not a network: write it like `10.0.0.0/8` or `127.0.0.1/32:8080`")
        port = int(shaped["port"]) if shaped["port"] else None
        bits = shaped["inside"] or shaped["bits"] or ""
        if port is None and not bits and "." in shaped["address"] and ":" in shaped["address"]:
            raise ValueError("not a network: write it like `10.0.0.0/8` or `127.0.0.1/32:8080`")
        if port is not None and not 0 < port < 65536:
            raise ValueError(f"not a port: {port}")
        try:
            network = ipaddress.ip_network(shaped["address"] + bits)
        except ValueError as error:
            raise ValueError(f"not a network: {error}") from None
        if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
            # Such addresses are judged as the IPv4 addresses they are, so they are allowed as such.
            low = int(network.network_address) & 0xFFFFFFFF
            network = ipaddress.IPv4Network((low, network.prefixlen - 96))
        return cls(network, port)


class NetworkPolicy:
    """Judges addresses: the public internet is open, everything else only where it is allowed."""

    def __init__(self, allow: Iterable[NetworkAllowance] = ()) -> None:
        self._allow = tuple(allow)

    @classmethod
    def from_texts(cls, allow: Iterable[str]) -> NetworkPolicy:
        """Build the policy from `network.allow` of the configuration."""
        return cls(NetworkAllowance.parse(text) for text in allow)

    def widened(self, *allow: NetworkAllowance) -> NetworkPolicy:
        """Return a policy that allows these as well."""
        return NetworkPolicy((*self._allow, *allow))

    def refusal(self, address: str, port: int) -> str | None:
        """Return why `address` must not be dialled on `port`, or None when it may be.

        `address` is an IP literal as the resolver gave it. What cannot be read is refused.
        """
        try:
            ip: Address = ipaddress.ip_address(address.split("%", 1)[0])
        except ValueError:
            return f"{address!r} is not an IP address"
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        carried = _carried(ip)
        if ip in _METADATA or not _METADATA.isdisjoint(carried):
            return f"{ip} is a cloud metadata service"
        if self._allows(ip, port):
            # Opening a NAT64 prefix opens the public internet behind it, not the private network.
            beyond = carried if _within(ip, _ROUTES_TO_CARRIED) else ()
            closed = [v4 for v4 in beyond if _within(v4, _REFUSED) and not self._allows(v4, port)]
            return f"{ip} leads to {closed[0]}, which is not allowed" if closed else None
        if _within(ip, _REFUSED):
            return f"{ip} is not a public address; allow it under `network` if it is yours"
        return None

    def _allows(self, ip: Address, port: int) -> bool:
        return any(
            _within(ip, (allowed.network,)) and allowed.port in (None, port)
            for allowed in self._allow
        )


def _within(ip: Address, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return any(ip.version == network.version and ip in network for network in networks)


def _carried(ip: Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return the IPv4 addresses that an IPv6 address of a transition scheme holds."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ()
    if ip.sixtofour is not None:
        return (ip.sixtofour,)
    if ip.teredo is not None:
        return ip.teredo  # the relay's and the client's
    if not _within(ip, _CARRY_IN_LAST_BITS):
        return ()
    number = int(ip)
    found = [number & 0xFFFFFFFF]
    if _within(ip, (_CARRY_IN_LAST_BITS[-1],)):
        # RFC 6052, section 2.2: shorter prefixes put the address around bits 64 to 71.
        found.append((number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF)
        found.append((number >> 64 & 0xFF) << 24 | number >> 32 & 0xFFFFFF)
        found.append(number >> 24 & 0xFFFFFFFF)
    return tuple(ipaddress.IPv4Address(number) for number in found if number >> 24)
