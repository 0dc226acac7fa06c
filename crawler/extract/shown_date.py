"""The date that a page shows beside its headline, and what it says of it.

Read are the texts around the headline, each as one line, with the label before it: in the same
element, in the one before, in the cell of a list or table. A date in a sentence or in a list of
other stories is not the page's.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.discovery.date_reading import read_written
from crawler.discovery.date_words import AGO_WORDS, fold_words
from crawler.extract.date_labels import Said, label_alone, labels_in
from crawler.extract.date_lines import (
    LONGEST_PAIR,
    SHORT_LINE,
    LineDate,
    may_name_date,
    names_other,
    read_line,
)
from crawler.extract.date_places import beginning_of, is_in_list, is_in_story
from crawler.extract.own_place import OwnPlace, Text
from crawler.extract.page_dates import parse_stamp

AFTER_HEADLINE = 80
BEFORE_HEADLINE = 30
"""Elements on either side of the headline among which the page's date is looked for."""
UNDER_TEXT = 400
"""Elements after the headline among which a date is looked for that is labelled as the page's own:
some outlets have it under the text."""
MOST_PIECES = 24
"""Texts of an element that are put together to one line."""
_NO_TEXT = frozenset({"script", "style", "template", "noscript", "select", "textarea", "svg"})
_LABELS = ("title", "aria-label", "data-label", "data-title", "data-tooltip", "data-th")
_CHANGED = re.compile(r"updat|modif|edited|chang", re.IGNORECASE)
_TIMED = re.compile(r"date|time|publ|ago|когда|data\b", re.IGNORECASE)
_ISSUED = re.compile(r"publi|creat|post(?:ed)?[-_]?(?:on|date)|entry-date|issued", re.IGNORECASE)


@dataclass(slots=True)
class ShownDate:
    """What a page shows of its date."""

    moment: datetime | None = None
    others: set[date] = field(default_factory=set)
    """Days of which the page says that something else is or was then."""


def find_shown(place: OwnPlace, seen_at: datetime | None = None) -> ShownDate:
    """Read the date of publishing in the lines beside the headline, else that of a change."""
    shown = ShownDate()
    changed: datetime | None = None
    for texts, labelled in (
        (place.texts_after(AFTER_HEADLINE), False),
        (place.texts_before(BEFORE_HEADLINE), False),
        (place.texts_after(UNDER_TEXT), True),
    ):
        for text, found in _dates(texts, place, seen_at):
            if (
                place.is_elsewhere(text.element, own_footer=True)
                or is_in_list(text, place)
                or is_in_story(text)
            ):
                continue
            if found.said is Said.OTHER:
                shown.others.add(found.moment.date())
            elif found.said is Said.UPDATED or (
                found.said is None and _is_named_for_changes(text.element)
            ):
                changed = changed or found.moment
            elif found.said is Said.PUBLISHED or not labelled:
                shown.moment = found.moment
                return shown
    shown.moment = changed
    return shown


def _dates(
    texts: Iterator[Text], place: OwnPlace, seen_at: datetime | None
) -> Iterator[tuple[Text, LineDate]]:
    """Yield the texts that are dates, with what is said of them there or in the texts before."""
    labels = _Labels()
    read: HtmlElement | None = None
    """The element that was read as one line; its texts were read with it."""
    for text in texts:
        element = text.element
        if read is not None:
            if element is not read or not text.behind:
                continue
            read = None
        if element.tag in _NO_TEXT and not text.behind:
            read = element
            continue
        if not text.behind and not place.holds_headline(element) and (line := _joined(element)):
            found = _of_element(element, line, labels, seen_at, whole=True)
            if found is not None or (label_alone(line) and labels.saw(line, element)):
                read = element
            if found is not None:
                yield text, found
            if read is not None:
                continue
        line = " ".join(text.written[: 4 * SHORT_LINE].split())
        if text.behind:
            found = labels.read(line, None, seen_at)
        else:
            found = _of_element(element, line, labels, seen_at)
        if found is not None:
            yield text, found
        elif line:
            labels.saw(line, element)


class _Labels:
    """The labels that were read and whose dates were not yet."""

    def __init__(self) -> None:
        self._said: deque[Said] = deque()
        self._is_other = False

    def saw(self, line: str, element: HtmlElement) -> bool:
        """Take a line that is no date; tell whether it is a label."""
        self._is_other = False
        if (said := label_alone(line)) is not None:
            self._said.append(said)
            return True
        if len(line) > SHORT_LINE:
            self._said.clear()
        else:
            self._is_other = names_other(line, is_cell=_is_head(element))
        return False

    def read(
        self, line: str, said: Said | None, seen_at: datetime | None, *, whole: bool = False
    ) -> LineDate | None:
        """Read a line, of which `said` is said if it is known, else what the next label says."""
        if not may_name_date(line):
            return None
        found = read_line(
            line, seen_at, said or (self._said[0] if self._said else None), whole=whole
        )
        if found is None:
            return None
        other, self._is_other = self._is_other, False
        if said is None and self._said:
            self._said.popleft()
        return replace(found, said=Said.OTHER) if other and found.said is None else found


