"""Lines that repeat what the article's fields say: its headline, its day, its authors."""

from __future__ import annotations

import re

from crawler.extract.date_lines import says_when
from crawler.extract.field_words import BYLINE_WORDS, DATE_WORDS

FIRST_LINES = 4
"""Lines from the top among which the headline, the day and the authors are looked for."""
LAST_LINES = 3
"""Lines from the end among which authors are looked for."""
LONGEST_LINE = 250
"""Characters beyond which a line is no headline, day or byline."""
FEWEST_WORDS = 4
"""Words that a headline needs to be known again by most of them."""
STEM = 4
"""Letters by which a word of a second headline is known again in the title, whatever its form."""
MOST_MORE = 8
"""Words of a kicker in front of a headline."""
MOST_OF_IT = 0.6
"""Share of a headline that follows its kicker."""
ENDING = 10
"""Characters at the end of a line that are looked at for the end of a sentence."""
LONGEST_SITE = 3
"""Words of a site's name behind a headline."""

_ENDS_SENTENCE = re.compile(r"[.!…][\"»”)']*\s*$")
_ENDS_TEXT = re.compile(r"[.!?…。»”\"')]\s*$")
_INTRODUCES = re.compile(
    # What happened to an author is news, were it only one line: this is what papers say of theirs.
    r"(?!.*\b(?:was|were|been|wurde|worden|war|был|была|были)\b)(?:"
    r"\W*\s(?:(?:is|ist|est|es|è)\s|[—–-]\s).{0,40}?\b(?:reporter|correspondent|editor|writer"
    r"|journalist|columnist|redakteur|reporter|korrespondent|autor|volontär|journaliste"
    r"|rédact(?:eur|rice)|periodista|redactor|корреспондент|редактор|журналист|обозреватель|автор"
    r"|тілші|кабарчы|muxbir|jurnalist)(?:in|a|ка|сі|сы|i)?\b"
    r"(?:(?:\s(?:for|at|with|of|bei|beim|im|der|des|du|de)\s[^,;]{0,24}|\s[«\"“].{0,40}[»\"”])?\W*"
    r"|[^.;]{0,40}?(?:,|\s(?:who|and|und|et|y|который|которая|и|va|және|жана)(?=\s))\s"
    r"(?:covers|writes|reports on|schreibt|berichtet|пишет|освещает|жазады|жазат|yozadi)\b.*)"
    r"|.*\bcontributed to this (?:report|story|article)\W*"
    r"|.*\bfollow (?:him|her|them) (?:on|at|@)\s?[^.]{0,60}\W*)"
)
"""What stands behind an author's name where a line introduces the author, case folded."""
_WORD = re.compile(r"\w+")
_TITLE_BREAK = re.compile(r"\s+[|–—·•-]\s+")
_ADDRESS = re.compile(r"https?://\S+")
_NUMBER = re.compile(r"\d+\w{0,3}|\w{0,2}\d+")
_WORDS = frozenset(
    word for table in (DATE_WORDS, BYLINE_WORDS) for words in table.values() for word in words
)


def fold(text: str) -> str:
    """Reduce a text to its words, so that it is found again whatever stands between them."""
    return " ".join(_WORD.findall(text.casefold()))


def same_headline(line: str, headline: str, *, first: bool = False) -> bool:
    """Tell whether a line is a headline once more, perhaps without its kicker or the site's name.

    A line with a word that the headline has not, or with its words in another order, is a lead: it
    tells more. The `first` line of a text may be most of a headline that has its kicker in front;
    further down that would be a heading which takes up the headline's question.
    """
    sentence = _is_sentence(line) and not _is_sentence(headline)
    return len(line) <= LONGEST_LINE and _same(fold(line), fold(headline), sentence, first)


def _same(ours: str, theirs: str, sentence: bool, first: bool) -> bool:
    if not ours or not theirs or ours == theirs:
        return bool(ours) and ours == theirs
    if sentence:
        return False
    mine, other = ours.split(), theirs.split()
    if len(mine) < FEWEST_WORDS or len(other) < FEWEST_WORDS:
        return False
    if theirs.startswith(f"{ours} "):
        return len(other) - len(mine) <= LONGEST_SITE
    more = len(other) - len(mine)
    return (
        first
        and theirs.endswith(f" {ours}")
        and more <= MOST_MORE
        and len(mine) >= MOST_OF_IT * len(other)
    )


