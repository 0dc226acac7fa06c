"""A database as revision 0008 had it: all meaning in words, as the code of then wrote them."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from storage.database.schema import MIGRATIONS

AT = "2026-03-01 12:00:00+00:00"

SOURCE_ERRORS: dict[str, tuple[str | None, int | None]] = {
    "dns": ("dns: the host name does not resolve", None),
    "connect": ("connect: connection refused", None),
    "timeout": ("timeout: no complete answer in time", None),
    "tls": ("tls: certificate verify failed", None),
    "http": ("http: HTTP 403", 403),
    "robots": ("robots: forbidden by robots.txt", None),
    "guard": ("guard: 10.0.0.1 is not a public address", None),
    "too_large": ("too_large: the answer is too large", None),
    "redirects": ("redirects: HTTP 302 leads to no address that we follow", 302),
    "broken": ("broken: the answer broke off", None),
    "internal": ("internal error: the database is full", None),
    "document": ("this is a web page, not a feed", None),
    "well": (None, None),
}
"""By source, named as the kind that is to be found: its last error and the status."""

ENTRIES: dict[str, tuple[str, str, str]] = {
    "new": ("pending", "", ""),
    "old": ("rejected", "published before the source was watched", ""),
    "stored": ("stored", "", ""),
    "duplicate": ("stored", "duplicate", ""),
    "forbidden": ("failed", "http: HTTP 403, given up after 3 attempts", ""),
    "law": ("failed", "http: HTTP 451", ""),
    "busy": ("pending", "http: HTTP 429, attempt 2", ""),
    "missing": ("failed", "http: HTTP 404", ""),
    "down": ("pending", "http: HTTP 503, attempt 6", ""),
    "robots": ("failed", "robots: forbidden by robots.txt", ""),
    "unsaid": ("pending", "connect: the rules of robots.txt are not available, attempt 1", ""),
    "slow": ("failed", "timeout: no complete answer in time, given up after 7 attempts", ""),
    "moved": ("failed", "redirects: HTTP 302 leads to no address that we follow", ""),
    "looping": ("failed", "redirects: too many redirects", ""),
    "huge": ("failed", "too_large: the answer is too large", ""),
    "check": ("rejected", "stub", "anti-bot check: the page says 'not a robot'"),
    "denied": ("pending", "stub, attempt 1", "access denied: the page is titled '403'"),
    "gone": ("rejected", "stub", "not found: the page is titled '404'"),
    "mended": ("pending", "stub, attempt 3", "server error: the page is titled '502'"),
    "consent": ("rejected", "stub", "consent wall: the page says 'we value your privacy'"),
    "script": ("rejected", "stub", "asks for JavaScript: the page says 'enable javascript'"),
    "front": ("rejected", "stub", "the article's address leads to the front page"),
    "empty": ("pending", "empty, attempt 2", "no article text in 1,000 characters of markup"),
    "picture": ("rejected", "not_html", "the body is not a web page (image/png)"),
    "bomb": ("rejected", "sandbox", "Parsing took longer than allowed and was stopped"),
}
"""By key: status, reason, detail."""

DOUBTS: dict[str, str | None] = {
    "status": "HTTP 404",
    "not_found": "not found: the page is titled '404'",
    "front_page": "the article's address leads to the front page",
    "empty": "its text is gone: no article text in 1,000 characters of markup",
    "not_html": "its text is gone: the body is not a web page (image/png)",
    "elsewhere": "its address now leads to https://kloop.example/other",
    "sure": None,
}
"""By article, named as the kind that is to be found."""

SKIPPED = {
    "no_link": "no link",
    "not_a_web_address": "link is not a web address",
    "repeated": "same link as an earlier entry",
    "beyond_newest": "beyond the newest 50 of one poll",
    "beyond_read": "beyond the first 50,000 addresses",
    "another_site": "another site's page",
    "this_page": "this page itself",
    "no_article": "address of a section, an archive or a file",
    "service_message": "service message",
    "no_number": "post without an address",
    "too_many_a_day": "more than 3,000 new addresses of one source in a day",
    "too_deep": "path of more than 20 segments",
    "repeating": "path that repeats itself",
    "permuted": "more than 12 combinations of parameters under one path",
    "other": "words that nobody remembers",
}
"""By kind."""

CHANGES = {
    "link to desk": ("acknowledged", "story muted", True),
    "ann": ("acknowledged", "story muted", False),
    "bob": ("acknowledged", "", False),
}
"""By who made it: state, reason, and whether it mutes. Anybody may write such a note; only a link
mutes."""

OCCASIONS = {"": "published", "edited-2": "edited", "removed-3": "removed"}


def database_before_types(url: str) -> None:
    """Make such a database, with every kind of thing that has a column of its own today."""
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection, "0008")
        _fill(connection)
    engine.dispose()


def migrate(connection: Connection, revision: str) -> None:
    """Bring a database up to a revision."""
    command.upgrade(config_for(connection), revision)


def config_for(connection: Connection) -> Config:
    """Return what alembic needs to work on a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _fill(connection: Connection) -> None:
    for name, (error, status) in SOURCE_ERRORS.items():
        _insert(
            connection, "source", name=name, kind="feed", url=f"https://{name}.example/",
            active=True, next_check_at=AT, next_check_reason="", last_checked_at=AT,
            last_status_code=status, last_error=error,
            consecutive_failures=0 if error is None else 5, checks=9,
        )  # fmt: skip
    for number, (kind, doubt) in enumerate(DOUBTS.items(), 1):
        _insert(
            connection, "article", id=number, key=kind, key_hash=kind.encode(), source="well",
            first_seen_at=AT, latest_version=1, next_visit_at=AT, visits=1, doubt=doubt,
        )  # fmt: skip
        _insert(
            connection, "article_version", id=number, article_id=number, number=1, url=kind,
            title=kind, text=kind, source="well", authors="[]", tags="[]", content_sha256="",
            fetched_at=AT,
        )  # fmt: skip
    for number, (key, (state, reason, detail)) in enumerate(ENTRIES.items(), 1):
        _insert(
            connection, "entry", id=number, source="well", key=key, key_hash=key.encode(), url=key,
            title=key, authors="[]", tags="[]", summary="", status=state, reason=reason,
            detail=detail, attempts=1, discovered_at=AT,
            article_id=1 if state == "stored" else None,
        )  # fmt: skip
    for kind, reason in SKIPPED.items():
        _insert(
            connection, "skipped_entry", source="well", reason=reason, count=2, example=kind, at=AT
        )
    _insert(
        connection, "skipped_entry", source="well", reason="beyond the entries that are read",
        count=3, example="another document", at=AT,
    )  # fmt: skip
    _insert(
        connection, "rule_match", id=1, version_id=1, rule_id="r", rule_title="R", level="high",
        spans="[]", snippet="", highlights="[]",
    )  # fmt: skip
    _alerts(connection)


def _alerts(connection: Connection) -> None:
    for number, occasion in enumerate(OCCASIONS):
        _insert(
            connection, "alert", id=f"alt_{number}", rule_id="r", article_id=1, match_id=1,
            created_at=AT, reason="", occasion=occasion, state="open",
        )  # fmt: skip
    for number, (by, (state, reason, _)) in enumerate(CHANGES.items(), 1):
        _insert(
            connection, "alert_change", id=number, alert_id="alt_0", at=AT, by=by, state=state,
            reason=reason,
        )  # fmt: skip


def _insert(connection: Connection, table: str, **values: Any) -> None:
    # SQLite keeps moments as text without a zone, which is how the code before wrote them.
    if connection.dialect.name == "sqlite":
        values = {name: AT[:19] + ".000000" if v == AT else v for name, v in values.items()}
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)  # noqa: S608
