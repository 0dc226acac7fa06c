"""Tajik: which endings a word can carry.

The slots and their order follow Perry, A Tajik Persian Reference Grammar (2005): number, the
indefinite -е, the izofat -и or a possessive enclitic, the object marker -ро, the copula and the
conjunction -у on nouns; the prefixes на- and ме- and personal endings on the past stem, the present
stem and the participle of verbs. Present stems cannot be told from the infinitive, so those of the
verbs that news texts build with (кардан, шудан …) are listed.

Texts are often typed on a Russian keyboard: ҳ ҷ ӣ қ ғ ӯ count as х ч и к г у, and ё is е anyway. So
-ӣ is spelled -и in the table. Of derivation only -ӣ and -гӣ are taken for forms of the word
(муҳоҷир, муҳоҷирӣ); what is built with -гар, -чӣ, -истон and the like is listed where it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.rules.languages.suffixes import Paradigm, Slot, SuffixGrammar

_LOOSE = str.maketrans("ҳҷӣқғӯё", "хчикгуе")

_ADJECTIVE = Slot("adjective", ("и", "ги", "ви"))
_PLURAL = Slot("plural", ("хо", "он"))
_PLURAL_OF_VOWEL = Slot("plural", ("хо", "ён", "гон", "вон"))
_INDEFINITE = Slot("indefinite", ("е", "ие", "йе"))
_LINK = Slot("izofat or possessive", ("и", "ам", "аш", "амон", "атон", "ашон"))
_LINK_OF_VOWEL = Slot(
    "izofat or possessive",
    ("и", "ям", "яш", "ямон", "ятон", "яшон", "ам", "аш", "амон", "атон", "ашон"),
)
"""The familiar -ат is left out: it is not met in news, and муҳоҷират is another word."""
_OBJECT = Slot("object", ("ро",))
_COPULA = Slot("copula", ("аст", "ст", "анд", "янд", "ам", "ем", "ед", "нд"))
_CONJUNCTION = Slot("conjunction", ("у", "ю", "ву"))

_PERSON = Slot("person", ("ам", "и", "ад", "ем", "ед", "анд", "янд", "яд", "ям"), required=True)
_PAST_PERSON = Slot("person", ("ам", "и", "ем", "ед", "анд"))
_PARTICIPLE = Slot("participle", ("а", "аги", "агон", "агонро"), required=True)
_PERFECT = Slot(
    "perfect", ("аст", "анд", "ам", "и", "ем", "ед", "гист", "буд", "ро", "хо", "е", "у")
)
_INFINITIVE = Slot("infinitive", ("ан",), required=True)

_NOMINAL: Paradigm = (_PLURAL, _INDEFINITE, _LINK, _OBJECT, _COPULA, _CONJUNCTION)
_NOMINAL_OF_VOWEL: Paradigm = (
    _PLURAL_OF_VOWEL,
    _INDEFINITE,
    _LINK_OF_VOWEL,
    _OBJECT,
    _COPULA,
    _CONJUNCTION,
)

_PARADIGMS = {
    "noun": ((_ADJECTIVE, *_NOMINAL),),
    "noun in a vowel": ((_ADJECTIVE, *_NOMINAL_OF_VOWEL),),
    "short noun": (_NOMINAL,),
    "short noun in a vowel": (_NOMINAL_OF_VOWEL,),
    "past": (
        (_PAST_PERSON, _OBJECT, _CONJUNCTION),
        (_PARTICIPLE, _PERFECT, _CONJUNCTION),
        (_INFINITIVE, Slot("future participle", ("и",)), *_NOMINAL),
    ),
    "prefixed past": ((_PAST_PERSON, _CONJUNCTION), (_PARTICIPLE, _PERFECT, _CONJUNCTION)),
    "present": ((_PERSON, _CONJUNCTION),),
    "present participle": (
        (Slot("agent", ("анда", "андагон"), required=True), _INDEFINITE, _LINK, _OBJECT, _COPULA),
    ),
}

_PRESENT = {
    "кардан": "кун", "шудан": "шав", "додан": "дих", "гирифтан": "гир", "рафтан": "рав",
    "омадан": "о", "доштан": "дор", "гуфтан": "гу", "бурдан": "бар", "гурехтан": "гурез",
    "фиристодан": "фирист", "баровардан": "барор", "задан": "зан", "куштан": "куш",
    "партофтан": "парто", "навиштан": "навис", "гаштан": "гард", "ефтан": "еб", "овардан": "овар",
    "мондан": "мон", "хостан": "хох", "гузаштан": "гузар", "бастан": "банд", "супурдан": "супор",
    "пазируфтан": "пазир", "сохтан": "соз", "рехтан": "рез", "чустан": "чуй", "дидан": "бин",
    "шинохтан": "шинос", "андохтан": "андоз", "боздоштан": "боздор",
}  # fmt: skip
"""Present stems that do not follow from the infinitive, in loose spelling."""

_VOWELS = frozenset("аеиоуэюя")
_SHORT = 3
"""Letters of a noun that is too short for derived words to be told from others."""


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    if word.endswith(("дан", "тан")) and len(word) > 4:
        yield from _stems_of_verb(word)
        return
    kind = "short noun" if len(word) <= _SHORT else "noun"
    yield word, f"{kind} in a vowel" if word[-1] in _VOWELS else kind


def _stems_of_verb(infinitive: str) -> Iterator[tuple[str, str]]:
    past = infinitive[:-2]
    yield past, "past"
    for prefix in ("на", "ме", "наме"):
        yield prefix + past, "prefixed past"
    present = _PRESENT.get(infinitive)
    if present is None and infinitive.endswith("идан"):
        present = infinitive[:-4]
    elif present is None and infinitive.endswith("ондан"):
        present = infinitive[:-3]
    if present:
        for prefix in ("ме", "наме", "би", "на"):
            yield prefix + present, "present"
        if len(present) >= _SHORT:
            yield present, "present"
        yield present, "present participle"


GRAMMAR = SuffixGrammar(
    code="tg",
    loose=_LOOSE,
    harmonies={"": {}},
    harmonies_of=lambda _: ("",),
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
)
