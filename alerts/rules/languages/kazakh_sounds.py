"""Kazakh sounds: which vowels agree, and how endings begin after a letter.

After Raikhangul Mukhamedova, *Kazakh: A Comprehensive Grammar* (Routledge, 2015).
"""

from __future__ import annotations

import re

from alerts.rules.languages.endings import Sound

_BACK = "аоұы"
_FRONT = "әеөүіэ"
VOWELS = _BACK + _FRONT + "яю"
_GLIDES = "уийю"
"""Written like vowels, but followed by the endings of consonants: туы, not тусы."""
_NASALS = "мнң"
_BUZZING = "зж"
_VOICELESS = "пфкқтсшщчцхһбвгд"
"""With б, в, г, д, which end only loans and sound voiceless there: рейдтер."""
CONSONANTS = _VOICELESS + _BUZZING + _NASALS + "лрйғ"
SOFT = "ь"
"""Hides the consonant that decides, so that any ending may follow."""

_VOICED = VOWELS + _GLIDES + _NASALS + _BUZZING + "лр" + SOFT
_HARD = _VOICELESS + SOFT

HARMONIES = {
    "back": {"A": "а", "I": "ы", "G": "ғ", "Q": "қ"},
    "front": {"A": "е", "I": "і", "G": "г", "Q": "к"},
}
SOUNDS = {
    # plural and derivation: қалалар, адамдар, құжаттар
    "L": (
        Sound("л", after=VOWELS + _GLIDES + "р" + SOFT),
        Sound("д", after=_NASALS + _BUZZING + "л" + SOFT),
        Sound("т", after=_HARD),
    ),
    # genitive: қаланың, адамның, жолдың, құжаттың
    "N": (
        Sound("н", after=VOWELS + _NASALS + "и" + SOFT),
        Sound("д", after=_GLIDES + _BUZZING + "лр" + SOFT),
        Sound("т", after=_HARD),
    ),
    # accusative: қаланы, адамды, құжатты
    "C": (
        Sound("н", after=VOWELS + "и"),
        Sound("д", after=_GLIDES + _NASALS + _BUZZING + "лр" + SOFT),
        Sound("т", after=_HARD),
    ),
    # dative, participle: қалаға, құжатқа
    "K": (Sound("G", after=_VOICED), Sound("Q", after=_HARD)),
    # locative, past tense: қалада, құжатта
    "D": (Sound("д", after=_VOICED), Sound("т", after=_HARD)),
    # ablative: қаладан, адамнан, құжаттан
    "B": (
        Sound("д", after=VOWELS + _GLIDES + _BUZZING + "лр" + SOFT),
        Sound("н", after=_NASALS),
        Sound("т", after=_HARD),
    ),
    # instrumental, first person: адаммен, қағазбен, құжатпен
    "M": (
        Sound("м", after=VOWELS + _GLIDES + _NASALS + "лр" + SOFT),
        Sound("б", after=_BUZZING),
        Sound("п", after=_HARD),
    ),
    # negation, first person plural: бармады, жазбады, айтпады
    "F": (
        Sound("м", after=VOWELS + _GLIDES + "лр"),
        Sound("б", after=_NASALS + _BUZZING),
        Sound("п", after=_HARD),
    ),
    # third person's possession: қаласы, құжаты
    "S": (Sound("с", after=VOWELS), Sound("", after=CONSONANTS + _GLIDES)),
    # linking vowel: қалам, құжатым
    "Y": (Sound("", after=VOWELS), Sound("I", after=CONSONANTS + _GLIDES)),
    # passive after л: алынды
    "P": (Sound("Iн", after="л"),),
    # present tense: ұстайды, шақырады
    "X": (Sound("й", after=VOWELS), Sound("я", after="и"), Sound("A", after=CONSONANTS + "у")),
    # aorist: ұстар, шақырар
    "R": (Sound("р", after=VOWELS), Sound("Aр", after=CONSONANTS + "у")),
    # aorist of a verb in -ла-, whose other form is the plural of the noun: тұтқындар
    "E": (Sound("Aр", after=CONSONANTS + "у"),),
    # causative: ұстат, шақырт
    "U": (Sound("т", after=VOWELS + "рл"),),
    # final қ and к of an ending: азаматтық, азаматтығы
    "H": (Sound("G", before=VOWELS), Sound("Q")),
    # nothing, but a vowel or a consonant must follow
    "V": (Sound("", before=VOWELS + "иу"),),
    "Z": (Sound("", before=CONSONANTS),),
}

NEEDS_VOWEL = re.compile("[^аәеоөұүыіэиуюя][кгт]$")


def harmonies_of(stem: str) -> tuple[str, ...]:
    """Return the harmony of the last vowel, or both where loans waver."""
    core = stem.rstrip("ую")
    back, front = (any(vowel in vowels for vowel in core) for vowels in (_BACK + "я", _FRONT))
    last = next((letter for letter in reversed(core) if letter in VOWELS + "иу"), "а")
    wavers = last in "июяу" or SOFT in stem or (len(core) > 3 and NEEDS_VOWEL.search(core))
    if wavers or back == front:
        return ("back", "front")
    return ("back",) if back else ("front",)
