"""Stored articles: one with its versions, what changed between two, and the proof of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from core.articles import Article, Evidence
from core.errors import WirewatchError
from core.text_changes import Change, compare
from desk.errors import NotThereError
from storage import Store
from storage.judging.judging_records import Story

__all__ = [
    "ArticleSheet",
    "Difference",
    "Exhibit",
    "Story",
    "UnchangedError",
    "difference",
    "exhibits",
    "raw_page",
    "sheet",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSheet:
    """One version of an article, with what is known beside it."""

    article: Article
    versions: tuple[Article, ...]
    """All of them, the first first."""
    evidence: Evidence | None
    """The page it was read from, if that is kept."""
    story: Story | None
    also_listed_by: tuple[str, ...] = ()
    """Sources that announced it too, beside the one it belongs to."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions."""

    older: Article
    newer: Article
    change: Change


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A version of an article and the page it was read from."""

    article: Article
    proof: Evidence


class UnchangedError(WirewatchError):
    """An article has one version only."""


def sheet(store: Store, article_id: int, version: int | None = None) -> ArticleSheet:
    """Return an article in one version, the latest unless told otherwise. Raises NotThereError."""
    article = store.article(article_id, version)
    if article is None:
        raise _missing(article_id, version)
    proof = store.evidence(article.evidence_id) if article.evidence_id else None
    return ArticleSheet(
        article=article,
        versions=tuple(store.versions(article_id)),
        evidence=proof,
        story=store.story_of(article_id),
        also_listed_by=store.also_listed_by(article_id),
    )


def difference(
    store: Store, article_id: int, old: int | None = None, new: int | None = None
) -> Difference:
    """Return what changed between two versions: the last two unless told otherwise.

    Raises NotThereError, which names the versions there are, and UnchangedError.
    """
    versions = {article.version: article for article in store.versions(article_id)}
    if not versions:
        raise _missing(article_id)
    newer = versions.get(max(versions) if new is None else new)
    older = versions.get((newer.version if newer else 0) - 1 if old is None else old)
    if newer is None or older is None:
        raise _no_difference(article_id, versions, named=old is not None or new is not None)
    change = compare(older.data.title, older.data.text, newer.data.title, newer.data.text)
    return Difference(older, newer, change)


def exhibits(store: Store, article_id: int, version: int | None = None) -> Iterator[Exhibit]:
    """Give the pages that an article's versions were read from, of one version or of all.

    Each is read when it is asked for: an article may have thousands, of megabytes each.

    Raises NotThereError when there is no such version, or none of the pages was kept.
    """
    versions = [
        article for article in store.versions(article_id) if version in (None, article.version)
    ]
    if not versions:
        raise _missing(article_id, version)
    found = (
        Exhibit(article, proof)
        for article in versions
        if article.evidence_id is not None
        and (proof := store.evidence(article.evidence_id)) is not None
    )
    first = next(found, None)
    if first is None:
        raise NotThereError(f"page that was kept of article {article_id}")
    return chain((first,), found)


def raw_page(store: Store, article_id: int, version: int | None = None) -> bytes:
    """Return the bytes of a page as they were fetched. Raises NotThereError."""
    article = store.article(article_id, version)
    if article is None or article.evidence_id is None:
        raise NotThereError(f"raw page of article {article_id}")
    proof = store.evidence(article.evidence_id)
    if proof is None or proof.body is None:
        raise NotThereError(f"raw page of article {article_id} any more; retention removed it")
    return proof.body


def _missing(article_id: int, version: int | None = None) -> NotThereError:
    return NotThereError(f"article {article_id}" + (f" version {version}" if version else ""))


def _no_difference(
    article_id: int, versions: Mapping[int, Article], *, named: bool
) -> WirewatchError:
    if len(versions) == 1 and not named:
        return UnchangedError(f"article {article_id} has not changed since it was first seen")
    known = ", ".join(map(str, versions))
    return NotThereError(f"such version of article {article_id} (versions: {known})")
