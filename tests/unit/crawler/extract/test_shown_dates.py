"""What a page shows of its date, in seven languages and in every place, and what it is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article
from crawler.extract.lines import says_when_or_who

FETCHED = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
TITLE = "В горном районе начался призыв"
TEXT = "".join(
    "<p>Сорок человек увезли вчера вечером в автобусах в областной центр, сказал начальник.</p>"
    for _ in range(3)
)


def date_of(block: str, *, before: str = "", after: str = "", title: str = TITLE) -> str:
    page = (
        f"<html><head><title>{TITLE} — Булут</title></head><body>{before}<h1>{title}</h1>{block}"
        f"<article>{TEXT}</article>{after}<footer>© 2011–2026</footer></body></html>"
    )
    read = extract_article(page.encode(), "https://bulut.example/news/991", fetched_at=FETCHED)
    assert isinstance(read, ArticleData)
    assert read.date_is_guess is (read.published_at is not None)
    return f"{read.published_at:%Y-%m-%d %H:%M}" if read.published_at else ""


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        ("3-го листопада 2026 року, 10:00", "2026-11-03 10:00"),
        ("Сешанбе, 5-уми ноябри соли 2026, соати 10:00", "2026-11-05 10:00"),
        ("Tuesday, the 3rd of November, 2026", "2026-11-03 00:00"),
        ("Published on Nov. 3rd, 2026 at 5:30 a.m. EST", "2026-11-03 10:30"),
        ("2026 жылғы қарашаның 9-ы", "2026-11-09 00:00"),
        ("21-noyabr kuni soat 14:05 da", "2026-11-21 14:05"),
        ("21 ноябрда", "2026-11-21 00:00"),
        ("2026 йил 21 ноябрь, шанба, соат 14:05", "2026-11-21 14:05"),
        ("Joylashtirilgan vaqti: 21-noyabr 2026, 14:05", "2026-11-21 14:05"),
        ("Qoʻshilgan: 21.11.2026 | Oʼzgartirilgan: 22.11.2026", "2026-11-21 00:00"),
        ("O`zgartirilgan: 2026-11-22, e'lon qilindi: 2026-11-21", "2026-11-21 00:00"),
        ("Эълон қилинган: 21 ноябрь 2026 й. Ўзгартирилган: 22 ноябрь 2026 й.", "2026-11-21 00:00"),
        ("2026-yil 9-noyabrda chop etildi, 2026-yil 10-noyabrda yangilandi", "2026-11-09 00:00"),
        ("Жарияланған күні 9 қараша 2026 Соңғы жаңарту 10 қараша 2026", "2026-11-09 00:00"),
        ("Өзгөртүлдү: 10-ноябрь 2026. Жарыяланды: 9-ноябрь 2026", "2026-11-09 00:00"),
        ("Таҷдид: 10 ноябри 2026; нашр: 9 ноябри 2026", "2026-11-09 00:00"),
        ("Востаннє оновлено 10 листопада 2026, додано 9 листопада 2026", "2026-11-09 00:00"),
        ("This story was published on 9 November 2026 and updated on 10 November 2026",
         "2026-11-09 00:00"),
        ("9 ноября 2026 14:05 (обновлено в 15:30)", "2026-11-09 14:05"),
        ("2026-жылдын 9-ноябры, дүйшөмбү, саат 14:05", "2026-11-09 14:05"),
        ("Душанба, 9 ноябр", "2026-11-09 00:00"),
        ("Бишкек, 9 ноября 2026", "2026-11-09 00:00"),
        ("Бишкек — 9 ноября 2026 — Булут", "2026-11-09 00:00"),
        ("Общество | 9 ноября 2026 | 14:05 | 123 просмотра", "2026-11-09 14:05"),
        ("🕒 14:05, 9-ноябрь 2026 👁 1 345", "2026-11-09 14:05"),
        ("Иван Петров, корреспондент, 9 ноября 2026, 14:05", "2026-11-09 14:05"),
        ("Posted by John Smith on 9 November 2026", "2026-11-09 00:00"),
        ("Статья от 9 ноября 2026 года", "2026-11-09 00:00"),
        ("9 ноября 2026 в 14 часов 5 минут", "2026-11-09 14:05"),
        ("9-noyabr 2026, 14:05 (Toshkent vaqti)", "2026-11-09 09:05"),
        ("2-noyabr 2026, Toshkent vaqti bilan 14:05", "2026-11-02 09:05"),
        ("9 листопада 2026, 14:05 за Києвом", "2026-11-09 12:05"),
        ("9 ноябри соли 2026, соати 14:05 бо вақти Душанбе", "2026-11-09 09:05"),
        ("9 ноября 2026, 14:05 (UTC+99)", "2026-11-09 14:05"),
        ("9 ноября 2026, 14:05 ЫЫЫ", "2026-11-09 14:05"),
        ("9 ноября 2026, 14:05 Asia/Nowhere", "2026-11-09 14:05"),
        ("9 ноября 2026, 14:05 (местное время)", "2026-11-09 14:05"),
        ("Опубликовано вчера в 14:05, обновлено сегодня в 10:00", "2026-11-22 14:05"),
        ("Вчера в 14:05 по московскому времени", "2026-11-22 11:05"),
        ("Опубликовано 5 минут назад", "2026-11-23 12:25"),
        ("Иван Петров · 3 часа назад", "2026-11-23 09:30"),
        ("неделю назад", "2026-11-16 00:00"),
        ("2 години 20 хвилин тому", "2026-11-23 10:10"),
        ("Бугун соат 10:05 да", "2026-11-23 10:05"),
        ("Mon 9 Nov 2026 at 2.05pm", "2026-11-09 14:05"),
    ],
)  # fmt: skip
def test_a_line_beside_the_headline_is_read_with_what_stands_around_its_date(
    line: str, moment: str
) -> None:
    assert date_of(f"<p>{line}</p>") == moment


@pytest.mark.parametrize(
    "line",
    [
        "2026", "Итоги 2026 года", "ноябрь 2026", "14:05", "Понедельник, 14:05",
        "Заявки принимают до 3-го ноября 2026 года", "Заявки принимают до 03.12.2026 в школе.",
        "3-ноябрга чейин", "3 қарашаға дейін", "3-noyabrgacha", "2026-yil 3-noyabrdan",
        "то 3 ноябри соли 2026", "until 3 November 2026", "до 3-го листопада 2026",
        "с 1 по 5 ноября 2026", "1–5 ноября 2026", "1 ноября – 5 ноября 2026",
        "01.11.2026 – 05.11.2026", "9 и 10 ноября 2026",
        "Форум состоится 3 ноября 2026 года в Бишкеке", "Yigʻilish 3-noyabr kuni boʻladi",
        "Форум начнётся <b>3 ноября 2026 года</b> в школе", "<b>3 ноября 2026</b> пройдёт форум",
        "The vote is on <b>November 3, 2026</b> in all regions.", "Elections on 3 November 2026",
        "Выборы 3 ноября 2026 года", "Когда: 3 ноября 2026", "<b>Начало:</b> 3 ноября 2026",
        "Дедлайн — 3 ноября 2026", "3 ноября 2026 года — день выборов",
        "Event date: 3 November 2026",
        "Указ от 3 ноября 2026 года", "Родился 3 ноября 1990 года", "31 ноября 2026",
        "9 декабря 2026", "9 декабря, 14:05", "год назад", "Чтение: 5 минут", "Сегодня в номере",
    ],
)  # fmt: skip
def test_a_day_in_a_sentence_or_of_something_else_is_not_the_pages(line: str) -> None:
    assert date_of(f"<p>{line}</p>") == ""
    assert date_of("", after=f"<p>{line}</p>") == ""


@pytest.mark.parametrize(
    ("block", "moment"),
    [
        ("<div><b>9 ноября</b> 2026, <i>14:05</i></div>", "2026-11-09 14:05"),
        ("<div><span>9</span> <span>қараша</span> <span>2026</span></div>", "2026-11-09 00:00"),
        ("<div><a href='/p'>Общество и политика</a> 9 ноября 2026, 14:05</div>",
         "2026-11-09 14:05"),
        ("<ul><li>Иван Петров</li><li>9 ноября 2026</li><li><a href='/p'>Мир</a></li></ul>",
         "2026-11-09 00:00"),
        ("<table><tr><th>Автор</th><th>Обновлено</th><th>Опубликовано</th></tr><tr><td>Иван</td>"
         "<td>10.11.2026</td><td>09.11.2026</td></tr></table>", "2026-11-09 00:00"),
        ("<table><tr><th>Оновлено</th><td>10.11.2026</td></tr><tr><th>Опубліковано</th>"
         "<td>09.11.2026</td></tr></table>", "2026-11-09 00:00"),
        ("<div><i>Жаңыланды</i><b>10-ноябрь 2026</b></div><div><i>Жарыяланды</i>"
         "<b>9-ноябрь 2026</b></div>", "2026-11-09 00:00"),
        ("<dl><dt>Жаңартылды</dt><dd><b>10 қараша</b> 2026</dd><dt>Жарияланды</dt>"
         "<dd><b>9 қараша</b> 2026</dd></dl>", "2026-11-09 00:00"),
        ("<div data-label='Обновлено'>10 ноября 2026</div><div data-label='Опубликовано'>9 ноября"
         " 2026</div>", "2026-11-09 00:00"),
        ("<p>Обновлено: <time datetime='2026-11-10T10:00Z'>10 ноября</time> Опубликовано: "
         "<time datetime='2026-11-09T08:00Z'>9 ноября</time></p>", "2026-11-09 08:00"),
        ("<dl><dt>Дата события</dt><dd>3 ноября 2026</dd><dt>Опубликовано</dt><dd>2 ноября 2026"
         "</dd></dl>", "2026-11-02 00:00"),
        ("<p>9 декабря 2026</p><p>9 ноября 2026</p>", "2026-11-09 00:00"),
        ("<time>вчера</time>", "2026-11-22 00:00"),
        ("<a href='/today'>Сегодня</a>", ""),
        ("<dl><dt>Дата события</dt><dd>3 ноября 2026</dd></dl>", ""),
        ("<table><tr><td>Начало</td><td>03.11.2026</td></tr></table>", ""),
        ("<figure><figcaption>Митинг в Оше, 3 ноября 2026 года</figcaption></figure>", ""),
        ("<div class='comment'>Аноним, 3 ноября 2026</div>", ""),
    ],
)  # fmt: skip
def test_a_date_is_read_with_the_label_that_its_place_gives_it(block: str, moment: str) -> None:
    marked_alone = "datetime" in block
    if marked_alone:  # a marked time is stated, no guess
        page = f"<html><body><h1>{TITLE}</h1>{block}{TEXT}</body></html>".encode()
        read = extract_article(page, "https://bulut.example/news/991")
        assert isinstance(read, ArticleData)
        assert f"{read.published_at:%Y-%m-%d %H:%M}" == moment
    else:
        assert date_of(block) == moment


LISTS = {
    "items": "<ul>{}</ul>|<li><a href='/{n}'>{title}</a> <span>{n} ноября 2026</span></li>",
    "boxes": "<div>{}</div>|<div><a href='/{n}'>{title}</a><p>{n} ноября 2026</p></div>",
    "lines": "<div>{}</div>|<p>0{n}.11.2026 <a href='/{n}'>{title}</a></p>",
    "rows": "<table>{}</table>|<tr><td>0{n}.11.2026</td><td><a href='/{n}'>{title}</a></td></tr>",
    "terms": "<dl>{}</dl>|<dt>0{n}.11.2026</dt><dd><a href='/{n}'>{title}</a></dd>",
    "times": "<div>{}</div>|<section><time datetime='2026-11-0{n}'>{n} ноября</time>"
             "<a href='/{n}'>{title}</a></section>",
    "ago": "<div>{}</div>|<div><a href='/{n}'>{title}</a> <span>{n} часа назад</span></div>",
}  # fmt: skip


def others(kind: str) -> str:
    around, one = LISTS[kind].split("|")
    items = (one.format(n=n, title=f"Другая новость из района, номер {n}") for n in (2, 3, 4))
    return around.format("".join(items))


@pytest.mark.parametrize("kind", LISTS)
def test_dates_in_lists_of_other_stories_are_not_the_pages(kind: str) -> None:
    assert date_of(others(kind)) == ""
    assert date_of("", after=f"<h3>Читайте также</h3>{others(kind)}") == ""
    assert date_of("", before=others(kind)) == ""


@pytest.mark.parametrize("kind", LISTS)
def test_the_pages_own_date_is_found_behind_a_list_of_other_stories(kind: str) -> None:
    assert date_of(others(kind) + "<div>9 ноября 2026</div>") == "2026-11-09 00:00"


def test_a_labelled_date_under_a_long_text_is_the_pages() -> None:
    text = "<p>Потом увезли <b>остальных</b>, и собрание закончилось без решения о школе.</p>" * 60
    assert date_of(text + "<p>Опубликовано 9 ноября 2026</p>") == "2026-11-09 00:00"
    assert date_of(text + "<p>9 ноября 2026</p>") in ("", "2026-11-09 00:00")


def test_a_headline_below_a_logo_is_where_the_date_is_looked_for() -> None:
    block = f"<div><h2>{TITLE}</h2><i>9 ноября 2026, 14:05</i></div>"
    assert date_of(block, title="Булут") == "2026-11-09 14:05"


def test_the_footer_of_the_article_itself_may_date_it() -> None:
    page = (
        f"<html><body><article><h1>{TITLE}</h1>{TEXT}<footer>Опубликовано 9 ноября 2026</footer>"
        "</article></body></html>"
    )
    read = extract_article(page.encode(), "https://bulut.example/n/1", fetched_at=FETCHED)
    assert isinstance(read, ArticleData)
    assert read.published_at == datetime(2026, 11, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Chop etilgan: 21-noyabrda, 14:05", True), ("3-го ноября 2026", True),
        ("9 ноября 2026 (обновлено 10 ноября 2026)", True), ("Вчера, 14:05 (МСК)", True),
        ("Выборы 9 ноября 2026", False), ("5 ноября пройдёт форум", False), ("14:05", False),
    ],
)  # fmt: skip
def test_a_line_that_only_says_when_is_no_part_of_the_text(line: str, told: bool) -> None:
    assert says_when_or_who(line, frozenset()) is told
