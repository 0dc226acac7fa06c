"""Ways to write, or to lead to, an address that must not be dialled. `P` stands for the port.

The forbidden listener is 127.0.0.1 (and ::1) on port P; the origin that is allowed to serve is
127.0.0.2 on the same port, so a lookup that changes its answer changes the server.
"""

from __future__ import annotations

NAMES: dict[str, list[list[str]]] = {
    "private.test": [["127.0.0.1"]],
    "private6.test": [["::1"]],
    "metadata.test": [["169.254.169.254"]],
    "metadata-mapped.test": [["::ffff:169.254.169.254"]],
    "nat64.test": [["64:ff9b::7f00:1"]],
    "lan.test": [["10.0.0.1"]],
    "two-private.test": [["127.0.0.1", "::1"]],
    "mixed.test": [["127.0.0.1", "127.0.0.2"]],
    "mixed-back.test": [["127.0.0.2", "::1", "127.0.0.1"]],
    "rebind.test": [["127.0.0.2"], ["127.0.0.1"]],
    "rebind-late.test": [["127.0.0.2"], ["127.0.0.2"], ["127.0.0.1"]],
    "robots.test": [["127.0.0.2"]],
}

SPELLINGS: dict[str, str] = {
    "dotted": "127.0.0.1",
    "short": "127.1",
    "three parts": "127.0.1",
    "decimal": "2130706433",
    "hex": "0x7f000001",
    "hex upper": "0X7F000001",
    "hex dotted": "0x7f.0x0.0x0.0x1",
    "octal": "0177.0.0.1",
    "octal whole": "017700000001",
    "octal padded": "0000177.0.0.01",
    "mixed bases": "0x7f.0.0.01",
    "overflow": "4294967297",
    "zero": "0",
    "zero dotted": "0.0.0.0",  # noqa: S104 - nothing is bound here
    "localhost": "localhost",
    "localhost upper": "LOCALHOST",
    "localhost dot": "localhost.",
    "localhost below": "evil.localhost",
    "trailing dot": "127.0.0.1.",
    "two dots": "127.0.0.1..",
    "fullwidth": "１２７.０.０.１",
    "fullwidth dots": "127。0。0。1",
    "circled": "①②⑦.⓪.⓪.①",
    "encoded": "%31%32%37.0.0.1",
    "encoded dot": "127%2e0.0.1",
    "v6": "[::1]",
    "v6 long": "[0:0:0:0:0:0:0:1]",
    "v6 unspecified": "[::]",
    "v6 mapped": "[::ffff:127.0.0.1]",
    "v6 mapped hex": "[::ffff:7f00:1]",
    "v6 mapped upper": "[::FFFF:7F00:1]",
    "v6 mapped long": "[0:0:0:0:0:ffff:127.0.0.1]",
    "v6 compatible": "[::127.0.0.1]",
    "v6 translated": "[::ffff:0:127.0.0.1]",
    "nat64": "[64:ff9b::7f00:1]",
    "nat64 local": "[64:ff9b:1::7f00:1]",
    "6to4": "[2002:7f00:1::]",
    "teredo": "[2001:0:7f00:1::80ff:fffe]",
    "zone": "[fe80::1%25lo]",
    "zone on loopback": "[::1%25lo]",
    "unique local": "[fc00::1]",
    "site-local": "[fec0::1]",
    "metadata": "169.254.169.254",
    "metadata decimal": "2852039166",
    "metadata mapped": "[::ffff:169.254.169.254]",
    "metadata 6to4": "[2002:a9fe:a9fe::]",
    "metadata aws v6": "[fd00:ec2::254]",
    "azure agent": "168.63.129.16",
    "rfc1918": "192.168.0.1",
    "shared": "100.64.0.1",
    "name private": "private.test",
    "name private v6": "private6.test",
    "name metadata": "metadata.test",
    "name metadata mapped": "metadata-mapped.test",
    "name nat64": "nat64.test",
    "name lan": "lan.test",
    "name dot": "PRIVATE.test.",
    "name two private": "two-private.test",
}
"""Hosts that lead to a forbidden address, or to none at all."""

SHAPES: dict[str, str] = {
    "user info": "http://127.0.0.2@127.0.0.1:P/",
    "user info port": "http://127.0.0.2:P@127.0.0.1:P/",
    "user info encoded": "http://127.0.0.2%40x@127.0.0.1:P/",
    "backslash": "http://127.0.0.1:P\\@127.0.0.2:P/",
    "backslash path": "http:\\\\127.0.0.1:P\\",
    "tab": "http://127.0.\t0.1:P/",
    "fragment": "http://127.0.0.1:P#@127.0.0.2:P/",
    "query": "http://127.0.0.1:P?@127.0.0.2:P/",
    "scheme-relative": "//127.0.0.1:P/",
    "three slashes": "http:///127.0.0.1:P/",
    "upper scheme": "HTTP://127.0.0.1:P/",
    "https": "https://127.0.0.1:P/",
    "file": "file:///etc/passwd",
    "file host": "file://127.0.0.1/etc/passwd",
    "ftp": "ftp://127.0.0.1:P/",
    "gopher": "gopher://127.0.0.1:P/_x",
    "dict": "dict://127.0.0.1:P/x",
    "data": "data:text/html,<p>x</p>",
    "unix": "unix:///var/run/docker.sock",
    "http+unix": "http+unix://%2Fvar%2Frun%2Fdocker.sock/x",
    "javascript": "javascript:alert(1)",
    "other port": "http://127.0.0.2:1/",
}
"""Whole addresses whose parts are read differently by different programs, and other schemes."""

REDIRECTS = (301, 302, 303, 307, 308)
REDIRECTED = ("dotted", "decimal", "v6", "v6 mapped", "localhost", "metadata", "name private")
MIXED = ("mixed.test", "mixed-back.test", "rebind.test", "rebind-late.test")
"""Names that may be dialled, though only at their allowed address."""


def forms(port: int) -> dict[str, str]:
    """Return every forbidden address by the name of its form, each with a path of its own."""
    spelled = {name: f"http://{host}:{port}/" for name, host in SPELLINGS.items()}
    shaped = {name: url.replace(":P", f":{port}") for name, url in SHAPES.items()}
    return {
        name: f"{url}f{number}" if url.endswith("/") else url
        for number, (name, url) in enumerate((spelled | shaped).items())
    }
