"""`articles diff` and `evidence`: how a text changed, and a proof that others can open."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from core.sources import Validators
from storage import Store, open_store
from tests.integration.children import wirewatch, write_config
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import HOUR, NOON, data, page

URL = "https://kloop.example/1"
OLD = "Police raided the market. Twenty people were taken away. Relatives waited outside."
NEW = "Police raided the market. Relatives waited outside. A lawyer came at noon."


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = write_config(tmp_path, sources=[{"name": "kloop", "feed": "https://kloop.example/f"}])
    with open_store(empty_database(tmp_path / "wirewatch.db")) as store:
        published_and_edited(store)
    return path


def published_and_edited(store: Store) -> None:
    first = replace(page(b"<p>old</p>"), headers=(("Content-Type", "text/html; charset=utf-8"),))
    store.record(data(URL, OLD), first, key=URL, plan_visit=lambda at: at)
    (visit,) = store.due_visits(store._clock(), 1, "kloop")
    packed = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    second = replace(page(b"<p>new</p>", NOON + HOUR), headers=packed)
    store.record_visit(visit, data(URL, NEW), second, lambda _: None, Validators())


def test_diff_shows_what_changed_for_reading(config: Path) -> None:
    shown = wirewatch("articles", "diff", "1", cwd=config.parent)
    assert shown.status == 0
    assert "1 → 2  version 2 edited: 1 passage removed; 1 added" in shown.out
    assert "- Twenty people were taken away." in shown.out
    assert "+ A lawyer came at noon." in shown.out
    as_json = wirewatch("articles", "diff", "1", "--format", "json", cwd=config.parent).json()
    assert as_json["change"]["added"] == ["A lawyer came at noon."]


def test_diff_names_the_versions_there_are(config: Path) -> None:
    asked = wirewatch("articles", "diff", "1", "--to", "7", cwd=config.parent)
    assert asked.status == 1
    assert "versions: 1, 2" in asked.err


def test_show_tells_what_happened_when(config: Path) -> None:
    shown = wirewatch("articles", "show", "1", cwd=config.parent).out
    versions = [line.split() for line in shown.splitlines()]
    assert any(line[:1] == ["1"] and "published" in line for line in versions)
    assert any(line[:1] == ["2"] and "edited" in line for line in versions)
    assert "1 passage removed; 1 added" in shown


def test_evidence_is_a_warc_that_other_tools_open(config: Path) -> None:
    done = wirewatch("articles", "evidence", "1", "-o", "proof.warc.gz", cwd=config.parent)
    assert (done.status, done.out.strip()) == (0, "proof.warc.gz: 2 pages")
    file = config.parent / "proof.warc.gz"
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("rb") as stream:
        records = [
            (record.rec_type, record.rec_headers, record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    kinds = [kind for kind, _, _ in records]
    assert kinds == ["warcinfo", "response", "conversion", "response", "conversion"]
    _, headers, body = records[1]
    assert body == b"<p>old</p>"
    assert headers.get_header("WARC-Target-URI") == URL + "/"
    assert headers.get_header("WARC-Date").startswith("2026-03-01T12:00:00")
    digest = hashlib.sha256(body).hexdigest()
    assert headers.get_header("X-Stored-SHA-256") == digest
    assert OLD.encode() in records[2][2]


def test_evidence_passes_the_checks_of_the_archives_own_tool(config: Path) -> None:
    wirewatch("articles", "evidence", "1", "-o", "proof.warc.gz", cwd=config.parent)

    class Arguments:
        inputs = (str(config.parent / "proof.warc.gz"),)
        verbose = False

    checker = Checker(Arguments)
    checker.process_all()
    assert checker.exit_value == 0


def test_evidence_overwrites_nothing(config: Path) -> None:
    (config.parent / "proof.warc.gz").write_text("mine")
    done = wirewatch("articles", "evidence", "1", "-o", "proof.warc.gz", cwd=config.parent)
    assert done.status == 1
    assert "File exists" in done.err
    assert (config.parent / "proof.warc.gz").read_text() == "mine"


def test_evidence_of_what_is_not_stored_is_an_error(config: Path) -> None:
    done = wirewatch("articles", "evidence", "9", cwd=config.parent)
    assert (done.status, "article 9" in done.err) == (1, True)
