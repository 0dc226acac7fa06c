"""Whether the rest of a line behind "Photo:" or "Source:" names somebody, or tells what happened.

A credit is names and the words around them. A source, or a film, may speak in the same place:
"Источник: в Оше задержаны мигранты" is a whole news flash.
"""

from __future__ import annotations

import re

MOST_WORDS = 12
"""Words of a credit: several people and their agencies."""
MOST_OTHERS = 3
"""Words in small letters behind "press service" and the like that say of whom it is."""
SHORTEST_OFFICE = 4
"""Letters of a word that names an office; "the" and "by" may begin what is told."""
MOST_LATIN = 1
"""The same in Latin letters, where the endings of words do not tell a verb."""
MOST_NAMED = 4
"""Words in large letters, without one of a credit: two people have as many."""
LONGEST_CRIED = 3
"""Words of a credit in capitals alone; a headline in capitals has no small letter to tell it by."""

CREDITED: dict[str, tuple[str, ...]] = {
    "any": (
        "afp", "ap", "dpa", "epa", "upi", "ansa", "efe", "rnd", "zdf", "imago", "getty",
        "alamy", "youtube", "telegram", "facebook", "instagram", "twitter", "tiktok", "via",
        "x", "infocom",
    ),
    "en": (
        "photo", "photos", "image", "images", "picture", "pictures", "screenshot", "video",
        "file", "archive", "archives", "handout", "courtesy", "press", "service", "office",
        "agency", "agencies", "provided", "supplied", "pool", "social", "media", "stock",
        "composite", "staff", "and", "by", "of", "the", "for", "from", "a",
    ),
    "ru": (
        "фото", "видео", "скриншот", "кадр", "коллаж", "архив", "архива", "архивное", "личного",
        "личный", "сайт", "сайта", "официальный", "официального", "автора", "автор", "из", "с",
        "со", "и", "пресс-служба", "пресс-службы", "пресс-центр", "агентство", "агентства",
        "соцсети", "соцсетей", "социальных", "социальные", "сетей", "сети", "открытых",
        "открытые", "источников", "источники", "интернет", "интернета", "канал", "канала",
        "телеграм-канал", "телеграм-канала", "telegram-канал", "telegram-канала", "страница",
        "страницы", "предоставлено", "предоставлены", "иллюстративное", "медиа",
    ),
    "uk": (
        "пресслужба", "прес-служба", "пресслужби", "архів", "архіву", "зі", "із", "та",
        "соцмережі", "соцмереж", "скріншот", "сайту", "кадр", "колаж", "відкриті", "відкритих",
        "джерел", "джерела", "особистого", "телеграм-каналу", "ілюстративне", "надано", "з",
        "громади", "ради",
    ),
    "kk": (
        "баспасөз", "қызметі", "қызметінің", "мұрағат", "мұрағаты", "ашық", "дереккөз",
        "дереккөзден", "ғаламтор", "әлеуметтік", "желі", "желіден", "сайты", "сайтынан",
        "архиві", "жеке", "мен",
    ),
    "ky": (
        "басма", "сөз", "кызматы", "архиви", "ачык", "булак", "булактан", "социалдык", "тармак",
        "тармактан", "сайты", "сайтынан", "жеке", "менен", "интернеттен",
    ),
    "uz": (
        "matbuot", "xizmati", "arxiv", "arxivi", "ijtimoiy", "tarmoq", "tarmoqlar", "ochiq",
        "manba", "sayti", "va", "матбуот", "хизмати", "архиви", "ижтимоий", "тармоқ",
        "тармоқлар", "очиқ", "манба", "ва",
    ),
    "tg": (
        "хадамоти", "матбуот", "матбуоти", "бойгонӣ", "бойгонии", "шабакаҳои", "иҷтимоӣ",
        "сомонаи", "ва", "аз",
    ),
    "de": (
        "picture", "alliance", "archiv", "archivbild", "symbolbild", "symbolfoto", "privat",
        "von", "und", "der", "des", "bei", "eigene", "nachrichtenagentur",
    ),
    "fr": (
        "de", "du", "la", "le", "les", "et", "dr", "capture", "écran", "archives",
    ),
    "names": (
        "van", "del", "al", "el", "bin", "ibn", "da", "di", "dos", "den", "ter", "zu", "vom",
    ),
}  # fmt: skip
"""Words in small letters that say whose something is; a credit has hardly any others."""

