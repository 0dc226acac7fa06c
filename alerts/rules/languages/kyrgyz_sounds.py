"""Kyrgyz sounds: which vowels agree, and how endings begin after a letter.

After Dávid Somfai Kara, *Kyrgyz* (Lincom Europa, 2003).
"""

from __future__ import annotations

from alerts.rules.languages.endings import Sound

_BACK = "аоуыяю"
_FRONT = "еиөүэ"
VOWELS = _BACK + _FRONT
_NASALS = "мнң"
_BUZZING = "зж"
_VOICELESS = "пфктсшщчцх"
_BORROWED_VOICED = "бвгд"
"""Ends only loans, which take the endings of voiced or of voiceless consonants."""
CONSONANTS = _VOICELESS + _BORROWED_VOICED + _BUZZING + _NASALS + "лрй"
SOFT = "ь"
"""Hides the consonant that decides, so that any ending may follow."""

_HARD = _VOICELESS + _BORROWED_VOICED + SOFT
_RINGING = "лр" + _NASALS + _BUZZING + _BORROWED_VOICED + SOFT

HARMONIES = {
    "back": {"A": "ао", "I": "ыу", "U": "у", "O": "о"},
    "front": {"A": "еө", "I": "иү", "U": "ү", "O": "ө"},
}
SOUNDS = {
    # plural and derivation: шаарлар, адамдар, кагаздар, документтер
    "L": (
        Sound("л", after=VOWELS + "рй" + SOFT),
        Sound("д", after=_RINGING),
        Sound("т", after=_HARD),
    ),
    # genitive and accusative: баланын, адамдын, документтин
    "N": (
        Sound("н", after=VOWELS),
        Sound("д", after=_RINGING + "й"),
        Sound("т", after=_HARD),
    ),
    # dative and participle: шаарга, документке
    "K": (Sound("г", after=VOWELS + _RINGING + "й"), Sound("к", after=_HARD)),
    # locative, ablative and past: шаарда, документте
    "D": (Sound("д", after=VOWELS + _RINGING + "й"), Sound("т", after=_HARD)),
    # negation, first person plural: барбайт, айтпайт
    "B": (Sound("б", after=VOWELS + _RINGING + "й"), Sound("п", after=_HARD)),
    # third person's possession: баласы, кагазы
    "S": (Sound("с", after=VOWELS), Sound("", after=CONSONANTS)),
    # linking vowel: балам, кагазым
    "Y": (Sound("", after=VOWELS), Sound("I", after=CONSONANTS)),
    # passive after л and vowels: алынды, башталды
    "P": (Sound("Iн", after="л"),),
    # present tense: камайт, чакырат
    "X": (Sound("й", after=VOWELS), Sound("A", after=CONSONANTS)),
    # aorist: камаар, чакырар, чакыраар
    "R": (Sound("AAр", after=CONSONANTS), Sound("Aр", after=VOWELS + CONSONANTS)),
    # causative: чакырт, камат
    "C": (Sound("т", after=VOWELS + "рлй"),),
    # final к of an ending: жарандык, жарандыгы
    "H": (Sound("г", before=VOWELS), Sound("к")),
    # nothing, but a vowel or a consonant must follow
    "V": (Sound("", before=VOWELS),),
    "Z": (Sound("", before=CONSONANTS),),
}


def harmonies_of(stem: str) -> tuple[str, ...]:
    """Return the harmony of the vowels, or both where a loan mixes them."""
    back, front = (any(vowel in vowels for vowel in stem) for vowels in (_BACK, _FRONT))
    if SOFT in stem or back == front or "ю" in stem:
        return ("back", "front")
    return ("back",) if back else ("front",)
