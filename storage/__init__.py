"""Storage: tables (private), queries that return domain types, migrations."""

from storage.crawl.frontier import PollRecorded
from storage.crawl.url_stages import UrlHistory, VersionJudged
from storage.database.pages import Cursor, Page
from storage.judging.judging_records import (
    Judgement,
    JudgementCommitted,
    PlannedAlert,
    RuleCount,
    RuleHistory,
)
from storage.store import Store, open_store

__all__ = [
    "Cursor",
    "Judgement",
    "JudgementCommitted",
    "Page",
    "PlannedAlert",
    "PollRecorded",
    "RuleCount",
    "RuleHistory",
    "Store",
    "UrlHistory",
    "VersionJudged",
    "open_store",
]
