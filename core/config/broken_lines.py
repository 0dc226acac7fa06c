"""The lines of a file that is not YAML, as they may be shown beside what is wrong with it.

Where the parser gave up, nothing tells for sure which part of the file a line belongs to. A line is
shown as written only when it stands under `rules`, `concepts` or `entities`, nothing between names
another section, and it is made of what those sections hold. Of every other line the keys that we
know and the punctuation are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.config.fields import Section
from core.config.sections.rules import AnyOfConfig, RuleConfig, RuleTest
from core.config.sections.vocabulary import ConceptConfig, EntityConfig
from core.config.watch import WatchConfig

_WORDS_ALONE = frozenset({"rules", "concepts", "entities"})
_MODELS: tuple[type[Section], ...] = (
    RuleConfig, RuleTest, AnyOfConfig, ConceptConfig, EntityConfig,
)  # fmt: skip
_KEYS = frozenset(field for model in _MODELS for field in model.model_fields)
_KEY = re.compile(r"""(?P<indent>\s*)(?:-\s+)*\{?\s*["']?(?P<key>[\w.-]+)["']?\s*:(?=\s|$)""")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_WORD = re.compile(r"""[^\s:,{}\[\]"'#-]+(?P<key>(?=['"]?\ *:))?""")


def lines_of_broken_file(lines: Iterable[str], known: frozenset[str]) -> Iterator[str]:
    """Yield each line as it may be shown; `known` are the keys that any section has."""
    section = ""
    for line in lines:
        found = _KEY.match(line)
        key = found["key"] if found else None
        if found is not None and (not found["indent"] or key in WatchConfig.model_fields):
            section = found["key"]
        is_text = section in _WORDS_ALONE and (key is None or _holds_words(key, section))
        yield line if is_text and not _names_others(line, known) else _only_keys(line, known)


def _holds_words(key: str, section: str) -> bool:
    return key in _KEYS or key == section or _LANGUAGE.fullmatch(key) is not None


def _names_others(line: str, known: frozenset[str]) -> bool:
    """Tell whether a line names a key that belongs elsewhere, where secrets may stand."""
    keys = {found[0] for found in _WORD.finditer(line) if found["key"] is not None}
    return bool(keys & (known - _KEYS - _WORDS_ALONE))


def _only_keys(line: str, known: frozenset[str]) -> str:
    def shown(found: re.Match[str]) -> str:
        is_key = found["key"] is not None and found[0] in known
        return found[0] if is_key else "*" * len(found[0])

    return _WORD.sub(shown, line)
