"""Uzbek: which endings a word can carry, in Latin and in Cyrillic script.

The slots and their order follow Bodrogligeti, *Modern Literary Uzbek* (2003) and Sjoberg, *Uzbek
Structural Grammar* (1963): derivation, number, possession, case and predicate on nouns; voice,
negation, then tense, participle or converb on verbs. Uzbek endings do not harmonize: they only
differ after a vowel and a consonant (fuqarosi, reydi) and after k and q (chiqqan).

Choices that the grammars leave to us:

- Both scripts are compared in Latin letters, so a word in either script finds both. Letters that
  do not map one to one become variants of the stem: Cyrillic е is e, ye or (as ё) yo, and ц is ts
  or s: ёллаш, yollash; депортация, deportatsiya, deportasiya; концерт, konsert.
- x and h are one letter: writers confuse them. q and k, oʻ and u, gʻ and g are one only in stems
  of five sounds and more, for Cyrillic typed on a Russian keyboard (чакирув, руйхат): in shorter
  ones they tell words apart (qoʻl is a hand, koʻl a lake).
- A final k becomes g and a final q becomes gʻ before a possessive: yuragi, qishlogʻi.
- Derivation is a form of the word only where it keeps the subject: -lik, -siz, -li of nouns longer
  than three sounds, and verbs in -la- of loans. An agent in -chi is a word of its own: hujum is an
  attack, hujumchi a striker.
- A word in -ish, -ash or -moq stands for its verb, one in -maslik for the negated verb. Verbs of
  three sounds and less have no causative, bare converb or aorist: chiqardi `used to leave` is
  mostly `put out`, which is another verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from alerts.rules.languages.endings import Paradigm, Slot, Sound
from alerts.rules.languages.suffixes import SuffixGrammar

_YE = "ê"
"""Cyrillic е or ё in the spelling that is compared: its Latin letters depend on its place."""

_LOOSE = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "g'", "д": "d", "е": _YE, "ж": "j", "з": "z",
        "и": "i", "й": "y", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "о": "o", "ў": "o'",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ҳ": "h", "ц": "s",
        "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "'", "ы": "i", "ь": None, "э": "e", "ю": "yu",
        "я": "ya", "x": "h",
    }
)  # fmt: skip

_V = "aeiou" + _YE
_C = "bdfghjklmnpqrstvyz'"

_SOUNDS = {
    "I": (Sound("i", after=_C), Sound("", after=_V)),  # reydim, fuqarom; chaqirish, ushlash
    "S": (Sound("i", after=_C), Sound("si", after=_V), Sound("yi", after="'")),  # uning reydi
    "A": (Sound("a", after=_C), Sound("y", after=_V)),  # chaqiradi, ushlaydi
    "B": (Sound("a", after=_C), Sound("", after=_V)),  # chaqirar, ushlar
    "L": (  # chaqirildi, ushlandi, olindi, oʻqildi
        Sound("il", after=_C),
        Sound("in", after="l"),
        Sound("l", after=_V),
        Sound("n", after=_V),
    ),
    "G": (Sound("g"), Sound("k", after="kqg"), Sound("q", after="q")),  # muhojirga, hibsxonaga
    "Y": (Sound("yo"), Sound(_YE)),  # chaqirayotgan, чақираётган
    "O": (Sound("o", after=_C), Sound("Y", after=_V)),  # chiqolmadi, ushlayolmadi
}

_PLURAL = Slot("plural", ("lar",))
_OWNERS = ("Im", "Ing", "S", "Imiz", "Ingiz")
_OWNER = Slot("possessive", _OWNERS)
_OWNED = Slot("possessive", _OWNERS, required=True)
_CASE = Slot("case", ("ning", "ni", "Ga", "da", "dan", "Gacha", "dEk", "day", "daYQ", "danoQ"))
_LOCATED = Slot("that is in", ("dagi", "niki"), required=True)
_BY = Slot("according to", ("cha",), required=True)
_PARTICLE = Slot("particle", ("mi", "mikan", "ku", "yu", "yam", "Gina", "Ginasi"))
_PERSON = Slot(
    "predicate",
    ("dir", "dirlar", "man", "san", "miz", "siz", "sizlar", "mas", "mish"),
    required=True,
)
_IS = Slot("predicate", ("dir",), required=True)
_DERIVATION = Slot("derivation", ("lik", "siz", "sizlik", "li"), required=True)
_SOFT_DERIVATION = Slot("derivation", ("lig", "sizlig"), required=True)
_VERBALIZER = Slot("verb from noun", ("la", "lash", "lan", "lashtir"), required=True)

_INFLECTION: tuple[Paradigm, ...] = (
    (_PLURAL, _OWNER, _CASE, _PARTICLE),
    (_PLURAL, _OWNER, _LOCATED, _PLURAL, _OWNER, _CASE),
    (_PLURAL, _OWNED, _BY),
)
_PREDICATION: tuple[Paradigm, ...] = ((_PLURAL, _OWNER, _PERSON, _PARTICLE),)
_SOFTENED: tuple[Paradigm, ...] = tuple((_OWNED, *rest) for rest in ((_CASE, _PARTICLE), (_BY,)))

_CAUSATIVE = Slot("causative", ("tir", "dir", "t", "Giz", "ntir", "shtir"))
_VOICE = Slot("passive or reciprocal", ("L", "Lish", "Ish"))
_ABLE = Slot("able to or going on", ("Ol", "Aver"))
_NEGATION = Slot("negation", ("ma",))
_NEGATED = Slot("negation", ("ma",), required=True)

_PAST = Slot("past", ("di", "sa"), required=True)
_PAST_PERSON = Slot("person", ("m", "ng", "k", "ngiz", "lar", "nglar", "ngizlar"))
_PRESENT = Slot("present", ("A",), required=True)
_PROGRESSIVE = Slot("progressive", ("yap", "Byap"), required=True)
_LASTING = Slot("progressive", ("BYtir",), required=True)
_HABIT = Slot("habitual past or hearsay", ("Brdi", "Brkan"), required=True)
_INTENTION = Slot("progressive or intention", ("moQda", "moQchi"), required=True)
_AORIST = Slot("aorist", ("Br",), required=True)
_NEVER = Slot("negated aorist", ("mas",), required=True)
_CONVERB = Slot("converb", ("Ib",), required=True)
_PERSONS = ("man", "san", "miz", "siz", "sizlar", "lar", "mish")
_FULL_PERSON = Slot("person", ("di", "ti", "dilar", "tilar", *_PERSONS), required=True)
_ANY_PERSON = Slot("person", ("di", "dilar", "dir", "dan", "kan", *_PERSONS))
_WISH = Slot(
    "wish",
    ("sin", "sinlar", "sinchi", "Ing", "Inglar", "Ingiz", "Bylik", "Gach", "Guncha",
     "GudEk", "moQ"),
    required=True,
)  # fmt: skip
_PARTICIPLE = Slot(
    "participle or verbal noun",
    ("Gan", "BYtgan", "Adigan", "Ish", "Ganlik", "BYtganlik", "Adiganlik", "moQlik"),
    required=True,
)
_SOFT_PARTICIPLE = Slot(
    "participle or verbal noun", ("Ganlig", "BYtganlig", "Adiganlig"), required=True
)
_WAS = Slot("person", ("di", "dim", "ding", "dik", "dilar", "cha"), required=True)
_AGENT = Slot("agent or action", ("uvchi", "uv"), required=True)
_AGENT_IN_O = Slot("agent or action", ("ovchi", "ov"), required=True)
_NEVER_DOING = Slot("negated verbal noun", ("maslik",), required=True)
_SOFT_NEVER_DOING = Slot("negated verbal noun", ("maslig",), required=True)

_FINITE: tuple[Paradigm, ...] = (
    (_PAST, _PAST_PERSON, _PARTICLE),
    (_PRESENT, _FULL_PERSON, _PARTICLE),
    (_PROGRESSIVE, _FULL_PERSON, _PARTICLE),
    (_LASTING, _ANY_PERSON),
    (_INTENTION, _ANY_PERSON, _PARTICLE),
    (_CONVERB, _ANY_PERSON),
    (_WISH,),
    (_PARTICIPLE, _WAS),
    *((_PARTICIPLE, *rest) for rest in (*_INFLECTION, *_PREDICATION)),
    *((_SOFT_PARTICIPLE, *rest) for rest in _SOFTENED),
)
_NEGATIVE: tuple[Paradigm, ...] = (
    (_NEVER, _ANY_PERSON, _PARTICLE),
    *((_NEVER_DOING, *rest) for rest in _INFLECTION),
    *((_SOFT_NEVER_DOING, *rest) for rest in _SOFTENED),
)
_LONG_FINITE = (
    *((_NEGATION, *rest) for rest in (*_FINITE, (_PRESENT,))),
    (_AORIST, _ANY_PERSON, _PARTICLE),
    (_HABIT, _PAST_PERSON),
    *((_AGENT, *rest) for rest in (*_INFLECTION, *_PREDICATION)),
    *_NEGATIVE,
)
_SHORT_FINITE = (
    *((_NEGATION, *rest) for rest in _FINITE),
    (_NEGATED, _PRESENT),
    *_NEGATIVE,
)
_ONLY_NEGATIVE = (*((_NEGATED, *rest) for rest in (*_FINITE, (_PRESENT,))), *_NEGATIVE)


def _starting(slots: Paradigm, paradigms: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    return tuple((*slots, *rest) for rest in paradigms)


_NOUN = (
    *_INFLECTION,
    *_PREDICATION,
    *_starting((_DERIVATION,), (*_INFLECTION, *_PREDICATION)),
    *_starting((_SOFT_DERIVATION,), _SOFTENED),
)
_PARADIGMS = {
    "noun": _NOUN,
    "loan": (*_NOUN, *_starting((_VERBALIZER, _CAUSATIVE, _VOICE, _ABLE), _LONG_FINITE)),
    "short noun": (*_INFLECTION, (_PLURAL, _OWNER, _IS)),
    "softened noun": _SOFTENED,
    "verb": _starting((_CAUSATIVE, _VOICE, _ABLE), _LONG_FINITE),
    "short verb": _starting((_VOICE, _ABLE), _SHORT_FINITE),
    "verb whose a is o": _starting((_AGENT_IN_O,), (*_INFLECTION, *_PREDICATION)),
    "negated verb": _starting((_CAUSATIVE, _VOICE, _ABLE), _ONLY_NEGATIVE),
    "short negated verb": _starting((_VOICE, _ABLE), _ONLY_NEGATIVE),
}

_SYNCOPE = {
    "o'g'il": "o'g'l", "burun": "burn", "singil": "singl", "ko'ngil": "ko'ngl", "shahar": "shahr",
    "o'rin": "o'rn", "bo'yin": "bo'yn", "qorin": "qorn", "og'iz": "og'z", "bag'ir": "bag'r",
}  # fmt: skip
"""Words that lose a vowel before a possessive."""
_IN_I = frozenset(
    ("o'qi", "to'qi", "tani", "boyi", "chiri", "eri", "og'ri", "isi", "achi", "qari", "qichi")
)
"""Verbs whose stem ends in i. The i of any other verbal noun in -ish is of the ending."""
_NOT_VERBS = frozenset(
    ("qamoq", "barmoq", "tarmoq", "tomoq", "chaqmoq", "qaymoq", "qarmoq", "irmoq")
)
"""Nouns that only look like a verb's name: qamoq is a prison."""
_SHORT = 3
"""Sounds of a word that is too short for derived words to be told from others."""
_LOAN = re.compile(r"(?:iya|al|iv|izm)$")
_ONE_SOUND = re.compile(r"sh|ch|[og]'|.")
_CYRILLIC_E = re.compile(rf"y(?:o(?!')|e)|(?<=[{_C}])(?<!y)e")
_LATIN_E = re.compile(rf"(?<![{_C}]){_YE}|(?<=y){_YE}")
_TYPED_IN_RUSSIAN = str.maketrans({"q": "k", "'": None})


