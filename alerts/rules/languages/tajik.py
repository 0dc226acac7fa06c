"""Tajik: which endings a word can carry.

The slots and their order follow Perry, *A Tajik Persian Reference Grammar* (2005): number, then
either the indefinite -е or the izofat -и or a possessive enclitic, the object marker -ро, the
copula, the conjunction -у on nouns; the prefixes на-, ме-, би- and personal endings on the past
stem, the present stem and the participle of verbs.

Choices that the grammar leaves to us:

- Texts are often typed on a Russian keyboard: ҳ ҷ ӣ қ ғ ӯ count as х ч и к г у, and ё is е anyway.
  So -ӣ (муҳоҷирӣ) cannot be told from the izofat. Russian spellings of loans count too: ц is тс,
  ы is и, ь is silent.
- Of derivation only -ӣ, -тар, -тарин and what compound verbs make of a noun (боздоштшуда,
  сафарбаркунӣ) are forms of the word. What -гар, -чӣ, -бон, -истон make are other words, and so is
  муҳоҷират: the familiar possessive -ат, which news does not use, is left out.
- Nouns of three letters and less have only the plural in -ҳо: кор (work), корон is no word.
- A present stem cannot be told from the infinitive, so those of the verbs that news builds with are
  listed. Without a prefix it has no `I` and `thou`: занад is a form of задан (beat), but зани is `a
  woman of` and занам `my wife`. The agent in -анда is another word: рондан is to drive out,
  ронанда a driver.
- The prefix of a verb may come before ме- and на-: бармегардад, намебарояд, боздошт, бознадошт.
  An infinitive in на- is the negated verb: надодан gives намедиҳанд, but not медиҳанд.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.rules.languages.endings import Paradigm, Slot, Sound
from alerts.rules.languages.suffixes import SuffixGrammar

_LOOSE = str.maketrans(
    {
        "ҳ": "х", "ҷ": "ч", "ӣ": "и", "қ": "к", "ғ": "г", "ӯ": "у", "ё": "е", "ц": "тс", "ы": "и",
        "ь": None, "'": "ъ",
    }
)  # fmt: skip

_V = "аеиоуэюя"
_C = "бвгджзйклмнпрстфхчшщъ"
_SOUNDS = {
    "N": (  # шаҳрвандон, ронандагон, ҳарбиён, бонувон
        Sound("он", after=_C),
        Sound("гон", after="а"),
        Sound("ён", after="еио"),
        Sound("вон", after="у"),
    ),
    "A": (Sound("а"), Sound("я", after=_V)),  # номаш, номааш, ҳуҷҷатҳояш
    "D": (Sound("ӣ", after=_C + "оу"), Sound("гӣ", after="а")),  # ҷангӣ, хонагӣ
    "S": (Sound("аст"), Sound("ст", after=_V)),  # муҳоҷираст, мигрантҳост, сафарбарист
    "P": (Sound("а", after=_C), Sound("я", after=_V)),  # кунад, ояд
}

_PLURAL = Slot("plural", ("ҳо", "N"))
_PLURAL_OF_THINGS = Slot("plural", ("ҳо",))
_LINK = Slot("izofat or possessive", ("и", "Aм", "Aш", "Aмон", "Aтон", "Aшон"))
_INDEFINITE = Slot("indefinite", ("е",), required=True)
_IS_ONE = Slot("indefinite and copula", ("ест",), required=True)
_OBJECT = Slot("object", ("ро",))
_COPULA = Slot("copula", ("S", "Aнд", "Aм", "ем", "ед"), required=True)
_IS = Slot("copula", ("аст",), required=True)
_CONJUNCTION = Slot("conjunction", ("у", "ю", "ву"))
_ADJECTIVE = Slot("adjective or abstract noun", ("D",), required=True)
_DEGREE = Slot("comparative or superlative", ("тар", "тарин"), required=True)
_COMPOUND = Slot(
    "of a compound verb", ("шуда", "кардашуда", "нашуда", "шаванда", "кунӣ", "шавӣ"), required=True
)

_INFLECTION: tuple[Paradigm, ...] = (
    (_PLURAL, _LINK, _OBJECT, _CONJUNCTION),
    (_PLURAL, _INDEFINITE, _OBJECT, _CONJUNCTION),
    (_IS_ONE,),
    (_PLURAL, _COPULA, _CONJUNCTION),
)
_SHORT_INFLECTION: tuple[Paradigm, ...] = (
    (_PLURAL_OF_THINGS, _LINK, _OBJECT, _CONJUNCTION),
    (_PLURAL_OF_THINGS, _INDEFINITE, _OBJECT, _CONJUNCTION),
    (_IS_ONE,),
    (_PLURAL_OF_THINGS, _IS),
    (_ADJECTIVE, Slot("izofat", ("и",), required=True)),
)


def _starting(slots: Paradigm, paradigms: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    return tuple((*slots, *rest) for rest in paradigms)


_ENCLITIC = Slot("object", ("аш", "ашон"))
_PAST_PERSON = Slot("person", ("ам", "ӣ", "ем", "ед", "анд"))
_PARTICIPLE = Slot("participle", ("а",), required=True)
_PERFECT = Slot("perfect", ("аст", "анд", "ам", "ӣ", "ем", "ед"))
_INFINITIVE = Slot("infinitive", ("ан", "анӣ"), required=True)
_PERSON = Slot("person", ("Pм", "ӣ", "Pд", "ем", "ед", "Pнд"), required=True)
_OTHER_PERSON = Slot("any person but I and thou", ("Pд", "ем", "ед", "Pнд"), required=True)

_FINITE_PAST: tuple[Paradigm, ...] = (
    (_PAST_PERSON, _ENCLITIC, _CONJUNCTION),
    (_PARTICIPLE, _PERFECT, _CONJUNCTION),
)

_PARADIGMS = {
    "noun": (
        *_INFLECTION,
        *_starting((_ADJECTIVE,), _INFLECTION[:2]),  # no copula: журнал, not журналист
        *_starting((_COMPOUND,), _INFLECTION),
        (_DEGREE, _LINK, _OBJECT, _CONJUNCTION),
    ),
    "short noun": _SHORT_INFLECTION,
    "noun with an ending": ((Slot("izofat", ("и",), required=True), _CONJUNCTION),),
    "past": (
        *_FINITE_PAST,
        *_starting((_PARTICIPLE,), _INFLECTION[:2]),
        *_starting((Slot("passive participle", ("ашуда",), required=True),), _INFLECTION),
        *_starting((Slot("participle", ("агӣ",), required=True),), _INFLECTION),
        *_starting((_INFINITIVE,), _INFLECTION),
    ),
    "prefixed past": _FINITE_PAST,
    "present": ((_PERSON, _ENCLITIC, _CONJUNCTION),),
    "bare present": ((_OTHER_PERSON, _ENCLITIC, _CONJUNCTION),),
}

_PRESENT = {
    "андохтан": "андоз", "афзудан": "афзо", "афтодан": "афт", "бастан": "банд", "бохтан": "боз",
    "будан": "бош", "бурдан": "бар", "гаштан": "гард", "гирифтан": "гир", "гузаштан": "гузар",
    "гузоштан": "гузор", "гурехтан": "гурез", "гуфтан": "гу", "дидан": "бин", "додан": "дих дех",
    "донистан": "дон", "доштан": "дор", "ефтан": "еб", "задан": "зан",
    "истодан": "ист", "кардан": "кун", "кофтан": "ков", "куфтан": "куб", "куштан": "куш",
    "мурдан": "мир", "навиштан": "навис", "намудан": "намо", "нишастан": "нишин",
    "овардан": "овар ор", "омадан": "о", "омухтан": "омуз", "пазируфтан": "пазир",
    "пайвастан": "пайванд", "пардохтан": "пардоз", "партофтан": "парто", "рафтан": "рав",
    "рехтан": "рез", "сохтан": "соз", "супурдан": "супор", "сухтан": "суз", "тавонистан": "тавон",
    "тохтан": "тоз", "фармудан": "фармо", "фиристодан": "фирист", "фурухтан": "фуруш",
    "хестан": "хез", "хостан": "хох", "хурдан": "хур", "чидан": "чин", "чустан": "чу",
    "шикастан": "шикан", "шинохтан": "шинос", "шудан": "шав", "шунидан": "шунав",
}  # fmt: skip
"""Present stems that do not follow from the infinitive, in loose spelling."""

_PREVERBS = ("бар", "боз", "во", "дар", "фар", "фур")
_REGULAR = re.compile(r".(?:и|он)дан$")
"""Infinitives whose present stem follows: фаҳмидан, фаҳм; рондан, рон."""
_PAST_ONLY = re.compile(r"..(?:урд|[сфхш]т)ан$")
"""Other endings that tell an infinitive from a noun such as ватан and маъдан."""
_SHORT = 3
"""Letters of a noun that is too short for derived words to be told from others."""


def _present_stems(infinitive: str) -> tuple[str, ...]:
    """Return present stems of an infinitive without a preverb; none if they are not known."""
    if infinitive in _PRESENT:
        return tuple(_PRESENT[infinitive].split())
    if _REGULAR.search(infinitive):
        return (infinitive[: -4 if infinitive.endswith("идан") else -3],)
    return ()


def _split(infinitive: str) -> tuple[str, str]:
    """Return the preverb of a verb, which may be empty, and the infinitive without it."""
    if infinitive not in _PRESENT:
        for preverb in _PREVERBS:
            verb = infinitive.removeprefix(preverb)
            if verb != infinitive and _present_stems(verb):
                return preverb, verb
    return "", infinitive


def _verb_stems(preverb: str, verb: str) -> Iterator[tuple[str, str]]:
    past, presents = verb[:-2], _present_stems(verb)
    yield preverb + past, "past"
    yield from _prefixed_stems(preverb, verb, "ме")
    yield from _negated_stems(preverb, verb)
    for present in presents:
        yield f"би{preverb}{present}", "present"
        yield preverb + present, "bare present"


def _negated_stems(preverb: str, verb: str) -> Iterator[tuple[str, str]]:
    yield f"на{preverb}{verb[:-2]}", "past"
    for prefix in ("на", "наме"):
        yield from _prefixed_stems(preverb, verb, prefix)


def _prefixed_stems(preverb: str, verb: str, prefix: str) -> Iterator[tuple[str, str]]:
    for prefixed in dict.fromkeys((preverb + prefix, prefix + preverb)):
        yield prefixed + verb[:-2], "prefixed past"
        for present in _present_stems(verb):
            yield prefixed + present, "present"


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    preverb, verb = _split(word)
    affirmative = _split(word.removeprefix("на"))
    if verb not in _PRESENT and affirmative[1] in _PRESENT:
        yield from _negated_stems(*affirmative)
    elif _present_stems(verb) or _PAST_ONLY.search(verb):
        yield from _verb_stems(preverb, verb)
    else:
        yield word, "short noun" if len(word) <= _SHORT else "noun"
        if word.endswith("ъ") and len(word) > _SHORT + 1:
            yield word[:-1], "noun with an ending"  # дифоъ, дифои


GRAMMAR = SuffixGrammar(
    code="tg",
    loose=_LOOSE,
    harmonies={"": {}},
    harmonies_of=lambda _: ("",),
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
    sounds=_SOUNDS,
)
