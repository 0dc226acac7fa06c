"""The index of words, which search goes by. SQLite keeps it in a file of its own."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_TABLES = (
    "CREATE TABLE search_state (name text PRIMARY KEY, value text NOT NULL)",
    """CREATE TABLE search_segment (
        number integer PRIMARY KEY, month text NOT NULL, first_id bigint NOT NULL,
        last_id bigint NOT NULL, latest timestamptz NOT NULL, versions bigint NOT NULL
    )""",
    """CREATE TABLE search_noted (
        mark text NOT NULL, segment integer NOT NULL, versions bigint NOT NULL,
        PRIMARY KEY (mark, segment)
    )""",
    """CREATE TABLE search_text (
        segment integer NOT NULL, version_id bigint NOT NULL, at timestamptz NOT NULL,
        words tsvector NOT NULL, PRIMARY KEY (segment, version_id)
    ) PARTITION BY LIST (segment)""",
    "CREATE INDEX ix_search_text_words ON search_text USING gin (words)",
)


def upgrade() -> None:
    """Apply the change. A partition is made for every month when its first version comes."""
    if op.get_bind().dialect.name == "postgresql":
        for statement in _TABLES:
            op.execute(statement)


def downgrade() -> None:
    """Undo the change; the index is made anew from what is stored."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("search_text", "search_noted", "search_segment", "search_state"):
            op.execute(f"DROP TABLE {table}")
