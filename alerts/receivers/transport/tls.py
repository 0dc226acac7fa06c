"""Whose certificates a receiver trusts."""

from __future__ import annotations

import ssl
from pathlib import Path

from core.errors import DeliveryError


def trusting(authority: Path | None, receiver: str) -> ssl.SSLContext:
    """Return a context that verifies the server's certificate and name.

    Only `authority` is trusted where one is given, else whom this machine trusts. Raises
    DeliveryError when its file cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise DeliveryError(f"receiver {receiver!r}: cannot read ca_file {authority}") from error
