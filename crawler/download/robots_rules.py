"""Reading robots.txt as RFC 9309 says, where the parser behind Scrapy differs."""

from __future__ import annotations

import codecs
import re

from protego import Protego

LONGEST_DELAY = 60.0
"""Seconds of Crawl-delay that are kept to; some ask for hours, and news would not wait for them."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_RULE = re.compile(r"\s*(?:user-?agent|allow|disallow)\s*:", re.IGNORECASE)
_VERSION = re.compile(r"^(\s*user-?agent\s*:\s*[A-Za-z_-]+)/\S*", re.IGNORECASE)


class RobotsRules:
    """The rules of one robots.txt.

    Other records, such as Crawl-delay, do not part the user agents of one group (2.2.1 and 2.2.4),
    a version after a product token does not count, and UTF-16 with a byte order mark is read.
    """

    def __init__(self, body: bytes) -> None:
        lines = [_VERSION.sub(r"\1", line) for line in _decoded(body).splitlines()]
        rules = [line for line in lines if _RULE.match(line)]
        self._rules = Protego.parse("\n".join(rules))
        self._records = Protego.parse("\n".join(lines)) if len(rules) < len(lines) else None

    def allowed(self, url: str, user_agent: str) -> bool:
        """Tell whether `url` may be fetched."""
        return bool(self._rules.can_fetch(url, user_agent))

    def crawl_delay(self, user_agent: str) -> float | None:
        """Return the pause that is asked for, in seconds, at most `LONGEST_DELAY`."""
        delay = self._records.crawl_delay(user_agent) if self._records else None
        return None if delay is None else min(max(float(delay), 0.0), LONGEST_DELAY)


def _decoded(body: bytes) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    return body.decode("utf-8", "replace")
