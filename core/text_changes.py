"""What changed between two versions of an article, for people: passages, not bytes.

Outlets soften headlines, drop sentences and swap numbers without a word. Between two fetches far
more changes that nobody means: counters, clocks, related links, quotes and dashes. The second kind
is left out here, by whole sentences only, so that no fact can hide behind a counter.

Passages are matched by equality first, which is linear; only the few that are left are compared
with each other, since comparing all (as difflib does) is quadratic.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from operator import attrgetter
from typing import TypeVar

from core.plain_text import one_line, shorten

_Item = TypeVar("_Item")

MOST_PAIRED = 200
"""Sentences of each version that are compared with each other; of a text that was replaced as a
whole nobody reads which sentence became which."""

MOST_SENTENCES = 20_000
"""Sentences that unmatched paragraphs are divided into; beyond, a paragraph stays whole."""

REWRITTEN = 0.5
"""Dice coefficient of two sentences' words from which one became the other. Two short sentences
that differ in a number have exactly this; unrelated sentences rarely pass .3."""

_WORDS_COMPARED = 300
_WORDS_MARKED = 60
_PASSAGES_SHOWN = 100
_PASSAGE_SHOWN = 2_000
_HEADLINE_SHOWN = 200
_PASSAGES_TOLD = 3
_PASSAGE_TOLD = 140
_WORDS_AROUND = 4

_INVISIBLE = re.compile("[\u00ad\u0300\u0301\u034f\u200b-\u200f\u2060\ufeff]")
_DASH = re.compile(" ?[-‐-―−] ?")
_SAME = str.maketrans(
    {**dict.fromkeys("«»“”„‟″", '"'), **dict.fromkeys("'`´ʹʻʼʽ‘’‛′", "'"), "ё": "е", "Ё": "Е"}
)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_MARK = re.compile(r"(\[-.*?-\]|\{\+.*?\+\})")
_SENTENCE_END = re.compile(
    r"(?:(?<=[^\W_]{2}[.!?…])|(?<=[.!?…][»”\")]))\s+(?![a-zа-яёіїєґәғқңөұүһўҳҷӣӯ])"
)


_LONGEST_FURNITURE = 200
_NUMBER = r"\d[\d .,]*+(?:k|m|к|тыс\.?|млн|mln|ming|мың|миң|минг|ҳазор)? ?"
_COUNTED = (
    r"(?:views?|comments?|shares?|likes?|reads?|reposts?|просмотр\w*|комментари\w*|репост\w*"
    r"|лайк\w*|прочтени\w*|перегляд\w*|коментар\w*|поширен\w*|қаралым\w*|қаралды|пікір\w*|көрүү\w*"
    r"|көрүлдү|пикир\w*|ko'rish\w*|ko'rildi|izoh\w*|кўриш\w*|кўрилди|изоҳ\w*|бозди\w*|шарҳ\w*)"
)
_MONTH = (
    "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|май|мая|июн|июл|авг|сен|окт"
    "|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|қаң|ақп|нау|сәу|мам|мау|шіл|там|қыр"
    r"|қаз|қар|жел|yan|fev|iyu|avg|sen|okt|noy|dek|ноё)\w{0,7}+"
)
_WHEN = (
    rf"(?:\d{{1,2}}:\d\d|\d{{1,4}}|{_MONTH}|at|on|am|pm|gmt|utc|в|об|о|года|г|року|мск|soat|соат"
    r"|сағат|саат|ж|й|[ .,:/|()-])"
)
_UPDATED = (
    r"(?:last )?updated|(?:последнее )?обновлен\w*|оновлено|жаңартыл\w+|жаңыл[аа]н\w+|yangilan\w+"
    r"|янгилан\w+|навсозӣ\w*"
)
_UNIT = (
    r"(?:sec|min|hour|day|week|сек|мин|час|дн|день|нед|хв|годин|тижн|сағ|күн|апта|саат|мүн|daq|soat"
    r"|kun|hafta|дақ|соат|кун|ҳафт|рӯз)\w*"
)
_CHANNEL = (
    r"(?:telegram|телеграм|whatsapp|instagram|youtube|facebook|newsletter|канал|kanal|channel|арна"
    r"|рассылк|розсилк|digest|our\b|(?:follow|join) us\b|на нас|за нами|наш|бізге|бизге|bizga|бизга"
    r"|ба мо|sahifa|саҳифа|парақша|баракча)"
)
_SUBSCRIBE = (
    r"(?:подпи(?:сывайтесь|шитесь)|підпи(?:суйтес[яь]|шіться)|следите за на|стежте за на|subscribe"
    r"|sign up|(?:follow|join) (?:us|our)\b|жазылыңыз\w*|obuna bo'l\w+|обуна (?:бўл\w+|шавед))"
)
_RELATED = (
    r"(?:read|see|watch) (?:also|more|next)|related(?: \w+)?:|(?:читайте|смотрите|читать|смотреть)"
    r" (?:также|еще|по теме|далее)|(?:материалы |новости )?по теме:"
    r"|(?:читайте|дивіться) (?:також|ще)"
    r"|(?:тағы(?: да)?|сондай-ақ) оқыңыз\w*|(?:дагы|ошондой эле) (?:окуңуз|караңыз)"
    r"|(?:shuningdek,?|yana) (?:o'qing|qarang)|o'qing\b|(?:(?:шунингдек,?|яна) )?ўқинг"
    r"|mavzuga oid|мавзуга оид|(?:инро|ҳамчунин|инчунин)(?: ҳам)? (?:бихонед|хонед)"
)
_FURNITURE = re.compile(
    rf"\W*(?:(?:(?:{_NUMBER}{_COUNTED}|{_COUNTED}:? ?{_NUMBER}|[👁👍💬🔁❤]\ufe0f? ?{_NUMBER})\W*+)++"
    rf"|(?:{_UPDATED})\W*{_WHEN}*+"
    rf"|(?=.*\d:\d\d){_WHEN}++"
    rf"|(?:\d+|an?|one) {_UNIT} (?:ago|назад|тому|бұрын|мурун|oldin|аввал|пеш)"
    rf"|(?:{_RELATED})(?:\W.*)?"
    rf"|(?={_SUBSCRIBE}|.*{_SUBSCRIBE}\W*$)(?=.*{_CHANNEL}|{_SUBSCRIBE}\W*$).*)\W*"
)
"""A whole sentence, keyed and in lower case, that is a counter, a clock, a related link or a call
to subscribe. Mere digits are none: they may be the cell of a table."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is different in the newer version, counters and the like left out."""

    headline: tuple[str, str] | None = None
    """The old and the new one, where they differ."""
    added: tuple[str, ...] = ()
    """Neighbouring sentences are one passage; here and below in the order of the text."""
    removed: tuple[str, ...] = ()
    rewritten: tuple[tuple[str, str], ...] = ()
    """Sentences as they were and as they are."""

    @property
    def trivial(self) -> bool:
        """Whether nothing that a reader would call a change is left."""
        return not (self.headline or self.added or self.removed or self.rewritten)

    def summary(self) -> str:
        """Return one line that says what kind of change it is."""
        parts = []
        if self.headline:
            old, new = (shorten(title, _HEADLINE_SHOWN) for title in self.headline)
            parts.append(f"headline changed from “{old}” to “{new}”")
        counted = (
            (len(self.removed), "removed"),
            (len(self.added), "added"),
            (len(self.rewritten), "rewritten"),
        )
        noun = True
        for count, verb in counted:
            if count:
                passages = (" passage" if count == 1 else " passages") if noun else ""
                parts.append(f"{count}{passages} {verb}")
                noun = False
        return "; ".join(parts) or "no change of substance"

    def in_words(self) -> str:
        """Return the summary with the words that went [-so-] and came {+so+}, on one short line.

        Of long passages the beginning is shown, of rewritten ones what is around the change.
        """
        marked = [_around_marks(_marked(old, new)) for old, new in self.rewritten]
        marked += [f"[-{shorten(passage, _PASSAGE_TOLD)}-]" for passage in self.removed]
        marked += [f"{{+{shorten(passage, _PASSAGE_TOLD)}+}}" for passage in self.added]
        told = "; ".join(marked[:_PASSAGES_TOLD])
        more = f"; and {len(marked) - _PASSAGES_TOLD} more" if len(marked) > _PASSAGES_TOLD else ""
        return f"{self.summary()}: {told}{more}" if told else self.summary()

    def unified(self, width: int = 80) -> str:
        """Return the change for reading, in lines of `width` characters where words allow it.

        Within a rewritten sentence, words are marked [-so-] where they went and {+so+} where they
        came. Long passages and long lists are cut, and say so.
        """
        pairs = [self.headline] if self.headline else []
        passages = [f"~ {_marked(old, new)}" for old, new in _some(pairs + list(self.rewritten))]
        passages += [f"- {passage}" for passage in _some(self.removed)]
        passages += [f"+ {passage}" for passage in _some(self.added)]
        lines = [
            textwrap.fill(shorten(passage, _PASSAGE_SHOWN), max(width, 20), subsequent_indent="  ")
            for passage in passages
        ]
        lists = (self.rewritten, self.removed, self.added)
        hidden = sum(max(0, len(passages) - _PASSAGES_SHOWN) for passages in lists)
        return "\n".join(lines + ([f"… and {hidden} more"] if hidden else []))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that has no equal in the other version."""

    number: int
    """Its place: neighbours within a paragraph differ by one, others by more."""
    text: str
    key: str


def compare(old_title: str, old_text: str, new_title: str, new_text: str) -> Change:
    """Return what changed from the old version to the new one.

    Paragraphs that only moved, or were joined or split, have not changed. Takes about a second for
    2 MB in 20,000 paragraphs that are all different.
    """
    old, new = _unequal(old_text.splitlines(), new_text.splitlines(), str)
    old, new = _unequal(old, new, _key)
    before, after = _unequal(_sentences(old), _sentences(new), attrgetter("key"))
    pairs = _rewritten(before, after)
    gone = {before.number for before, _ in pairs}
    came = {other.number for _, other in pairs}
    same_headline = _key(old_title) == _key(new_title)
    return Change(
        headline=None if same_headline else (_shown(old_title), _shown(new_title)),
        added=_passages(sentence for sentence in after if sentence.number not in came),
        removed=_passages(sentence for sentence in before if sentence.number not in gone),
        rewritten=tuple((before.text, after.text) for before, after in pairs),
    )


def headline_sign(title: str) -> bytes:
    """Return what two headlines have in common that `compare` finds the same."""
    return hashlib.sha256(_key(title).encode(errors="replace")).digest()


def text_sign(text: str) -> bytes:
    """Return what two texts have in common between which `compare` finds no change."""
    keys = sorted(sentence.key for sentence in _sentences(text.splitlines()) if sentence.key)
    return hashlib.sha256("\n".join(keys).encode(errors="replace")).digest()


def _key(text: str) -> str:
    """Return the text without what makes no difference: kinds of spaces, quotes and dashes, ё."""
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if _INVISIBLE.search(text):
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = " ".join(text.translate(_SAME).replace("…", "...").split())
    return _DASH.sub("-", text)


def _unequal(
    old: Sequence[_Item], new: Sequence[_Item], key: Callable[[_Item], str]
) -> tuple[list[_Item], list[_Item]]:
    """Return what each side has without an equal on the other; nothing with an empty key.

    Of three equals against two, the last is left.
    """
    old_keys, new_keys = [key(item) for item in old], [key(item) for item in new]
    return _surplus(old, old_keys, new_keys), _surplus(new, new_keys, old_keys)


def _surplus(items: Sequence[_Item], keys: list[str], others: list[str]) -> list[_Item]:
    spare = Counter(others)
    left = []
    for item, key in zip(items, keys, strict=True):
        if key and spare[key]:
            spare[key] -= 1
        elif key:
            left.append(item)
    return left


def _sentences(paragraphs: list[str]) -> list[_Sentence]:
    """Return the sentences of the paragraphs as they are shown, without boilerplate."""
    sentences: list[_Sentence] = []
    number = 0
    for paragraph in paragraphs:
        number += 2
        room = max(1, MOST_SENTENCES - len(sentences))
        for text in _SENTENCE_END.split(_shown(paragraph), maxsplit=room):
            number += 1
            key = _key(text)
            if not _is_furniture(text, key):
                sentences.append(_Sentence(number, text, key))
    return sentences


def _is_furniture(text: str, key: str) -> bool:
    return len(text) <= _LONGEST_FURNITURE and bool(_FURNITURE.fullmatch(key.casefold()))


def _shown(text: str) -> str:
    return one_line(text).strip()


def _rewritten(
    before: list[_Sentence], after: list[_Sentence]
) -> list[tuple[_Sentence, _Sentence]]:
    """Return which sentence became which, the likest first chosen, in the order of the text."""
    old = [(sentence, _words(sentence.text)) for sentence in before[:MOST_PAIRED]]
    new = [(sentence, _words(sentence.text)) for sentence in after[:MOST_PAIRED]]
    likeness = [
        (2 * len(ours & theirs) / max(1, len(ours) + len(theirs)), -i, -j)
        for i, (_, ours) in enumerate(old)
        for j, (_, theirs) in enumerate(new)
    ]
    became: dict[int, int] = {}
    taken: set[int] = set()
    likely = (entry for entry in likeness if entry[0] >= REWRITTEN)
    for _, i, j in sorted(likely, reverse=True):
        if -i not in became and -j not in taken:
            became[-i] = -j
            taken.add(-j)
    return [(before[i], after[j]) for i, j in sorted(became.items())]


def _passages(sentences: Iterable[_Sentence]) -> tuple[str, ...]:
    """Join neighbouring sentences."""
    passages: list[list[str]] = []
    last = -1
    for sentence in sentences:
        if sentence.number == last + 1:
            passages[-1].append(sentence.text)
        else:
            passages.append([sentence.text])
        last = sentence.number
    return tuple(" ".join(passage) for passage in passages)


def _words(text: str) -> set[str]:
    found = islice(_WORD.finditer(text.casefold()), _WORDS_COMPARED)
    return {word[0] for word in found}


def _marked(old: str, new: str) -> str:
    """Return both texts as one, with words that went and came marked."""
    ours, theirs = old.split(), new.split()
    start = _common(ours, theirs)
    end = _common(ours[start:][::-1], theirs[start:][::-1])
    head, tail = ours[:start], ours[len(ours) - end :]
    ours, theirs = ours[start : len(ours) - end], theirs[start : len(theirs) - end]
    if max(len(ours), len(theirs)) > _WORDS_MARKED:  # the matcher's time is cubic at worst
        return " ".join([*head, *_mark(ours, theirs), *tail])
    middle: list[str] = []
    for tag, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        middle += ours[a:b] if tag == "equal" else _mark(ours[a:b], theirs[c:d])
    return " ".join([*head, *middle, *tail])


def _around_marks(marked: str) -> str:
    """Return what went and came with a few words around it; the rest is left out."""
    pieces = [piece for piece in _MARK.split(marked) if piece.strip()]
    shown = []
    for index, piece in enumerate(pieces):
        if _MARK.fullmatch(piece):
            shown.append(piece[:2] + shorten(piece[2:-2], _PASSAGE_TOLD) + piece[-2:])
            continue
        words = piece.split()
        before = words[:_WORDS_AROUND] if index else []
        after = words[-_WORDS_AROUND:] if index < len(pieces) - 1 else []
        if len(before) + len(after) >= len(words):
            shown.append(" ".join(words))
        else:
            shown.append(" ".join([*before, "…", *after]))
    return " ".join(shown)


def _common(old: list[str], new: list[str]) -> int:
    """Return how many words both begin with."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))


def _mark(went: list[str], came: list[str]) -> list[str]:
    old = [f"[-{' '.join(went)}-]"] if went else []
    return old + ([f"{{+{' '.join(came)}+}}"] if came else [])


def _some(passages: Sequence[_Item]) -> Sequence[_Item]:
    return passages[:_PASSAGES_SHOWN]
