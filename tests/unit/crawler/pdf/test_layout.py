"""Lines of a page to paragraphs, from real PDFs."""

from __future__ import annotations

import pytest

from crawler.pdf.layout import join_words, paragraphs
from crawler.pdf.pdfium import read_steps
from crawler.pdf.values import Page, RecognisedPage, ScannedPage, TextPage, Unread
from tests.pdf_files import Line, Scan, column, pdf
from tests.pdf_files import Page as Written


def pages_of(*pages: Written) -> list[Page]:
    steps = list(read_steps(pdf(pages), 0, 100))[1:]
    return [step for step in steps if isinstance(step, TextPage | ScannedPage)]


def texts_of(*pages: Written) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(pages_of(*pages))]


def page(*text: str, head: str = "", foot: str = "") -> list[Line]:
    lines = column(text)
    lines += [Line(60, 815, head, 9)] if head else []
    return lines + ([Line(290, 30, foot, 9)] if foot else [])


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("о воинской обя-", "занности", "о воинской обязанности"),
        ("разослать по-", "вестки", "разослать повестки"),
        ("идёт вой-", "на", "идёт война"),
        ("для во-", "енных", "для военных"),
        ("это мес-", "то", "это место"),
        ("и по-", "этому", "и поэтому"),
        ("написан по-", "русски", "написан по-русски"),
        ("сказал кто-", "то", "сказал кто-то"),
        ("какой-", "нибудь", "какой-нибудь"),
        ("в Санкт-", "Петербурге", "в Санкт-Петербурге"),
        ("приказ №", "15", "приказ № 15"),
        ("2025 -", "2026", "2025 - 2026"),
        ("слово", "дело", "слово дело"),
    ],
)
def test_a_word_that_was_divided_is_whole_and_others_keep_their_hyphen(
    before: str, after: str, joined: str
) -> None:
    assert join_words(before, after, broken=False) == joined


def test_hyphens_of_print_and_soft_ones_are_gone() -> None:
    found = texts_of(
        page("Граждане, состоящие на воин-", "ском учёте, должны явить\u00ad", "ся в срок.")
    )
    assert found == ["Граждане, состоящие на воинском учёте, должны явиться в срок."]


def test_ligatures_and_marks_that_nobody_sees_become_plain_letters() -> None:
    found = texts_of(page("The ﬁnal oﬀer of the ﬂeet, co\u00adoperation\u200b and \uf0b7 a list"))
    assert found == ["The final offer of the fleet, cooperation and a list"]


def test_a_gap_an_indent_and_a_short_line_begin_paragraphs() -> None:
    found = texts_of(
        [
            Line(60, 780, "Первый абзац занимает всю ширину этой строки и идёт"),
            Line(60, 764, "дальше до конца."),
            Line(84, 748, "Второй начат с отступа и тоже занимает почти всю её"),
            Line(60, 732, "ширину, а третий отделён пустой строкой от других,,"),
            Line(60, 690, "и потому он третий, хотя и начат со строчной буквы."),
        ]
    )
    assert [text.split()[0] for text in found] == ["Первый", "Второй", "и"]


def test_items_of_a_list_stay_apart() -> None:
    found = texts_of(
        page(
            "Призвать на службу следующих граждан этого округа:",
            "1. Иванов Иван Иванович, родился в 2001 году в Оше.",
            "2. Петров Пётр Петрович, родился в 2002 году в Оше.",
            "- а также всех, кто не явился по повестке без того.",
        )
    )
    assert len(found) == 4


def test_a_larger_heading_is_a_paragraph_of_its_own() -> None:
    found = texts_of(
        [Line(60, 780, "О призыве граждан", 18), Line(60, 762, "Призвать всех, кому есть 18.", 12)]
    )
    assert found == ["О призыве граждан", "Призвать всех, кому есть 18."]