_IN_TITLES = frozenset(
    [
        "After",
        "Against",
        "Amid",
        "Are",
        "As",
        "At",
        "Before",
        "Dead",
        "Die",
        "Dies",
        "Down",
        "Has",
        "Have",
        "In",
        "Into",
        "Is",
        "Killed",
        "On",
        "Over",
        "Says",
        "To",
        "Under",
        "Was",
        "Were",
        "With",
        "Without",
    ]
)
"""Words of headlines that no name and no agency has."""
_HAPPENS = frozenset(
    [
        "без",
        "нет",
        "после",
        "против",
        "под",
        "над",
        "среди",
        "мертв",
        "мёртв",
        "мертва",
        "мертвы",
        "мёртвы",
        "убит",
        "убита",
        "убиты",
        "закрыт",
        "закрыта",
        "закрыто",
        "закрыты",
        "взят",
        "взята",
        "взято",
        "взяты",
    ]
)
"""Words in small letters that say what is the case, though none of them ends as a verb."""
_KNOWN = frozenset(word for words in CREDITED.values() for word in words)
_ADDRESS = re.compile(r"\S*(?:https?:|www\.|@|\.[a-z]{2,12}(?:/|$|(?=[\s,;)])))\S*", re.IGNORECASE)
_QUOTED = re.compile(r"[«\"“„][^«»\"“”„]{1,60}(?:[»\"”“]|$)")
_WORD = re.compile(r"\w+(?:[-’'‘]\w+)*")
_TOLD = re.compile(
    r"(?:л|ла|ло|ли|лся|лась|лось|лись|ает|яет|ует|еет|ит|ют|ят|ут|ат|ется|ится|ются|ятся|утся"
    r"|ан|ян|ен|ён|ана|яна|ена|ено|ано|аны|яны|ены|ав|ив|ться|ть|ды|ди|ты|ти|ган|ген|кан|кен"
    r"|di|gan|ed|шуд|шуданд|кард|карданд)"
)
"""How verbs end; among few words in small letters, one is enough to tell a sentence."""


def is_credit(rest: str) -> bool:
    """Tell names, addresses and the words of credits from a statement."""
    words = _WORD.findall(_QUOTED.sub(" ", _ADDRESS.sub(" ", rest)))
    if len(words) > MOST_WORDS:
        return False
    if rest.isupper() and len(words) > LONGEST_CRIED:
        return False
    unknown = [word for word in words if word[0].islower() and word not in _KNOWN]
    if not unknown:
        return not _is_title(words)
    if _HAPPENS.intersection(unknown):
        return False
    # "press service of the town's council": who it is of follows, and nothing happens.
    most = MOST_LATIN if unknown[0].isascii() or rest.isascii() else MOST_OTHERS
    return (
        words[0].casefold() in _KNOWN
        and not (most == MOST_LATIN and len(words[0]) < SHORTEST_OFFICE)
        and len(unknown) <= most
        and not any(_ends_as_a_verb(word) for word in unknown)
    )


def _is_title(words: list[str]) -> bool:
    """Tell a headline in which every word is written large: "Police Shoot Protesters In Osh"."""
    if not all(word.isascii() for word in words):
        return False
    if _IN_TITLES.intersection(words):
        return True
    known = any(word.casefold() in _KNOWN for word in words)
    return len(words) > MOST_NAMED and not known


def _ends_as_a_verb(word: str) -> bool:
    return any(_TOLD.fullmatch(word, start) for start in range(2, len(word)))
