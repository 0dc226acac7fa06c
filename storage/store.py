"""The store: everything that can be asked of the database, in one object that threads may share."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from core.clock import Clock, utc_now
from storage.alerts.cases import Cases
from storage.alerts.escalation_heirs import EscalationHeirs
from storage.alerts.escalations import Escalations
from storage.alerts.handling import AlertChanges
from storage.alerts.notes import CaseNotes
from storage.alerts.raised_alerts import RaisedAlerts
from storage.alerts.silences import Silences
from storage.alerts.snoozes import Snoozes
from storage.alerts.tallies import Tallies
from storage.alerts.tellings import Tellings
from storage.crawl.crawl_schedule import CrawlSchedules
from storage.crawl.entries import Entries
from storage.crawl.folded_keys import FoldedKeys
from storage.crawl.frontier import FrontierEntries
from storage.crawl.looks import FurtherLooks
from storage.crawl.outcomes import RecentOutcomes
from storage.crawl.sitemap_memories import SitemapMemories
from storage.crawl.source_counts import SourceCounts
from storage.crawl.source_health import SourceHealthAlerts
from storage.crawl.sources import Sources
from storage.crawl.stored_articles import StoredArticles
from storage.crawl.url_history import UrlHistories
from storage.crawl.visits import Visits
from storage.database.engine import create_database_engine, storage_errors
from storage.database.heartbeats import Heartbeats
from storage.database.schema import HEAD, current_revision, prepare_schema
from storage.delivery.backlog import Backlogs
from storage.delivery.deliveries import Deliveries
from storage.delivery.delivery_log import DeliveryLogs
from storage.delivery.listed_deliveries import DeliveryLists
from storage.delivery.losses import Losses
from storage.delivery.notifications import Notifications
from storage.delivery.orphans import Orphans
from storage.delivery.readdressing import Readdressings
from storage.delivery.receiver_states import ReceiverStates
from storage.desk.people import DeskPeople
from storage.desk.programs import Programs
from storage.due_counts import DueCounts
from storage.judging.broken_judgements import BrokenJudgements
from storage.judging.judging_schedule import JudgingSchedules
from storage.judging.new_names import NewNamesFound
from storage.judging.passing_judgements import PassingJudgements
from storage.judging.rule_history import RuleHistories
from storage.judging.stories import Stories
from storage.search.search_index import SearchIndexes


class Store(
    # In the order in which an article meets them. What a base builds on is not listed again:
    # visits make versions (Articles), which need evidence (RawPages); alerts about sources are
    # judgements (Judgements).
    Sources,
    SitemapMemories,
    FrontierEntries,
    FoldedKeys,
    Entries,
    FurtherLooks,
    RecentOutcomes,
    SourceCounts,
    Visits,
    StoredArticles,
    Stories,
    RuleHistories,
    BrokenJudgements,
    PassingJudgements,
    SourceHealthAlerts,
    RaisedAlerts,
    NewNamesFound,
    Cases,
    Tallies,
    Tellings,
    AlertChanges,
    CaseNotes,
    Silences,
    Escalations,
    EscalationHeirs,
    Notifications,
    Deliveries,
    Backlogs,
    Losses,
    Orphans,
    Readdressings,
    ReceiverStates,
    DeliveryLogs,
    DeliveryLists,
    UrlHistories,
    Heartbeats,
    CrawlSchedules,
    JudgingSchedules,
    Snoozes,
    DueCounts,
    SearchIndexes,
    DeskPeople,
    Programs,
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
