"""Kyrgyz endings: one table for nouns, one for verbs.

The order of endings and their names follow Dávid Somfai Kara, *Kyrgyz* (Lincom Europa, 2003):
plural, possession, case, person and derivation of nouns; voice, negation, tense, participles and
converbs of verbs, and the question ending -бы. The sounds are in `kyrgyz_sounds`.

Choices that the grammar leaves to us:

- Vowels must agree as back or front; rounding is not checked. It depends on the ending before
  (чакыруу, чакыруулар, but чакырган), and news texts waver in loans.
- Inflection is complete. Derivation (-чы, -лык, -луу, -сыз, -лаш, -дай, -ча) is allowed from nouns
  of four letters on: жаран gives жарандык. In shorter ones such words have meanings of their own:
  иштөө is to work, элчи an ambassador.
- Verbs in -ла- come only from loans: мобилизация gives мобилизацияланган.
- A dictionary word in -уу, -үү, -оо, -өө is a verbal noun: its verb takes voice, negation, tense,
  participles and converbs. Since it may be a noun as well, it also takes all endings of nouns.
  Nouns that only look like it (сулуу) are listed or have one syllable (тоо).
- The bare stem, which is the familiar imperative, is no form: it is rare in news and mostly a noun.
  Verbs of up to three letters take passive and reciprocal (the plural of the third person) but no
  causative, no bare converb and no aorist: салуу (put) does not have сала.
- A possessed word (`чакыруу кагазы`) goes on as such: кагазына, кагаздары, but not кагаз.
- No letters are merged: ү and у, ө and о, ң and н tell words apart (күл, кул; таң, тан).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.rules.languages.endings import Paradigm, Slot
from alerts.rules.languages.kyrgyz_sounds import CONSONANTS, HARMONIES, SOFT, SOUNDS, harmonies_of
from alerts.rules.languages.suffixes import SuffixGrammar

_PLURAL = Slot("plural", ("LAр",))
_CASES = ("NIн", "NI", "KA", "DA", "DAн")
_CASE = Slot("case", _CASES)
_OWNER = Slot(
    "first or second person's", ("Yм", "Yң", "YбIз", "YңIз", "YңAр", "YңIздAр"), required=True
)
_CASE_OF_OWNED = Slot("case", (*_CASES, "A", "DAй"))
_ITS = Slot("third person's", ("SI",), required=True)
_ITS_CASE = Slot("case", ("н", "нIн", "нA", "ндA", "нAн", "нчA", "ндAй"))
_LOCATED = Slot("that is in", ("DAгI",), required=True)
_ITS_LOCATED = Slot("that is in its", ("ндAгI",), required=True)
_BELONGING = Slot("that belongs to", ("NIкI",), required=True)
_IS = Slot("person", ("мIн", "сIң", "BIз", "сIз", "сIңAр", "сIздAр"))
_LIKE = Slot("like", ("DAй", "чA"), required=True)
_DERIVATION = Slot(
    "derivation",
    (
        "чI", "чIлIH", "LIH", "LUU", "LUUлIH", "LUUлAр", "сIз", "сIздIH", "LAш", "LAштIH", "чIл",
        "чIлдIH",
    ),
)  # fmt: skip

_QUESTION = Slot("question", ("BI",))
_IS_IN = Slot("is in", ("DAмIн", "DAсIң", "DAбIз", "DAсIз", "DAсIздAр"), required=True)

_INFLECTION: tuple[Paradigm, ...] = (
    (_PLURAL, _CASE, _QUESTION),
    (_PLURAL, _OWNER, _CASE_OF_OWNED, _QUESTION),
    (_PLURAL, _ITS, _ITS_CASE, _QUESTION),
    (_PLURAL, _LOCATED, _PLURAL, _CASE),
    (_PLURAL, _OWNER, _LOCATED, _PLURAL, _CASE),
    (_PLURAL, _ITS, _ITS_LOCATED, _PLURAL, _CASE),
    (_PLURAL, _BELONGING, _PLURAL, _CASE),
)
_PREDICATION: tuple[Paradigm, ...] = (
    (_PLURAL, _IS),
    (_PLURAL, _IS_IN),
    (_PLURAL, _OWNER, _IS),
    (_PLURAL, _ITS, _IS),
    (_PLURAL, _LIKE),
    (_PLURAL, _LOCATED, _PLURAL, _ITS, _ITS_CASE),
)
_NOMINAL = tuple((_DERIVATION, *endings) for endings in _INFLECTION + _PREDICATION)

_VOICES = ("Yл", "P", "Yш", "DIр", "C", "KIз")
_VOICE = Slot("voice", _VOICES)
_LA_VOICE = Slot("voice", (*_VOICES, "н"))
_SHORT_VOICE = Slot("voice", ("Yл", "P", "Yш"))
_TOGETHER = Slot("third person plural", ("Yш",))
_NEGATION = Slot("negation", ("BA",))
_PAST = Slot("past", ("DI", "сA"), required=True)
_PAST_PERSON = Slot("person", ("м", "ң", "к", "ңIз", "ңAр", "ңIздAр", "чI"))
_PRESENT = Slot("present", ("X",), required=True)
_PRESENT_PERSON = Slot(
    "person", ("т", "BI", "м", "мIн", "сIң", "бIз", "сIз", "сIңAр", "сIздAр"), required=True
)
_CONVERB = Slot("converb", ("Yп",), required=True)
_SEEMINGLY = Slot("evidential", ("тIр", "мIн", "сIң", "пIз", "сIз", "сIздAр"))
_ADVERB = Slot("adverb", ("KAнчA", "KAндAй", "KIчA", "KAнI", "мAйIнчA"), required=True)
_WISH = Slot(
    "wish",
    ("сIн", "сIнчI", "YңIз", "YңAр", "YңIздAр", "AйIн", "йIн", "AлI", "AлIк", "йлI", "йлIк", "юн",
     "KIлA", "KAй", "сAчI", "KIм", "KIң", "KIсI", "KIбIз", "KIңIз"),
    required=True,
)  # fmt: skip
_AORIST = Slot("aorist", ("R", "RлIк", "RлIктAй"), required=True)
_NEVER = Slot("negated aorist", ("BAс", "BAскA", "BAстAн", "BAстIH"), required=True)
_PARTICIPLE = Slot(
    "participle",
    ("KAн", "KAндIH", "UU", "UUчI", "UUчIлIH", "UULUU", "BOO", "BOOчI", "мAкчI", "чI"),
    required=True,
)

_ACTION = Slot("action", ("Yш",), required=True)
_INTENTION = Slot("intention", ("мAк",), required=True)

_FINITE: tuple[Paradigm, ...] = (
    (_PAST, _PAST_PERSON, _QUESTION),
    (_PRESENT, _PRESENT_PERSON, _QUESTION),
    (_CONVERB, _SEEMINGLY),
    (_WISH,),
    (_ADVERB,),
    *((_PARTICIPLE, *endings) for endings in _INFLECTION),
    (_PARTICIPLE, _IS, _QUESTION),
    (_PARTICIPLE, _IS_IN, _QUESTION),
)
_LONG_FINITE = (
    *((_NEGATION, *endings) for endings in (*_FINITE, (_PRESENT,))),
    (_INTENTION, *_INFLECTION[0]),
    *((_NEGATION, _ACTION, *endings) for endings in _INFLECTION[:3]),
    (_AORIST, _IS),
    (_AORIST, _CASE),
    (_AORIST, _OWNER, _CASE_OF_OWNED),
    (_AORIST, _ITS, _ITS_CASE),
    (_NEVER, _IS),
)
_VERBAL = tuple((_VOICE, _VOICE, _TOGETHER, *endings) for endings in _LONG_FINITE)
_LA_VERBAL = tuple((_LA_VOICE, _VOICE, _TOGETHER, *endings) for endings in _LONG_FINITE)
_SHORT_VERBAL = (
    *((_SHORT_VOICE, _TOGETHER, _NEGATION, *endings) for endings in _FINITE),
    (_SHORT_VOICE, Slot("negation", ("BA",), required=True), _PRESENT),
    (_SHORT_VOICE, _NEVER, _IS),
)


def _starting(slot: Slot, paradigms: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    return tuple((slot, *endings) for endings in paradigms)


_MAKE = Slot("verb from noun", ("LA",), required=True)
_MAKING = Slot("verbal noun from noun", ("LOO", "LOOчI"), required=True)
_BEFORE_VOWEL = Slot("a vowel follows", ("V",), required=True)
_BEFORE_CONSONANT = Slot("a consonant follows", ("Z",), required=True)
_FRONT_VOWEL = Slot("и in spite of the stem", ("и",), required=True)
_YA = Slot("йа, йо as one letter", ("я", "е"), required=True)
_PLURALS = Slot("plural", ("LAр",), required=True)

_PARADIGMS: dict[str, tuple[Paradigm, ...]] = {
    "noun": _NOMINAL,
    "short noun": _INFLECTION,
    "voiced noun": _starting(_BEFORE_VOWEL, _INFLECTION),
    "loan": _NOMINAL + _starting(_MAKE, _LA_VERBAL) + _starting(_MAKING, _INFLECTION),
    "soft loan": ((_FRONT_VOWEL, _ITS_CASE), (_FRONT_VOWEL, _ITS_LOCATED)),
    "possessed": ((_ITS_CASE,), (_ITS_LOCATED, _PLURAL, _CASE)),
    "possessed by many": (
        (_PLURALS, _ITS, _ITS_CASE),
        (_PLURALS, _ITS, _ITS_LOCATED, _PLURAL, _CASE),
    ),
    "verb": _VERBAL,
    "verb in ла": _LA_VERBAL,
    "short verb": _SHORT_VERBAL,
    "short voiced verb": _starting(_BEFORE_VOWEL, _SHORT_VERBAL),
    "short voiceless verb": _starting(_BEFORE_CONSONANT, _SHORT_VERBAL),
    "voiced verb": _starting(_BEFORE_VOWEL, _VERBAL),
    "voiceless verb": _starting(_BEFORE_CONSONANT, _VERBAL),
    "converb": ((Slot("converb", ("п",), required=True), _SEEMINGLY),),
    "gliding verb": ((_YA, _PRESENT_PERSON), (_YA,)),
}

_NOT_VERBAL = frozenset(("сулуу", "аруу", "жылуу"))
_CLIPPED = {
    "ок": "у",
    "таан": "ы",
    "таш": "ы",
    "ток": "у",
    "чир": "и",
    "буйр": "у",
    "балк": "ы",
    "силк": "и",
}
"""Verbs whose stem ends in a vowel that -уу swallows: окуу, окуду."""
_SYNCOPATED = {
    "орун": "орд",
    "мурун": "мурд",
    "эрин": "эрд",
    "карын": "кард",
    "моюн": "мойн",
    "коюн": "койн",
    "ооз": "ооз",
}
"""Nouns that lose the vowel of their last syllable before a vowel: орун, орду."""
_VOICED_FORMS = {"к": "г", "п": "б"}
_VOICELESS_FORMS = {"г": "к", "б": "п"}
_BORROWED = re.compile(f"[вфцщъьэюя]|[{CONSONANTS}]{{2}}$")
_ONE_SYLLABLE = re.compile(f"[{CONSONANTS}]*(?:уу|үү|оо|өө)$")
_MADE_OF_NOUN = re.compile("...л[аеоө]$")
"""Verbs in -ла have a passive in -н (мажбурланды); in -да and -та that is another verb: колдоо is
to support, колдонуу to use."""


def _verb_stems(word: str) -> Iterator[tuple[str, str]]:
    """Return stems of the verb whose verbal noun is `word`."""
    base = word[:-2]
    short = "short " if len(base) <= 3 else ""
    if word[-1] in "оө":
        for vowel in "ао" if word[-1] == "о" else "еө":
            stem = base + vowel
            yield stem, "verb in ла" if _MADE_OF_NOUN.search(stem) else "verb"
    elif word[-2:] in ("юу", "юү"):
        yield base + "й", "verb"
        yield base + "ю", "verb"
        yield base, "gliding verb"
    elif base in _CLIPPED:
        yield base + _CLIPPED[base], f"{short}verb"
    elif base[-1] in _VOICELESS_FORMS:
        yield base, f"{short}voiced verb"
        yield base[:-1] + _VOICELESS_FORMS[base[-1]], f"{short}voiceless verb"
        if base[-1] == "б":
            yield base[:-1] + base[-2:-1], "converb"
    else:
        yield base, f"{short}verb"


def _noun_stems(word: str) -> Iterator[tuple[str, str]]:
    long = len(word) > 3
    yield word, ("loan" if _BORROWED.search(word) else "noun") if long else "short noun"
    if word[-1] in _VOICED_FORMS:
        yield word[:-1] + _VOICED_FORMS[word[-1]], "voiced noun"
    if word in _SYNCOPATED:
        yield _SYNCOPATED[word], "voiced noun"
    if long and word.endswith(SOFT):
        yield word[:-1], "noun"
        yield word[:-1], "soft loan"


def _possessed_stems(word: str) -> Iterator[tuple[str, str]]:
    yield word, "possessed"
    for ending in ("ы", "и", "у", "ү", "сы", "си", "су", "сү"):
        if word.endswith(ending):
            base = word.removesuffix(ending)
            yield base[:-1] + _VOICELESS_FORMS.get(base[-1], base[-1]), "possessed by many"


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    yield from _noun_stems(word)
    verbal_noun = word[-2:] in ("уу", "үү", "юу", "юү", "оо", "өө")
    if len(word) > 4 and word[-1] in "ыиуү" and not verbal_noun:
        yield from _possessed_stems(word)
    plain_noun = word in _NOT_VERBAL or _ONE_SYLLABLE.match(word)
    if len(word) > 3 and verbal_noun and not plain_noun:
        yield from _verb_stems(word)


GRAMMAR = SuffixGrammar(
    code="ky",
    loose={},
    harmonies=HARMONIES,
    harmonies_of=harmonies_of,
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
    sounds=SOUNDS,
)
