"""What a site says of itself in place of an article, in seven languages, beside news about it."""

from __future__ import annotations

import pytest

from core.articles import StubKind
from crawler.extract.site_notices import LONGEST_BARE, MOST_LINKS, SHORT, PageShape, site_notice

BARE = PageShape(links=0, visible=200, marked=False)
AMONG_OTHERS = PageShape(links=40, visible=3_000, marked=False)
ARTICLE = PageShape(links=40, visible=3_000, marked=True)

DOWN, MISSING, CLOSED, ROBOT, CONSENT, PLACEHOLDER = (
    StubKind.SERVER_ERROR,
    StubKind.NOT_FOUND,
    StubKind.ACCESS_DENIED,
    StubKind.ANTI_BOT,
    StubKind.CONSENT,
    StubKind.PLACEHOLDER,
)


def kind(text: str, shape: PageShape = BARE, title: str = "Вести") -> StubKind | None:
    found = site_notice(title, text, shape)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Портал временно недоступен из-за переезда на новый сервер. Следите за нами.", DOWN),
        ("Наш сайт подвергся атаке и восстанавливается. Читайте нас в соцсетях.", DOWN),
        ("Этот домен не привязан ни к одному сайту. Настройте хостинг в панели.", DOWN),
        ("Запись скрыта редакцией и больше не доступна. Вернитесь на главную.", MISSING),
        ("Вы исчерпали лимит бесплатных статей. Оформите подписку за 99 рублей.", CLOSED),
        ("Дождитесь, пока закончится проверка вашего браузера.", ROBOT),
        ("Продолжая просмотр, вы соглашаетесь на обработку персональных данных.", CONSENT),
        ("Our website is being upgraded. We should be back online within an hour.", DOWN),
        ("The story you requested has been unpublished. Browse our latest headlines.", MISSING),
        ("This article is for subscribers. Log in or subscribe to continue.", CLOSED),
        ("We need to make sure you are a human. Please solve the puzzle below.", ROBOT),
        ("You must be 18 or older to view this. Please confirm your age.", CONSENT),
        ("Сайт оновлюється. Перепрошуємо за незручності, завітайте пізніше.", DOWN),
        ("Матеріал видалено автором або його не існувало. Скористайтеся пошуком.", MISSING),
        ("Щоб прочитати матеріал, увійдіть у свій обліковий запис.", CLOSED),
        ("Сайт жаңартылып жатыр. Қолайсыздық үшін кешірім сұраймыз.", DOWN),
        ("Сіз іздеген мақала жойылған. Басты бетке оралыңыз.", MISSING),
        ("Материалды оқу үшін сайтқа тіркеліңіз немесе жүйеге кіріңіз.", CLOSED),
        ("Браузеріңізді тексеріп жатырмыз, бірнеше секунд күте тұрыңыз.", ROBOT),
        ("Серверде ката кетти. Бир аздан кийин кайра аракет кылып көрүңүз.", DOWN),
        ("Бул макала редакция тарабынан өчүрүлгөн. Башка кабарларды окуңуз.", MISSING),
        ("Макаланы окуу үчүн катталыңыз же аккаунтуңузга кириңиз.", CLOSED),
        ("Serverda xatolik yuz berdi. Birozdan keyin qayta urinib ko‘ring.", DOWN),
        ("Ushbu maqola olib tashlangan. Boshqa xabarlarni o‘qing.", MISSING),
        ("Maqolani o‘qish uchun ro‘yxatdan o‘ting yoki tizimga kiring.", CLOSED),
        ("Кечирасиз, сайт вақтинча ишламаяпти. Қайта уриниб кўринг.", DOWN),
        ("Дар сомона корҳои техникӣ идома доранд, ба зудӣ бармегардем.", DOWN),
        ("Саҳифае, ки шумо меҷӯед, ёфт нашуд ё нест карда шудааст.", MISSING),
        ("Барои хондани мақола ба сомона ворид шавед.", CLOSED),
        ("Parse error: unexpected end of file in /home/u1/x.php on line 91", DOWN),
        ("Apache2 default page. It works! This page is used to test the server.", DOWN),
    ],
)
def test_a_notice_is_known_by_what_it_is_made_of(text: str, expected: StubKind) -> None:
    assert kind(text) is expected
    assert kind(text, AMONG_OTHERS) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Сайт парламента недоступен второй день, сообщил телеграм-канал палаты.",
        "Роскомнадзор ограничил доступ к сайту издания, заявил его редактор.",
        "По словам главы района, страница с расписанием удалена.",
        "The ministry's website has been unavailable since Monday, a spokesman said.",
        "Сайт міністерства не працює, повідомили в пресслужбі.",
        "Сайт уақытша жұмыс істемейді, деп хабарлады министрлік.",
        "Министрликтин сайты иштебейт, деп билдирди басма сөз кызматы.",
        "Vazirlik sayti ishlamayapti, deb xabar berdi matbuot xizmati.",
        "Вчера на мосту прошли технические работы, движение открыто.",
        "Жыргалаң капчыгайында жол жабылды.",
    ],
)
def test_news_about_a_site_says_who_said_so_or_speaks_to_nobody(text: str) -> None:
    assert kind(text, AMONG_OTHERS) is None
    assert kind(text, ARTICLE) is None


def test_a_page_of_nothing_but_a_notice_need_not_speak_to_anybody() -> None:
    words = "Сайт отключён за неуплату."
    assert kind(words) is DOWN
    assert kind(words, AMONG_OTHERS) is None


@pytest.mark.parametrize(
    ("shape", "bare"),
    [
        (PageShape(MOST_LINKS, LONGEST_BARE, marked=False), True),
        (PageShape(MOST_LINKS + 1, LONGEST_BARE, marked=False), False),
        (PageShape(MOST_LINKS, LONGEST_BARE + 1, marked=False), False),
        (PageShape(0, 10, marked=True), False),
    ],
)
def test_a_page_is_bare_with_few_links_few_words_and_no_marks(shape: PageShape, bare: bool) -> None:
    assert shape.bare is bare


def test_news_of_what_does_not_work_is_told_in_paragraphs() -> None:
    lines = [
        f"Паром у села {place} не работает второй день из-за льда на реке." for place in "АБВГД"
    ]
    notice = "Сервер временно не работает. "
    assert kind(notice + " ".join(lines)) is DOWN
    assert kind(notice + "\n".join(lines)) is None
    assert kind(notice + "\n".join(lines[:2])) is DOWN


def test_who_speaks_of_the_site_to_the_reader_alone_is_no_article() -> None:
    words = "Дорогие друзья, новый адрес редакции вы найдёте на другом портале."
    assert kind(words) is PLACEHOLDER
    assert kind(words, ARTICLE) is None
    assert kind(words + " «Так удобнее»", BARE) is None
    assert kind(words + " Там" * SHORT, BARE) is None
