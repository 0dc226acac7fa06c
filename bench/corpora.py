"""Generated articles and rules in Russian, English and Kazakh, the same at every run."""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pymorphy3

from core.articles import ArticleData

WORDS = 600
LEMMAS = 20_000
FIRST_RANK = 500
"""Rules ask for words from this rank on: the commonest words are in every article."""

_SYLLABLES = {
    "en": """ba be bo ca ce co da de di fa fi for ga ge gra ha he in ka la le li lo ma me mi mo na
        ne no pa pe po pra ra re ri ro sa se si so sta ta te ti to tra un va ve vi wa we wi""",
    "kk": """ба бе бол да де до жа же жо қа ке қо құ ла лы ма ме мы на не ны са се сы та те то тү
        ша ше шы ай ас ат ер ес іс ор өз ұл ын ің""",
}
_ENDINGS = {
    "en": ("", "", "s", "ed", "ing", "'s"),
    "kk": ("", "", "лар", "ды", "да", "дан", "ның", "ға", "сы", "лардың", "ымыз"),
}
_FIRST, _VOWELS, _CONSONANTS = "абвгдежзиклмнопрстуфхцчшэю", "аеиорлув", "бвгдзклмнпрст"


@dataclass(frozen=True, slots=True)
class Query:
    """A rule's query, and what it asks for as lists of surface forms."""

    text: str
    wanted: tuple[frozenset[str], ...]
    """Each of these groups of forms has to be found."""


class Corpus:
    """A vocabulary with its forms, the commonest first, and texts made of it."""

    def __init__(self, language: str, forms: dict[str, tuple[str, ...]]) -> None:
        self._language = language
        self._lemmas = list(forms)
        self._forms = forms
        weights = (1 / rank for rank in range(1, len(forms) + 1))
        self._cumulated = list(itertools.accumulate(weights))

    def articles(self, count: int, seed: int) -> list[ArticleData]:
        """Return articles of WORDS words, with punctuation and capitals."""
        chance = random.Random(f"{self._language} {seed}")
        return [
            ArticleData(
                url=f"https://example.org/{seed}/{number}",
                title=" ".join(self._words(chance, 8)),
                text=" ".join(self._words(chance, WORDS)),
                language=self._language,
            )
            for number in range(count)
        ]

    def _words(self, chance: random.Random, count: int) -> Iterator[str]:
        capital = True
        for _ in range(count):
            place = bisect.bisect(self._cumulated, chance.random() * self._cumulated[-1])
            word = chance.choice(self._forms[self._lemmas[min(place, len(self._lemmas) - 1)]])
            sign = chance.choices(("", ",", "."), (86, 8, 6))[0]
            yield (word.capitalize() if capital else word) + sign
            capital = sign == "."

    def queries(self, count: int) -> list[Query]:
        """Return queries of the shapes that analysts write.

        They are narrow, as rules are that anyone keeps: ten thousand that each fired on one article
        in ten thousand would bring an alert with every article.
        """
        chance = random.Random(f"{self._language} rules")
        return [self._query(chance) for _ in range(count)]

    def _query(self, chance: random.Random) -> Query:
        a, b, c, d = (self._lemmas[chance.randrange(FIRST_RANK, len(self._lemmas))] for _ in "abcd")
        shape = chance.choices(("and", "near", "not", "phrase", "some"), (4, 2, 2, 1, 1))[0]
        forms = {word: frozenset(self._forms[word]) for word in (a, b, c)}
        match shape:
            case "and":
                return Query(f"{a} AND {b} AND {c}", (forms[a], forms[b], forms[c]))
            case "near":
                return Query(f"{a} NEAR/10 {b}", (forms[a], forms[b]))
            case "not":
                text = f"({a} OR {b}) NEAR/20 {c} AND NOT {d}"
                return Query(text, (forms[c], forms[a] | forms[b]))
            case "phrase":
                return Query(f'"{a} {b}" OR {a} NEAR/3 {c}', (forms[a], forms[b] | forms[c]))
        text = f"ATLEAST/3({a}, {b}, {c}, {d})"
        return Query(text, (forms[a] | forms[b], forms[b] | forms[c]))


def corpus(language: str) -> Corpus:
    """Return the corpus of a language."""
    chance = random.Random(language)
    lemmas = _russian() if language == "ru" else _invented(language, chance)
    shuffled = sorted(lemmas)
    chance.shuffle(shuffled)
    return Corpus(language, {lemma: lemmas[lemma] for lemma in shuffled[:LEMMAS]})


def _invented(language: str, chance: random.Random) -> dict[str, tuple[str, ...]]:
    """Return invented words that inflect like those of the language."""
    syllables, endings = _SYLLABLES[language].split(), _ENDINGS[language]
    lemmas: dict[str, tuple[str, ...]] = {}
    while len(lemmas) < LEMMAS:
        word = "".join(chance.choices(syllables, k=chance.choices((2, 3, 4), (2, 5, 3))[0]))
        if len(word) > 3:
            lemmas[word] = tuple(word + ending for ending in endings)
    return lemmas


def _russian() -> dict[str, tuple[str, ...]]:
    """Return words of the dictionary with all their forms."""
    analyzer = pymorphy3.MorphAnalyzer(lang="ru")
    prefixes = ["".join(letters) for letters in itertools.product(_FIRST, _VOWELS, _CONSONANTS)]
    random.Random("prefixes").shuffle(prefixes)
    lemmas: dict[str, tuple[str, ...]] = {}
    for prefix in prefixes:
        known = itertools.islice(analyzer.dictionary.iter_known_words(prefix), 6_000)
        named = dict.fromkeys(word for word, _, normal_form, *_ in known if word == normal_form)
        for word in itertools.islice(named, 0, None, 4):
            if len(word) > 3 and "-" not in word:
                lexeme = analyzer.parse(word)[0].lexeme
                lemmas[word] = tuple(dict.fromkeys(form.word for form in lexeme))[:20]
        if len(lemmas) >= LEMMAS:
            break
    return lemmas
