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