def _is_head(element: HtmlElement) -> bool:
    """Tell a cell that says what the one beside it is."""
    if element.tag in ("dt", "th"):
        return True
    row = element.getparent()
    return element.tag == "td" and row is not None and len(row) == 2 and row[0] is element


def _of_element(
    element: HtmlElement,
    line: str,
    labels: _Labels,
    seen_at: datetime | None,
    *,
    whole: bool = False,
) -> LineDate | None:
    """Read a line of an element, with what the element itself says of it."""
    said = _attributed(element)
    if element.tag == "td" and (header := _column_header(element)):
        said = said or label_alone(header)
        if said is None and names_other(header, is_cell=True):
            said = Said.OTHER
    found = labels.read(line, said, seen_at, whole=whole)
    if not any(map(str.isdigit, line)) and not _is_for_time(element, line, found):
        found = None
    if element.tag == "time" and (stamp := parse_stamp(element.get("datetime") or "")):
        # Machines are told more than readers: the year of a day, the day of "yesterday".
        if found is None and read_written(line) is None:
            return None
        return LineDate(stamp.utc, found.said if found else said)
    return found


def _is_for_time(element: HtmlElement, line: str, found: LineDate | None) -> bool:
    """Tell whether an element is made for a time; elsewhere "today" is a rubric."""
    if not AGO_WORDS.isdisjoint(fold_words(line).split()):
        return True
    if element.tag == "time" or (found is not None and found.said is not None):
        return True
    return any(_TIMED.search(element.get(name) or "") for name in ("class", "id"))


def _joined(element: HtmlElement) -> str:
    """Put the texts of an element together, if it has several and they are one line."""
    if len(element) == 0:
        return ""
    texts: list[str] = []
    length = 0
    for text in islice(element.itertext(), MOST_PIECES + 1):
        words = " ".join(text[: 2 * LONGEST_PAIR].split())
        if words:
            texts.append(words)
            length += len(words) + 1
        if length > LONGEST_PAIR:
            return ""
    return " ".join(texts) if 2 <= len(texts) <= MOST_PIECES else ""


def _attributed(element: HtmlElement) -> Said | None:
    """Return what the attributes of an element say of its date."""
    named = (element.get("itemprop") or "").lower()
    if "datemodified" in named:
        return Said.UPDATED
    if "datepublished" in named or "datecreated" in named:
        return Said.PUBLISHED
    written = (element.get(name) for name in _LABELS)
    return next((said for text in written if text and (said := label_alone(text[:60]))), None)


def is_of_change(element: HtmlElement) -> bool:
    """Tell whether a page says of a marked time that it was changed then."""
    own = beginning_of(element)
    said = _attributed(element) or next((label.said for label in labels_in(own)), None)
    if said is None:
        said = _said_before(element)
    return said is Said.UPDATED


def _said_before(element: HtmlElement) -> Said | None:
    """Return the label right before an element: in its line, in the element or cell before."""
    previous, parent = element.getprevious(), element.getparent()
    bare = (
        previous.tail if previous is not None else parent.text if parent is not None else ""
    ) or ""
    if bare.strip():
        found = labels_in(bare[-SHORT_LINE:])
        return (
            found[-1].said
            if found and not any(map(str.isalnum, bare[-SHORT_LINE:][found[-1].end :]))
            else None
        )
    if previous is not None:
        return label_alone(beginning_of(previous).strip())
    if parent is not None and parent.tag in ("dd", "td", "span", "div", "p"):
        cell = parent.getprevious()
        if cell is not None and not (parent.tail or "").strip() and not (cell.tail or "").strip():
            return label_alone(beginning_of(cell).strip())
    return None


def _column_header(cell: HtmlElement) -> str:
    """Return what stands at the head of a cell's column; empty where rows have their own heads."""
    row = cell.getparent()
    if row is None or row[0].tag == "th":
        return ""
    table = next(row.iterancestors("table"), None)
    head = next(table.iter("tr"), None) if table is not None else None
    if head is None or head is row or len(head) != len(row):
        return ""
    return " ".join(beginning_of(head[row.index(cell)]).split())


def _is_named_for_changes(element: HtmlElement) -> bool:
    """Tell whether an element is named for the time of a change, in words for programs."""
    names = " ".join(element.get(name) or "" for name in ("class", "id"))
    return bool(_CHANGED.search(names)) and not _ISSUED.search(names)
