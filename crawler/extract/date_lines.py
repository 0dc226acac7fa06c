"""The date that a line of a page names, and what the line says of it.

A line that a page shows beside its headline is its date, a byline, or a sentence. A sentence tells
of other days: what something lasts until, when a meeting is. So what stands around a date must be
of the kind that stands around the date of an article: a label, a place, a name, a rubric.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from crawler.discovery.announced_dates import read_date
from crawler.discovery.clock_zones import is_about_zones
from crawler.discovery.date_reading import read_written
from crawler.discovery.date_words import (
    AROUND_DATES,
    DAYS_BACK,
    MONTHS,
    NOW,
    ONE_WORDS,
    UNITS,
    WEEKDAYS,
    fold_words,
)
from crawler.discovery.written_dates import EAST, WrittenDate
from crawler.extract.date_labels import WORD, Said, is_beside, labels_in
from crawler.extract.field_words import BYLINE_WORDS, DATE_WORDS

SHORT_LINE = 80
"""Characters of a line with a date; in a longer one the date is part of a story."""
LONGEST_PAIR = 160
"""Characters of a line that says when an article was published and when it was changed."""
_LEAD_IN = 30
"""Characters in front of a date: a label, a place, a name."""
_LABELLED_LEAD_IN = 60

_FIELDS = re.compile(r"\s*[|•·\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]+\s*|\s+/\s+")
"""What parts the fields of a line: strokes, dots, and pictures of clocks and eyes."""
_DASHES = re.compile(r"\s*[—–]\s*|\s+-\s+")
_EDGES = " \t\n\r\xa0,;:.[]-"
_AFTER_DATE = re.compile(r"\s*(?:uhr|h|часов|local time|г\.?)$", re.IGNORECASE)
_SPAN = re.compile(
    r"(?<![\d:.])\d{1,2}\s?[-–—]\s?\d{1,2}[\s-]+[^\W\d_]{3}"
    r"|\d{1,2}\.\d{1,2}(?:\.\d{2,4})?\s?[-–—]\s?\d{1,2}\.\d{1,2}"
)
"""9–12 ноября, 01.11–05.11.2026: days of something that lasts."""
_MONTH_TO_DAY = re.compile(r"([^\W\d_]{3,})\s?[-–—]\s?\d{1,2}[\s-]+([^\W\d_]{3,})")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"»”')]*$")
_FEWEST_OF_SENTENCE = 6
"""Words of a line that is a sentence for the full stop at its end."""
_NUMBERED = re.compile(r"\d")
_FOREIGN_MONTH = re.compile(r"[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?, \d{4}")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_UZBEK = re.compile(
    r"\b(?:yanvar|fevral|aprel|iyun|iyul|avgust|sent(?:y?)abr|okt(?:y?)abr|noyabr|dekabr)|\byil",
    re.IGNORECASE,
)
_TO_AND_FROM = frozenset(
    fold_words(
        "до с со к ко по после на в во за со з із від після у то аз баъди баъд дар"
        " until till by before after since from through between to in for on at bis ab seit vor"
        " nach zum"
    ).split()
)
"""Words before a date by which it is one of something that lasts or happens."""
_OF = frozenset(fold_words("от від vom").split())
_ITEMS = frozenset(
    fold_words(
        "статья новость материал публикация запись обзор сюжет стаття новина матеріал публікація"
    ).split()
)
"""What is "of" a day as an article is."""
_EVENTS = frozenset(
    fold_words(
        "when where deadline event events start starts begin begins end ends ended until till since"
        " due scheduled expires valid born died founded election elections will is are was were be"
        " held takes take place registration conference meeting boshlanish tugash muddat"
    ).split()
)
"""Words in Latin letters in front of the date of something else."""
_OCCASIONS = tuple(
    fold_words(
        "дедлайн срок начал окончан конец старт когда где рожд выбор голосован форум конкурс"
        " фестивал концерт встреч регистрац конференц заседан праздник день"
        " початок кінець термін коли вибор конференц"
        " баста аяқта мерзім сайлау мереке форум башта аякта мөөнөт шайлоо майрам"
        " boshlan tugash muddat saylov bayram бошлан тугаш муддат сайлов байрам"
        " оғоз муҳлат интихобот ҷашн ҳамоиш"
    ).split()
)
"""Beginnings of words in front of the date of something else, in the languages that are watched."""
_KNOWN = frozenset(
    fold_words(word)
    for table in (DATE_WORDS, BYLINE_WORDS)
    for words in table.values()
    for word in words
)
_COUNTED = tuple(
    fold_words(
        "просмотр прочтен комментар перегляд комент views comments shares чтения читать read o'qil"
        " ko'ril кўрил ўқил қаралды көрүл хонд мин min дақиқа"
    ).split()
)
"""Beginnings of what is counted or offered behind a date."""


@dataclass(frozen=True, slots=True)
class LineDate:
    """A date that a line names."""

    moment: datetime
    said: Said | None
    """What the line says of it; None if nothing."""


def may_name_date(line: str) -> bool:
    """Tell a line that is worth reading: it has a number, or counts back from today."""
    if not 4 <= len(line) <= LONGEST_PAIR:
        return False
    if _NUMBERED.search(line):
        return len(line) >= 6
    if len(line) > SHORT_LINE:
        return False
    folded = fold_words(line)
    return folded.strip().replace(" ", "·") in NOW or any(
        word in DAYS_BACK or word in UNITS for word in re.findall(r"[^\W\d_]+", folded)
    )


def read_line(
    line: str, seen_at: datetime | None = None, said: Said | None = None, *, whole: bool = False
) -> LineDate | None:
    """Return the date of publishing that a line names, else one of changing.

    `said` is what stands before the line, as a label or in a cell. A `whole` line is one that was
    put together of elements: only all of it counts. What lies ahead of `seen_at` is no date of a
    page, and dates that count on it are none where it is not known.
    """
    found: dict[Said | None, LineDate] = {}
    if _is_span(line):
        return None
    for named, text in _segments(line, said):
        moment = _whole(text, seen_at) if whole else _moment(text, named, seen_at)
        if moment is not None:
            found.setdefault(named, LineDate(moment, named))
        elif whole and _NUMBERED.search(text):
            return None
    return found.get(Said.PUBLISHED) or found.get(None) or found.get(Said.UPDATED)


def says_when(line: str) -> bool:
    """Tell a line that says when an article was published or changed, and nothing else."""
    if len(line) > LONGEST_PAIR or not _NUMBERED.search(line):
        return False
    texts = [_trimmed(text) for _, text in _segments(line, None) if text.strip(_EDGES)]
    return bool(texts) and all(read_written(text) is not None for text in texts)


def names_other(line: str, *, is_cell: bool) -> bool:
    """Tell a label of something else: "Срок подачи:", or a cell that says so before another."""
    if not (is_cell or line.endswith(":")) or labels_in(line):
        return False
    words = WORD.findall(line)
    folded = [fold_words(word) for word in words]
    if any(word in _EVENTS for word in folded):
        return True
    # Of what is not in Cyrillic too little is known, but that it names a date.
    told = bool(_CYRILLIC.search(line)) or any(map(is_beside, folded))
    return told and any(map(_is_unknown, words))


def goes_on(before: str, behind: str) -> bool:
    """Tell whether a sentence goes through a date, from the bare text around it."""
    words = WORD.findall(before)
    if words and not before.rstrip()[-1:].strip(_EDGES + "|()•·—–/"):
        words = []
    if words and not labels_in(before):
        last = words[-1]
        if fold_words(last) in _TO_AND_FROM or (last[0].islower() and _is_unknown(last)):
            return True
    following = re.match(r"\s*([^\W\d_]+)", behind)
    return following is not None and following[1][0].islower() and _is_unknown(following[1])


def _segments(line: str, said: Said | None) -> Iterator[tuple[Said | None, str]]:
    """Yield the parts of a line with what is said of each."""
    labels = labels_in(line)
    if not labels:
        if len(line) <= SHORT_LINE:
            yield said, line
        return
    before, behind = line[: labels[0].start], line[labels[-1].end :]
    if _NUMBERED.search(before) and not _NUMBERED.search(behind):
        # The verb stands last: 2026-yil 21-noyabrda chop etildi, 22-noyabrda yangilandi.
        starts = (0, *(label.end for label in labels[:-1]))
        for label, start in zip(labels, starts, strict=True):
            yield label.said, line[start : label.start]
        return
    yield said, before
    ends = (*(label.start for label in labels[1:]), len(line))
    for label, end in zip(labels, ends, strict=True):
        yield label.said, line[label.end : end]


def _is_span(line: str) -> bool:
    """Tell a line that names the days of something that lasts."""
    if _SPAN.search(line):
        return True
    return any(
        fold_words(month) in MONTHS and fold_words(other) in MONTHS
        for month, other in _MONTH_TO_DAY.findall(line)
    )


def tells_of_other_day(line: str) -> bool:
    """Tell a line that names a day that is not the article's: in a sentence, or that of a change.

    So it is with a date that is read by itself and not in its line, and with any other in letters
    that the watched languages have: of those every word that can stand there is known.
    """
    found = read_line(line)
    if found is not None:
        return found.said is Said.UPDATED
    if _is_strict(line):
        return any(map(_is_unknown, WORD.findall(line)))
    if _ENDS_SENTENCE.search(line) and len(WORD.findall(line)) >= _FEWEST_OF_SENTENCE:
        return True
    return _is_span(line) or any(_read(line[start:], None, bare=False) for start in _starts(line))


def _is_strict(line: str) -> bool:
    """Tell a line in one of the languages that are watched."""
    return bool(_CYRILLIC.search(line) or _UZBEK.search(line))


def _whole(text: str, seen_at: datetime | None) -> datetime | None:
    """Read a text that is a date, with no more than words of dates in front of it."""
    text = _trimmed(text)
    for start in _starts(text):
        if not any(map(_is_unknown, WORD.findall(text[:start]))):
            return _not_ahead(_read(text[start:], seen_at, bare=True), seen_at)
    return None


def _not_ahead(moment: datetime | None, seen_at: datetime | None) -> datetime | None:
    return None if moment and seen_at and moment > seen_at + EAST else moment


def _moment(text: str, said: Said | None, seen_at: datetime | None) -> datetime | None:
    fields = _FIELDS.split(text)
    pieces = [text, *(" ".join(pair) for pair in pairwise(fields)), *fields]
    for piece in dict.fromkeys(map(_trimmed, pieces)):
        if may_name_date(piece) and (moment := _of_piece(piece, said, seen_at)):
            return moment
        if moment := _between_dashes(piece, said, seen_at):
            return moment
    return None


def _between_dashes(piece: str, said: Said | None, seen_at: datetime | None) -> datetime | None:
    """Read a date that a dash parts from a place, a name or a time: Бишкек — 9 ноября 2026."""
    parts = _DASHES.split(piece)
    if len(parts) == 1 or not all(map(_may_stand_by, WORD.findall(piece))):
        return None
    for part in (*(" ".join(pair) for pair in pairwise(parts)), *parts):
        trimmed = _trimmed(part)
        if may_name_date(trimmed) and (moment := _of_piece(trimmed, said, seen_at)):
            return moment
    return None


def _trimmed(text: str) -> str:
    text = text.strip(_EDGES)
    if text.count("(") != text.count(")"):
        text = text.strip(_EDGES + "()")
    return text


def _of_piece(piece: str, said: Said | None, seen_at: datetime | None) -> datetime | None:
    """Read a piece that is a date with what may stand in front of one."""
    for start in _starts(piece):
        lead, rest = piece[:start], piece[start:]
        strict = _is_strict(piece)
        if not _leads_in(lead, said, strict):
            continue
        bare = not any(map(_is_unknown, WORD.findall(lead)))
        read = _read(rest, seen_at, bare) or _before_comma(rest, seen_at, bare)
        if (moment := _not_ahead(read, seen_at)) is not None:
            return moment
    return None


def _starts(piece: str) -> list[int]:
    """Return where the date of a piece may begin: with its first date word, its first number."""
    number = _NUMBERED.search(piece)
    starts = [] if number is not None else [0]
    for word in WORD.finditer(piece):
        if number is not None and word.start() > number.start():
            break
        folded = fold_words(word[0])
        begins = (WEEKDAYS, DAYS_BACK, MONTHS, ONE_WORDS, UNITS)
        if any(folded in known for known in begins) or _FOREIGN_MONTH.match(piece, word.start()):
            starts.append(word.start())
            break
    if number is not None:
        starts.append(number.start())
    return list(dict.fromkeys(starts))


def _leads_in(lead: str, said: Said | None, strict: bool) -> bool:
    """Tell whether what stands in front of a date is of the kind that stands before an article's.

    `strict` are lines in the languages that are watched, whose words are known here: one in small
    letters that is not makes them sentences.
    """
    if not lead.strip(_EDGES):
        return True
    if len(lead) > (_LABELLED_LEAD_IN if said else _LEAD_IN) or _NUMBERED.search(lead):
        return False
    words = WORD.findall(lead)
    folded = [fold_words(word) for word in words]
    if not words:
        return True
    apart = not lead.rstrip(" \xa0")[-1:].strip(_EDGES + "|)")
    if not apart and folded[-1] in _OF:
        return said is not None or folded[0] in _ITEMS
    if not apart and folded[-1] in _TO_AND_FROM:
        # "On Monday, November 18th" is what stands behind an author's name, in an element before.
        return folded == ["on"] or (said is not None and folded[-1] in AROUND_DATES)
    unknown = [word for word in words if _is_unknown(word)]
    if not strict:
        return not any(word in _EVENTS for word in folded)
    if any(not word[0].isupper() for word in unknown):
        return False
    if any(fold_words(word).startswith(_OCCASIONS) for word in unknown):
        return False
    if lead.rstrip(" \xa0").endswith(":") and _is_unknown(words[-1]):
        return False
    return apart or said is not None or len(unknown) != 1


def _is_unknown(word: str) -> bool:
    folded = fold_words(word)
    return not (
        folded in _KNOWN
        or folded in AROUND_DATES
        or folded in WEEKDAYS
        or folded in _OF
        or folded in _ITEMS
        or is_beside(folded)
        or is_about_zones(folded)
    )


def _read(text: str, seen_at: datetime | None, bare: bool) -> datetime | None:
    """Read a text that is a date; one that counts on `seen_at` must be all the line says."""
    if (written := read_written(text)) is not None:
        whole = isinstance(written, WrittenDate) and written.year is not None
        return written.moment(seen_at) if whole or bare else None
    return read_date(text) or read_date(_AFTER_DATE.sub("", text))


def _before_comma(text: str, seen_at: datetime | None, bare: bool) -> datetime | None:
    """Read a date that a name, a place or a count follows."""
    for comma in re.finditer(r"[,;(]", text):
        behind = text[comma.end() :]
        if len(behind) <= _LABELLED_LEAD_IN and all(map(_may_follow, WORD.findall(behind))):
            moment = _read(text[: comma.start()].rstrip(_EDGES), seen_at, bare)
            if moment is not None:
                return moment
    return None


def _may_follow(word: str) -> bool:
    """Tell a word that stands beside a date: a name, one of a byline, what is counted there."""
    return word[0].isupper() or not _is_unknown(word) or fold_words(word).startswith(_COUNTED)


def _may_stand_by(word: str) -> bool:
    """Tell a word beside the dash of a date; of what is not in Cyrillic too little is known."""
    folded = fold_words(word)
    if folded in MONTHS or folded in WEEKDAYS or not _CYRILLIC.search(word):
        return True
    return _may_follow(word) and not (_is_unknown(word) and folded.startswith(_OCCASIONS))
