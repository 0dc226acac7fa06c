from __future__ import annotations

import pytest

from core.config.sections.crawl import LANGUAGES
from crawler.extract.language import detect_language

TEXTS = {
    "ru": "Городской совет проголосовал за ремонт старого моста до наступления зимы.",
    "uk": "Міська рада проголосувала за ремонт старого мосту до настання зими, повідомила мерія.",
    "en": "The council voted on Tuesday to repair the old bridge before the winter comes.",
    "kk": "Қала мәслихаты ескі көпірді қыс түскенше жөндеуге дауыс берді, деп хабарлады әкімдік.",
    "ky": "Шаардык кеңеш эски көпүрөнү кыш түшкөнчө оңдоого добуш берди, деп билдирди мэрия.",
    "uz": "Shahar kengashi eski ko‘prikni qish kelguncha ta’mirlash uchun ovoz berdi.",
    "tg": "Шӯрои шаҳр барои таъмири пули кӯҳна пеш аз фарорасии зимистон овоз дод.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_language_is_detected_without_a_prior(language: str) -> None:
    assert detect_language(TEXTS[language], LANGUAGES) == language


@pytest.mark.parametrize(
    ("language", "prior"), [("ru", "kk"), ("en", "ru"), ("uk", "ru"), ("kk", "ru")]
)
def test_sure_detection_of_a_long_text_overrides_the_prior(language: str, prior: str) -> None:
    assert detect_language(TEXTS[language] * 4, LANGUAGES, prior) == language


def test_prior_decides_for_a_short_text() -> None:
    assert detect_language("Парламент", LANGUAGES, "ky") == "ky"


def test_prior_outside_the_configured_languages_is_not_believed() -> None:
    assert detect_language("Парламент кеңеши", ("ru", "ky"), "de") in ("ru", "ky")


def test_without_text_only_the_prior_is_known() -> None:
    assert detect_language("— 12", LANGUAGES, "tg") == "tg"
    assert detect_language("", LANGUAGES) is None


def test_unknown_language_codes_do_not_stop_detection() -> None:
    assert detect_language(TEXTS["ru"], ("ru", "xx")) == "ru"


ENGLISH_TITLES = (
    "Council backs bridge repair", "Tajik workers held in Moscow", "Storm closes two airports",
    "Why the river froze early", "Kyrgyz MPs debate new budget", "Bakery reopens after fire",
    "Uzbek train service resumes", "Teachers ask for better pay", "Snow expected on Friday",
    "A village without a doctor", "Police search market stalls", "Court rejects appeal",
    "New ferry to the island", "Old mill becomes museum", "Trial of mayor begins",
    "Minister visits the flood zone", "Prices rise for third month", "Students win robot prize",
    "Border post opens at night", "Choir sings on the square",
)  # fmt: skip


@pytest.mark.parametrize("title", ENGLISH_TITLES)
def test_a_title_in_latin_letters_is_not_russian_whatever_the_source_says(title: str) -> None:
    assert detect_language(title, ("ru", "en"), "ru") == "en"
    assert detect_language(title, LANGUAGES, "ru") == "en"


@pytest.mark.parametrize("title", ["Совет одобрил ремонт моста", "Суд начался", "Снег в пятницу"])
def test_a_title_in_cyrillic_letters_is_not_english_whatever_the_source_says(title: str) -> None:
    assert detect_language(title, ("ru", "en"), "en") == "ru"


def test_a_script_that_no_configured_language_has_leaves_all_of_them() -> None:
    assert detect_language("Council backs bridge repair", ("ru", "uk"), "uk") == "uk"


def test_a_foreign_brand_in_a_title_does_not_change_its_script() -> None:
    assert detect_language("Компания Google открыла офис", ("ru", "en"), "en") == "ru"
    assert (
        detect_language("Парламент кеңеши Google компаниясын чакырды", ("ru", "ky", "en"), "ky")
        == "ky"
    )
