"""What can be asked of the database while the file of the configuration is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import ConfigError, ConfigNotFoundError, load_what_runs
from core.config.remembered_database import recall_database, remember_database

RULES = "rules:\n- {id: a, when: raid}\n"
TYPO = "rules:\n- {id: a, wen: raid}\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WIREWATCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for name in ("mine.db", "wirewatch.db", "other.db"):
        (tmp_path / name).touch()
    return tmp_path / "watch.yaml"


def asked(config: Path, text: str) -> tuple[str, bool]:
    """Return the name of the database and whether the file counts as broken."""
    config.write_text(text, encoding="utf-8")
    found = load_what_runs(config)
    return Path(found.config.database.get_secret_value()).name, found.broken is not None


@pytest.mark.parametrize(
    ("text", "database", "broken"),
    [
        (f"database: sqlite:///mine.db\n{RULES}", "mine.db", False),
        (f"database: sqlite:///mine.db\n{TYPO}", "mine.db", True),
        (f"database: sqlite:///mine.db\n{RULES}\t x", "mine.db", True),
        ('{"database": "sqlite:///mine.db", "rules": [', "mine.db", True),
        (TYPO, "wirewatch.db", True),
    ],
)
def test_a_sound_database_is_used(config: Path, text: str, database: str, broken: bool) -> None:
    assert asked(config, text) == (database, broken)


@pytest.mark.parametrize(
    "text",
    [
        f"databse: sqlite:///mine.db\n{RULES}",
        f"{RULES}\t x\ndatabase: sqlite:///mine.db\n",
        f"database: [sqlite:///mine.db]\n{RULES}",
        f"database: mysql://mine\n{RULES}",
        f"database: ${{NOT_SET_ANYWHERE}}\n{RULES}",
        f"database: sqlite:///not-there.db\n{TYPO}",
        f"include: [gone.yaml]\n{RULES}",
        "",
    ],
)
def test_none_is_guessed_unless_a_start_is_remembered(config: Path, cache: Path, text: str) -> None:
    with pytest.raises(ConfigError):
        asked(config, text)
    remember_database(config, f"sqlite:///{config.parent}/other.db", cache)
    assert asked(config, text) == ("other.db", True)


def test_what_is_sound_besides_the_database_is_there(config: Path) -> None:
    receivers = "receivers:\n- {name: desk, console: {}}\n- {name: odd, konsole: {}}\n"
    config.write_text(f"database: sqlite:///mine.db\n{receivers}", encoding="utf-8")
    found = load_what_runs(config)
    assert [receiver.name for receiver in found.config.receivers] == ["desk"]
    assert found.broken is not None
    assert f"{config}:4:" in found.broken


def test_a_missing_file_is_told_unless_a_daemon_ran_with_it(config: Path, cache: Path) -> None:
    with pytest.raises(ConfigNotFoundError):
        load_what_runs(config)
    remember_database(config, f"sqlite:///{config.parent}/other.db", cache)
    assert load_what_runs(config).broken


def test_an_address_that_may_hold_a_password_is_not_written_down(config: Path, cache: Path) -> None:
    remember_database(config, "postgresql+psycopg://u:secret@h/n", cache)
    assert recall_database(config, cache) is None
    assert not cache.exists()


def test_what_is_remembered_is_the_owners_alone(config: Path, cache: Path) -> None:
    remember_database(config, "sqlite:////x.db", cache)
    assert recall_database(config, cache) == "sqlite:////x.db"
    (file,) = (cache / "databases").iterdir()
    rights = [path.stat().st_mode & 0o777 for path in (file, file.parent, cache)]
    assert rights == [0o600, 0o700, 0o700]
