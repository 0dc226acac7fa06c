"""What a PDF says about itself, and what of it is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.pdf.claims import authors_of, created_at, day_of, heading_of, title_of
from crawler.pdf.layout import Paragraph

BODY = (
    "Призвать на военную службу граждан, которым исполнилось восемнадцать лет, кроме отсроченных."
)


def text(*head: str, size: float = 12) -> list[Paragraph]:
    return [*(Paragraph(said, size) for said in head), *[Paragraph(BODY, 12)] * 3]


@pytest.mark.parametrize(
    "said",
    [
        "Microsoft Word - ukaz.doc", "untitled", "Документ1", "Без имени", "ukaz_final_2",
        "ukaz.pdf",
        "Microsoft Word - Документ Microsoft Word", "", "Scan0001", "12.05.2026",
        "Указ", "https://example.org/ukaz.pdf", "Layout 1", "Презентация 2",
    ],
)  # fmt: skip
def test_what_a_program_wrote_is_no_title(said: str) -> None:
    assert title_of(said, "Announced so", text()) == "Announced so"


def test_a_real_title_of_the_document_wins() -> None:
    assert title_of("О призыве граждан", "ukaz", text()) == "О призыве граждан"


def test_a_title_in_an_old_code_page_is_read() -> None:
    broken = "О призыве граждан".encode("cp1251").decode("cp1252")
    assert title_of(broken, "", text()) == "О призыве граждан"


def test_without_either_the_heading_is_the_title() -> None:
    headed = text("УКАЗ", "ПРЕЗИДЕНТА РЕСПУБЛИКИ", "12 мая 2026 г. № 15")
    assert title_of("untitled", "", headed) == "УКАЗ ПРЕЗИДЕНТА РЕСПУБЛИКИ"
    assert heading_of(text("О призыве граждан", size=16)) == "О призыве граждан"


def test_a_heading_of_one_word_takes_what_it_is_about() -> None:
    headed = text("УКАЗ", "О призыве граждан на военную службу", "12 мая 2026 г. № 15")
    assert heading_of(headed) == "УКАЗ О призыве граждан на военную службу"
    assert heading_of(text("УКАЗ", "12 мая 2026 г. № 15")) == ""


def test_without_a_heading_the_first_words_are() -> None:
    assert title_of("", "", text()) == " ".join(BODY.split()[:12])


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("от 12 мая 2026 г. № 15", (2026, 5, 12)),
        ("«12» мая 2026 года город Бишкек", (2026, 5, 12)),
        ("г. Москва 3 сентября 2025 г.", (2025, 9, 3)),
        ("12 травня 2026 року № 3", (2026, 5, 12)),
        ("2026 жылғы 12 мамыр № 100 қаулы", (2026, 5, 12)),
        ("2026-жылдын 12-майы, Бишкек шаары", (2026, 5, 12)),
        ("2026 yil 12 may, Toshkent", (2026, 5, 12)),
        ("2026 йил 12 май", (2026, 5, 12)),
        ("12 майи соли 2026, шаҳри Душанбе", (2026, 5, 12)),
        ("12 May 2026", (2026, 5, 12)),
        ("12.05.2026 № 7", (2026, 5, 12)),
        ("31 февраля 2026 г.", None),
        ("12 мая", None),
        ("статья 12.05.20261", None),
    ],
)
def test_the_day_in_the_head_of_a_document_is_read(
    line: str, day: tuple[int, int, int] | None
) -> None:
    assert day_of(text("ПОСТАНОВЛЕНИЕ", line)) == (datetime(*day, tzinfo=UTC) if day else None)


def test_days_that_are_cited_or_differ_tell_nothing() -> None:
    cited = (
        "В соответствии с законом от 1 марта 2020 г. № 9 и во исполнение решения суда, вступившего"
    )
    assert (
        day_of(text(f"{cited} в силу, правительство постановляет призвать всех граждан округа."))
        is None
    )
    assert day_of(text("от 12 мая 2026 г. № 15", "в редакции от 3 июня 2026 г.")) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("D:20260512103000+06'00'", datetime(2026, 5, 12, 4, 30, tzinfo=UTC)),
        ("D:20260512103000Z", datetime(2026, 5, 12, 10, 30, tzinfo=UTC)),
        ("D:20260512", datetime(2026, 5, 12, tzinfo=UTC)),
        ("D:20260512103000-03'30", datetime(2026, 5, 12, 14, 0, tzinfo=UTC)),
        ("D:00010101000000", None),
        ("D:20261399", None),
        ("D:99991231235959-23'59'", None),
        ("D:20260512103000+99'99'", None),
        ("yesterday", None),
    ],
)
def test_the_time_of_creation_is_read_as_pdfs_write_it(written: str, read: datetime | None) -> None:
    assert created_at(written) == read


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("Иванов И. И.", ("Иванов И. И.",)),
        ("Айгуль Бекова", ("Айгуль Бекова",)),
        ("Anna Lee; Omar Said", ("Anna Lee", "Omar Said")),
        ("user", ()), ("ADMIN", ()), ("Пользователь Windows", ()), ("Министерство юстиции", ()),
        ("k.petrov", ()), ("Microsoft Office User", ()), ("ООО Право", ()), ("", ()),
    ],
)  # fmt: skip
def test_authors_are_people(said: str, people: tuple[str, ...]) -> None:
    assert authors_of(said, ()) == people


def test_the_authors_of_the_feed_stand_in() -> None:
    assert authors_of("user", ["Айгуль Бекова"]) == ("Айгуль Бекова",)
