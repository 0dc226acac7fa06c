"""Words on a page that say of which day the date beside them is: of publishing, or of changing.

A label is a run of words that all belong to labels, one of which says what was done: Дата
последнего обновления, Chop etilgan sana. It stands before its date, or behind it where the verb
comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from crawler.discovery.date_words import AROUND_DATES, DAYS_BACK, MONTHS, WEEKDAYS, fold_words
from crawler.extract.remembering import remembered


class Said(StrEnum):
    """What a page says of a date."""

    PUBLISHED = "published"
    UPDATED = "updated"
    OTHER = "other"
    """That it is of something else: a deadline, an event."""


@dataclass(frozen=True, slots=True)
class Label:
    """Words that say of which day a date is, and where they stand in a line."""

    said: Said
    start: int
    end: int


WORD = re.compile(r"[^\W\d_]+(?:['’‘ʻʼ`´′][^\W\d_]+)*")


def _folded(*lists: str) -> tuple[str, ...]:
    return tuple(word for words in lists for word in fold_words(words).split())


_PUBLISHED = _folded(
    "опублик публикац публикуе обнарод размещен размещён добавлен создан выложен напечатан вышл",
    "опублік публікац оприлюдн розміщ додано додана створен",
    "жариялан жарияла жарық басылған орналастыр қосылған қосылды салынды шыққан жүктел",
    "жарыялан жарыяла жарык жайгашт кошулган кошулду чыккан басылган жүктөл",
    "chop e'lon nashr joylan joylash qo'shil yaratil kiritil yuklan bosilgan",
    "чоп эълон нашр жойлан жойлаш қўшил яратил киритил юклан",
    "нашр интишор чоп ҷойгир илова эълон",
    "publish publication posted created issued release uploaded submitted added",
)
_UPDATED = _folded(
    "обновл изменен изменён отредактирован исправлен дополнен актуализ правк",
    "оновл змінен змін відредагован редагован виправлен доповнен",
    "жаңарт өзгерт өзгеріс түзетіл редакциялан толықтыр",
    "жаңылан жаңырт жаңылоо өзгөрт өзгөрүү оңдол түзөтүл толуктал",
    "yangilan o'zgartir o'zgarish tahrir tuzatil to'ldiril",
    "янгилан ўзгартир ўзгариш таҳрир тузатил тўлдирил",
    "навсоз навшуда нав таҷдид тағйир ислоҳ таҳрир",
    "updated update modified modification edited revised revision corrected amended changed",
)
"""Beginnings of words that say so, folded."""
_WHOLE = frozenset(_folded("chop чоп нав жарық жарык update змін эълон илова"))
"""Of these beginnings, the ones that are words and begin others that say nothing of the kind."""
_SHAPES = tuple(
    (
        said,
        re.compile(
            "|".join(word if word in _WHOLE else rf"{word}\w*" for word in sorted(set(beginnings)))
        ),
    )
    for said, beginnings in ((Said.UPDATED, _UPDATED), (Said.PUBLISHED, _PUBLISHED))
)
_BESIDE = frozenset(
    _folded(
        "дата дату время и последнее последняя последний последние последнего раз первое впервые"
        " был была было материал материала статья статьи новость новости публикация записи запись",
        "востаннє останнє останні остання останній перше вперше час та дата матеріал новина статті",
        "уақыты соңғы рет алғаш көрді көрген датасы мерзімі мақала күні және",
        "убактысы акыркы жолу датасы көрдү көргөн макала күнү жана",
        "sana sanasi vaqti kuni etilgan etildi qilingan qilindi oxirgi so'nggi marta saytda va"
        " maqola yangilik",
        "сана санаси вақти куни этилган этилди қилинган қилинди охирги сўнгги марта сайтда ва"
        " мақола",
        "шуд шуда шудааст карда кардашуда кард гардид ёфт дода таърих таърихи санаи рӯзи охирин"
        " охирон бор бори мақола хабар",
        "and first last originally on at date time of article story was this page post",
    )
)
"""What else stands in labels, and says nothing by itself."""
_BY = frozenset(_folded("by автором пользователем от автор кореспондентом from"))


def labels_in(line: str) -> list[Label]:
    """Return the labels of a line in their order."""
    return list(_labels(line))


def label_alone(line: str) -> Said | None:
    """Return what a line says that is a label and nothing else."""
    found = labels_in(line) if len(line) <= 60 else []
    if len(found) != 1 or any(map(str.isalnum, line[: found[0].start] + line[found[0].end :])):
        return None
    return found[0].said


def is_beside(word: str) -> bool:
    """Tell a folded word that stands in labels and says nothing by itself: date, last."""
    return word in _BESIDE


def _labels(line: str) -> Iterator[Label]:
    words = list(WORD.finditer(line))
    at = 0
    while at < len(words):
        end, said = at, None
        while end < len(words) and _adjoins(line, words, at, end):
            one = _said(fold_words(words[end][0]))
            if one is None and fold_words(words[end][0]) not in _BESIDE:
                break
            # What was "published and updated" was published then as well.
            said = Said.PUBLISHED if Said.PUBLISHED in (said, one) else (said or one)
            end += 1
        if said is not None and _is_whole(line, words, end, said):
            yield Label(said, words[at].start(), words[end - 1].end())
        at = max(end, at + 1)


def _adjoins(line: str, words: list[re.Match[str]], first: int, this: int) -> bool:
    """Tell whether nothing but blanks stands between a word of a label and the one before."""
    return this == first or not line[words[this - 1].end() : words[this].start()].strip(" \xa0/&")


@remembered(40, 4_096)
def _said(word: str) -> Said | None:
    return next((said for said, shape in _SHAPES if shape.fullmatch(word)), None)


def _is_whole(line: str, words: list[re.Match[str]], end: int, said: Said) -> bool:
    """Tell whether a label ends here: "Updated fares" and "изменения климата" are about others."""
    if end == len(words) or line[words[end - 1].end() : words[end].start()].strip():
        return True
    following = words[end][0]
    folded = fold_words(following)
    return (
        following[0].isupper()
        or any(folded in known for known in (AROUND_DATES, WEEKDAYS, DAYS_BACK, MONTHS))
        or (said is Said.PUBLISHED and folded in _BY)
    )
