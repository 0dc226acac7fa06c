"""Which language an article is in: detected among the configured ones, what is known as prior."""

from __future__ import annotations

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SAMPLE = 500
"""Characters that decide; more do not change the answer."""
SHORT = 120
"""Below this many letters a detection is not evidence against what the source says."""
SURE = 0.9
"""Probability from which detection overrides the source."""


def detect_language(text: str, languages: tuple[str, ...], prior: str | None = None) -> str | None:
    """Find the ISO 639-1 code out of `languages`; `prior` is what source or feed say.

    Detection decides when it is sure and the text is long enough; the prior decides otherwise. A
    prior outside `languages` counts only when there is no text to go by. None if nothing is known.
    """
    letters = sum(map(str.isalpha, text[:SAMPLE]))
    if letters < 3:
        return prior
    detected, probability = _identifier(languages).classify(text[:SAMPLE])
    if prior in languages and (letters < SHORT or probability < SURE):
        return prior
    return str(detected)


def load_model(languages: tuple[str, ...]) -> None:
    """Load the detection model now rather than with the first article."""
    _identifier(languages)


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    known = set(identifier.labels)
    # Loading strictly is the configuration's business; here an unknown code must not stop a crawl.
    wanted = [code for code in languages if code in known]
    identifier.set_languages(wanted or None)
    return identifier
