"""Uzbek: which endings a word can carry, in Latin and in Cyrillic script.

The slots and their order follow Bodrogligeti, Modern Literary Uzbek (2003) and Sjoberg, Uzbek
Structural Grammar (1963): derivation, number, possession, case and predicate on nouns; voice,
negation, then tense, participle or converb on verbs. Uzbek endings do not harmonize, so the table
is written once. A final к becomes г and a final қ becomes ғ before a possessive that begins with a
vowel: yurak, yuragi; qishloq, qishlogʻi.

Both scripts are compared in one spelling, Latin as it is folded: a word of the vocabulary in
either script finds both. Texts typed on a Russian keyboard have к for қ and х for ҳ, so these count
as the same, in both scripts. A word that begins with е or holds ё in Cyrillic (ye, yo in Latin) is
listed in both scripts. Derivation is taken for another form of the word only where it is regular
and keeps the meaning: -lik, -chi, -siz, -li of words of four letters and more, -la- verbs of loans.
"""

from __future__ import annotations

from collections.abc import Iterator

from alerts.rules.languages.suffixes import Paradigm, Slot, SuffixGrammar

_LOOSE = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "g'", "д": "d", "е": "e", "ж": "j", "з": "z",
        "и": "i", "й": "y", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "о": "o", "ў": "o'",
        "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h", "ҳ": "h", "ц": "ts",
        "ч": "ch", "ш": "sh", "щ": "sh", "ъ": "'", "ы": "i", "ь": None, "э": "e", "ю": "yu",
        "я": "ya", "q": "k", "x": "h",
    }
)  # fmt: skip
"""The vocabulary and the text in one script; q is k and x is h, as typed without special keys."""

_DERIVATION = Slot("derivation", ("lik", "lig", "chi", "chilik", "chilig", "siz", "sizlik", "li"))
_PLURAL = Slot("plural", ("lar",))
_POSSESSIVE = Slot(
    "possessive",
    ("im", "ing", "i", "imiz", "ingiz", "m", "ng", "si", "miz", "ngiz"),
)
_VOWEL_POSSESSIVE = Slot("possessive", ("im", "ing", "i", "imiz", "ingiz"), required=True)
_CASE = Slot(
    "case",
    ("ning", "ni", "ga", "ka", "na", "da", "dan", "gacha", "kacha", "dagi", "dagilar", "dagilarni",
     "dagilarning", "dagilarga", "niki", "dek", "day", "cha", "dagini", "dagiga"),
)  # fmt: skip
_PREDICATE = Slot(
    "predicate",
    ("dir", "dirlar", "man", "san", "miz", "siz", "sizlar", "mi", "mikan", "ku", "da", "gina",
     "chi", "yu", "dirmi", "mas"),
)  # fmt: skip

_CAUSATIVE = Slot("causative", ("tir", "dir", "t", "ir", "kiz", "giz", "gaz", "ttir", "tirtir"))
_PASSIVE = Slot("passive", ("il", "in", "l", "n"))
_RECIPROCAL = Slot("reciprocal", ("ish", "sh"))
_NEGATION = Slot("negation", ("ma",))
_FINITE = Slot(
    "tense and person",
    (
        "di", "dim", "ding", "dik", "dingiz", "dilar", "dimi", "dilarmi",
        "yapti", "yaptilar", "yapman", "yapmiz", "yapsan", "yapsiz", "yaptimi",
        "mokda", "mokdalar", "mokdaman", "mokdamiz", "mokdami", "mokdaki",
        "adi", "adilar", "aman", "asan", "amiz", "asiz", "adimi",
        "ydi", "ydilar", "yman", "ysan", "ymiz", "ysiz", "ydimi",
        "sa", "sam", "sang", "sak", "sangiz", "salar",
        "ar", "arlar", "r", "mas", "maslar", "armish", "armikan",
        "sin", "sinlar", "ing", "inglar", "ingiz", "ng", "nglar", "ngiz", "ay", "aylik", "ylik",
        "ib", "b", "ibdi", "ibdilar", "bdi", "bdilar", "ibman", "ibmiz", "bman", "bmiz",
        "gach", "kach", "guncha", "kuncha", "may", "masdan", "gani", "kani", "gancha", "a", "y",
        "mokchi", "mokchiman", "mokchimiz", "mokchilar", "mok", "moklik",
        "yotir", "yotirlar", "ayotir", "gudek", "asi",
    ),
    required=True,
)  # fmt: skip
_PARTICIPLE = Slot(
    "participle or verbal noun",
    ("gan", "kan", "ganlik", "ganlig", "kanlik", "kanlig", "maganlig", "ayotgan", "yotgan",
     "adigan", "ydigan", "ayotganlik", "yotganlik", "ayotganlig", "yotganlig", "adiganlig",
     "ish", "sh", "ishlik", "uvchi", "vchi", "uvchilik", "maslik", "maslig", "ajak", "uv", "v"),
    required=True,
)  # fmt: skip

_NOMINAL: Paradigm = (_PLURAL, _POSSESSIVE, _CASE, _PREDICATE)
_VOICE: Paradigm = (_CAUSATIVE, _PASSIVE, _RECIPROCAL, _NEGATION)
_VERBALIZER = Slot("verb of a loan", ("la", "lash", "lan", "lashtir"), required=True)

_PARADIGMS = {
    "noun": ((_DERIVATION, *_NOMINAL),),
    "loan": (
        (_DERIVATION, *_NOMINAL),
        (_VERBALIZER, *_VOICE, _FINITE),
        (_VERBALIZER, *_VOICE, _PARTICIPLE, *_NOMINAL),
    ),
    "short noun": (_NOMINAL,),
    "softened noun": ((_VOWEL_POSSESSIVE, _CASE, _PREDICATE),),
    "verb": ((*_VOICE, _FINITE), (*_VOICE, _PARTICIPLE, *_NOMINAL)),
}

_SYNCOPE = {
    "o'g'il": "o'g'l", "burun": "burn", "singil": "singl", "ko'ngil": "ko'ngl", "shahar": "shahr",
    "o'rin": "o'rn", "bo'yin": "bo'yn", "egin": "egn", "zulm": "zulm", "ulus": "uls",
}  # fmt: skip
"""Words that lose a vowel before a possessive."""

_VOWELS = frozenset("aeiou")
_LOAN_ENDINGS = ("tsiya", "siya", "ziya", "iya", "atsiya", "ent", "ant", "al", "iv", "izm")
_SHORT = 3
"""Letters of a noun that is too short for derived words to be told from others."""


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    if len(word) > 5 and word.endswith("mok"):
        yield word[:-3], "verb"
        return
    letters = len(word.replace("'", ""))
    kind = "short noun" if letters <= _SHORT else "noun"
    yield word, "loan" if word.endswith(_LOAN_ENDINGS) and letters > _SHORT else kind
    if word in _SYNCOPE:
        yield _SYNCOPE[word], "softened noun"
    if letters > _SHORT and word.endswith("k") and word[-2] in _VOWELS:
        yield f"{word[:-1]}g", "softened noun"
        yield f"{word[:-1]}g'", "softened noun"
    if letters > 4 and word.endswith("sh") and word[-3] in _VOWELS:
        yield word[:-2], "verb"  # ushla-sh, o'qi-sh
        if word.endswith("ish"):
            yield word[:-3], "verb"  # chaqir-ish


GRAMMAR = SuffixGrammar(
    code="uz",
    loose=_LOOSE,
    harmonies={"": {}},
    harmonies_of=lambda _: ("",),
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
)
