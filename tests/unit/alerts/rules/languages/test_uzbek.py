"""Uzbek words in all their forms and both scripts, and the words that only begin alike."""

from __future__ import annotations

from time import thread_time

import pytest

from alerts.rules.languages.uzbek import GRAMMAR
from tests.unit.alerts.rules.languages.tables import accepts, pairs

FORMS = """
safarbarlik: safarbarlik safarbarligi safarbarlikdan safarbarlikka safarbarligini safarbarlikning
safarbarlik: сафарбарлик сафарбарлигини сафарбарликка safarbarliklar
safarbar: safarbarlik safarbarligi сафарбарлар
mobilizatsiya: мобилизация mobilizatsiyasi мобилизациядан mobilizatsiyalangan мобилизацияланди
chaqiruv: chaqiruvi chaqiruvga чақирув чақируви chaqiruvdan чакирувга
chaqirish: chaqirildi chaqirilgan chaqirilganlar chaqirdi chaqirishdi chaqiriladi chaqirilmoqda
chaqirish: чақирилмоқда chaqirishga chaqirilyapti chaqirayotgan chaqirilishi chaqirib chaqirmadi
chaqirish: чақирилганларнинг chaqirilmagan chaqirsa chaqiruvchi chaqirgach чақираётган чақиртиришди
chaqirish: chaqirganda chaqirardi chaqirgandi chaqirishmoqchi chaqirilmaydi chaqirmas chaqira
chaqirish: chaqirishsa chaqirilishlari chaqirilishicha chaqirilganligini chaqirmasligini чакирилган
qogʻoz: qogʻozi qogʻozlari қоғози қоғозлар qogʻozini
komissariat: komissariati komissariatga комиссариатга komissariatlar
voyenkomat: военкомат военкоматга voyenkomatdan
muhojir: muhojirlar muhojirlarga muhojirning muhojirlarning muhojirimiz muhojirlik muhojirlarimizni
muhojir: муҳожир муҳожирларнинг мухожирлар муҳожирга муҳожирлардир muhojirmi muhojirmas muhojirdek
migrant: migrantlar migrantlarning migrantga migrantlardan мигрантлар мигрантларга migrantmi
fuqaro: fuqarolar fuqaroning fuqarosi fuqarolarga фуқаролари fuqarolik fuqarolarimiz
fuqarolik: fuqaroligi fuqaroligini fuqarolikdan фуқаролигини фуқароликни fuqarolikka фукаролиги
deportatsiya: deportatsiyasi deportatsiyalangan депортация deportatsiyadan deportatsiyani
deportatsiya: deportasiya deportasiyasi депортацияси депортацияланди
politsiya: polisiya полициянинг politsiyaga
reyd: reydlar reydida reyddan reydi рейд рейдлар рейдларда рейдини рейдларнинг
ushlash: ushlandi ushlangan ushlab ushlashdi ushladi ushlanmoqda ушланди ушланганлар ushlanganlarni
ushlash: ушлаётган ushlanayotgan ushlovchi ushlashga
qamash: qamaldi qamalgan қамалди qamashga qamab qamalganlar
qamoq: qamoqqa qamoqda qamogʻida қамоғидан қамоқдаги қамоқдагилар
hibs: hibsga hibsda ҳибсга hibsdagilar
hujjat: hujjatlari hujjatsiz ҳужжатсизлар ҳужжатларида
patent: patentisiz patentlar патенти
majburlash: majburlandi majburlab majburlangan majburlashdi мажбурлашмоқда majburlaganini
taqiqlash: taqiqlandi taqiqlangan taqiqlanganini тақиқланган taqiqlaydi taqiqlab тақиқлаётган
chiqarmaslik: chiqarmadi chiqarilmadi чиқарилмаяпти chiqarishmayapti chiqarilmagan chiqarmasligi
bermaslik: bermadi berilmadi bermaydi бермаётган berishmadi
chegara: chegaradan chegarada chegarasi чегарада chegaralar chegaradagilar chegarasidagi
roʻyxat: roʻyxati roʻyxatga рўйхатга roʻyxatida руйхатга
shartnoma: shartnomasi shartnomalar шартнома shartnomani
yollash: yollandi yollanayotgan ёлланганлар ёлланишга yollovchi
qochish: qochdi qochgan qochganlar qochib қочган qochganlarni qochishgan
olish: olindi olingan олинган olishdi olmoqda
oʻldirish: oʻldirildi oʻldirgan ўлдирилди
chiqish: chiqdi chiqqan чиққанлар chiqishga chiqolmadi чиқолмаётганини
qaytish: qaytolmayotganini қайтолмайди qaytaverdi qaytmadi
ketish: кетаяпти кетаётир ketaverdi
oʻqish: oʻqidi oʻqigan oʻqildi ўқиётган oʻqishga
armiya: armiyaga armiyasi armiyadan армияга армиясида
urush: urushga urushdan урушда
qurol: qurolli quroldan қуролсиз
hujum: hujumi hujumga ҳужум hujumlar hujumiga
millatchi: millatchilar millatchilarning миллатчилар
skinxed: skinxedlar скинхедлар skinxedlarning
qul: quli qullar qulga қулдек
ish: ishi ishda ishlar ishga ishimiz ishdir
yurak: yuragi yuragida юраги
qishloq: qishlogʻi qishloqda қишлоғида qishloqlar кишлоги
mamlakat: mamlakatdan mamlakati мамлакатдан mamlakatlar
Yevropa: Yevropaga Европада
Toshkent: Toshkentdagi Toshkentdan Тошкентга
shahar: shahri shaharda шаҳрида
singil: singlim singlimni singillar
konsert: концерт концертга konsertda
"""

