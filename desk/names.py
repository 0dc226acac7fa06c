"""What people may call things by: an id or its beginning, a case, a message, an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from core.alerting.alerts import Alert
from core.alerting.cases import Case
from core.alerting.deliveries import Delivery
from core.alerting.silences import ID_PREFIX
from core.articles import Article
from desk.addresses import article_at
from desk.errors import AmbiguousError, NotThereError
from storage import Page

SHORT = 8
"""Characters of an id that are shown: of ten thousand alerts, one in a hundred such beginnings is
shared by two (birthday bound over 32 bits)."""
ALERT, DELIVERY = "alt_", "dlv_"
_CASE = re.compile(r"c([1-9][0-9]{0,18})")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
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

    def delivery_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of messages that begin like this."""
        ...

    def deliveries(self, *, alert_id: str | None = None, limit: int = 50) -> Page[Delivery]:
        """Return messages about an alert, the newest first."""
        ...

    def silence_ids(self, prefix: str, limit: int) -> list[str]:
        """Return ids of silences that begin like this."""
        ...

    def article(self, article_id: int) -> Article | None:
        """Return the article with this number."""
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
    alert_id = _beginning(name, ALERT, store.alert_ids)
    if alert_id is None:
        delivery_id = _beginning(name, DELIVERY, store.delivery_ids)
        message = None if delivery_id is None else store.delivery(delivery_id)
        if message is None:
            raise NotThereError(f"alert '{name}'")
        return message.alert_id
    return alert_id


def named_delivery(store: NamedThings, name: str) -> str:
    """Return the id of the message that a person means; of an alert, its only one.

    Raises NotThereError for what names nothing, AmbiguousError for what names several.
    """
    if store.delivery(name) is not None:
        return name
    delivery_id = _beginning(name, DELIVERY, store.delivery_ids)
    if delivery_id is not None:
        return delivery_id
    try:
        about = store.deliveries(alert_id=named_alert(store, name), limit=_SHOWN + 1).items
    except NotThereError:
        about = ()
    if not about:
        raise NotThereError(f"delivery '{name}'")
    if len(about) > 1:
        told = [f"{short(each.id)} to {each.receiver}" for each in about]
        raise _ambiguous(name, told)
    return about[0].id


def named_silence(store: NamedThings, name: str) -> str:
    """Return the id of the silence that a person means. Raises as the others do."""
    silence_id = _beginning(name, ID_PREFIX, store.silence_ids)
    if silence_id is None:
        raise NotThereError(f"silence '{name}'")
    return silence_id


def named_article(store: NamedThings, name: str) -> int:
    """Return the number of the article that a person means; of an alert, the one it is about.

    A case is called by its first article. Raises as the others do.
    """
    if "://" in name:
        article = article_at(store, name)
        if article is None:
            raise NotThereError(f"article {name}")
        return article.id
    case = _CASE.fullmatch(name)
    if case is not None:
        return int(case[1])
    if _NUMBER.fullmatch(name):
        return int(name)
    try:
        alert = store.alert(named_alert(store, name))
    except NotThereError:
        alert = None
    if alert is None:
        raise NotThereError(f"article '{name}'")
    return alert.article.id


def named_address(store: NamedThings, name: str) -> str:
    """Return the address that a person means: itself, or that of an article. Raises as above."""
    if "://" in name:
        return name
    number = named_article(store, name)
    article = store.article(number)
    if article is None:
        raise NotThereError(f"article {number}")
    return article.data.url


def _of_page(store: NamedThings, url: str) -> str:
    article = article_at(store, url)
    case = None if article is None else store.case(article.id)
    if article is None or case is None:
        raise NotThereError(f"alert about {url}")
    of_page = [alert for alert in case.alerts if alert.article.id == article.id]
    return (of_page or list(case.alerts))[-1].id


def _beginning(name: str, kind: str, ids_like: Callable[[str, int], list[str]]) -> str | None:
    """Return the one id of a kind that begins like this. Raises AmbiguousError."""
    begun = name.removeprefix(kind)
    if not _BEGINNING.match(begun):
        return None
    ids = ids_like(f"{kind}{begun}", _SHOWN + 1)
    if len(ids) > 1:
        raise _ambiguous(name, _told_apart(ids))
    return ids[0] if ids else None


def _told_apart(ids: Sequence[str]) -> list[str]:
    """Return ids as short as they can be while each is another."""
    bare = [_bare(each) for each in ids]
    for length in range(SHORT, max(map(len, bare))):
        if len({each[:length] for each in bare}) == len(bare):
            return [each[:length] for each in bare]
    return bare


def _ambiguous(name: str, candidates: Iterable[str]) -> AmbiguousError:
    first, *rest = candidates
    shown = [first, *rest][:_SHOWN]
    more = ", …" if len(rest) >= _SHOWN else ""
    return AmbiguousError(f"'{name}' may be any of {', '.join(shown)}{more}")


def _bare(long_id: str) -> str:
    for prefix in (ALERT, DELIVERY, ID_PREFIX):
        long_id = long_id.removeprefix(prefix)
    return long_id
