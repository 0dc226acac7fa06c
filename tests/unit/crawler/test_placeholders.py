"""What stands at an article's address without being it: by shape, in words that nobody lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Absence, ArticleData, Doubt
from core.sources import Entry
from crawler.decide.placeholders import (
    FIRST_LOOKS,
    LOOKS_AGAIN,
    LOOKS_AT_LONG,
    SHORT,
    Oddity,
    is_announced,
    look_again,
    odd_first_look,
    odd_visit,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SAME, SHORTER, NOTHING, CUT, UNANNOUNCED = (
    Oddity.SAME_ELSEWHERE,
    Oddity.MUCH_SHORTER,
    Oddity.NOTHING_SHARED,
    Oddity.CUT_SHORT,
    Oddity.NOT_AS_ANNOUNCED,
)
TITLE = "Мобилизация водителей объявлена в области"
TEXT = (
    "Мобилизация водителей объявлена в области, сообщил штаб обороны в понедельник утром.\n"
    "По словам главы района, жители трёх сёл второй год добиваются ремонта дороги к переправе.\n"
    "Деньги выделены из бюджета, подрядчик выбран, однако техника пришла только на прошлой неделе."
)
TWO_PARTS = "\n".join(TEXT.split("\n")[:2])
FLASH = "Взрыв прогремел в городе, подробности уточняются редакцией и будут позже."
TEA = "Выпейте пока чаю: редакция пакует коробки и скоро снова окажется с вами на связи."
TERMS = " ".join(f"Пункт{number} условий пользования порталом гласит." for number in range(40))


def page(title: str, text: str) -> ArticleData:
    return ArticleData(url="https://outlet.example/a", title=title, text=text)


BEFORE, SHORT_BEFORE = page(TITLE, TEXT), page("Срочно: взрыв в городе", FLASH)


@pytest.mark.parametrize(
    ("before", "found", "elsewhere", "oddity"),
    [
        pytest.param(BEFORE, page("Булут", TEA), False, SHORTER, id="a-notice"),
        pytest.param(BEFORE, page(TITLE, TEA), False, SHORTER, id="under-the-headline"),
        pytest.param(BEFORE, page("Условия", TERMS), False, NOTHING, id="terms-of-use"),
        pytest.param(BEFORE, page("Условия", TERMS), True, SAME, id="terms-of-use-elsewhere-too"),
        pytest.param(SHORT_BEFORE, page("Булут", TEA), False, NOTHING, id="as-short-as-a-flash"),
        pytest.param(
            SHORT_BEFORE, page(SHORT_BEFORE.title, TEA), False, NOTHING, id="a-page-without-title"
        ),
        pytest.param(
            SHORT_BEFORE, page("Взрыв: что известно", TEXT), False, None, id="a-flash-that-grew"
        ),
        pytest.param(
            SHORT_BEFORE, page("Что известно", f"Взрыв был в шахте.\n{TEXT}"), False, None,
            id="a-flash-that-grew-under-another-headline",
        ),
        pytest.param(BEFORE, page(TITLE, TEXT.split("\n")[0]), False, CUT, id="cut-short"),
        pytest.param(BEFORE, page(TITLE, TEXT[:100]), False, CUT, id="broken-off-within-a-word"),
        pytest.param(
            BEFORE, page(TITLE, f"{TEXT[:83]}\nОформите подписку."), False, CUT, id="a-paywall"
        ),
        pytest.param(
            BEFORE, page(TITLE, f"{TWO_PARTS}\nЖалғасын оқу үшін жазылыңыз."), False, CUT,
            id="a-prompt-behind-most-of-it",
        ),
        pytest.param(
            BEFORE, page(TITLE, f"{TWO_PARTS}\nТехника пришла на этой неделе, сообщил подрядчик."),
            False, None, id="an-end-that-was-rewritten",
        ),
        pytest.param(
            BEFORE, page(TITLE, f"{TEXT[:-20]} Подписка."), False, None, id="little-of-it-lost"
        ),
        pytest.param(BEFORE, page(TITLE, TWO_PARTS), False, None, id="a-part-removed"),
        pytest.param(
            BEFORE, page(TITLE, TEXT.split("\n")[2]), False, None, id="only-its-end-is-left"
        ),
        pytest.param(
            BEFORE, page("Водителей зовут в штаб", TEXT), False, None, id="another-headline"
        ),
        pytest.param(BEFORE, page(TITLE, TERMS), False, None, id="rewritten-under-its-headline"),
        pytest.param(BEFORE, page(TITLE, TEXT + "\nЕщё."), True, None, id="copied-and-edited"),
        pytest.param(page("", TEXT), page("Условия", TERMS), False, None, id="no-headline-to-miss"),
    ],
)  # fmt: skip
def test_a_text_in_an_articles_place_is_judged_by_what_it_kept(
    before: ArticleData, found: ArticleData, elsewhere: bool, oddity: Oddity | None
) -> None:
    assert odd_visit(before, found, elsewhere=elsewhere) is oddity


LONG = "".join(f"Слово{number:05}." for number in range(100))
"""1,100 characters."""


@pytest.mark.parametrize(
    ("found", "oddity"),
    [
        pytest.param(LONG[:880] + "x" * 110, CUT, id="lost-just-enough"),
        pytest.param(LONG[:881] + "x" * 110, None, id="lost-less-than-a-fifth"),
        pytest.param(LONG[:800] + "x" * 150, CUT, id="lost-twice-the-prompt"),
        pytest.param(LONG[:800] + "x" * 151, None, id="lost-less-than-twice-the-prompt"),
        pytest.param(LONG[:600] + "x" * 200, CUT, id="the-longest-prompt"),
        pytest.param(LONG[:600] + "x" * 201, None, id="longer-than-any-prompt"),
        pytest.param(LONG[:600] + "x", CUT, id="a-sign-of-one-letter"),
        pytest.param(LONG[:600], None, id="an-end-taken-away"),
        pytest.param(LONG[:550], CUT, id="half-taken-away"),
    ],
)
def test_what_was_lost_is_weighed_against_what_stands_there_instead(
    found: str, oddity: Oddity | None
) -> None:
    assert odd_visit(page(TITLE, LONG), page(TITLE, found), elsewhere=False) is oddity


@pytest.mark.parametrize(("shared", "oddity"), [(40, CUT), (39, None)])
def test_a_text_that_goes_on_otherwise_begins_alike_for_half_a_sentence(
    shared: int, oddity: Oddity | None
) -> None:
    before = TEXT[:120]
    found = before[:shared] + "§" + before[-20:]
    assert odd_visit(page(TITLE, before), page(TITLE, found), elsewhere=False) is oddity


def entry(title: str, summary: str = "") -> Entry:
    return Entry(url="https://outlet.example/a", title=title, summary=summary)


@pytest.mark.parametrize(
    ("announced", "found", "elsewhere", "oddity"),
    [
        pytest.param(entry(TITLE), page("Булут", TEA), False, UNANNOUNCED, id="a-notice"),
        pytest.param(entry(TITLE, TEXT), page("Булут", TEA), True, SAME, id="elsewhere-too"),
        pytest.param(entry(TITLE), page("Условия", TERMS), False, None, id="long-and-only-here"),
        pytest.param(entry(TITLE), page("Условия", TERMS), True, SAME, id="long-and-elsewhere-too"),
        pytest.param(entry(TITLE), BEFORE, False, None, id="as-announced"),
        pytest.param(entry(TITLE), BEFORE, True, None, id="as-announced-at-two-addresses"),
        pytest.param(
            entry(TITLE), page("Срочно", "Водителей просят явиться."), False, None, id="one-word"
        ),
        pytest.param(
            entry("Вечерний выпуск новостей", TEXT), page("Итоги", TEXT), False, None,
            id="only-the-summary-fits",
        ),
        pytest.param(entry("Молния"), page("Булут", TEA), False, None, id="announced-in-one-word"),
        pytest.param(entry("Молния"), page("Булут", TEA), True, SAME, id="one-word-and-elsewhere"),
        pytest.param(entry(""), page("Условия", TERMS), True, None, id="a-long-copy-unannounced"),
        pytest.param(
            entry("Drivers mobilised across the region"), page("Булут", TEA), False, None,
            id="announced-in-another-script",
        ),
    ],
)  # fmt: skip
def test_a_first_look_is_judged_by_what_was_announced(
    announced: Entry, found: ArticleData, elsewhere: bool, oddity: Oddity | None
) -> None:
    plain = replace(found, marked=False)
    assert odd_first_look(announced, plain, elsewhere=elsewhere) is oddity


@pytest.mark.parametrize(("elsewhere", "oddity"), [(False, None), (True, SAME)])
def test_what_marks_itself_as_an_article_is_one_unless_it_is_at_two_addresses(
    elsewhere: bool, oddity: Oddity | None
) -> None:
    assert odd_first_look(entry(TITLE), page("Булут", TEA), elsewhere=elsewhere) is oddity
    assert odd_first_look(entry(""), page("Булут", TEA), elsewhere=elsewhere) is None


@pytest.mark.parametrize(
    ("titles", "known"),
    [
        ([], False),
        ([TITLE], False),
        (["Наводнение на юге долины"], True),
        (["На юге долины наводнение, дороги закрыты"], True),
        (["Курс доллара вырос"], False),
    ],
)
def test_what_a_source_announced_anew_is_no_placeholder(titles: list[str], known: bool) -> None:
    found = page("Наводнение на юге долины", "Вода поднялась на два метра за ночь.")
    assert is_announced(found, BEFORE, titles) is known


@pytest.mark.parametrize(
    ("oddity", "text", "most"),
    [
        (SHORTER, TERMS, len(LOOKS_AGAIN)),
        (SAME, TERMS, len(LOOKS_AGAIN)),
        (NOTHING, "x" * SHORT, len(LOOKS_AGAIN)),
        (NOTHING, "x" * (SHORT + 1), LOOKS_AT_LONG),
        (CUT, "x" * SHORT, LOOKS_AT_LONG),
    ],
)
def test_what_stays_for_a_number_of_looks_is_believed(oddity: Oddity, text: str, most: int) -> None:
    found, doubt, at, looks = page("Булут", text), None, NOON, 0
    while (following := look_again(oddity, found, doubt, at)) is not None:
        assert following - at == LOOKS_AGAIN[looks]
        at, looks = following, looks + 1
        doubt = Doubt(Absence.REPLACED, "", since=NOON, looks=looks)
    assert looks == most
    assert at - NOON <= timedelta(days=1)


def test_a_new_address_is_looked_at_a_few_times() -> None:
    assert FIRST_LOOKS == 4
