"""Which language an article is in: detected among the configured ones, what is known as prior."""

from __future__ import annotations

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE = 500
"""Characters that decide; more do not change the answer."""
SHORT = 120
"""Below this many letters a detection is not evidence against what the source says."""
SURE = 0.9
"""Probability from which detection overrides the source."""


_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CYRILLIC_ALONE = frozenset({"ru", "uk", "be", "bg", "mk", "mn", "ky", "tg", "tt", "ba"})
"""Languages that are written in no other script."""
_CYRILLIC_TOO = _CYRILLIC_ALONE | {"kk", "uz", "sr", "az", "tk"}
MOSTLY = 0.6
"""Share of the letters from which on a text is in one script: names and brands stand in another."""


def detect_language(text: str, languages: tuple[str, ...], prior: str | None = None) -> str | None:
    """Find the ISO 639-1 code out of `languages`; `prior` is what source or feed say.

    The script comes first: no language counts that is not written in it, whatever the source says.
    Among the others detection decides when it is sure and the text is long enough; the prior
    decides otherwise. A prior outside `languages` counts only when there is no text to go by. None
    if nothing is known.
    """
    sample = text[:SAMPLE]
    letters = sum(map(str.isalpha, sample))
    if letters < 3:
        return prior
    candidates = _written_so(sample, letters, languages)
    if len(candidates) == 1:
        return candidates[0]
    detected, probability = _identifier(candidates).classify(sample)
    if prior in candidates and (letters < SHORT or probability < SURE):
        return prior
    return str(detected)


def _written_so(sample: str, letters: int, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the languages that the script of a text leaves; all when it leaves none."""
    if len(_CYRILLIC.findall(sample)) >= MOSTLY * letters:
        kept = tuple(code for code in languages if code in _CYRILLIC_TOO)
    elif len(_LATIN.findall(sample)) >= MOSTLY * letters:
        kept = tuple(code for code in languages if code not in _CYRILLIC_ALONE)
    else:
        return languages
    return kept or languages


def load_model(languages: tuple[str, ...]) -> None:
    """Load the detection model now rather than with the first article."""
    _identifier(languages)


@lru_cache(maxsize=32)
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    # Loading strictly is the configuration's business; here an unknown code must not stop a crawl.
    wanted = [code for code in languages if code in known]
    identifier.set_languages(wanted or None)
    return identifier
