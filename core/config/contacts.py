"""Whether the address for site owners is anybody's."""

from __future__ import annotations

import re

_NOBODYS = re.compile(r"(?:^|[@/.])(?:example\.(?:com|net|org)|example|invalid|test|localhost)\.?$")
"""Names that RFC 2606 keeps for examples; the file that `wirewatch init` writes has one of them."""


def is_placeholder(contact: str) -> bool:
    """Tell whether a contact stands there as an example: nobody reads what is sent to it."""
    address = contact.strip().lower().removeprefix("mailto:").partition("?")[0]
    host = address.partition("://")[2] or address
    host = host.rpartition("@")[2].partition("/")[0].partition(":")[0]
    return _NOBODYS.search(f"@{host}") is not None
