"""Whether the fast parser may be believed about a feed, decided before it is asked.

fastfeedparser is some thirty times faster than feedparser and drops what it does not expect
without a word: text after an element inside a title, the second author, base addresses, the
original links of feed proxies. It also completes half dates from today's. Each test here is a
scan for something that it is known to get wrong.
"""

from __future__ import annotations

import re

from crawler.discovery.dates import read_date

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_DATE = re.compile(
    r"<(?:\w+:)?(pubdate|published|issued|date|updated|modified|lastbuilddate)(?:\s[^<>]*)?>"
    r"\s*(?:<!\[CDATA\[)?([^<\]]*)",
    re.IGNORECASE,
)
_PUBLISHED = frozenset({"pubdate", "published", "issued", "date"})
_AUTHOR = re.compile(r"<(?:author|\w+:author|dc:creator)[\s>]", re.IGNORECASE)

_LOST = (
    (re.compile(r"\sxml:base\s*="), "xml:base"),
    (re.compile(r"<\w+:origlink[\s>]", re.IGNORECASE), "links of a feed proxy"),
    (re.compile(r"<(?:item|entry)\s[^<>]*xml:lang", re.IGNORECASE), "languages of entries"),
    (re.compile(r"<title(?:\s[^<>]*)?>[^<]*<(?!/|!\[CDATA\[)"), "markup inside a title"),
    (
        re.compile(r"<(?:title|link)(?:\s[^<>]*)?>[^<]*(?:<!\[CDATA\[.*?\]\]>[^<]*){2}", re.DOTALL),
        "text in pieces",
    ),
    (re.compile(r"<media:title[\s>]"), "titles of pictures"),
)


def reason_for_care(xml: str) -> str | None:
    """Return why feedparser should read `xml` (of `feed_xml`), or None when the fast one may."""
    for pattern, reason in _LOST:
        if pattern.search(xml):
            return reason
    items = len(_ITEM.findall(xml))
    if len(_AUTHOR.findall(xml)) > items + 1:
        return "several authors of an entry"
    dates = [(name.lower() in _PUBLISHED, text) for name, text in _DATE.findall(xml)]
    if any(read_date(text) is None for _, text in dates):
        return "a date that is not complete"
    if 0 < len(dates) < items:
        return "entries without a date"
    return None
