"""How the languages of the beat inflect: from a dictionary form to every form a text may use.

Russian, Ukrainian and English words get their forms generated; Kazakh, Kyrgyz, Uzbek and Tajik
words are recognised by grammars of suffixes. Words of any other language match as written.
"""

from __future__ import annotations

from collections.abc import Mapping

from alerts.rules.languages import kazakh, kyrgyz, tajik, uzbek
from alerts.rules.languages.suffixes import SuffixGrammar

GENERATED = ("ru", "uk")
"""Languages whose forms come from dictionaries, slowly, and are cached."""

GENERATING = frozenset((*GENERATED, "en"))
"""Languages whose forms are known as a list."""

GRAMMARS: Mapping[str, SuffixGrammar] = {
    "kk": kazakh.GRAMMAR,
    "ky": kyrgyz.GRAMMAR,
    "uz": uzbek.GRAMMAR,
    "tg": tajik.GRAMMAR,
}

INFLECTING = frozenset((*GENERATING, *GRAMMARS))
"""Codes of the languages in which a bare word stands for all its forms."""
