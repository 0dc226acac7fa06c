from __future__ import annotations

import pytest

from crawler.download.network_guard import _can_be_looked_up


@pytest.mark.parametrize(
    "host", ["outlet.example", "outlet.example.", "127.0.0.1", "::1", "пример.рф"]
)
def test_names_and_addresses_are_looked_up(host: str) -> None:
    assert _can_be_looked_up(host, 443)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1..", 80),
        ("a..example", 80),
        (f"{'a' * 64}.example", 80),
        ("a\0b.example", 80),
        ("outlet.example", 65536),
    ],
)
def test_what_would_break_the_systems_resolver_is_refused_before(host: str, port: int) -> None:
    assert not _can_be_looked_up(host, port)
