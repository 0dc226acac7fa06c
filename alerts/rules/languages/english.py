"""English: the few forms that a word has, made by rule.

The rules are those of inflection in Huddleston and Pullum, The Cambridge Grammar of the English
Language (2002), chapter 18: plurals and third persons in -s and -es, -ed and -ing with a dropped e
or a doubled consonant, y that becomes ie, and irregular nouns and verbs by list. Derived words stay
apart: a stemmer takes mobile for mobilize, these rules do not even take mobilization for it.
"""

from __future__ import annotations

import re


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_IRREGULAR = """
be is are was were been being; have has had having; do does did done doing; go goes went gone
going; say said; get got gotten; make made; know knew known; take took taken; see saw seen; come
came; think thought; give gave given; find found; tell told; become became; leave left; feel felt;
bring brought; begin began begun; keep kept; hold held; write wrote written; stand stood; hear
heard; let; mean meant; set; meet met; pay paid; sit sat; speak spoke spoken; lie lay lain lying;
lead led; read; grow grew grown; lose lost; fall fell fallen; send sent; build built; understand
understood; draw drew drawn; break broke broken; spend spent; cut cutting; rise rose risen; drive
drove driven; buy bought; wear wore worn; choose chose chosen; seek sought; throw threw thrown;
catch caught; deal dealt; win won winning; forget forgot forgotten; lay laid; sell sold; fight
fought; bear bore borne; teach taught; eat ate eaten; sing sang sung; strike struck stricken; hang
hung hanged; shake shook shaken; ride rode ridden; feed fed; shoot shot; drink drank drunk; hit
hitting; arise arose arisen; fly flew flown; spread; sleep slept; cost; beat beaten; light lit;
bind bound; run ran running; put putting; quit quitting; rid; shut shutting; split splitting; flee
fled; steal stole stolen; swear swore sworn; freeze froze frozen; hide hid hidden; forbid forbade
forbidden forbidding; dig dug digging; tear tore torn; withdraw withdrew withdrawn; undergo
underwent undergone; overthrow overthrew overthrown; bury buried; stick stuck; sweep swept; swim
swam swum swimming; wake woke woken; weep wept; wind wound; bleed bled; breed bred; grind ground;
kneel knelt; mistake mistook mistaken; overcome overcame; uphold upheld; withhold withheld; blow
blew blown; bite bit bitten; bend bent; lend lent; slide slid; spin spun spinning; swing swung;
burn burnt; learn learnt; dream dreamt; foresee foresaw foreseen; mislead misled; resell resold;
rewrite rewrote rewritten; undertake undertook undertaken; man men; woman women; child children;
person people persons; foot feet; tooth teeth; goose geese; mouse mice; crisis crises; analysis
analyses; basis bases; serviceman servicemen; servicewoman servicewomen; policeman policemen;
policewoman policewomen; spokesman spokesmen; countryman countrymen; guardsman guardsmen; gunman
gunmen; congressman congressmen; chairman chairmen; wife wives; life lives; thief thieves;  half
halves; leaf leaves; wolf wolves; shelf shelves; loaf loaves; phenomenon phenomena; criterion
criteria; datum data; medium media
"""

_DIFFERENT = {
    words[0]: frozenset(words[1:])
    for entry in _IRREGULAR.split(";")
    if (words := entry.split())
}  # fmt: skip
_MEN = frozenset(word for word in _DIFFERENT if word.endswith("man")) - {"man"}
_NOUNS_ONLY = _MEN | _listed("""
    child person foot tooth goose crisis analysis basis wife life thief half wolf shelf loaf
    phenomenon criterion datum medium
""")

_VOWELS = "aeiou"
_TAKES_ES = frozenset(("go", "do", "undergo", "veto", "hero", "echo", "embargo", "cargo"))
_SIBILANT = re.compile(r"(?:s|x|z|ch|sh)$")
_DOUBLES = re.compile(r"^[^aeiou]*[aeiouy][bdgklmnprt]$")
"""One syllable that ends in a single consonant after a single vowel: ban, draft not, plan, stop."""
_DOUBLES_LONGER = (
    "mit",
    "fer",
    "cur",
    "pel",
    "gin",
    "nap",
    "lot",
    "quip",
    "tal",
    "vel",
    "nel",
    "cel",
)
"""Endings of longer words that double their last consonant: admit, refer, expel, cancel."""