def test_heads_feet_and_numbers_of_pages_are_dropped() -> None:
    found = texts_of(
        *(
            page(
                f"Страница несёт мысль номер {chr(0x430 + n)} и больше ничего.",
                "Она продолжается ещё одной строкой текста.",
                "Она кончается на этом слове, и мысль полна.",
                "Потом идёт ещё одна строка с точкой в конце.",
                head="Официальный вестник, выпуск 5",
                foot=f"- {n + 1} -",
            )
            for n in range(3)
        )
    )
    text = "\n".join(found)
    assert "вестник" not in text
    assert "- 2 -" not in text
    assert text.count("мысль номер") == 3


def test_left_and_right_pages_may_have_heads_of_their_own() -> None:
    heads = ("Закон о призыве", "Глава вторая закона")
    found = texts_of(
        *(
            page(
                *(f"Строка {chr(0x430 + n)}{k} говорит своё." for k in range(8)), head=heads[n % 2]
            )
            for n in range(4)
        )
    )
    assert not any(head in text for head in heads for text in found)


def test_a_list_whose_lines_look_alike_loses_none() -> None:
    names = ("Абаев", "Бекова", "Ваганов", "Гулов", "Дадоев", "Ершов")
    found = texts_of(
        page(*(f"{n}. {name}" for n, name in enumerate(names[:3], 1))),
        page(*(f"{n}. {name}" for n, name in enumerate(names[3:], 4))),
    )
    assert [text.split()[1] for text in found] == list(names)


def test_the_number_of_the_only_page_is_dropped_and_another_number_is_not() -> None:
    assert texts_of(page("Первая строка.", "Вторая строка.", foot="1"))[-1].endswith("строка.")
    assert texts_of(page("Первая строка.", "Вторая строка.", foot="450"))[-1] == "450"


def test_what_goes_on_on_the_next_page_is_one_paragraph() -> None:
    found = texts_of(
        page("Суд постановил признать решение о призыве неза-"), page("конным и отменить его.")
    )
    assert found == ["Суд постановил признать решение о призыве незаконным и отменить его."]


def test_two_columns_written_row_by_row_are_read_one_after_the_other() -> None:
    left = [f"Левая строка номер {n} и ещё слова" for n in "абвгде"]
    right = [f"правая строка номер {n} и ещё слова" for n in "абвгде"]
    heading = [Line(60, 800, "О призыве граждан на военную службу и о сроках призыва в этом году")]
    rows = column(left, top=760) + column(right, x=330, top=760)
    rows.sort(key=lambda line: -line.y)
    text = " ".join(texts_of(heading + rows))
    assert text.index("О призыве") < text.index("Левая строка номер а")
    assert text.index("Левая строка номер е") < text.index("правая строка номер а")


def test_cells_of_a_table_stay_in_their_row() -> None:
    rows = [
        cell
        for n, name in enumerate(("Абаев", "Бекова", "Ваганов", "Гулов", "Дадоев", "Ершов"))
        for cell in (
            Line(60, 700 - 20 * n, name),
            Line(250, 700 - 20 * n, f"0{n}.05.2026"),
            Line(400, 700 - 20 * n, "отказ"),
        )
    ]
    text = " ".join(texts_of(rows))
    assert "Абаев 00.05.2026 отказ" in text
    assert "Ершов 05.05.2026 отказ" in text


def test_a_page_that_was_not_read_leaves_one_mark_for_all_beside_it() -> None:
    first, last = pages_of(page("Начало сказано."), page("Конец сказан."))
    found = paragraphs([first, Unread.TOO_LONG, Unread.FAILED, last])
    assert [part.text for part in found] == ["Начало сказано.", "[…]", "Конец сказан."]


def test_recognised_lines_become_paragraphs_too() -> None:
    found = paragraphs([RecognisedPage("О ПРИЗЫВЕ\n\nПризвать граж-\nдан этого округа.\n\f")])
    assert [part.text for part in found] == ["О ПРИЗЫВЕ", "Призвать граждан этого округа."]


def test_a_page_of_an_image_or_of_letters_that_say_nothing_is_a_scan() -> None:
    unnamed = [Line(60, 700 - 16 * n, "\ue001\ue002\ue003 \ue004" * 8) for n in range(20)]
    assert [type(step) for step in pages_of(Scan())] == [ScannedPage]
    stamped = pages_of(unnamed * 4)
    assert [type(step) for step in stamped] == [ScannedPage]
