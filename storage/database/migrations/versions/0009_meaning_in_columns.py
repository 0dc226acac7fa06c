"""What failures, rejections, skips, doubts, alerts and mutes are, in columns beside the words.

Until here the meaning stood in the words. They are read one last time, as the code before read
them, and stay for people. The tables of prefixes below are history: they follow no later wording.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FAILURES = (
    "dns", "connect", "timeout", "tls", "http", "robots", "guard", "too_large", "redirects",
    "broken", "content", "internal",
)  # fmt: skip
"""A failure was told as `kind: detail`."""
_REJECTIONS = ("empty", "stub", "not_html", "sandbox")
"""Such an entry's reason was the word alone, or `stub, attempt 2` while it waited."""
_STATUS = re.compile(r"(?:http|redirects): (?:HTTP )?([0-9]{3})\b")
_STUBS = {
    "anti-bot check": "anti_bot",
    "access denied": "access_denied",
    "not found": "not_found",
    "server error": "server_error",
    "consent wall": "consent",
    "asks for JavaScript": "javascript",
    "the article's address leads": "front_page",
}
_DOUBTS = {
    "HTTP ": "status",
    "not found": "not_found",
    "the article's address leads": "front_page",
    "its text is gone: the body is not a web page": "not_html",
    "its text is gone": "empty",
    "its address now leads": "elsewhere",
}
_SKIPS = {
    "no link": "no_link",
    "link is not a web address": "not_a_web_address",
    "same link as an earlier entry": "repeated",
    "beyond the newest": "beyond_newest",
    "beyond the ": "beyond_read",
    "another site's page": "another_site",
    "this page itself": "this_page",
    "address of a section": "no_article",
    "service message": "service_message",
    "post without an address": "no_number",
    "path of more than": "too_deep",
    "path that repeats itself": "repeating",
}
_SKIP_ENDINGS = {
    "new addresses of one source in a day": "too_many_a_day",
    "combinations of parameters under one path": "permuted",
}
"""Their words begin with a number."""

