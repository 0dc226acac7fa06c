"""Whether the fast parser may be believed about a feed, decided before it is asked.

fastfeedparser is some thirty times faster than feedparser and drops what it does not expect
without a word: text after an element inside a title, the second author, base addresses, the
original links of feed proxies. It also completes half dates from today's. Each test here is a
scan for something that it is known to get wrong.
"""

from __future__ import annotations

import re

_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_DATE = re.compile(
    r"<(?:\w+:)?(?:pubdate|published|issued|date|updated|modified|lastbuilddate)(?:\s[^<>]*)?>"
    r"\s*(?:<!\[CDATA\[)?([^<\]]*)",
    re.IGNORECASE,
)
_PLAIN_DATE = re.compile(
    r"\s*(?:"
    r"(?:[a-z]{3},\s+)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d{4}"
    r"\s+\d{2}:\d{2}:\d{2}\s+(?:[+-]\d{4}|gmt|utc?|[ecmp][sd]t)"
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:z|[+-]\d{2}:\d{2})"
    r")\s*",
    re.IGNORECASE,
)
"""RFC 822 and RFC 3339 to the letter; `announced_dates` reads every other date."""
_AUTHORS = (re.compile(r"<author[\s>]"), re.compile(r"<dc:creator[\s>]"))

_LOST = (
    (re.compile(r"<\w+:origlink[\s>]", re.IGNORECASE), "links of a feed proxy"),
    (re.compile(r"<(?:item|entry)\s[^<>]*xml:lang", re.IGNORECASE), "languages of entries"),
    (re.compile(r"<title(?:\s[^<>]*)?>[^<]*<(?!/|!\[CDATA\[)"), "markup inside a title"),
)
_SHADOWING = re.compile(r"<(?:(?!dc:)\w+:title|\w+:link)[\s>]")
"""In RSS items the fast parser takes the first `title` or `link` of any namespace."""


def reason_for_care(xml: str) -> str | None:
    """Return why feedparser should read `xml` (of `feed_xml`), or None when the fast one may."""
    for pattern, reason in _LOST:
        if pattern.search(xml):
            return reason
    first = _ITEM.search(xml)
    if first and not xml.startswith("<feed") and _SHADOWING.search(xml, first.end()):
        return "titles or links of something else in an entry"
    items = len(_ITEM.findall(xml))
    if max(len(author.findall(xml)) for author in _AUTHORS) > items + 1:
        return "several authors of an entry"
    dates = _DATE.findall(xml)
    if not all(_PLAIN_DATE.fullmatch(text) for text in dates):
        return "a date in a form of its own"
    if len(dates) < items:
        return "entries without a date"
    return None