OTHERS = """
safarbarlik: safarbar safar
safarbar: safar safari
muhojir: muhojirat muhim
reyd: reyder reyderlar рейдер reys
ish: ishonch ishora ishtirok ishtiyoq ishqiboz ishgʻol ishsiz ishlab ishchi
chaqirish: chaqa chaqaloq chaqirim chaqmoq chaqiriq
qochish: qochqin qochirim qochar
ushlash: ushbu usha
qamash: kamaydi камайиб qamoq qamal
qamoq: qadi qasam qamadi қамбар
qul: qulay qulupnay quloq kul
qoʻl: koʻl кўлда qoʻllash
kuch: kuchaydi kuchuk
fuqarolik: fuqaro
hujum: hujjat hujumchi hujumchisi
chegara: chegarachi chegaralash
millat: millatchi millatparvar
armiya: armani
shartnoma: shart
kun: kunduz
hibs: hibsxona
sud: sudya sudyalar
jang: jangari jangchi jangovar
etish: yetdi yotgan
chiqish: chiqardi chiqarildi
chiqarmaslik: chiqardi chiqarildi chiqarish
urush: urushqoq
"""


@pytest.mark.parametrize(("word", "form"), pairs(FORMS))
def test_form_of_the_word_is_accepted(word: str, form: str) -> None:
    assert accepts(GRAMMAR, word, form)


@pytest.mark.parametrize(("word", "other"), pairs(OTHERS))
def test_other_word_with_the_same_beginning_is_refused(word: str, other: str) -> None:
    assert not accepts(GRAMMAR, word, other)


SPELLINGS = ["muhojir муҳожир", "yollash ёллаш", "Yevropa Европа", "reyd рейд", "tayyor тайёр"]


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_a_word_in_either_script_finds_both(spellings: str) -> None:
    latin, cyrillic = spellings.split()
    assert accepts(GRAMMAR, latin, cyrillic)
    assert accepts(GRAMMAR, cyrillic, latin)


def test_typing_without_uzbek_letters_is_read_only_in_long_words() -> None:
    assert accepts(GRAMMAR, "qishloq", "кишлок")
    assert not accepts(GRAMMAR, "qon", "кон")


@pytest.mark.parametrize("word", ["chaqirish", "safarbarlik", "migrant", "ushlash"])
@pytest.mark.parametrize("syllable", ["lar", "il", "ma", "t", "lik", "ing", "sh", "la"])
def test_long_rest_is_refused_at_once(word: str, syllable: str) -> None:
    stems = GRAMMAR.stems(word)
    for stem in stems:
        GRAMMAR.accepts(stem, "")
    started = thread_time()
    assert not any(GRAMMAR.accepts(stem, (syllable * 64)[:64]) for stem in stems)
    assert thread_time() - started < 0.1
