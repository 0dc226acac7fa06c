"""The store: everything that can be asked of the database, in one object that threads may share."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from core.clock import Clock, utc_now
from storage.broken_judgements import BrokenJudgements
from storage.casework import Casework
from storage.deliveries import Deliveries
from storage.delivery_log import DeliveryLog
from storage.engine import create_database_engine, storage_errors
from storage.entries import Entries
from storage.health import HealthNotices
from storage.history import History
from storage.notifications import Notifications
from storage.receiver_states import ReceiverStates
from storage.rule_history import RuleHistories
from storage.schema import HEAD, current_revision, prepare_schema
from storage.silences import Silences
from storage.sources import Sources
from storage.stories import Stories
from storage.visits import Visits


class Store(
    Sources,
    Entries,
    Visits,
    HealthNotices,
    Stories,
    BrokenJudgements,
    RuleHistories,
    Casework,
    Notifications,
    Silences,
    Deliveries,
    DeliveryLog,
    ReceiverStates,
    History,
):
    """All queries over one database.

    Every method is one transaction and may be called from any thread; on an error it raises
    StorageError and has changed nothing.
    """

    def schema_revision(self) -> tuple[str | None, str]:
        """Return the revision the database is at (None: no tables) and the one we know best."""
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            return current_revision(connection), HEAD

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_store(url: str, *, clock: Clock = utc_now, migrate: bool = True) -> Store:
    """Open a database, creating or upgrading its tables first.

    `url` is `sqlite:///FILE` or `postgresql+psycopg://USER:PASSWORD@HOST/NAME`. With `migrate` off
    the schema is left as it is and a missing SQLite file is an error. Raises StorageError, whose
    message never holds the password, when the database cannot be reached or is newer than we are.
    """
    engine = create_database_engine(url)
    try:
        prepare_schema(engine, migrate=migrate)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, clock)
