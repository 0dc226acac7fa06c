"""Storage: tables (private), queries that return domain types, migrations."""

from storage.records import (
    CheckRecorded,
    Cursor,
    Judgement,
    JudgementCommitted,
    Page,
    PlannedAlert,
    RuleCount,
    RuleHistory,
    UrlHistory,
    VersionJudged,
)
from storage.store import Store, open_store

__all__ = [
    "CheckRecorded",
    "Cursor",
    "Judgement",
    "JudgementCommitted",
    "Page",
    "PlannedAlert",
    "RuleCount",
    "RuleHistory",
    "Store",
    "UrlHistory",
    "VersionJudged",
    "open_store",
]
