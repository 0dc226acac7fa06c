"""A provider of accounts for the tests that log in by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from joserfc.jwk import RSAKey

from core.clock import FixedClock
from tests.integration.web.account_provider import AccountProvider, new_key, serving


@pytest.fixture(scope="session")
def keys() -> tuple[RSAKey, RSAKey]:
    """Keys that are slow to make."""
    return new_key("first"), new_key("second")


@pytest.fixture
def provider(clock: FixedClock, keys: tuple[RSAKey, RSAKey]) -> Iterator[AccountProvider]:
    with serving(AccountProvider(clock, key=keys[0])) as running:
        yield running