def _is_sentence(text: str) -> bool:
    return _ENDS_SENTENCE.search(text[-ENDING:]) is not None


def without_repetitions(text: str, headlines: tuple[str, ...], authors: tuple[str, ...]) -> str:
    """Drop from the edges of a text the lines that only say what the article's fields say.

    The first of the headlines is the title; a page of several stories has others that are theirs.
    """
    lines = text.split("\n")
    names = frozenset(word for name in authors for word in fold(name).split())
    known = {fold(headline): _is_sentence(headline) for headline in _of_title(headlines)}
    top: list[str] = []
    for index, line in enumerate(lines[:FIRST_LINES]):
        if len(line) <= LONGEST_LINE:
            folded, sentence = fold(line), _is_sentence(line)
            if any(_same(folded, h, sentence and not s, index == 0) for h, s in known.items()):
                continue
            if says_when_or_who(line, names) and not _is_in_list(top):
                continue
        top.append(line)
    rest = lines[FIRST_LINES:]
    return "\n".join(
        _without_signature([*top, *rest] if top or rest else lines[:1], names, authors)
    )


def without_outlet(text: str, page_title: str, site_name: str | None) -> str:
    """Drop the outlet's name above a text, as its logo has it.

    It is what the page calls its site, or a part of the <title> behind the headline.
    """
    parts = _TITLE_BREAK.split(page_title)[1:]
    names = frozenset(filter(None, map(fold, (site_name or "", *parts))))
    first, _, rest = text.partition("\n")
    return rest if rest and fold(first) in names else text


def _of_title(headlines: tuple[str, ...]) -> list[str]:
    """Return the title, and the headlines that share a word with it; others tell something else."""
    title, *others = headlines or ("",)
    told = _beginnings(title)
    return [title, *(headline for headline in others if told & _beginnings(headline))]


def _beginnings(headline: str) -> set[str]:
    return {word[:STEM] for word in fold(headline).split() if len(word) >= STEM}


def _without_signature(
    lines: list[str], names: frozenset[str], authors: tuple[str, ...]
) -> list[str]:
    """Drop the lines at the end of a text that say who wrote it and when.

    They stand behind a sentence. Behind a heading, a colon or another name they are a list's last.
    """
    end = len(lines)
    while end > max(1, len(lines) - LAST_LINES) and (
        says_when_or_who(lines[end - 1], names) or _is_about(authors, lines[:end])
    ):
        end -= 1
    return lines if _is_in_list(lines[:end]) else lines[:end]


def _is_in_list(before: list[str]) -> bool:
    """Tell whether a name behind these lines is one of a list: a text's lines end as sentences."""
    begun = any(map(_ends_text, before))
    return bool(before) and not _ends_text(before[-1]) and (begun or before[-1].endswith(":"))


def _ends_text(line: str) -> bool:
    return _ENDS_TEXT.search(line[-ENDING:]) is not None


def _is_about(authors: tuple[str, ...], lines: list[str]) -> bool:
    """Tell whether the last line introduces an author, of whom the text says nothing else."""
    last = lines[-1].casefold()
    return any(
        len(name.split()) > 1
        and last.startswith(name.casefold())
        and _INTRODUCES.fullmatch(last[len(name.casefold()) :]) is not None
        and not any(name.split()[-1].casefold() in line.casefold() for line in lines[:-1])
        for name in authors
    )


def says_when_or_who(line: str, names: frozenset[str]) -> bool:
    """Tell a line of nothing but numbers, words of dates and bylines, and the authors' names.

    A bare address says where, and no more than that.
    """
    if len(line) > LONGEST_LINE:
        return False
    if _ADDRESS.fullmatch(line) or says_when(line):
        return True
    words = fold(line).split()
    told = [w for w in words if w in names or w in _WORDS or _NUMBER.fullmatch(w)]
    return bool(words) and len(told) == len(words) and any(not w.isdigit() for w in words)
