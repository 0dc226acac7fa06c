"""Files of ours are made for their owner alone; what is there keeps its rights."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from core.private_files import LEFT_OVER_AFTER, new_file, private_file, private_folder


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


def test_a_new_file_is_private_and_has_its_name_when_it_is_whole(tmp_path: Path) -> None:
    with new_file(tmp_path / "list") as file:
        file.write(b"all of it")
        (part,) = tmp_path.iterdir()
        assert part.name.startswith(".list.")
    assert [made.name for made in tmp_path.iterdir()] == ["list"]
    assert (tmp_path / "list").read_bytes() == b"all of it"
    assert rights(tmp_path / "list") == 0o600


def test_two_who_write_one_name_disturb_each_other_in_nothing(tmp_path: Path) -> None:
    def second() -> None:
        with new_file(tmp_path / "list") as file:
            file.write(b"the second")

    with new_file(tmp_path / "list") as file:
        file.write(b"the first")
        second()
        with pytest.raises(FileExistsError):
            second()
        (tmp_path / "list").rename(tmp_path / "other")
    assert (tmp_path / "list").read_bytes() == b"the first"
    assert (tmp_path / "other").read_bytes() == b"the second"


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with new_file(tmp_path / "list") as file:
            file.write(b"half of it")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_stays_whose_it_is(tmp_path: Path) -> None:
    taken = tmp_path / "list"

    def written() -> None:
        with new_file(taken):
            taken.write_text("of somebody who was quicker")

    for _ in ("taken meanwhile", "taken before"):
        with pytest.raises(FileExistsError):
            written()
    assert [made.name for made in tmp_path.iterdir()] == ["list"]
    assert taken.read_text() == "of somebody who was quicker"


@pytest.fixture
def left_over(tmp_path: Path) -> Path:
    """Return what somebody who was killed left, two hours ago."""
    part = tmp_path / ".list.abc123.part"
    part.write_bytes(b"half of it")
    long_ago = time.time() - 2 * LEFT_OVER_AFTER
    os.utime(part, (long_ago, long_ago))
    return part


def test_what_a_killed_writer_left_of_a_file_goes_with_the_next_of_its_name(
    tmp_path: Path, left_over: Path
) -> None:
    other = left_over.rename(tmp_path / ".other.abc123.part")
    with new_file(tmp_path / "list"):
        pass
    assert other.exists()
    other.rename(left_over)
    (tmp_path / "list").unlink()
    with new_file(tmp_path / "list"):
        pass
    assert [made.name for made in tmp_path.iterdir()] == ["list"]


def test_what_was_left_lately_may_still_be_written(tmp_path: Path, left_over: Path) -> None:
    os.utime(left_over)
    with new_file(tmp_path / "list"):
        pass
    assert left_over.exists()


def test_who_writes_for_hours_keeps_their_file(tmp_path: Path) -> None:
    with suppress(FileExistsError), new_file(tmp_path / "list"):
        (part,) = tmp_path.iterdir()
        long_ago = time.time() - 2 * LEFT_OVER_AFTER
        os.utime(part, (long_ago, long_ago))
        with new_file(tmp_path / "list"):
            assert part.exists()