_NOT_VERBS = re.compile(r"(?:tion|sion|ment|ness|ity|ship|hood|ism|ist|ance|ence|cy|ware|ee)$")
_INFLECTED = re.compile(r"(?:[a-z]{2}ed|[a-z]{3}ing)$")
_LOOKS_INFLECTED = _listed("""
    need feed seed speed bleed breed exceed proceed succeed indeed bed wed shed embed bring string
    king ring wing spring thing sling cling fling swing sting
""")
"""Words that end in -ed or -ing and are not inflected."""
_PLURAL = re.compile(r"[a-z]{2}[^su]s$")
_NO_PLURAL = re.compile(r"(?:ss|us|is|ous|news|summons|always|perhaps)$")
_BRITISH = re.compile(r"(?<=[a-z]{3})(?:is|iz)(?=(?:e|ed|es|ing|ation|ations|er|ers)$)")
_IS_ONLY = _listed("""
    advise advertise arise comprise compromise despise devise disguise exercise franchise improvise
    merchandise promise revise rise supervise surprise televise praise raise noise poise prize size
    seize capsize wise otherwise likewise precise concise enterprise expertise paradise premise
    treatise demise bruise cruise
""")
"""Words in -ise or -ize that are spelled in one way only."""


def forms(word: str) -> frozenset[str]:
    """Return `word`, which is folded, and its inflected forms.

    A word that is inflected already stays as it is. Spellings in -ise and -ize stand for each
    other.
    """
    spellings = {word} | _other_spelling(word)
    return frozenset().union(*map(_inflected, spellings))


def singular(word: str) -> str | None:
    """Return the word that a regular plural is of, None for what is none."""
    if not word.isascii() or not _PLURAL.search(word) or _NO_PLURAL.search(word):
        return None
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("es") and _SIBILANT.search(word[:-2]):
        return word[:-2]
    return word[:-1]


def _other_spelling(word: str) -> set[str]:
    base = re.sub(r"(?:d|s|r|rs)$", "", word) if word.endswith(("ed", "es", "er", "ers")) else word
    if base in _IS_ONLY or word in _IS_ONLY:
        return set()
    found = _BRITISH.search(word)
    if found is None:
        return set()
    other = "iz" if found[0] == "is" else "is"
    return {f"{word[: found.start()]}{other}{word[found.end() :]}"}


def _inflected(word: str) -> frozenset[str]:
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return frozenset((word, f"{word}s") if len(word) == 2 and word.isalpha() else (word,))
    if word in _DIFFERENT:
        regular = () if word in _NOUNS_ONLY else (_with_s(word), _with_ing(word))
        return frozenset((word, *_DIFFERENT[word], *regular))
    if _INFLECTED.search(word) and word not in _LOOKS_INFLECTED:
        return frozenset((word,))
    if _PLURAL.search(word) and not _NO_PLURAL.search(word):
        return frozenset((word,))
    if _NOT_VERBS.search(word):
        return frozenset((word, _with_s(word)))
    single = (f"{word}ed", f"{word}ing") if word.endswith("l") else ()  # American: canceled
    return frozenset((word, _with_s(word), _with_ed(word), _with_ing(word), *single))


def _with_s(word: str) -> str:
    if _SIBILANT.search(word):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}es" if word in _TAKES_ES else f"{word}s"


def _with_ed(word: str) -> str:
    if word.endswith("e"):
        return f"{word}d"
    if word.endswith("y") and word[-2] not in _VOWELS:
        return f"{word[:-1]}ied"
    return f"{_doubled(word)}ed"


def _with_ing(word: str) -> str:
    if word.endswith("ie"):
        return f"{word[:-2]}ying"
    if word.endswith("e") and not word.endswith(("ee", "ye", "oe")):
        return f"{word[:-1]}ing"
    return f"{_doubled(word)}ing"


def _doubled(word: str) -> str:
    if _DOUBLES.search(word) or word.endswith(_DOUBLES_LONGER):
        return word + word[-1]
    return f"{word}k" if word.endswith("ic") else word
