"""What repeats an article's fields at the edges of its text, and what only looks so: news stays."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article
from crawler.extract.lines import same_headline, without_repetitions

FIRST = "The council voted to repair the bridge before winter."
LAST = "The work will take until autumn."


@pytest.mark.parametrize(
    ("headline", "lead"),
    [
        ("Mayor of Osh resigned after protests", "Mayor of Osh resigned after protests, 12 people"),
        ("Mayor of Osh resigned", "After a night of shots in Jalal-Abad the mayor of Osh resigned"),
        ("Мэр Оша ушёл в отставку", "Мэр Оша ушёл в отставку, задержаны двенадцать человек"),
        (
            "В Оше объявлена частичная мобилизация",
            "В Оше объявлена частичная мобилизация мигрантов",
        ),
        ("Ош шаарынын мэри кызматтан кетти", "Ош шаарынын мэри кызматтан кетти, 12 киши кармалды"),
        ("Власти не объявили о призыве в Оше", "Власти объявили о призыве в Оше"),
        ("Police of Osh shot twelve people", "Twelve people of Osh shot police"),
        ("Bürgermeister von Osch tritt zurück", "Bürgermeister von Osch tritt zurück: zwölf Tote"),
    ],
)
def test_a_lead_that_takes_up_the_headline_and_tells_more_stays(headline: str, lead: str) -> None:
    assert without_repetitions(f"{lead}\n{FIRST}", (headline,), ()) == f"{lead}\n{FIRST}"
    assert not same_headline(lead, headline)


@pytest.mark.parametrize(
    ("shown", "headline"),
    [
        ("Mayor of Osh resigned after protests", "Mayor of Osh resigned after protests"),
        ("Mayor of Osh resigned after protests", "Mayor of Osh resigned after protests - Gazette"),
        ("Mayor of Osh resigned after protests", "Politics: Mayor of Osh resigned after protests"),
    ],
)
def test_a_line_with_no_word_beyond_the_headline_goes(shown: str, headline: str) -> None:
    assert without_repetitions(f"{shown}\n{FIRST}", (headline,), ()) == FIRST


def test_a_second_headline_goes_if_it_says_what_the_title_says() -> None:
    title, again = "Cracks in the pillars: pier closed", "Pier closed: cracks in four pillars"
    assert without_repetitions(f"{again}\n{FIRST}", (title, again), ()) == FIRST
    other = "Reservists are called up in Osh"
    text = f"{other}\n{FIRST}"
    assert without_repetitions(text, ("News of the morning", other), ()) == text


@pytest.mark.parametrize(
    "news",
    [
        "Иван Петров был задержан в Оше.",
        "Иван Петров задержан в Оше и доставлен в военкомат.",
        "Иван Петров — журналист, задержанный в среду в Оше.",
        "Иван Петров, корреспондент газеты, арестован на два месяца",
    ],
)
def test_news_of_an_author_in_the_last_line_stay(news: str) -> None:
    text = f"{FIRST}\n{LAST}\n{news}"
    assert without_repetitions(text, ("Мост закрыт",), ("Иван Петров",)) == text


def test_news_of_an_author_who_is_a_journalist_stay() -> None:
    for news in (
        "Ann Lee is a reporter who was detained in Osh on Monday.",
        "Ann Lee — a reporter of the Post killed in Osh on Monday",
    ):
        text = f"{FIRST}\n{LAST}\n{news}"
        assert without_repetitions(text, ("Pier closed",), ("Ann Lee",)) == text


@pytest.mark.parametrize(
    "introduction",
    [
        "Ann Lee is a reporter for the Post.",
        "Ann Lee ist Redakteurin im Ressort Küste und schreibt seit zehn Jahren über Häfen.",
        "Ann Lee — корреспондент «Вестника».",
        "Ann Lee and Tom Roe contributed to this report.",
    ],
)
def test_an_author_s_introduction_in_the_last_line_goes(introduction: str) -> None:
    text = f"{FIRST}\n{LAST}\n{introduction}"
    assert without_repetitions(text, ("Pier closed",), ("Ann Lee",)) == f"{FIRST}\n{LAST}"


@pytest.mark.parametrize(
    "names",
    [
        "The detained:\nIvan Petrov",
        "Oleg Kim\nMaria Lee\nIvan Petrov",
        "The detained:\nIvan Petrov\nAnna Sidorova\nIvan Petrov and Anna Sidorova",
        "Names of the dead\nIvan Petrov, 12 May",
    ],
)
def test_names_in_a_list_at_the_end_are_no_signature(names: str) -> None:
    text = f"{FIRST}\n{LAST}\n{names}"
    assert without_repetitions(text, ("Pier closed",), ("Ivan Petrov", "Anna Sidorova")) == text


@pytest.mark.parametrize("signature", ["Ivan Petrov", "By Ivan Petrov\n12 May 2026, 14:00"])
def test_a_signature_behind_the_last_sentence_goes(signature: str) -> None:
    text = f"{FIRST}\n{LAST}\n{signature}"
    assert without_repetitions(text, ("Pier closed",), ("Ivan Petrov",)) == f"{FIRST}\n{LAST}"


DETAINED = ("Ivan Petrov", "Anna Sidorova", "Bakyt Asanov", "Maria Lee", "Oleg Kim")


@pytest.mark.parametrize(
    ("around", "item"),
    [
        ("<ul>{}</ul>", "<li>{name}, 31 years, from <a href='/{n}'>Osh</a></li>"),
        ("<ol>{}</ol>", "<li><a href='/{n}'>{name}</a> (31 years)</li>"),
        ("<div>{}</div>", "<div>{name}, 31 years, from <a href='/{n}'>Osh</a></div>"),
        ("<div>{}</div>", "{name}, 31 years, from <a href='/{n}'>Osh</a><br>"),
        ("<div><h3>Names of the detained</h3><ul>{}</ul></div>", "<li>{name}, 31</li>"),
    ],
)
def test_a_list_of_names_at_the_end_stays_with_a_link_in_each(around: str, item: str) -> None:
    items = "".join(item.format(name=name, n=n) for n, name in enumerate(DETAINED))
    prose = "".join(f"<p>{FIRST} {LAST} It is the {n}. this year.</p>" for n in range(5))
    page = f"<body><article><h1>Raid</h1>{prose}{around.format(items)}</article></body>"
    article = extract_article(page.encode(), "https://gazette.example/2026/05/raid")
    assert isinstance(article, ArticleData)
    assert [name for name in DETAINED if name not in article.text] == []


@pytest.mark.parametrize(
    "news",
    [
        "Ann Lee died on Sunday. Thousands follow her coffin through the streets.",
        "Ann Lee - the police follow her everywhere since the trial began.",
        "Ann Lee is a correspondent the regime reports on as a spy.",
    ],
)
def test_news_of_an_author_in_the_last_line_stay_whatever_words_they_share(news: str) -> None:
    text = f"{FIRST}\n{LAST}\n{news}"
    assert without_repetitions(text, ("Pier closed",), ("Ann Lee",)) == text
