"""Which addresses may be dialled: a table of spellings, and what a user can and cannot open."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.network import NetworkAllowance, NetworkPolicy

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:4860:4860::8888",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "::ffff:808:808",
    "2001:200::1",
]

REFUSED = [
    # this machine, and "this network"
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "0.0.0.0",  # noqa: S104 - nothing is bound here
    "0.1.2.3",
    "::1",
    "::",
    "0:0:0:0:0:0:0:1",
    "0000:0000:0000:0000:0000:0000:0000:0001",
    # private, shared, link-local
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "192.168.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.1.1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "FE80::1",
    "febf::1",
    "fec0::1",
    "feff::1",
    # documentation, benchmarking, reserved, multicast, broadcast
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "ff0e::1",
    "100::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    # IPv4 inside IPv6: mapped, compatible, translated, NAT64, 6to4, Teredo
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::FFFF:10.0.0.1",
    "0:0:0:0:0:ffff:192.168.0.1",
    "::127.0.0.1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    # what a resolver does not return, and other programs read as 127.0.0.1
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.01",
    "localhost",
    "[::1]",
    "127.0.0.1:80",
    " 127.0.0.1",
    "127.0.0.1\n",
    "1.1.1.1 ",
    "١.1.1.1",
    "",
]

METADATA = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "169.254.42.42",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "fd00:ec2::254",
    "fd00:ec2:0:0::254",
    "fd20:ce::254",
    "fd00:42::42",
    "fe80::a9fe:a9fe",
    "fe80::a9fe:a9fe%eth0",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "::169.254.169.254",
    "::ffff:0:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::169.254.169.254",
    "64:ff9b:1:a9fe:a9:fe00::",
    "64:ff9b:1:a9:fe:a9fe::",
    "64:ff9b:1:0:a9:fea9:fe00::",
    "2002:a9fe:a9fe::1",
    "2001:0:a9fe:a9fe::",
]

EVERYTHING_OPEN = NetworkPolicy.from_texts(["0.0.0.0/0", "::/0"])


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str) -> None:
    assert NetworkPolicy().refusal(address, 443) is None


@pytest.mark.parametrize("address", REFUSED)
def test_everything_else_is_refused(address: str) -> None:
    assert NetworkPolicy().refusal(address, 443)


@pytest.mark.parametrize("address", METADATA)
def test_cloud_metadata_is_refused_even_when_everything_is_allowed(address: str) -> None:
    assert "metadata" in (EVERYTHING_OPEN.refusal(address, 80) or "")
    assert NetworkPolicy().refusal(address, 80)


def test_an_allowance_holds_for_its_network_only() -> None:
    policy = NetworkPolicy.from_texts(["10.1.0.0/16", "fd00:1::/32"])
    assert policy.refusal("10.1.255.255", 80) is None
    assert policy.refusal("fd00:1::5", 80) is None
    assert policy.refusal("10.2.0.1", 80)
    assert policy.refusal("fd00:2::5", 80)


def test_an_allowance_with_a_port_holds_for_that_port_only() -> None:
    policy = NetworkPolicy.from_texts(["127.0.0.1/32:8080", "[::1/128]:8080"])
    assert policy.refusal("127.0.0.1", 8080) is None
    assert policy.refusal("::ffff:127.0.0.1", 8080) is None
    assert policy.refusal("::1", 8080) is None
    for address, port in (("127.0.0.1", 80), ("127.0.0.2", 8080), ("::1", 80)):
        assert policy.refusal(address, port)


def test_a_mapped_network_is_the_ipv4_network_it_stands_for() -> None:
    policy = NetworkPolicy.from_texts(["::ffff:10.0.0.0/104"])
    assert policy.refusal("10.9.9.9", 80) is None
    assert policy.refusal("::ffff:10.9.9.9", 80) is None
    assert policy.refusal("11.0.0.1", 80) is None
    assert policy.refusal("127.0.0.1", 80)


def test_an_open_nat64_prefix_leads_to_the_public_internet_only() -> None:
    policy = NetworkPolicy.from_texts(["64:ff9b::/96", "64:ff9b:1::/48", "192.168.1.0/24"])
    assert policy.refusal("64:ff9b::8.8.8.8", 443) is None
    assert policy.refusal("64:ff9b:1::8.8.8.8", 443) is None
    assert policy.refusal("64:ff9b::192.168.1.7", 443) is None
    assert "leads to 10.0.0.1" in (policy.refusal("64:ff9b::10.0.0.1", 443) or "")
    assert policy.refusal("64:ff9b:1::127.0.0.1", 443)


def test_a_refusal_says_which_address_and_what_to_do() -> None:
    assert NetworkPolicy().refusal("10.0.0.1", 80) == (
        "10.0.0.1 is not a public address; allow it under `network` if it is yours"
    )
    assert NetworkPolicy().refusal("localhost", 80) == "'localhost' is not an IP address"


@pytest.mark.parametrize(
    ("text", "network", "port"),
    [
        ("10.0.0.0/8", "10.0.0.0/8", None),
        ("127.0.0.1", "127.0.0.1/32", None),
        (" 127.0.0.1/32 ", "127.0.0.1/32", None),
        ("127.0.0.1/32:8080", "127.0.0.1/32", 8080),
        ("::1", "::1/128", None),
        ("::1/128", "::1/128", None),
        ("::1/128:8080", "::1/128", 8080),
        ("[::1]:8080", "::1/128", 8080),
        ("[::1/128]:8080", "::1/128", 8080),
        ("[fd00::]/8:443", "fd00::/8", 443),
        ("::ffff:10.0.0.0/104:80", "10.0.0.0/8", 80),
    ],
)
def test_allowances_are_read(text: str, network: str, port: int | None) -> None:
    assert NetworkAllowance.parse(text) == NetworkAllowance(ipaddress.ip_network(network), port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "intranet",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/8:0",
        "10.0.0.0/8:65536",
        "10.0.0.0/8:http",
        "127.0.0.1:8080",
        "::1/129",
        "[::1",
        "::1]",
        "10.0.0.0/8]",
        "http://10.0.0.1/",
        "10.0.0.0/8 10.0.0.0/9",
    ],
)
def test_what_is_no_network_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        NetworkAllowance.parse(text)


@settings(deadline=None)
@given(st.ip_addresses(v=6))
def test_the_policy_never_fails_and_is_stricter_than_python(ip: ipaddress.IPv6Address) -> None:
    refusal = NetworkPolicy().refusal(str(ip), 443)
    if not ip.is_global and ip.ipv4_mapped is None:
        assert refusal


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_when_mapped(ip: ipaddress.IPv4Address) -> None:
    policy = NetworkPolicy()
    assert (policy.refusal(str(ip), 80) is None) == (policy.refusal(f"::ffff:{ip}", 80) is None)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_text_crashes_the_policy_or_the_reader(text: str) -> None:
    NetworkPolicy().refusal(text, 80)
    try:
        NetworkAllowance.parse(text)
    except ValueError as refused:
        assert str(refused)  # noqa: PT017 - either way is fine, silence is not
