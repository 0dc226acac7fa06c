"""Evidence: what a server sent, compressed, with the hash, headers and time that prove it.

Identical bodies are stored once. Retention removes bodies only; that a page with this hash was
served at this time stays on record.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import zstandard
from sqlalchemy import UpdateBase, case
from sqlmodel import Session, col, delete, select

from core.articles import Evidence, FetchedPage
from core.errors import StorageError
from storage.database.engine import Database, insert_into
from storage.database.tables.crawl import EvidenceRow, RawPageRow

_LEVEL = 3
"""zstd's default: 60 kB of HTML to a quarter in 0.3 ms; higher levels gain 5 % for 5× the time."""


@dataclass(frozen=True, slots=True)
class PackedPage:
    """A fetched page, hashed and compressed; made before the transaction, which stays short."""

    page: FetchedPage
    sha256: str
    zstd: bytes


def pack(page: FetchedPage) -> PackedPage:
    """Hash and compress the body of a page."""
    digest = hashlib.sha256(page.body).hexdigest()
    return PackedPage(page, digest, zstandard.compress(page.body, _LEVEL))


class RawPages(Database):
    """Queries about evidence."""

    def evidence(self, evidence_id: int) -> Evidence | None:
        """Return a fetched page, its body None when retention removed it.

        Raises StorageError when the stored body is not what was fetched: it proves nothing then.
        """
        with self._reading() as session:
            row = session.get(EvidenceRow, evidence_id)
            if row is None:
                return None
            raw = session.get(RawPageRow, row.sha256)
            return evidence_of(row, None if raw is None else _unpack(raw, row))

    def prune_raw_pages(self, before: datetime, batch: int = 500) -> int:
        """Remove the bodies of pages last fetched before `before`; return how many.

        Works in transactions of `batch` bodies, so that writers wait for one batch at most.
        """
        removed = 0
        while True:
            with self._writing() as session:
                old = (
                    select(RawPageRow.sha256)
                    .where(RawPageRow.last_fetched_at < before)
                    # In one order, since two daemons may prune one database at a time.
                    .order_by(col(RawPageRow.last_fetched_at), col(RawPageRow.sha256))
                    .limit(batch)
                    .with_for_update()
                )
                # The condition stands twice: a body may be fetched again while we wait for it.
                done = session.exec(
                    delete(RawPageRow).where(
                        col(RawPageRow.sha256).in_(old), col(RawPageRow.last_fetched_at) < before
                    )
                ).rowcount
            removed += done
            if done < batch:
                return removed

    def _keep_page(self, session: Session, packed: PackedPage) -> int:
        """Store a page as evidence and return its id."""
        page = packed.page
        session.exec(
            _upsert_raw_page(self.dialect),
            params={
                "sha256": packed.sha256,
                "zstd": packed.zstd,
                "last_fetched_at": page.fetched_at,
            },
        )
        evidence_id: int = session.exec(
            _insert_evidence(self.dialect),
            params={
                "url": page.url,
                "final_url": page.final_url,
                "status": page.status,
                "headers": page.headers,
                "fetched_at": page.fetched_at,
                "sha256": packed.sha256,
                "size": len(page.body),
            },
        ).scalar_one()
        return evidence_id


def evidence_of(row: EvidenceRow, body: bytes | None) -> Evidence:
    """Return the domain type for a row."""
    return Evidence(
        id=row.id,
        url=row.url,
        status=row.status,
        headers=tuple((name, value) for name, value in row.headers),
        fetched_at=row.fetched_at,
        sha256=row.sha256,
        size=row.size,
        body=body,
        final_url=row.final_url,
    )


def _unpack(raw: RawPageRow, row: EvidenceRow) -> bytes:
    try:
        body = zstandard.decompress(raw.zstd, max_output_size=row.size)
    except zstandard.ZstdError as error:
        raise StorageError(f"the stored page {row.id} cannot be read", url=row.url) from error
    if hashlib.sha256(body).hexdigest() != row.sha256:
        raise StorageError(f"the stored page {row.id} is not what was fetched", url=row.url)
    return body


@cache
def _upsert_raw_page(dialect: str) -> UpdateBase:
    """Build an INSERT that, for a body that is there, only moves its age to the later fetch."""
    # Identical bodies arrive at once, an error page of one outlet say; and a body that is fetched
    # again while it is pruned must be there afterwards.
    insertion = insert_into(dialect, RawPageRow)
    stored, offered = col(RawPageRow.last_fetched_at), insertion.excluded.last_fetched_at
    return insertion.on_conflict_do_update(
        index_elements=["sha256"],
        set_={"last_fetched_at": case((offered > stored, offered), else_=stored)},
    )


@cache
def _insert_evidence(dialect: str) -> UpdateBase:
    return insert_into(dialect, EvidenceRow).returning(col(EvidenceRow.id))
