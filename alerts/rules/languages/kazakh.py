"""Kazakh endings: one table for nouns, one for verbs.

The order of endings and their names follow Raikhangul Mukhamedova, *Kazakh: A Comprehensive
Grammar* (Routledge, 2015): plural, possession, case, person and derivation of nouns; voice,
negation, tense, participles and converbs of verbs. The sounds are in `kazakh_sounds`.

Choices that the grammar leaves to us:

- Inflection is complete. Derivation (-шы, -лық, -лы, -сыз, -лас, -дай, -ша) is allowed from nouns
  of four letters on: азамат gives азаматтық, қару gives қарулы and қарусыз. In shorter ones such
  words have meanings of their own: істік is a spit, тілші a reporter, елші an ambassador.
- Verbs in -ла- come only from loans: мобилизация gives мобилизацияланған, but хабар (news) does not
  give хабарлады (said).
- A dictionary word in -у is a verbal noun: its verb takes voice, negation, tense, participles and
  converbs. Since it may be a noun as well (бақылау), it also inflects as one, but derives nothing:
  шектеулі (few, limited) is no form of шектеу (restrict). Nouns that only look like it (қару, тау)
  are listed or have one syllable.
- The aorist takes cases but no owner: ұсталары are smiths, not what was caught.
- The bare stem, which is the familiar imperative, is no form: it is rare in news and mostly a noun
  (ұста, a smith; шығар, perhaps). Verbs of up to three letters take the passive but no other voice,
  no bare converb and no aorist: салу (put) has neither сала (a branch) nor салар.
- A negated stem does not go on as a noun in -ма: тапсырма (a task) is no form of тапсыру (entrust).
- A possessed word (`шақыру қағазы`) goes on as such: қағазына, қағаздары, but not қағаз.
- қ counts as к: texts typed without Kazakh letters are met, and native words hardly ever differ by
  it alone (қию, кию), since the vowels decide. ғ, і, ң, ұ, ү, ө, ә stay: қан and қаң, тұр and тур,
  өлі and олі are not the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alerts.rules.languages.endings import Paradigm, Slot
from alerts.rules.languages.kazakh_sounds import (
    CONSONANTS,
    HARMONIES,
    NEEDS_VOWEL,
    SOFT,
    SOUNDS,
    VOWELS,
    harmonies_of,
)
from alerts.rules.languages.suffixes import SuffixGrammar

_PLURAL = Slot("plural", ("LAр",))
_CASES = ("NIң", "CI", "KA", "DA", "BAн", "Mен", "Mенен")
_CASE = Slot("case", _CASES)
_OWNER = Slot("first or second person's", ("Yм", "Yң", "YмIз", "YңIз"), required=True)
_CASE_OF_OWNED = Slot("case", (*_CASES, "A", "DAй"))
_ITS = Slot("third person's", ("SI",), required=True)
_ITS_CASES = ("н", "нIң", "нA", "ндA", "нAн", "мен", "менен", "ншA", "ндAй")
_ITS_CASE = Slot("case", _ITS_CASES)
_LOCATED = Slot("that is in", ("DAGI",), required=True)
_ITS_LOCATED = Slot("that is in its", ("ндAGI",), required=True)
_BELONGING = Slot("that belongs to", ("Nікі",), required=True)
_IS = Slot("person", ("MIн", "сIң", "FIз", "сIз", "сIңдAр", "сIздAр"))
_IS_IN = Slot("is in", ("DAмIн", "DAсIң", "DAмIз", "DAсIз", "DAсIздAр"), required=True)
_LIKE = Slot("like", ("DAй", "шA"), required=True)
_DERIVATION = Slot(
    "derivation",
    ("шI", "шIлIH", "LIH", "LI", "LIлIH", "сIз", "сIздIH", "LAс", "LAстIH", "шIл", "шIлдIH"),
)

_INFLECTION: tuple[Paradigm, ...] = (
    (_PLURAL, _CASE),
    (_PLURAL, _OWNER, _CASE_OF_OWNED),
    (_PLURAL, _ITS, _ITS_CASE),
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

_VOICES = ("Yл", "P", "DIр", "U", "KIз")
_VOICE = Slot("voice", (*_VOICES, "Yс"))
_LA_VOICE = Slot("voice", (*_VOICES, "Yс", "н"))
_VOICE_OF_VOICE = Slot("voice", _VOICES)
_PASSIVE = Slot("passive", ("Yл", "P"))
_NEGATION = Slot("negation", ("FA",))
_PERSONS = ("мIн", "сIң", "мIз", "сIз", "сIңдAр", "сIздAр")
_PAST = Slot("past", ("DI", "сA"), required=True)
_PAST_PERSON = Slot("person", ("м", "ң", "Q", "ңIз", "ңдAр", "ңIздAр"))
_PRESENT = Slot("present", ("X",), required=True)
_PRESENT_PERSON = Slot("person", ("дI", *_PERSONS), required=True)
_CONVERB = Slot("converb", ("Yп",), required=True)
_SEEMINGLY = Slot("evidential", ("тI", "пIн", "пIз", "сIң", "сIз", "сIңдAр", "сIздAр"))
_ADVERB = Slot("adverb", ("KAлI", "KAншA", "KAндAй", "мAйIншA"), required=True)
_WISH = Slot(
    "wish",
    ("YңIз", "YңдAр", "YңIздAр", "AйIн", "AйIQ", "йIн", "йIQ", "KAй", "KIм", "KIң", "KIсI", "KIмIз",
     "KIңIз"),
    required=True,
)  # fmt: skip
_LET = Slot("let", ("сIн", "сIншI"), required=True)
"""Not after a negation: тапсырмасын is nearly always a noun, (accusative of) its task."""
_LET_US = Slot("let us", ("AлIQ", "йлIQ"), required=True)
_AORIST = Slot("aorist", ("R", "RлIQ", "RлIQтAй"), required=True)
_AORIST_OF_CONSONANT = Slot("aorist", ("E", "EлIQ", "EлIQтAй"), required=True)
_NEVER = Slot("negated aorist", ("FAс", "FAсQA", "FAстAн", "FAстAй"), required=True)
_INTENTION = Slot("intention", ("FAH", "FAQшI"), required=True)
_PARTICIPLE = Slot(
    "participle",
    ("KAн", "KAндIH", "XтIн", "XтIндIH", "XтIндAй", "у", "ушI", "ушIлIH"),
    required=True,
)

_FINITE: tuple[Paradigm, ...] = (
    (_PAST, _PAST_PERSON),
    (_PRESENT, _PRESENT_PERSON),
    (_CONVERB, _SEEMINGLY),
    (_WISH,),
    (_ADVERB,),
    *((_PARTICIPLE, *endings) for endings in _INFLECTION),
    (_PARTICIPLE, _IS),
    (_PARTICIPLE, _IS_IN),
    (_INTENTION, _IS),
)
_LONG_FINITE = (
    *((_NEGATION, *endings) for endings in (*_FINITE, (_PRESENT,))),
    *((_INTENTION, *endings) for endings in _INFLECTION),
    (_LET,),
    (_LET_US,),
    (_AORIST_OF_CONSONANT, _IS),
    (_AORIST_OF_CONSONANT, _CASE),
    (_NEVER, _IS),
)
_DA_VERBAL = tuple((_VOICE, _VOICE_OF_VOICE, *endings) for endings in _LONG_FINITE)
_LA_VERBAL = tuple((_LA_VOICE, _VOICE_OF_VOICE, *endings) for endings in _LONG_FINITE)
_VERBAL = (*_DA_VERBAL, (_VOICE, _VOICE_OF_VOICE, _AORIST, _IS))
_SHORT_VERBAL = (
    *((_PASSIVE, _NEGATION, *endings) for endings in _FINITE),
    (_PASSIVE, Slot("negation", ("FA",), required=True), _PRESENT),
    (_PASSIVE, _LET),
    (_PASSIVE, _NEVER, _IS),
)
_MAKE = Slot("verb from noun", ("LA",), required=True)
_BEFORE_VOWEL = Slot("a vowel follows", ("V",), required=True)
_BEFORE_CONSONANT = Slot("a consonant follows", ("Z",), required=True)


def _starting(slot: Slot, paradigms: tuple[Paradigm, ...]) -> tuple[Paradigm, ...]:
    return tuple((slot, *endings) for endings in paradigms)


_Y = Slot("и for ый", ("и",), required=True)
_YA = Slot("я for йа", ("я",), required=True)
_TYN = Slot("participle", ("тIн", "тIндIH"), required=True)
_FRONT_VOWEL = Slot("і in spite of the stem", ("і",), required=True)

_PARADIGMS: dict[str, tuple[Paradigm, ...]] = {
    "noun": _NOMINAL,
    "short noun": _INFLECTION,
    "verbal noun": _INFLECTION + _PREDICATION,
    "voiced noun": _starting(_BEFORE_VOWEL, _INFLECTION),
    "loan": _NOMINAL + _starting(_MAKE, _LA_VERBAL),
    "soft loan": ((_FRONT_VOWEL, _ITS_CASE), (_FRONT_VOWEL, _ITS_LOCATED)),
    "possessed": ((_ITS_CASE,), (_ITS_LOCATED, _PLURAL, _CASE)),
    "possessed by many": (
        (Slot("plural", ("LAр",), required=True), _ITS, _ITS_CASE),
        (Slot("plural", ("LAр",), required=True), _ITS, _ITS_LOCATED, _PLURAL, _CASE),
    ),
    "verb": _VERBAL,
    "verb in ла": _LA_VERBAL,
    "verb in да": _DA_VERBAL,
    "short verb": _SHORT_VERBAL,
    "voiced verb": _starting(_BEFORE_VOWEL, _VERBAL),
    "short voiced verb": _starting(_BEFORE_VOWEL, _SHORT_VERBAL),
    "voiceless verb": _starting(_BEFORE_CONSONANT, _VERBAL),
    "short voiceless verb": _starting(_BEFORE_CONSONANT, _SHORT_VERBAL),
    "converb": ((_CONVERB, _SEEMINGLY),),
    "clipped verb": ((_Y, _PRESENT_PERSON), *((_Y, _TYN, *e) for e in _INFLECTION)),
    "gliding verb": ((_YA, _PRESENT_PERSON), (_YA,), *((_YA, _TYN, *e) for e in _INFLECTION)),
}

# The words below are in loose spelling, with к for қ.
_NOT_VERBAL = frozenset(
    ("аю", "кару", "ару", "сулу", "жылу", "алау", "бұзау", "кырау", "мәскеу", "атырау")
)
_CLIPPED = {
    "ок": "ы",
    "тан": "ы",
    "тас": "ы",
    "ток": "ы",
    "шір": "і",
    "балк": "ы",
    "сілк": "і",
    "бұйр": "ы",
}
"""Verbs whose stem ends in a vowel that -у swallows: оқу, оқыды."""
_SYNCOPATED = {
    "халык": "халк",
    "орын": "орн",
    "кауіп": "кауп",
    "дауыс": "даус",
    "ерік": "ерк",
    "әріп": "әрп",
    "мойын": "мойн",
    "ауыз": "ауз",
    "кұлык": "кұлк",
}
"""Nouns that lose the vowel of their last syllable before a vowel: халық, халқы."""
_VOICED_FORMS = {"к": "гғ", "п": "б"}
_VOICELESS_FORMS = {"г": "к", "ғ": "к", "б": "п"}
_BORROWED = re.compile(f"[вфцчщъьэюя]|[{CONSONANTS}]{{2}}$")
_MADE_OF_NOUN = re.compile("...([лдт])[ае]$")
"""Verbs in -ла have a passive in -н (жарияланды); in -да and -та that is another verb: қолдау is
to support, қолдану to use."""
_ONE_SYLLABLE = re.compile(f"[{CONSONANTS}]*[{VOWELS}и]?у$")


def _verb_stems(word: str) -> Iterator[tuple[str, str]]:
    """Return stems of the verb whose verbal noun is `word`."""
    base = word[:-1]
    if word.endswith("ю"):
        yield base + "й", "verb"
        yield base, "gliding verb"
        return
    short = "short " if len(base) <= 3 else ""
    if base in _CLIPPED:
        yield base + _CLIPPED[base], f"{short}verb"
        yield base, "clipped verb"
    elif base[-1] in _VOICELESS_FORMS:
        yield base, f"{short}voiced verb"
        yield base[:-1] + _VOICELESS_FORMS[base[-1]], f"{short}voiceless verb"
        if base[-1] == "б":
            yield base[:-1] + "у", "converb"
    else:
        made = _MADE_OF_NOUN.search(base)
        yield base, f"verb in {'ла' if made[1] == 'л' else 'да'}" if made else f"{short}verb"


def _noun_stems(word: str) -> Iterator[tuple[str, str]]:
    long, borrowed = len(word) > 3, _BORROWED.search(word)
    yield word, ("loan" if borrowed else "noun") if long else "short noun"
    for voiced in _VOICED_FORMS.get(word[-1], ""):
        yield word[:-1] + voiced, "voiced noun"
    if word in _SYNCOPATED:
        yield _SYNCOPATED[word], "voiced noun"
    if long and word.endswith(SOFT):
        yield word[:-1], "voiced noun"
        yield word[:-1], "soft loan"
    if word.endswith("ист"):
        yield word[:-1], "loan"
    if long and borrowed and NEEDS_VOWEL.search(word):
        yield word + "і", "noun"


def _possessed_stems(word: str) -> Iterator[tuple[str, str]]:
    yield word, "possessed"
    for ending in ("ы", "і", "сы", "сі"):
        if word.endswith(ending):
            base = word.removesuffix(ending)
            yield base[:-1] + _VOICELESS_FORMS.get(base[-1], base[-1]), "possessed by many"


def _stems_of(word: str) -> Iterator[tuple[str, str]]:
    plain_noun = word in _NOT_VERBAL or (_ONE_SYLLABLE.match(word) and word not in ("деу", "жеу"))
    if len(word) > 2 and word[-1] in "ую" and not plain_noun:
        yield word, "verbal noun"
        yield from _verb_stems(word)
        return
    yield from _noun_stems(word)
    if len(word) > 4 and word[-1] in "ыі":
        yield from _possessed_stems(word)


GRAMMAR = SuffixGrammar(
    code="kk",
    loose={ord("қ"): "к"},
    harmonies=HARMONIES,
    harmonies_of=harmonies_of,
    paradigms=_PARADIGMS,
    stems_of=_stems_of,
    sounds=SOUNDS,
)
