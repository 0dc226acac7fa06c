"""A desk at noon with one open alert, and a provider of accounts to log in by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from joserfc.jwk import RSAKey

from core.clock import FixedClock
from desk.context import Desk
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import NOON, alerted, source
from tests.integration.web.account_provider import AccountProvider, new_key, serving
from tests.integration.web.visitors import desk_over


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def desk(tmp_path: Path, clock: FixedClock) -> Iterator[Desk]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=clock) as store:
        store.sync_sources([source()])
        alerted(store)
        yield desk_over(store, clock)


@pytest.fixture(scope="session")
def keys() -> tuple[RSAKey, RSAKey]:
    """Keys that are slow to make."""
    return new_key("first"), new_key("second")


@pytest.fixture
def provider(clock: FixedClock, keys: tuple[RSAKey, RSAKey]) -> Iterator[AccountProvider]:
    with serving(AccountProvider(clock, key=keys[0])) as running:
        yield running
