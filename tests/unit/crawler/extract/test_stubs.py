from __future__ import annotations

import pytest

from core.articles import StubKind
from crawler.extract.stubs import stub_rejection

NEWS = "The council voted on Tuesday to repair the old bridge before the winter comes. " * 4


def stub(title: str, text: str, page: bytes = b"", *, declared: bool = False) -> StubKind | None:
    found = stub_rejection(page, title, text, text, declared=declared)
    return found.stub if found else None


@pytest.mark.parametrize(
    "title",
    [
        "Just a moment...", "Attention Required! | Cloudflare", "DDoS-Guard", "Access Denied",
        "403 Forbidden", "404 Not Found", "Page not found - Courier", "Ошибка 404", "404",
        "Страница не найдена | Вести", "Сторінку не знайдено", "Бет табылмады",
        "Барак табылган жок",
        "Sahifa topilmadi", "Саҳифа ёфт нашуд", "502 Bad Gateway",
        "503 Service Temporarily Unavailable",
        "Технические работы", "Вы не робот?",
    ],
)  # fmt: skip
def test_title_of_a_stub_is_recognized(title: str) -> None:
    assert stub(title, "Try again later.") is not None


@pytest.mark.parametrize(
    "title",
    [
        "500 people stranded as ferry stops", "404 soldiers return home",
        "Not found: the lost archive of Osh",
        "Access denied to reporters at the border", "Maintenance of the dam delayed",
        "Forbidden fruit",
        "Captcha farms employ migrants", "Страница истории: мост 1905 года",
        "Доступ к озеру ограничен до мая",
        "Технические работы на мосту завершены", "Вы не робот, но вас заменят",
    ],
)  # fmt: skip
def test_headline_that_begins_like_a_stub_is_news(title: str) -> None:
    assert stub(title, NEWS) is None
    assert (
        stub(
            title,
            "Short flash about it with no other words at all, so the title must not decide it.",
        )
        is None
    )


@pytest.mark.parametrize(
    "text",
    [
        "Checking your browser before accessing the site.",
        "Please enable JavaScript and cookies to continue.",
        "We value your privacy. We and our partners store data.", "Incapsula incident ID: 12",
        "You don't have permission to access this page.",
        "Error establishing a database connection",
        "Подтвердите, что запросы отправляли вы, а не робот", "Включите JavaScript для продолжения",
        "К сожалению, такой страницы не существует.", "The page you are looking for has moved.",
    ],
)  # fmt: skip
def test_notice_on_a_short_page_is_recognized(text: str) -> None:
    assert stub("Courier", text) is not None


def test_article_about_stubs_is_an_article() -> None:
    text = NEWS + "Visitors saw only the words: checking your browser. " + NEWS + NEWS
    assert stub("Site of the mayor fails", text) is None
    assert stub("404", NEWS, declared=True) is None


def test_cookie_banner_around_a_flash_does_not_matter() -> None:
    flash = "Из-за тумана в аэропорту задержаны девять рейсов, сообщила пресс-служба аэропорта."
    visible = f"{flash} We value your privacy. Please enable JavaScript to see comments."
    assert stub_rejection(b"", "Рейсы задержаны", flash, visible, declared=False) is None


def test_challenge_script_on_a_page_without_text_is_recognized() -> None:
    page = b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate.js"></script>'
    assert stub("courier.example.org", "", page) is not None
    assert stub("courier.example.org", NEWS * 3, page) is None
