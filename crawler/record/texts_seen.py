"""Which texts were seen at which addresses within minutes, to know one page served for all.

Kept in memory alone: after a restart the next two addresses tell it again.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from datetime import datetime, timedelta

from core.articles import ArticleData
from core.urls import UrlError, canonical_url, host_of, twin_name

WITHIN = timedelta(minutes=30)
"""Time between two addresses that say the same: one page is served for all while a site is down."""
MOST = 20_000
"""Texts that are remembered; an hour of the busiest catalogue brings a tenth of it."""
_MOST_ADDRESSES = 4
_DIGIT = re.compile(r"\d")


class TextsSeen:
    """A short memory of texts by host."""

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, dict[str, datetime]] = OrderedDict()

    def elsewhere(self, data: ArticleData, address: str, now: datetime) -> list[str]:
        """Note a text at an address; return the others of its host that just said the same.

        Twins of the address and what the page itself calls its address are not others.
        """
        try:
            own, host = canonical_url(address), host_of(address)
            names = {twin_name(own)}
            if data.canonical_url:
                names.add(twin_name(data.canonical_url))
        except UrlError:
            return []
        digest = _digest(host, data)
        at = self._seen.setdefault(digest, {})
        self._seen.move_to_end(digest)
        others = [
            other
            for other, seen_at in at.items()
            if abs(now - seen_at) <= WITHIN and twin_name(other) not in names
        ]
        if own in at or len(at) < _MOST_ADDRESSES:
            at[own] = now
        elif not others:
            self._seen[digest] = {own: now}
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return others


def _digest(host: str, data: ArticleData) -> bytes:
    """Hash title and text, without what has digits: a notice may name the time or a ticket."""
    words = " ".join(word for word in data.text.casefold().split() if not _DIGIT.search(word))
    return hashlib.sha256(f"{host}\n{data.title.casefold()}\n{words}".encode()).digest()
