"""Fixtures of those who poll one site: import them by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.sources import SourceKind
from crawler.parse.sandbox import Sandbox
from storage import open_store
from tests.integration.empty_database import empty_database
from tests.integration.polled_site import Site, Watch
from tests.integration.storage.samples import NOON

Watching = Callable[[SourceKind, str], Watch]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(1, 20.0, 768) as opened:
        yield opened


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


@pytest.fixture
def watching(site: Site, sandbox: Sandbox, tmp_path: Path) -> Iterator[Watching]:
    clock = FixedClock(NOON)
    with open_store(empty_database(tmp_path / "watched.db"), clock=clock) as store:
        yield lambda kind, path: Watch.of(site, store, sandbox, clock, kind, path)
