"""Included files are somebody else's words: they read nothing that the main file does not allow."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import ConfigError, LoadedConfig, load_config

SECRET = "correct-horse.battery"
SOURCE = "sources: [{name: kloop, url: 'https://kloop.example/'}]\n"
READS = {
    "variable": "receivers: [{name: theirs, webhook: {url: 'https://theirs.example/${TOKEN}'}}]",
    "variable in a word": "rules: [{id: theirs, title: 'x ${TOKEN}', any: [council]}]",
    "variable with a default": "sources: [{name: a, url: 'https://a.example/${TOKEN:-x}'}]",
    "secret file": "receivers: [{name: theirs, webhook: {url_file: ../secret}}]",
    "password file": "receivers: [{name: t, email: {to: [a@b.example], from: a@b.example,"
    " smtp: {host: mail.example, username: w, password_file: ../secret}}}]",
    "cookies": "sources: [{name: a, url: 'https://a.example/', cookies: ../secret}]",
    "certificates": "receivers: [{name: t, webhook: {url: 'https://t.example/',"
    " ca_file: ../secret}}]",
    "calendar": "schedules: [{name: d, ical: {file: ../secret}, fallback: [desk]}]",
    "written file": "receivers: [{name: t, file: {path: ../secret}}]",
    "further file": "include: [../secret]",
    "further file by a link": "include: [link.yaml]",
    "trust": "trust: [pack.yaml]",
    "open network": "network: {allow: ['127.0.0.0/8']}",
    "database": "database: 'sqlite:////tmp/theirs.db'",
}


def loaded(folder: Path, included: str, main: str = "") -> LoadedConfig:
    pack = folder / "packs" / "pack.yaml"
    pack.parent.mkdir(exist_ok=True)
    pack.write_text(included)
    (folder / "secret").write_text(SECRET)
    (pack.parent / "link.yaml").symlink_to(folder / "secret")
    path = folder / "watch.yaml"
    path.write_text(f"{SOURCE}include: [packs/pack.yaml]\n{main}")
    return load_config(path, environ={"TOKEN": SECRET})


@pytest.mark.parametrize("name", READS)
def test_an_included_file_reads_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, READS[name])
    found = [problem for problem in refused.value.problems if "an included file" in problem.message]
    assert [Path(problem.mark.file).name for problem in found] == ["pack.yaml"]
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value.sound)


@pytest.mark.parametrize("name", ["variable", "password file", "certificates", "open network"])
def test_the_main_file_can_trust_an_included_one(tmp_path: Path, name: str) -> None:
    found = loaded(tmp_path, READS[name], "trust: ['packs/p*.yaml']\n")
    assert [Path(file).name for file in found.files][:2] == ["watch.yaml", "pack.yaml"]


def test_a_trusted_file_trusts_nobody(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "inner.yaml").write_text(READS["variable"])
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, "include: [inner.yaml]\n", "trust: [packs/pack.yaml]\n")
    (problem,) = refused.value.problems
    assert Path(problem.mark.file).name == "inner.yaml"
    assert problem.hint == "if the file is your own, name it under `trust` in the main file"


def test_a_plain_dollar_stays_what_it_is(tmp_path: Path) -> None:
    found = loaded(tmp_path, "rules: [{id: theirs, title: 'x $${TOKEN}', any: [council]}]")
    assert found.config.rules[0].title == "x ${TOKEN}"


def test_opml_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / "theirs.opml").write_text(
        '<opml version="2.0"><body><outline text="${TOKEN}" xmlUrl="https://a.example/${TOKEN}"/>'
        "</body></opml>"
    )
    path = tmp_path / "watch.yaml"
    path.write_text("include: [theirs.opml]\n")
    found = load_config(path, environ={"TOKEN": SECRET})
    assert SECRET not in repr(found.config)
    assert found.config.sources[0].title == "${TOKEN}"