_SKIPPED = sa.table(
    "skipped_entry",
    sa.column("source", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("reason", sa.Text()),
    sa.column("count", sa.Integer()),
    sa.column("example", sa.Text()),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Apply the change."""
    op.add_column("source", sa.Column("last_failure", sa.Text(), nullable=True))
    op.add_column("entry", sa.Column("cause", sa.Text(), nullable=True))
    op.add_column("entry", sa.Column("failure", sa.Text(), nullable=True))
    op.add_column("entry", sa.Column("failure_status", sa.Integer(), nullable=True))
    op.add_column("entry", sa.Column("stub", sa.Text(), nullable=True))
    op.add_column("article", sa.Column("doubt_kind", sa.Text(), nullable=True))
    op.add_column(
        "alert", sa.Column("event", sa.Text(), nullable=False, server_default="published")
    )
    op.add_column(
        "alert_change", sa.Column("muted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _read_errors_of_sources()
    _read_reasons_of_entries()
    _read_doubts()
    _read_occasions()
    _read_mutes()
    _count_skipped_by_kind()


def downgrade() -> None:
    """Undo the change. The words say it all again."""
    rows = op.get_bind().execute(sa.select(_SKIPPED)).mappings().all()
    op.drop_table("skipped_entry")
    _create_skipped("reason")
    rows_before = [{key: row[key] for key in row if key != "kind"} for row in rows]
    if rows_before:
        op.bulk_insert(sa.table("skipped_entry", *_columns(kind=False)), rows_before)
    for table, columns in (
        ("alert_change", ("muted",)),
        ("alert", ("event",)),
        ("article", ("doubt_kind",)),
        ("entry", ("stub", "failure_status", "failure", "cause")),
        ("source", ("last_failure",)),
    ):
        with op.batch_alter_table(table) as changed:
            for column in columns:
                changed.drop_column(column)


def _read_errors_of_sources() -> None:
    for kind in _FAILURES:
        _set("source", {"last_failure": kind}, "last_error", f"{kind}: ")
    _set("source", {"last_failure": "internal"}, "last_error", "internal error: ")
    # What was said without a kind is what was found in place of a document.
    op.execute(
        "UPDATE source SET last_failure = 'document'"
        " WHERE last_error IS NOT NULL AND last_failure IS NULL"
    )


def _read_reasons_of_entries() -> None:
    _set("entry", {"cause": "old"}, "reason", "published before the source was watched")
    op.execute(
        "UPDATE entry SET cause = 'duplicate' WHERE status = 'stored' AND reason = 'duplicate'"
    )
    for rejection in _REJECTIONS:
        _set("entry", {"cause": rejection}, "reason", rejection)
    for words, kind in _STUBS.items():
        _set("entry", {"stub": kind}, "detail", words, also="cause = 'stub'")
    for failure in _FAILURES:
        _set("entry", {"cause": "unfetched", "failure": failure}, "reason", f"{failure}: ")
    entry = sa.table(
        "entry", sa.column("reason"), sa.column("failure"), sa.column("failure_status")
    )
    answered = entry.c.failure.in_(("http", "redirects"))
    connection = op.get_bind()
    reasons = connection.scalars(sa.select(entry.c.reason).where(answered).distinct()).all()
    for reason in reasons:
        if status := _STATUS.match(reason):
            connection.execute(
                entry.update()
                .where(answered, entry.c.reason == reason)
                .values(failure_status=int(status[1]))
            )


def _read_doubts() -> None:
    for words, kind in _DOUBTS.items():
        _set("article", {"doubt_kind": kind}, "doubt", words, also="doubt_kind IS NULL")
    # A doubt in other words is one all the same: the next look decides.
    op.execute(
        "UPDATE article SET doubt_kind = 'status' WHERE doubt IS NOT NULL AND doubt_kind IS NULL"
    )


def _read_occasions() -> None:
    for event in ("edited", "removed", "restored"):
        _set("alert", {"event": event}, "occasion", f"{event}-")


def _read_mutes() -> None:
    # Of a link only: on the command line anybody may write such a note.
    op.execute(
        "UPDATE alert_change SET muted = true WHERE state = 'acknowledged'"
        " AND reason = 'story muted' AND substr(\"by\", 1, 8) = 'link to '"
    )


def _count_skipped_by_kind() -> None:
    """Key the counts by kind: two sentences for one thing are one count."""
    before = sa.select(sa.table("skipped_entry", *_columns(kind=False)))
    counted: dict[tuple[str, str], dict[str, Any]] = {}
    for row in op.get_bind().execute(before).mappings():
        kind = _skip_kind(row["reason"])
        known = counted.setdefault((row["source"], kind), {**row, "kind": kind, "count": 0})
        known["count"] += row["count"]
    op.drop_table("skipped_entry")
    _create_skipped("kind")
    if counted:
        op.bulk_insert(_SKIPPED, list(counted.values()))


def _skip_kind(words: str) -> str:
    found = (kind for begin, kind in _SKIPS.items() if words.startswith(begin))
    ended = (kind for end, kind in _SKIP_ENDINGS.items() if words.endswith(end))
    return next(found, None) or next(ended, "other")


def _create_skipped(key: str) -> None:
    op.create_table(
        "skipped_entry",
        *_columns(kind=key == "kind"),
        sa.PrimaryKeyConstraint("source", key, name="pk_skipped_entry"),
        sa.ForeignKeyConstraint(["source"], ["source.name"], name="fk_skipped_entry_source"),
    )


def _columns(*, kind: bool) -> list[sa.Column[Any]]:
    return [
        sa.Column("source", sa.Text(), nullable=False),
        *([sa.Column("kind", sa.Text(), nullable=False)] if kind else []),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("example", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    ]


def _set(
    table: str, values: Mapping[str, str], column: str, begins: str, *, also: str = "1 = 1"
) -> None:
    """Set columns of the rows where the words of another begin so, exactly and in this case."""
    wanted = ", ".join(f"{name} = :{name}" for name in values)
    statement = (
        f"UPDATE {table} SET {wanted} WHERE {also} AND substr({column}, 1, :length) = :begins"  # noqa: S608
    )
    parameters = {**values, "begins": begins, "length": len(begins)}
    op.get_bind().execute(sa.text(statement), parameters)
