"""Workshops that are closed when their test ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.scheduler.workshop import Workshop

Opened = Callable[..., Workshop]


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Opened]:
    """Open one workshop with these sections of the configuration."""
    opened: list[Workshop] = []

    def made(**sections: Any) -> Workshop:
        opened.append(Workshop(tmp_path, **sections))
        return opened[-1]

    yield made
    for each in opened:
        each.store.close()
