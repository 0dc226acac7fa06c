"""The configuration as it runs: which change is noticed, and which needs a restart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.config import ConfigError, WatchConfig
from scheduler.running_config import live_of, load_running_config, secrets_in

GOOD = "include: [more.yaml]\nsources: [{name: a, feed: 'https://a.example/feed'}]\n"
MORE = "rules: [{id: r, any: [zeppelin]}]\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "more.yaml").write_text(MORE, encoding="utf-8")
    return rewrite(tmp_path / "watch.yaml", GOOD)


def rewrite(path: Path, text: str) -> Path:
    """Write a file whose time of change differs from the last one, however coarse the clock."""
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else 10**18
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(later, later))
    return path


def test_a_change_of_any_file_is_noticed(config: Path) -> None:
    for name, text in (("watch.yaml", GOOD), ("more.yaml", MORE)):
        live = load_running_config(config)
        assert not live.files_changed()
        rewrite(config.with_name(name), text)
        assert live.files_changed(), name


def test_a_file_that_vanishes_is_a_change(config: Path) -> None:
    live = load_running_config(config)
    config.with_name("more.yaml").unlink()
    assert live.files_changed()


def test_a_change_during_the_reading_is_found_afterwards(config: Path) -> None:
    live = load_running_config(config)
    before = live.stamps_now()
    rewrite(config, GOOD)  # read, or not read any more: nobody knows
    assert load_running_config(config, before).files_changed()


def test_a_file_that_was_put_in_the_place_of_another_is_a_change(config: Path) -> None:
    live = load_running_config(config)
    other = config.with_name("other.yaml")
    other.write_text(GOOD.replace("a.example", "b.example"), encoding="utf-8")
    at = config.stat().st_mtime_ns
    os.utime(other, ns=(at, at))  # of one time and size, as a copy with `cp -p` may be
    other.replace(config)
    assert live.files_changed()


def test_a_bad_change_is_noticed_once_and_its_correction_again(config: Path) -> None:
    live = load_running_config(config)
    rewrite(config, "rulez: []\n")
    before = live.stamps_now()
    with pytest.raises(ConfigError) as caught:
        load_running_config(config, before)
    live = live.after_failed_reload(before, caught.value)
    assert not live.files_changed()
    rewrite(config, GOOD)
    assert live.files_changed()


def test_a_correction_in_a_file_that_only_the_bad_change_includes_is_noticed(
    config: Path,
) -> None:
    live = load_running_config(config)
    newest = config.with_name("newest.yaml")
    newest.write_text("rulez: []\n", encoding="utf-8")
    rewrite(config, GOOD.replace("[more.yaml]", "[more.yaml, newest.yaml]"))
    before = live.stamps_now()
    with pytest.raises(ConfigError) as caught:
        load_running_config(config, before)
    live = live.after_failed_reload(before, caught.value)
    assert not live.files_changed()
    rewrite(newest, "rules: []\n")
    assert live.files_changed()


def test_the_pages_behind_links_need_a_restart(config: Path) -> None:
    live = load_running_config(config)
    config.write_text(
        config.read_text() + "web: {url: https://watch.example.org, secret: long-enough-secret}\n"
    )
    assert live.restart_needed(load_running_config(config)) == ("web",)


def test_sections_that_the_crawler_was_built_from_need_a_restart(config: Path) -> None:
    live = load_running_config(config)
    rewrite(config, GOOD + "crawl: {concurrency: 3}\nretention: {raw_pages: 1d}\n")
    assert live.restart_needed(load_running_config(config)) == ("crawl",)


def test_every_secret_of_a_configuration_is_known_for_masking(config: Path) -> None:
    rewrite(
        config,
        GOOD + "database: 'postgresql+psycopg://u:pass%2Dof-database@h/n'\n"
        "receivers:\n"
        "- {name: hook, webhook: {secret: signing-secret-value,"
        " url: 'https://h.example/services/T0/B1/token?key=0123456789abcdef'}}\n"
        "- {name: mail, email: {to: [a@b.example], from: a@b.example,"
        " smtp: {host: h, username: u, password: pass-of-mail}}}\n",
    )
    found = set(secrets_in(load_running_config(config).config))
    assert {
        "postgresql+psycopg://u:pass%2Dof-database@h/n",
        "pass%2Dof-database",
        "pass-of-database",
        "https://h.example/services/T0/B1/token?key=0123456789abcdef",
        "/services/T0/B1/token",
        "key=0123456789abcdef",
        "signing-secret-value",
        "pass-of-mail",
    } <= found


def test_a_correction_made_before_the_mistake_is_noted_is_noticed(config: Path) -> None:
    live = load_running_config(config)
    newest = config.with_name("newest.yaml")
    newest.write_text("rulez: []\n", encoding="utf-8")
    rewrite(config, GOOD.replace("[more.yaml]", "[more.yaml, newest.yaml]"))
    before = live.stamps_now()
    with pytest.raises(ConfigError) as caught:
        load_running_config(config, before)
    rewrite(newest, "rules: []\n")
    assert live.after_failed_reload(before, caught.value).files_changed()


def test_a_source_that_is_switched_off_keeps_its_name_and_tags_and_is_not_watched() -> None:
    sources = [
        {
            "name": "a",
            "title": "The A",
            "feed": "https://a.example/",
            "tags": ["x"],
            "enabled": False,
        },
        {"name": "b", "feed": "https://b.example/"},
    ]
    live = live_of(WatchConfig.model_validate({"sources": sources}))
    assert list(live.sources) == ["b"]
    assert (live.outlet_of("a"), live.tags_of("a")) == ("The A", ("x",))
    assert live.outlet_of("gone") == "gone"
