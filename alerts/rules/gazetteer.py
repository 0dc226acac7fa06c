"""Names of people, bodies and places as terms: capitals count, surnames get their case forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, cast

from alerts.rules.languages import GENERATED, INFLECTING
from alerts.rules.languages.names import name_forms
from alerts.rules.spelling import parse_name
from alerts.rules.words import Form, Reading, WordPattern


def entity_terms(
    name: str, language: str, kind: str, *, cased: bool = True
) -> list[tuple[WordPattern, ...]]:
    """Return the terms that a name of an entity stands for.

    A capital in the name requires one in the text, unless `cased` is false. Raises
    QuerySyntaxError with an offset into `name`.
    """
    reading = Reading((language,) if language in INFLECTING else (), names=cased)
    words = parse_name(name, reading)
    if kind != "person" or language not in GENERATED:
        return [words]
    if any(word.form is not Form.INFLECTED for word in words):
        return [words]
    forms = name_forms([word.key for word in words], cast("Literal['ru', 'uk']", language))
    # The forms of the name as a whole replace those of its words: Песков is not the plural пески.
    return [
        tuple(
            replace(word, form=Form.EXACT, languages=(), forms=frozenset(known))
            for word, known in zip(words, forms, strict=True)
        )
    ]
