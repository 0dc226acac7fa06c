"""What adding and switching sources leaves in files, whatever these are like."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from core.config.stamps import file_stamp
from core.errors import WirewatchError
from desk.source_editing import NewSource
from desk.source_files import ADDED, SourceFileError, add_source, switch_source

TEXT = 'crawl: {contact: "mailto:desk@example.org"}\nsources:\n  - {name: a, feed: "https://a.example/"}\n'


def new(name: str = "b") -> NewSource:
    return NewSource(name, "feed", f"https://{name}.example/feed")


def names(config: Path) -> list[str]:
    return [source.name for source in load_config(config).config.sources]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "watch.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_line_ends_and_the_mark_of_a_file_stay(config: Path) -> None:
    windows = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    config.write_bytes(windows)
    add_source(config, new())
    assert config.read_bytes() == windows + f"\r\ninclude:\r\n  - {ADDED}\r\n".encode()
    switch_source(config, "a", enabled=False)
    assert b'.example/", enabled: false}\r\n' in config.read_bytes()
    assert names(config) == ["a", "b"]


def test_a_file_that_a_pattern_includes_is_noticed_by_who_watches_the_others(config: Path) -> None:
    text = f"{TEXT}include: ['*-sources.yaml']\n"
    config.write_text(text, encoding="utf-8")
    before = file_stamp(config)
    add_source(config, new())
    assert config.read_text(encoding="utf-8") == text
    assert file_stamp(config) != before
    assert names(config) == ["a", "b"]


def test_a_link_keeps_leading_to_the_file_that_is_changed(config: Path) -> None:
    real = config.parent / "kept" / "real.yaml"
    real.parent.mkdir()
    config.rename(real)
    config.symlink_to(real)
    add_source(config, new())
    switch_source(config, "b", enabled=False)
    assert config.is_symlink()
    assert ADDED in real.read_text(encoding="utf-8")
    assert [one.enabled for one in load_config(config).config.sources] == [True, False]


def test_what_would_be_refused_leaves_everything_as_it_was(config: Path) -> None:
    files = {file: file.read_bytes() for file in config.parent.iterdir()}
    bad = NewSource("b", "feed", "no address")
    with pytest.raises(ConfigError) as refused:
        add_source(config, bad)
    assert f"{ADDED}:3" in str(refused.value)
    assert {file: file.read_bytes() for file in config.parent.iterdir()} == files


def test_what_is_not_foreseen_is_said_with_its_place_and_left_alone(config: Path) -> None:
    text = f"{TEXT}include: [  # none yet\n]\n"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError) as refused:
        add_source(config, new())
    assert f"watch.yaml:4: write `include: [{ADDED}]` here by hand" in str(refused.value)
    assert config.read_text(encoding="utf-8") == text
    assert not (config.parent / ADDED).exists()


def test_a_folder_that_is_not_there_has_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(WirewatchError, match="does not exist"):
        add_source(tmp_path / "nowhere" / "watch.yaml", new())


def _add(place: tuple[Path, str]) -> None:
    add_source(place[0], new(place[1]))


def test_commands_that_add_at_the_same_time_lose_nothing(config: Path) -> None:
    wanted = [f"s{number}" for number in range(8)]
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.map(_add, [(config, name) for name in wanted])
    assert sorted(names(config)) == sorted(["a", *wanted])
    assert config.read_text(encoding="utf-8").count(ADDED) == 1
