"""Files of ours are made for their owner alone; what is there keeps its rights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.private_files import private_file, private_folder


@pytest.fixture(autouse=True)
def open_handed() -> Iterator[None]:
    """Let everything be made readable for all, unless it is made otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_folder_and_those_above_it_are_private(tmp_path: Path) -> None:
    private_folder(tmp_path / "a" / "b")
    assert (rights(tmp_path / "a"), rights(tmp_path / "a" / "b")) == (0o700, 0o700)


def test_what_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    private_folder(tmp_path / "shared")
    assert rights(tmp_path / "shared") == 0o755
    file = tmp_path / "file"
    file.touch(mode=0o644)
    os.close(private_file(file, os.O_WRONLY | os.O_CREAT))
    assert rights(file) == 0o644


def test_a_file_is_private(tmp_path: Path) -> None:
    os.close(private_file(tmp_path / "file", os.O_WRONLY | os.O_CREAT))
    assert rights(tmp_path / "file") == 0o600
