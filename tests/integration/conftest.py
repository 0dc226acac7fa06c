"""What several files of integration tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.desk import Desk, opened_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with opened_desk(tmp_path_factory.mktemp("desk")) as opened:
        yield opened
