"""What a PDF says about itself: title, author, day. Pure.

Most of it was written by some program without being asked. A title left over from a template, the
login of whoever typed it or the day of a law that is cited would be worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from crawler.extract.bylines import people
from crawler.extract.titles import MAX_TITLE, tidy
from crawler.pdf.layout import MISSING, Paragraph

HEAD = 12
"""Paragraphs at the beginning among which heading and day are looked for."""
HEADING = 250
"""Most characters of a heading."""
FEW_WORDS = 2
"""Words below which a heading names only a kind of document: DECREE."""
SAME_SIZE = 0.5
"""Points by which the lines of one heading differ at most."""
DAY_LINE = 120
"""Most characters of a line that tells the day: town and number stand in it as well."""
LARGER = 1.08
"""Times the size of the text from which on a line is larger."""
_FIRST_YEAR = 1990

_NO_TITLE = re.compile(
    r"microsoft\s+(?:word|excel|powerpoint)\b.*|.*\.(?:docx?|odt|rtf|pdf|xlsx?|pptx?|indd|qxd|cdr|tmp)"
    r"|(?:untitled|без (?:имени|названия)|document|документ|doc|scan(?:ned)?|скан|презентация|book"
    r"|лист|word|title|new|print|layout|макет)[\s_.-]*(?:\d+|document|документ)?"
    r"|(?:https?|file):.*|[\w.-]*_[\w.-]*|\W*",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"министерств|управлен|комитет|администрац|агентств|департамент|правительств|президент|суд\b"
    r"|служб|отдел|канцеляр|центр|институт|редакц|издательств|типограф|компан|ооо\b|зао\b|тоо\b"
    r"|осоо\b|міністерств|кеңсе|басқарма|вазорат|vazirlig|ministry|department|office|committee"
    r"|court|agency|company|center|centre|ltd\b|inc\b|llc\b|admin|user|пользоват|microsoft|adobe",
    re.IGNORECASE,
)
_NAME_PART = re.compile(r"[^\W\d_]\.?(?:[^\W\d_]\.?)?|[^\W\d_][^\W\d_'’ʻ-]+")
_INITIAL_LAST = re.compile(r"\.\s?[^\W\d_]$")
_CREATED = re.compile(
    r"(?:D:)?(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:Z|([+-])(\d{2})'?(\d{2})?)?"
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "января январь січня қаңтар қаңтардағы январы январи january yanvar январ",
            "февраля лютого ақпан ақпандағы февраль феврали february fevral феврал",
            "марта березня наурыз наурыздағы март марти march mart марты",
            "апреля квітня сәуір сәуірдегі апрель апрели april aprel апрел",
            "мая травня мамыр мамырдағы май майи may",
            "июня червня маусым маусымдағы июнь июни june iyun июн",
            "июля липня шілде шілдедегі июль июли july iyul июл",
            "августа серпня тамыз тамыздағы август августи august avgust",
            "сентября вересня қыркүйек қыркүйектегі сентябрь сентябри september sentabr сентябр",
            "октября жовтня қазан қазандағы октябрь октябри october oktabr октябр",
            "ноября листопада қараша қарашадағы ноябрь ноябри november noyabr ноябр",
            "декабря грудня желтоқсан желтоқсандағы декабрь декабри december dekabr декабр",
        ),
        start=1,
    )
    for name in names.split()
}
_QUOTED_DAY = r"[«\"“„]?\s?(?P<day>\d{1,2})\s?[»\"”]?"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_DAYS = (
    # 12 мая 2026 г., «12» мая 2026 года, 12 May 2026, 12 майи соли 2026
    re.compile(rf"(?<![\d.]){_QUOTED_DAY}\s+(?P<name>[^\W\d_]+)\s+(?:соли\s+)?{_YEAR}(?!\d)"),
    # 2026 жылғы 12 мамыр, 2026-жылдын 12-майы, 2026-йил 12-май, 2026 yil 12 may
    re.compile(
        rf"(?<!\d){_YEAR}[\s-]*(?:жылғы|жылдын|жылы|йил|yil)\w*\s+(?P<day>\d{{1,2}})[\s-]*"
        r"(?P<name>[^\W\d_]+)",
        re.IGNORECASE,
    ),
    re.compile(rf"(?<![\d.])(?P<day>\d{{1,2}})\.(?P<month>\d{{2}})\.{_YEAR}(?!\d)"),
)


def title_of(info_title: str, announced: str, found: Sequence[Paragraph]) -> str:
    """Choose the title: the document's if it is one, the feed's, or the first heading.

    Falls back on the first words.
    """
    written = tidy(_recoded(info_title))
    if (
        len(written.split()) >= 2
        and sum(map(str.isalpha, written)) >= 8
        and not _NO_TITLE.fullmatch(written)
    ):
        return written[:MAX_TITLE]
    return (tidy(announced) or heading_of(found) or _first_words(found))[:MAX_TITLE]


def heading_of(found: Sequence[Paragraph]) -> str:
    """Return the first heading: short lines that are larger than the text, or in capitals.

    What goes on in the same dress belongs to it, and what a single word ("DECREE") is about. Empty
    when there is none.
    """
    usual = text_size(found)
    heading, size = "", 0.0
    for paragraph in found[:HEAD]:
        dressed = _is_dressed(paragraph, usual)
        words = len(heading.split())
        if not heading:
            heading, size = (paragraph.text, paragraph.size) if dressed else ("", 0.0)
        elif len(heading) + len(paragraph.text) >= HEADING:
            break
        elif dressed and abs(paragraph.size - size) < SAME_SIZE:
            heading = f"{heading} {paragraph.text}"
        elif words < FEW_WORDS and _is_about(paragraph):
            return f"{heading} {paragraph.text}"
        elif words >= FEW_WORDS:
            break
    return heading if len(heading.split()) >= FEW_WORDS else ""


def text_size(found: Sequence[Paragraph]) -> float:
    """Return the size that most of the text has; 0 when it is not known."""
    letters: dict[float, int] = {}
    for paragraph in found:
        size = round(paragraph.size, 1)
        letters[size] = letters.get(size, 0) + len(paragraph.text)
    return max(letters, key=letters.__getitem__, default=0.0)


def authors_of(info_author: str, announced: Sequence[str]) -> tuple[str, ...]:
    """Return the people among the authors; logins, bodies and programs are none."""
    names = (name for name in people([_recoded(info_author)]) if _is_person(name))
    named = tuple(f"{name}." if _INITIAL_LAST.search(name) else name for name in names)
    return named or people(announced)


def published_of(found: Sequence[Paragraph], created: str) -> datetime | None:
    """Return the day in the document's head if it is the only one there, else when it was made."""
    return day_of(found) or created_at(created)


