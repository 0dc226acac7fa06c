"""Uzbek words in all their forms and both scripts, and the words that only begin alike."""

from __future__ import annotations

from time import perf_counter

import pytest

from alerts.rules.analysis import fold
from alerts.rules.languages.uzbek import GRAMMAR

FORMS = """
safarbarlik: safarbarlik safarbarligi safarbarlikdan safarbarlikka safarbarligini safarbarlikning
safarbarlik: сафарбарлик сафарбарлигини сафарбарликка safarbarliklar
muhojir: muhojirlar muhojirlarga muhojirning muhojirlarning muhojirimiz muhojirlik muhojirlarimizni
muhojir: муҳожир муҳожирларнинг мухожирлар муҳожирга
migrant: migrantlar migrantlarning migrantga migrantlardan мигрантлар мигрантларга migrantmi
reyd: reydlar reydida reyddan reydi рейд рейдлар рейдларда рейдини
ish: ishi ishda ishlar ishga ishimiz
chaqirish: chaqirildi chaqirilgan chaqirilganlar chaqirdi chaqirishdi chaqiriladi chaqirilmoqda
chaqirish: чақирилмоқда chaqirishga chaqirilyapti chaqirayotgan chaqirilishi chaqirib chaqirmadi
chaqirish: чақирилганларнинг chaqirilmagan chaqirsa chaqiruvchi chaqirgach
chaqiruv: chaqiruvi chaqiruvga чақирув чақируви chaqiruvdan
ushlash: ushlandi ushlangan ushlab ushlashdi ushladi ushlanmoqda ушланди ушланганлар ushlanganlarni
qamash: qamaldi qamalgan қамалди qamashga qamab qamalganlar
majburlash: majburlandi majburlab majburlangan majburlashdi мажбурлашмоқда majburlaganini
taqiqlash: taqiqlandi taqiqlangan taqiqlanganini тақиқланган taqiqlaydi taqiqlab
qochish: qochdi qochgan qochganlar qochib қочган qochganlarni
fuqarolik: fuqaroligi fuqaroligini fuqarolikdan фуқаролигини фуқароликни fuqarolikka
fuqaro: fuqarolar fuqaroning fuqarosi fuqarolarga фуқаролари
qishloq: qishlogʻi qishloqda қишлоғида qishloqlar
qogʻoz: qogʻozi qogʻozlari қоғози қоғозлар qogʻozini
chegara: chegaradan chegarada chegarasi чегарада chegaralar
armiya: armiyaga armiyasi armiyadan армияга армиясида
mamlakat: mamlakatdan mamlakati мамлакатдан mamlakatlar
komissariat: komissariati komissariatga комиссариатга komissariatlar
deportatsiya: deportatsiyasi deportatsiyalangan депортация deportatsiyadan deportatsiyani
shartnoma: shartnomasi shartnomalar шартнома shartnomani
roʻyxat: roʻyxati roʻyxatga рўйхатга roʻyxatida
hujum: hujumi hujumga ҳужум hujumlar
millatchi: millatchilar millatchilarning миллатчилар
qul: quli qullar qulga
shahar: shahri shaharda шаҳрида
"""

OTHERS = """
safarbarlik: safarbar safar
muhojir: muhojirat muhim
reyd: reyder reyderlar рейдер
ish: ishonch ishora ishtirok ishtiyoq ishqiboz ishgʻol
chaqirish: chaqa chaqaloq chaqirim chaqmoq
ushlash: ushbu usha
qul: qulay qulupnay quloq
fuqarolik: fuqaro
hujum: hujjat
armiya: armani
shartnoma: shart
kun: kunduz
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


def test_a_word_in_either_script_finds_both() -> None:
    for word in ("muhojir", "муҳожир"):
        assert accepts(word, "muhojirlarning")
        assert accepts(word, "муҳожирларнинг")


@pytest.mark.parametrize("word", ["chaqirish", "safarbarlik", "migrant", "ushlash"])
@pytest.mark.parametrize("syllable", ["lar", "il", "ma", "t", "lik", "ing", "sh", "la"])
def test_long_rest_is_refused_at_once(word: str, syllable: str) -> None:
    stems = GRAMMAR.stems(word)
    for stem in stems:
        GRAMMAR.accepts(stem, "")
    started = perf_counter()
    assert not any(GRAMMAR.accepts(stem, (syllable * 64)[:64]) for stem in stems)
    assert perf_counter() - started < 0.1
