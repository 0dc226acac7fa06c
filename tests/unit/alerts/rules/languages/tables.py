"""Tables of words and forms, and what a suffix grammar says to them."""

from __future__ import annotations

from alerts.rules.analysis import fold
from alerts.rules.languages.suffixes import SuffixGrammar


def pairs(table: str) -> list[tuple[str, str]]:
    """Read lines of `word: form form …` into pairs."""
    rows = (line.split(":") for line in table.strip().splitlines())
    return [(word, form) for word, forms in rows for form in forms.split()]


def accepts(grammar: SuffixGrammar, word: str, form: str) -> bool:
    """Tell whether `grammar` takes `form` for a form of `word`."""
    loose = grammar.loosen(fold(form))
    return any(
        loose.startswith(stem.text) and grammar.accepts(stem, loose[len(stem.text) :])
        for stem in grammar.stems(fold(word))
    )
