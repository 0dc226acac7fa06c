"""Tajik words in all their forms, and the words that only begin alike."""

from __future__ import annotations

from time import perf_counter

import pytest

from alerts.rules.analysis import fold
from alerts.rules.languages.tajik import GRAMMAR

FORMS = """
муҳоҷир: муҳоҷирон муҳоҷиронро муҳоҷирони муҳоҷирҳо муҳоҷире муҳоҷирро муҳоҷирам муҳоҷиронамон
муҳоҷир: мухочирон мухочирони муҳоҷирӣ муҳоҷирест муҳоҷирону муҳоҷиронанд
сафарбарӣ: сафарбарии сафарбариро сафарбарӣ сафарбарие сафарбарию сафарбари
даъватнома: даъватномаҳо даъватномаи даъватномаро даъватномаҳоро даъватномае даъватномааш
шаҳрвандӣ: шаҳрвандии шаҳрвандиро шаҳрвандиаш шахрванди шаҳрвандияшон
шаҳрванд: шаҳрвандон шаҳрвандони шаҳрванди шаҳрвандонро шаҳрвандӣ
рейд: рейдҳо рейди рейдро рейде рейдҳои
кор: кори корҳо коре корро корҳоро
ҷанг: ҷанги ҷангро ҷангҳо ҷангӣ
артиш: артиши артишро артишҳо артишу
кардан: карданд кард кардааст кардаанд мекунанд намекунад накард кардани карданро мекард кунанд
шудан: шуданд шудааст мешаванд нашуд шудагон шудаанд намешавад
гирифтан: гирифт гирифтанд мегиранд гирифтааст гирифтанро нагирифт
гурехтан: гурехт гурехтанд мегурезанд гурехтааст
боздоштан: боздоштанд боздоштааст боздошт боздоштаанд
боздошт: боздошти боздоштҳо боздошташ боздоштро
додан: дод доданд медиҳанд надод додааст
ҳарбӣ: ҳарбии ҳарбиро ҳарбиён
хизмат: хизмати хизматро хизматҳои
маҷбурӣ: маҷбурии маҷбури
қарордод: қарордоди қарордодҳо қарордодро карордод
ҳамла: ҳамлаи ҳамлаҳо ҳамлаҳои ҳамлае
миллатгаро: миллатгароён миллатгароёни миллатгарои
депортатсия: депортатсияи депортатсияро депортатсияҳо
рӯйхат: рӯйхати рӯйхатро руйхати
реестр: реестри реестрро
кишвар: кишвари кишварро кишварҳо
сарҳад: сарҳади сарҳадро сарҳадҳо
ронанда: ронандагон ронандагони ронандаи
фурудгоҳ: фурудгоҳи фурудгоҳҳо фурудгоҳро
"""

OTHERS = """
муҳоҷир: муҳоҷират муҳокима
сафарбарӣ: сафарбар сафар
кор: корвон корхона коргар корд
ҷанг: ҷангал ҷангалзор
рейд: рейдер рейтинг
артиш: артист
хизмат: хизматрасонӣ
боздошт: боздид
даъват: даъватнома
шаҳр: шаҳрванд шаҳристон
кишвар: кишт
ҳамла: ҳамл
сарҳад: сарҳисоб
реестр: рейс
"""


def pairs(table: str) -> list[tuple[str, str]]:
    rows = (line.split(":") for line in table.strip().splitlines())
    return [(word, form) for word, forms in rows for form in forms.split()]


def accepts(word: str, form: str) -> bool:
    loose = GRAMMAR.loosen(fold(form))
    return any(
        loose.startswith(stem.text) and GRAMMAR.accepts(stem, loose[len(stem.text) :])
        for stem in GRAMMAR.stems(fold(word))
    )


@pytest.mark.parametrize(("word", "form"), pairs(FORMS))
def test_form_of_the_word_is_accepted(word: str, form: str) -> None:
    assert accepts(word, form)


@pytest.mark.parametrize(("word", "other"), pairs(OTHERS))
def test_other_word_with_the_same_beginning_is_refused(word: str, other: str) -> None:
    assert not accepts(word, other)


@pytest.mark.parametrize("word", ["муҳоҷир", "кардан", "даъватнома"])
@pytest.mark.parametrize("syllable", ["и", "он", "ам", "хо", "анд", "аст"])
def test_long_rest_is_refused_at_once(word: str, syllable: str) -> None:
    stems = GRAMMAR.stems(fold(word))
    for stem in stems:
        GRAMMAR.accepts(stem, "")
    started = perf_counter()
    assert not any(GRAMMAR.accepts(stem, (syllable * 64)[:64]) for stem in stems)
    assert perf_counter() - started < 0.1
