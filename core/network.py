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
    )
)
"""Cloud metadata services: they hand out credentials, so no configuration can allow them."""


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
        shaped = re.fullmatch(
            r"\[?(?P<address>[0-9a-fA-F:.]+)\]?(?:/(?P<bits>\d{1,3})\]?)?(?::(?P<port>\d{1,5}))?",
            text.strip(),
        )
        if shaped is None:
            raise ValueError("not a network: write it like `10.0.0.0/8` or `127.0.0.1/32:8080`")
        port = int(shaped["port"]) if shaped["port"] else None
        bits = f"/{shaped['bits']}" if shaped["bits"] else ""
        if port is None and not bits and "." in shaped["address"] and ":" in shaped["address"]:
            raise ValueError("not a network: write it like `10.0.0.0/8` or `127.0.0.1/32:8080`")
        if port is not None and not 0 < port < 65536:
            raise ValueError(f"not a port: {port}")
        try:
            return cls(ipaddress.ip_network(shaped["address"] + bits), port)
        except ValueError as error:
            raise ValueError(f"not a network: {error}") from None


class NetworkPolicy:
    """Judges addresses: the public internet is open, everything else only where it is allowed."""

    def __init__(self, allow: Iterable[NetworkAllowance] = ()) -> None:
        self._allow = tuple(allow)

    @classmethod
    def from_texts(cls, allow: Iterable[str]) -> NetworkPolicy:
        """Build the policy from `network.allow` of the configuration."""
        return cls(NetworkAllowance.parse(text) for text in allow)

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
        if ip in _METADATA:
            return f"{ip} is a cloud metadata service"
        if any(
            ip.version == allowed.network.version
            and ip in allowed.network
            and allowed.port in (None, port)
            for allowed in self._allow
        ):
            return None
        if any(ip.version == net.version and ip in net for net in _REFUSED):
            return f"{ip} is not a public address; allow it under `network` if it is yours"
        return None
