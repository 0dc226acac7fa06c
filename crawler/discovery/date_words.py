"""The words that dates are written with in the languages that are watched, in all their forms.

A whole word is known or it is not: a beginning would take `dekabrgacha`, "until December", for the
month. Words are compared folded: case, apostrophes and the strokes that keyboards lack are gone.
"""

from __future__ import annotations

import re

_APOSTROPHES = re.compile(r"(?<=[^\W\d_])['’‘ʻʼ`´′ʹ](?=[^\W\d_])")
_PLAIN = str.maketrans("ёӯӣіїґқғҳҷңәөүұһў", "еуииигкгхжнаоууху")
"""Letters that many write without their strokes, and `і` for `и`; both spellings are one word."""


def fold_words(text: str) -> str:
    """Return a text in which the spellings of one word are one; its length may change."""
    return _APOSTROPHES.sub("", text).casefold().translate(_PLAIN)


def _folded(*lists: str) -> frozenset[str]:
    return frozenset(word for words in lists for word in fold_words(words).split())


_LOCATIVE = (
    "да де до та те то ида иде ында инде унда дағы дегі дагы деги даги догу тағы тегі тагы"
    " теги ның нің дың дің тың тің нын нин дын дин дун нинг"
)
_CYRILLIC = fold_words(f"ь я е и ы а у й йы йи {_LOCATIVE}").split()
_LATIN = ("i", "da", "dagi", "ida", "idagi", "ta", "ning")
_STEMS = (
    # The stems of Russian, Kyrgyz, Tajik and Uzbek; of Ukrainian and Kazakh whole forms; English.
    ("январ", "yanvar", "янв січня січень січ қаң jan january"),
    ("феврал", "fevral", "фев февр лютого лютий лют ақп feb february"),
    ("март", "mart", "мар березня березень бер нау mar march"),
    ("апрел", "aprel", "апр квітня квітень квіт сәу apr april"),
    ("май", "may", "мая мае май травня травень трав мам may"),
    ("июн", "iyun", "червня червень черв мау jun june"),
    ("июл", "iyul", "липня липень лип шіл jul july"),
    ("август", "avgust", "авг серпня серпень серп там aug august"),
    ("сентябр", "sentyabr sentabr", "сен сент вересня вересень вер қыр sep sept september"),
    ("октябр", "oktyabr oktabr", "окт жовтня жовтень жовт қаз oct october"),
    ("ноябр", "noyabr", "ноя нояб листопада листопад листоп лист қар nov november"),
    ("декабр", "dekabr", "дек грудня грудень груд жел dec december"),
)
_KAZAKH = (
    "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан",
    "қараша", "желтоқсан",
)  # fmt: skip


def _months() -> dict[str, int]:
    months: dict[str, int] = {}
    for number, ((stem, latin, forms), kazakh) in enumerate(
        zip(_STEMS, _KAZAKH, strict=True), start=1
    ):
        for name in (fold_words(stem), fold_words(kazakh)):
            for soft in ("", "ь"):
                months |= dict.fromkeys((f"{name}{soft}{ending}" for ending in _CYRILLIC), number)
            months[name] = number
        for name in latin.split():
            months |= dict.fromkeys((name, *(name + ending for ending in _LATIN)), number)
        months |= dict.fromkeys(_folded(forms), number)
    return months


MONTHS: dict[str, int] = _months()
"""Months by every form in which they stand in a date; "to" and "from" a month are none of them."""

WEEKDAYS = _folded(
    "понедельник понедельника вторник вторника среда среду среды четверг четверга пятница пятницу"
    " пятницы суббота субботу субботы воскресенье воскресенья пн вт ср чт пт сб вс",
    "понеділок понеділка вівторок вівторка середа середу середи четвер п'ятниця п'ятницю субота"
    " суботу неділя неділю нд",
    "дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі дс сс бс жм жс",
    "дүйшөмбү шейшемби шаршемби бейшемби жума ишемби жекшемби дш шш шр бш жк",
    "dushanba seshanba chorshanba payshanba juma shanba yakshanba du se ch chor pa pay ju sh sha ya"
    " yak dush sesh",
    "душанба сешанба чоршанба пайшанба жума шанба якшанба ду се чор пай шан якш",
    "душанбе сешанбе чоршанбе панҷшанбе ҷумъа шанбе якшанбе ҷумъаи панчшанбе чумъа",
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri"
    " sat sun",
)

AROUND_DATES = _folded(
    # years, days and what stands between a day and its time
    "г год года году р рік року році ж жыл жылы жылғы жылдың жылдын й йил йили йилги йилнинг y yil"
    " yili yilgi yilning сол соли year",
    "күні күнү күн kuni kun куни кун рӯзи рӯз число числа день day of the айының айынын oyining"
    " ойининг",
    "в во у о об at on саат сағат саати соат соати soat saat soati дар um uhr t",
)
"""What stands beside a date or a time and adds nothing."""
HOUR_WORDS = _folded("часов часа ч годин h hrs")
MINUTE_WORDS = _folded("минут минуты мин хвилин хв min")

_DAYS_BACK = {
    0: "сегодня сьогодні бүгін бүгүн bugun бугун имрӯз today",
    1: "вчера вчора кеше кечээ kecha кеча дирӯз дина yesterday",
    2: "позавчера позавчора алдыңғы мурдагы парерӯз",
}
DAYS_BACK: dict[str, int] = {
    word: back for back, words in _DAYS_BACK.items() for word in _folded(words)
}
"""Days by how many lie between them and the one on which the page is read."""

_SECONDS = {
    1: "секунд секунду секунды секунди сек soniya sekund сония sec secs second seconds",
    60: "минут минуту минуты мин хвилин хвилину хвилини хв мүнөт мүн daqiqa minut daq min дақиқа"
    " дақиқаи дақ mins minute minutes m м",
    1_800: "полчаса півгодини",
    3_600: "час часа часов ч годин годину години сағат сағ саат soat соат соати hour"
    " hours hr hrs h",
    86_400: "день дня дней дн дні днів сутки суток күн kun кун рӯз day days d",
    604_800: "неделю недели недель нед тиждень тижні тижнів тиж апта жума hafta ҳафта week weeks w",
}
UNITS: dict[str, int] = {word: size for size, words in _SECONDS.items() for word in _folded(words)}
"""Seconds of what is counted back from now."""
AGO_WORDS = _folded(
    "назад тому ago earlier бұрын бурын мурун мурда oldin avval burun ilgari олдин аввал бурун"
    " илгари пеш қабл"
)
AGO_FILLERS = _folded("аз about около примерно близько")
ONE_WORDS = _folded("a an one бир бір bir як один одну одна")
NOW = _folded(
    "только·что just·now щойно hozirgina ҳозиргина азыр·эле жаңа·ғана ҳамин·ҳозир ҳозир hozir"
)
"""What is said of this moment; the words of one saying are joined by a dot."""