def day_of(found: Sequence[Paragraph]) -> datetime | None:
    """Return the day that a short line of the head tells: "12 мая 2026 г. № 15".

    Days inside of sentences belong to what is cited. None unless all such lines tell one day.
    """
    days = set()
    for paragraph in found[:HEAD]:
        if len(paragraph.text) <= DAY_LINE:
            days |= {day for day in _days_in(paragraph.text) if day is not None}
    return days.pop() if len(days) == 1 else None


def created_at(written: str) -> datetime | None:
    """Read a time as PDFs write it, D:20260512103000+06'00'; None when it is none."""
    parts = _CREATED.match(written.strip())
    if parts is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups()[:6])
    offset = (
        timedelta(hours=int(parts[8] or 0), minutes=int(parts[9] or 0)) if parts[7] else timedelta()
    )
    try:
        zone = timezone(-offset if parts[7] == "-" else offset)
        made = datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return made if made.year >= _FIRST_YEAR else None


def _days_in(line: str) -> list[datetime | None]:
    days = []
    for shape in _DAYS:
        for parts in shape.finditer(line):
            groups = parts.groupdict()
            month = int(groups.get("month") or 0) or _month(groups.get("name") or "")
            days.append(_day(int(groups["year"]), month, int(groups["day"])))
    return days


def _month(name: str) -> int:
    known = name.casefold()
    # майы, майында, мамырда: endings of agglutinating languages stand behind the name.
    return _MONTHS.get(known) or next(
        (
            number
            for month, number in _MONTHS.items()
            if len(month) >= 3 and known.startswith(month)
        ),
        0,
    )


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC) if year >= _FIRST_YEAR else None
    except ValueError:
        return None


def _is_dressed(paragraph: Paragraph, usual: float) -> bool:
    text = paragraph.text
    if text == MISSING or len(text) > HEADING or sum(map(str.isalpha, text)) < 4:
        return False
    capitals = text.isupper()
    return capitals or (paragraph.size > LARGER * usual > 0)


def _is_about(paragraph: Paragraph) -> bool:
    """Tell a line that says what a document is about, from its day, its number and its text."""
    text = paragraph.text
    short = len(text) <= HEADING and len(text.split()) > FEW_WORDS
    return short and text[-1] not in ".:;,!?" and not _days_in(text)


def _is_person(name: str) -> bool:
    parts = name.split()
    fit = all(_NAME_PART.fullmatch(part) and part[0].isupper() for part in parts)
    return 2 <= len(parts) <= 4 and fit and not _OFFICE.search(name) and not name.isupper()


def _recoded(written: str) -> str:
    """Mend Russian that was written in an old code page and is shown as Latin letters."""
    high = sum("\u00c0" <= char <= "\u00ff" for char in written)
    if high < 3 or 2 * high < sum(map(str.isalpha, written)):
        return written
    try:
        return written.encode("cp1252").decode("cp1251")
    except UnicodeError:
        return written


def _first_words(found: Sequence[Paragraph]) -> str:
    texts = [paragraph.text for paragraph in found if paragraph.text != MISSING]
    written = next((text for text in texts if len(text.split()) > FEW_WORDS), "".join(texts[:1]))
    return " ".join(written.split()[:12])
