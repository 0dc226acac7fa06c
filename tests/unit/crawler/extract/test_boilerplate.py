from __future__ import annotations

import pytest

from crawler.extract.boilerplate import drop_boilerplate

SENTENCE = "The council voted to repair the bridge before winter."


@pytest.mark.parametrize(
    "prompt",
    [
        "Add a Comment", "Leave a reply", "12 comments", "Share on Facebook",
        "Facebook | Twitter | VK",
        "Subscribe to our daily newsletter", "Advertisement",
        "Your email address will not be published.",
        "Добавить комментарий", "Комментарии (4)", "Поделиться",
        "Подписывайтесь на наш канал в Telegram",
        "Если вы нашли ошибку, выделите её и нажмите Ctrl+Enter", "Реклама",
        "Залишити коментар", "Поділитися", "Пікір қалдыру", "Бөлісу", "Комментарий калтыруу",
        "Бөлүшүү",
        "Izoh qoldirish", "Do‘stlaringiz bilan ulashing", "Изоҳ қолдириш", "Шарҳ гузоштан",
    ],
)  # fmt: skip
def test_prompt_is_dropped_wherever_it_stands(prompt: str) -> None:
    text = f"{SENTENCE}\n{prompt}\n{SENTENCE}\n- {prompt.upper()}!"
    assert drop_boilerplate(text) == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    "line",
    [
        "Read also: A new bridge is planned", "Photo: Ivan Krutov", "© Reuters",
        "Читайте также: Мост закроют до мая", "Фото: пресс-служба мэрии",
        "Дивіться також: Новий міст",
        "Сондай-ақ оқыңыз: Жаңа көпір", "Дагы окуңуз: Жаңы көпүрө", "Yana o‘qing: Yangi ko‘prik",
        "Ҳамчунин хонед: Пули нав",
    ],
)  # fmt: skip
def test_short_line_with_an_opener_is_dropped(line: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}\n{line}\n{SENTENCE}") == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    "glued", ["Add a Comment", "Добавить комментарий (3)", "Пікір қалдыру", "Izoh qoldirish"]
)
def test_prompt_glued_to_the_last_sentence_is_cut(glued: str) -> None:
    assert drop_boilerplate(f"{SENTENCE}{glued}") == SENTENCE
    assert drop_boilerplate(f"{SENTENCE} {glued}") == SENTENCE


@pytest.mark.parametrize(
    "heading", ["Related stories", "Читайте также:", "Новини за темою", "Teglar", "Дагы окуңуз"]
)
def test_heading_with_headlines_ends_the_article(heading: str) -> None:
    text = f"{SENTENCE}\n{heading}\nFuel prices rise again\nThe last ferry of the year"
    assert drop_boilerplate(text) == SENTENCE


def test_heading_in_the_middle_stays_when_sentences_follow() -> None:
    text = f"{SENTENCE}\nTopics\n{SENTENCE}"
    assert drop_boilerplate(text) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "Share prices fell on Monday after the ministry's comment.",
        "Sign up for the Disney+ bundle using the same email as your account",
        "Subscribe to this view and you will see the border closed by spring.",
        "Comment from the ministry was not available on Tuesday.",
        "Log in data showed that the account was used twice.",
        "Related charges were dropped in May.",
        "Photo: evidence or art? The court must decide. Lawyers disagree.",
        "Реклама на дорогах подорожала втрое.",
        "Комментарий министерства получить не удалось.",
        "Поделиться хлебом с соседями просили в первые дни войны.",
        "Оставить комментарий он отказался.",
        "Подписаться под обращением успели триста человек.",
        "Фото и видео с места аварии изучает полиция.",
        "Войти в здание не смог никто.",
        "Жарнама берушілер сотқа жүгінді.",
        "Теги собак проверят до осени.",
        "500 комментариев удалили модераторы.",
    ],
)
def test_sentence_that_only_begins_like_a_prompt_stays(sentence: str) -> None:
    text = f"{SENTENCE}\n{sentence}\n{SENTENCE}\n{sentence}"
    assert drop_boilerplate(text) == text


def test_dates_at_the_edges_are_dropped_and_those_within_stay() -> None:
    assert drop_boilerplate(f"12.05.2026 09:30\n{SENTENCE}\n2026\n{SENTENCE}\n09:30") == (
        f"{SENTENCE}\n2026\n{SENTENCE}"
    )


def test_empty_text_stays_empty() -> None:
    assert drop_boilerplate("") == ""
    assert drop_boilerplate("Add a Comment") == ""
