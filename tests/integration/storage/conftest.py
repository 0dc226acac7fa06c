"""An open store on each kind of database, at a moment that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.clock import FixedClock
from storage import Store, open_store
from tests.integration.storage.samples import NOON


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    with open_store(database_url, clock=clock) as opened:
        yield opened
