"""Opening a database: its schema, its migrations, and what is said when it cannot be opened."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from alerts.dispatch.deciders import DECIDERS
from core.alerting.notifications import NotificationPurpose, Purpose
from core.errors import StorageError
from storage import open_store
from storage.database.row import metadata
from storage.database.schema import HEAD, MIGRATIONS, REVISIONS
from storage.delivery.messages import notify_at_once
from tests.integration.storage.samples import NOON, alerted, judgement, recorded, source

ROOT = Path(__file__).parents[3]


def run(program: str, *arguments: str, cwd: Path = ROOT) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def is_no_index(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out the index of words, which is no table of the model."""
    return not (kind == "table" and (name or "").startswith("search_"))


def test_migrations_build_the_tables_that_the_code_expects(migrated_url: str) -> None:
    engine = create_engine(migrated_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_no_index})
        differences = compare_metadata(context, metadata)
        partial = connection.execute(text(PARTIAL_INDEXES[engine.dialect.name])).scalars().all()
    engine.dispose()
    assert differences == []
    assert set(partial) == {
        "ix_article_version_unjudged",
        "ix_entry_article",
        "ix_alert_snoozed",
        "ix_article_visit",
        "ix_delivery_dead",
        "ix_delivery_due",
        "ix_delivery_unreported",
        "ix_entry_pending",
        "ix_entry_pending_of_source",
        "ix_escalation_due",
        "ix_notification_group_due",
        "ix_notification_inhibitor",
        "ix_notification_waiting",
    }


def downgraded(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def test_versions_that_were_only_marked_as_broken_are_judged_again(migrated_url: str) -> None:
    with open_store(migrated_url) as store:
        done = recorded(store)
        store.commit_judgement([judgement(done.version_id)], DECIDERS)
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        downgraded(connection, "0010")
        connection.execute(text("UPDATE article_version SET ruleset = 'ab12 failed: MemoryError'"))
    engine.dispose()
    with open_store(migrated_url) as store:
        (again,) = store.broken("ab12", (now := datetime.now(UTC)), 10, rested_since=now)
        assert (again.article.version_id, again.ruleset) == (done.version_id, "ab12")


PARTIAL_INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '% WHERE %' "
    "AND schemaname = 'public'",
}


def test_revisions_in_the_code_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(reversed([script.revision for script in scripts.walk_revisions()])) == REVISIONS
    assert scripts.get_current_head() == HEAD


def test_first_migration_can_be_undone(migrated_url: str) -> None:
    program = (
        "import sys; from alembic import command; from alembic.config import Config;"
        "from sqlalchemy import create_engine, inspect\n"
        "from storage.database.schema import MIGRATIONS\n"
        "config = Config(); config.set_main_option('script_location', str(MIGRATIONS))\n"
        "config.set_main_option('path_separator', 'os')\n"
        "engine = create_engine(sys.argv[1])\n"
        "with engine.begin() as connection:\n"
        "    config.attributes['connection'] = connection; command.downgrade(config, 'base')\n"
        "with engine.connect() as connection: print(inspect(connection).get_table_names())\n"
        "engine.dispose()"
    )
    child = run(program, migrated_url)
    out, error = child.communicate(timeout=60)
    assert (out.strip(), error) == ("['alembic_version']", "")


def test_opening_twice_keeps_what_is_there(database_url: str) -> None:
    with open_store(database_url) as store:
        store.sync_sources([source()])
        assert store.schema_revision() == (HEAD, HEAD)
    with open_store(database_url) as store:
        assert [state.name for state in store.source_states()] == ["kloop"]


def test_database_at_head_is_opened_without_loading_alembic(sqlite_url: str) -> None:
    open_store(sqlite_url).close()
    program = (
        "import sys; from storage import open_store; open_store(sys.argv[1]).close();"
        "print('alembic' in sys.modules)"
    )
    assert run(program, sqlite_url).communicate(timeout=60) == ("False\n", "")


def test_migration_works_from_any_folder(tmp_path: Path) -> None:
    program = "import sys; from storage import open_store; open_store(sys.argv[1]).close()"
    folder = tmp_path / "50%"
    folder.mkdir()
    assert run(program, "sqlite:///here.db", cwd=folder).communicate(timeout=60) == ("", "")
    assert (folder / "here.db").exists()


def test_processes_that_open_a_new_database_at_once_all_succeed(database_url: str) -> None:
    program = (
        "import sys; import alembic.command; from storage import open_store;"
        "print('ready', flush=True);"
        "sys.stdin.read(1); open_store(sys.argv[1]).close()"
    )
    children = [run(program, database_url) for _ in range(3)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    assert [child.communicate(timeout=60)[1] for child in children] == [""] * 3
    assert [child.returncode for child in children] == [0] * 3


def test_database_of_a_newer_version_is_refused(migrated_url: str) -> None:
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StorageError, match=r"revision 9999.*newer version"):
        open_store(migrated_url)