def _length(word: str) -> int:
    return len(_ONE_SOUND.findall(word))


def _in_latin(word: str) -> Iterator[str]:
    """Return the Latin spellings that a loosened word may have: ёллаш is yellash or yollash."""
    first, *rest = _LATIN_E.split(word)
    for choice in product(("ye", "yo"), repeat=len(rest)):
        spelling = first + "".join(
            letters + part for letters, part in zip(choice, rest, strict=True)
        )
        yield spelling.replace(_YE, "e")


def _spellings(stem: str) -> Iterator[str]:
    """Return how a Latin stem is met in texts of both scripts, loosened."""
    latin = dict.fromkeys(
        (stem, stem.replace("ts", "s"), re.sub("(?<=[aeiou])s(?=iy)", "ts", stem))
    )
    yield from latin
    for spelling in latin:
        yield (cyrillic := _CYRILLIC_E.sub(_YE, spelling))
        if _length(stem) > _SHORT + 1:
            yield cyrillic.replace("o'", "u").translate(_TYPED_IN_RUSSIAN)


def _noun_stems(word: str) -> Iterator[tuple[str, str]]:
    long = _length(word) > _SHORT
    yield word, ("loan" if _LOAN.search(word) else "noun") if long else "short noun"
    if word in _SYNCOPE:
        yield _SYNCOPE[word], "softened noun"
    if long and re.search("[aeiou][kq]$", word):
        yield word[:-1] + {"k": "g", "q": "g'"}[word[-1]], "softened noun"


def _verb_stems(word: str) -> Iterator[tuple[str, str]]:
    kind = "verb"
    stem = ""
    if word.endswith("maslik"):
        stem, kind = word[:-6], "negated verb"
    elif word.endswith("moq") and word not in _NOT_VERBS:
        stem = word[:-3]
    elif word.endswith("ash") or (word.endswith("ish") and word[:-2] in _IN_I):
        stem = word[:-2]
    elif word.endswith("ish"):
        stem = word[:-3]
    if _length(stem) > 1:
        yield stem, f"short {kind}" if _length(stem) <= _SHORT else kind
    if kind == "verb" and stem.endswith("la"):
        yield stem[:-1], "verb whose a is o"


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    for latin in _in_latin(word):
        for stem, paradigm in (*_noun_stems(latin), *_verb_stems(latin)):
            for spelling in _spellings(stem):
                yield spelling, paradigm


GRAMMAR = SuffixGrammar(
    code="uz",
    loose=_LOOSE,
    harmonies={"": {"E": "e" + _YE, "Q": "qk"}},
    harmonies_of=lambda _: ("",),
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
    sounds=_SOUNDS,
)
