"""What people may call an alert by: its id or its beginning, a case, a message, an address."""

from __future__ import annotations

import re
from typing import Protocol

from core.alerting.alerts import Alert
from core.alerting.cases import Case
from core.alerting.deliveries import Delivery
from core.articles import Article
from core.urls import canonical_url
from desk.errors import AmbiguousError, NotThereError

SHORT = 8
"""Characters of an id that are shown: of ten thousand alerts, one in a hundred such beginnings is
shared by two (birthday bound over 32 bits)."""
_PREFIXES = ("alt_", "dlv_")
_CASE = re.compile(r"c([1-9][0-9]{0,18})")
_BEGINNING = re.compile(r"[0-9a-f]{4,}")
_SHOWN = 5


class NamedThings(Protocol):
    """The part of storage that names are looked up in."""

    def alert(self, wanted: str) -> Alert | None:
        """Return the alert with this id."""
        ...

    def alert_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of alerts that begin like this."""
        ...

    def case(self, case_id: int) -> Case | None:
        """Return a case by its id."""
        ...

    def delivery(self, wanted: str) -> Delivery | None:
        """Return the message with this id."""
        ...

    def article_by_url(self, key: str) -> Article | None:
        """Return the article with this canonical address."""
        ...


def short(long_id: str) -> str:
    """Return an id as people see it: its beginning, without what all ids of a kind share."""
    return _bare(long_id)[:SHORT]


def named_alert(store: NamedThings, name: str) -> str:
    """Return the id of the alert that a person means; of a case or a page, of its newest.

    Raises NotThereError for what names nothing, AmbiguousError for what names several.
    """
    if (found := _CASE.fullmatch(name)) is not None:
        case = store.case(int(found[1]))
        if case is None:
            raise NotThereError(f"case '{name}'")
        return case.alerts[-1].id
    if "://" in name:
        return _of_page(store, name)
    if store.alert(name) is not None:
        return name
    message = store.delivery(name)
    if message is not None:
        return message.alert_id
    ids = store.alert_ids(f"alt_{_bare(name)}", _SHOWN + 1) if _BEGINNING.match(_bare(name)) else []
    if not ids:
        raise NotThereError(f"alert '{name}'")
    if len(ids) > 1:
        more = ", …" if len(ids) > _SHOWN else ""
        raise AmbiguousError(f"'{name}' may be any of {', '.join(ids[:_SHOWN])}{more}")
    return ids[0]


def _of_page(store: NamedThings, url: str) -> str:
    article = store.article_by_url(canonical_url(url))
    case = None if article is None else store.case(article.id)
    if article is None or case is None:
        raise NotThereError(f"alert about {url}")
    of_page = [alert for alert in case.alerts if alert.article.id == article.id]
    return (of_page or list(case.alerts))[-1].id


def _bare(long_id: str) -> str:
    for prefix in _PREFIXES:
        long_id = long_id.removeprefix(prefix)
    return long_id