def test_without_migrating_nothing_is_created(sqlite_url: str, postgres_url: str) -> None:
    with pytest.raises(StorageError, match="there is no database at"):
        open_store(sqlite_url, migrate=False)
    assert not Path(sqlite_url.removeprefix("sqlite:///")).exists()
    with open_store(postgres_url, migrate=False) as store:
        assert store.schema_revision() == (None, HEAD)
        with pytest.raises(StorageError, match="source"):
            store.source_states()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("hunter2", "not a URL"),
        ("postgresql+psycopg://ann@127.0.0.1:hunter2/db", "not a URL"),
        ("mysql://ann:hunter2@127.0.0.1/db", "`mysql` databases are not known"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("sqlite:////nowhere/at/all.db", "no folder /nowhere/at"),
        ("postgresql+psycopg://ann:hunter2@127.0.0.1:1/db", "onnect"),
        ("postgresql+psycopg://ann:hunter2@127.0.0.1:1/db?password=hunter2", "onnect"),
        ("postgresql+psycopg://127.0.0.1:1/db?passfile=hunter2&sslmode=no", "sslmode"),
    ],
)
def test_unusable_address_is_explained_without_its_password(url: str, message: str) -> None:
    with pytest.raises(StorageError, match=message) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_password_is_left_out_of_the_shown_address(postgres_url: str) -> None:
    address = postgres_url.replace("postgres:@", "postgres:hunter2@")
    with open_store(address) as store:
        assert "hunter2" not in store.url_without_secrets
        assert store.dialect == "postgresql"


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("These are my notes. " * 100)
    with pytest.raises(StorageError, match="not a database"):
        open_store(f"sqlite:///{tmp_path / 'notes.txt'}")
    with pytest.raises(StorageError, match="unable to open"):
        open_store(f"sqlite:///{tmp_path}")


def test_sqlite_is_set_up_for_one_writer_and_many_readers(sqlite_url: str) -> None:
    with open_store(sqlite_url) as store, store._reading() as session:
        connection = session.connection()
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "journal_size_limit")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "journal_size_limit": 64 * 1024 * 1024,
    }


def test_database_of_a_step_before_the_first_release_says_what_to_do(migrated_url: str) -> None:
    engine = create_engine(migrated_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0005'"))
    engine.dispose()
    for migrate in (True, False):
        with pytest.raises(StorageError, match=r"revision 0005.*knows revision 0008.*new one"):
            open_store(migrated_url, migrate=migrate)


OLD_PURPOSES = {
    "": Purpose(),
    "escalation-7-1790000000": Purpose(NotificationPurpose.ESCALATION, 1790000000, "7"),
    "escalation-8-1790000000": Purpose(NotificationPurpose.ESCALATION, 1790000000, "8"),
    "reminder-1790000001": Purpose(NotificationPurpose.REMINDER, 1790000001),
    "revision-dlv_a-2": Purpose(NotificationPurpose.REVISION, 2, "dlv_a"),
    "revision-dlv_a-11": Purpose(NotificationPurpose.REVISION, 11, "dlv_a"),
    "revision-dlv_b-2": Purpose(NotificationPurpose.REVISION, 2, "dlv_b"),
    "summary-1790000002.000250": Purpose(NotificationPurpose.SUMMARY, 1790000002000250),
}


def purposes_before(database_url: str, alert: str, *words: str) -> list[str]:
    """Bring a database to the schema before purposes were split; add some, and return all."""
    engine = create_engine(database_url)
    with engine.begin() as connection:
        downgraded(connection, "0009")
        added = text(
            "INSERT INTO notification (alert_id, receiver, purpose, state, reason, created_at)"
            " VALUES (:alert, 'desk', :word, 'sent', '', :at)"
        )
        for word in words:
            connection.execute(added, {"alert": alert, "word": word, "at": NOON})
        query = text("SELECT purpose FROM notification ORDER BY id")
        found = list(connection.execute(query).scalars())
    engine.dispose()
    return found


def test_purposes_of_notifications_survive_both_ways(migrated_url: str) -> None:
    with open_store(migrated_url) as store:
        alert = alerted(store, "desk")
    later = [word for word in OLD_PURPOSES if word]
    assert purposes_before(migrated_url, alert, *later) == list(OLD_PURPOSES)
    with open_store(migrated_url) as store:
        found = [notified.purpose for notified in store.notifications(alert)]
    assert found == list(OLD_PURPOSES.values())
    assert [purpose.key for purpose in found] == list(OLD_PURPOSES)
    assert purposes_before(migrated_url, alert) == list(OLD_PURPOSES)


def test_an_alert_is_on_its_way_for_one_purpose_only_once(migrated_url: str) -> None:
    with open_store(migrated_url) as store:
        alert = alerted(store, "desk")
        once = Purpose(NotificationPurpose.REVISION, 2, "a")
        for purpose in (once, once, replace(once, number=3), replace(once, about="b")):
            with store._writing() as session:
                notify_at_once(session, store.dialect, [alert], ["desk"], NOON, purpose=purpose)
        assert len(store.notifications(alert)) == 1 + 3


def test_a_file_that_was_moved_or_replaced_is_not_in_place(tmp_path: Path) -> None:
    path, away = tmp_path / "w.db", tmp_path / "away.db"
    with open_store(f"sqlite:///{path}") as store:
        assert store.is_in_place()
        path.rename(away)
        assert not store.is_in_place()
        path.write_bytes(away.read_bytes())
        assert not store.is_in_place(), "another file under its name"
        path.unlink()
        away.rename(path)
        assert store.is_in_place()
