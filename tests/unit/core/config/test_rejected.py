"""Every way a configuration can be wrong, with the exact words a person gets for it."""

from __future__ import annotations

import itertools
import shutil
import time
from pathlib import Path

import pytest

from core.config import ConfigError, ConfigNotFoundError, load_config
from core.config.problems import MAX_SHOWN
from core.config.yaml_tree import MAX_BYTES
from tests.unit.core.config.golden import REJECTED, rejection

CASES = sorted(REJECTED.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_rejected_configuration_says_exactly_this(case: Path) -> None:
    assert rejection(case) == case.with_suffix(".txt").read_text(encoding="utf-8")


def test_every_golden_message_belongs_to_a_case() -> None:
    assert {file.stem for file in REJECTED.glob("*.txt")} == {case.stem for case in CASES}
    assert len(CASES) >= 25


def test_ten_different_mistakes_are_all_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(REJECTED / "ten_mistakes.yaml", environ={})
    errors = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert len(errors) >= 10
    assert len({problem.mark.line for problem in errors}) >= 10
    assert len({problem.message.split("'")[0] for problem in errors}) >= 9


@pytest.mark.parametrize("opening", ["[", "{a: ", "{name: ", "- ", "? ", '{"": [', "[["])
def test_hostile_nesting_is_refused_in_under_a_second(tmp_path: Path, opening: str) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(opening * 100_000)
    started = time.process_time()
    with pytest.raises(ConfigError, match="nested deeper than 50 levels"):
        load_config(file)
    assert time.process_time() - started < 1


def test_an_alias_bomb_is_not_expanded(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    levels = "abcdefghi"
    lines = ["a: &a [lol]"]
    lines += [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in itertools.pairwise(levels)]
    file.write_text("\n".join(lines))
    started = time.process_time()
    with pytest.raises(ConfigError, match="aliases are not supported") as caught:
        load_config(file)
    assert time.process_time() - started < 1
    assert len(str(caught.value)) < 50_000


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_bytes(b"# " + b"x" * MAX_BYTES)
    with pytest.raises(ConfigError, match="larger than 1024 KiB"):
        load_config(file)


def test_an_endless_include_is_read_up_to_the_limit_only(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("include: [/dev/zero]")
    with pytest.raises(ConfigError, match=r"/dev/zero:1:1: error: the file is larger than"):
        load_config(file)


def test_thousands_of_problems_are_cut_short(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("crawl:\n" + "".join(f"  timeut{number}: x\n" for number in range(1000)))
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert len(caught.value.problems) == 1000
    assert str(caught.value).endswith(f"and {1000 - MAX_SHOWN} more problems")


def test_a_thousand_wrong_names_among_thousands_take_no_minute(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    sources = "".join(
        f'  - {{name: s{number}, url: "https://s{number}.example/"}}\n' for number in range(3000)
    )
    wrong = ", ".join(f"s{number}x" for number in range(1000))
    file.write_text(f"sources:\n{sources}routes: [{{to: [x], when: {{sources: [{wrong}]}}}}]\n")
    started = time.process_time()
    with pytest.raises(ConfigError):
        load_config(file)
    assert time.process_time() - started < 5


def test_more_files_than_allowed_are_not_followed(tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for number in range(501):
        (parts / f"{number}.yaml").write_text("rules:\n")
    file = tmp_path / "watch.yaml"
    file.write_text("include: [parts/*.yaml]")
    with pytest.raises(ConfigError, match="more than 500 files included"):
        load_config(file)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigNotFoundError, match=r"does not exist; `wirewatch init` writes one"):
        load_config(tmp_path / "watch.yaml")


def test_an_unreadable_secret_says_why_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "huge").write_bytes(b"x" * 100_000)
    for name, reason in (
        ("binary", "is not UTF-8 text"),
        ("huge", "is too large for a secret"),
        (".", "cannot be read: Is a directory"),
        ("nul\\0", "cannot be read: embedded null byte"),
    ):
        file = tmp_path / "watch.yaml"
        file.write_text(f'receivers: [{{name: desk, slack: {{url_file: "{name}"}}}}]')
        with pytest.raises(ConfigError, match=reason) as caught:
            load_config(file)
        assert len(caught.value.problems) == 1


def test_the_place_of_a_file_does_not_change_the_words(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(REJECTED, copy)
    assert rejection(copy / "include_same_key_twice.yaml") == rejection(
        REJECTED / "include_same_key_twice.yaml"
    )
