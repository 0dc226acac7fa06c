"""Evidence: the bytes a server sent, provable for as long as they are kept."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import create_engine, text

from core.articles import Evidence
from core.errors import StorageError
from storage import Store
from tests.integration.storage.samples import HOUR, MINUTE, NOON, data, page


def kept(store: Store, key: str) -> Evidence:
    article = store.article_by_url(key)
    assert article is not None
    assert article.evidence_id is not None
    evidence = store.evidence(article.evidence_id)
    assert evidence is not None
    return evidence


def raw_pages(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM raw_page")).scalar_one()
    engine.dispose()
    return int(count)


def test_page_comes_back_byte_for_byte(store: Store) -> None:
    body = "<p>Повестка</p>\x00".encode() + bytes(range(256)) * 300
    store.record(data(), page(body, at=NOON - MINUTE), key="k")
    evidence = kept(store, "k")
    assert evidence.body == body
    assert evidence.sha256 == hashlib.sha256(body).hexdigest()
    assert evidence.size == len(body)
    assert evidence.fetched_at == NOON - MINUTE
    assert evidence.status == 200
    assert evidence.headers == page().headers


def test_empty_page_is_kept_too(store: Store) -> None:
    store.record(data(), page(b""), key="k")
    assert kept(store, "k").body == b""


def test_unknown_evidence_is_none(store: Store) -> None:
    assert store.evidence(1) is None


def test_identical_pages_share_their_bytes(store: Store, migrated_url: str) -> None:
    for number in range(3):
        store.record(data(), page(url=f"https://k/{number}"), key=f"k{number}")
    assert raw_pages(migrated_url) == 1
    urls = {kept(store, f"k{number}").url for number in range(3)}
    assert urls == {"https://k/0", "https://k/1", "https://k/2"}


def test_pruning_removes_old_bytes_and_keeps_the_proof(store: Store) -> None:
    store.record(data(), page(b"old", at=NOON - 2 * HOUR), key="old")
    store.record(data(), page(b"new", at=NOON), key="new")
    before = kept(store, "old")
    assert store.prune_raw_pages(NOON - HOUR) == 1
    after = kept(store, "old")
    assert after.body is None
    assert (after.sha256, after.size, after.headers) == (before.sha256, 3, before.headers)
    assert kept(store, "new").body == b"new"
    assert store.prune_raw_pages(NOON - HOUR) == 0


def test_bytes_that_were_fetched_again_are_not_pruned(store: Store) -> None:
    store.record(data(), page(at=NOON), key="k1")
    store.record(data(), page(at=NOON - 2 * HOUR), key="k2")
    assert store.prune_raw_pages(NOON - HOUR) == 0
    assert kept(store, "k2").body is not None


def test_pruned_bytes_come_back_with_the_next_fetch(store: Store) -> None:
    store.record(data(), page(at=NOON - 2 * HOUR), key="k1")
    store.prune_raw_pages(NOON)
    store.record(data(), page(at=NOON), key="k2")
    assert kept(store, "k1").body == kept(store, "k2").body == page().body


def test_pruning_works_through_more_than_one_batch(store: Store) -> None:
    for number in range(7):
        store.record(data(), page(b"%d" % number), key=f"k{number}")
    assert store.prune_raw_pages(NOON + HOUR, batch=3) == 7


@pytest.mark.parametrize("tampered", ["other bytes", "no zstd at all"])
def test_tampered_bytes_are_not_passed_off_as_evidence(
    store: Store, migrated_url: str, tampered: str
) -> None:
    store.record(data(), page(b"<p>what was served</p>"), key="k1")
    store.record(data(), page(b"<p>what was forged</p>"), key="k2")
    forged = (
        "(SELECT zstd FROM raw_page r WHERE r.sha256 = :forged)"
        if tampered == "other bytes"
        else "CAST('x' AS bytea)"
    )
    if store.dialect == "sqlite":
        forged = forged.replace("bytea", "blob")
    hashes = {"real": kept(store, "k1").sha256, "forged": kept(store, "k2").sha256}
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        statement = f"UPDATE raw_page SET zstd = {forged} WHERE sha256 = :real"  # noqa: S608
        used = {name: value for name, value in hashes.items() if f":{name}" in statement}
        connection.execute(text(statement), used)
    engine.dispose()
    with pytest.raises(StorageError, match=r"stored page 1 (is not what|cannot be read)"):
        store.evidence(1)
