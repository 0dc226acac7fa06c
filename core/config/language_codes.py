"""Language codes as people get them wrong: a country's code, three letters, a name.

`kg`, `kz` and `tj` are countries. As a language none of their words would ever be found, and
nothing would say so, since any two letters look like a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.config.problems import Problem
from core.config.sections.vocabulary import ByLanguage, ConceptConfig, EntityConfig
from core.config.yaml_tree import Mapping, Node, Scalar, Sequence

_TWO_LETTERS = frozenset(
    re.findall(
        "[a-z]+",
        """
        aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu
        cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi
        ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka ki kj kk kl km kn ko kr ks ku
        kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
        no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl
        sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve
        vi vo wa wo xh yi yo za zh zu
        """,
    )
)
"""ISO 639-1 but for Kongo, whose `kg` is Kyrgyzstan wherever we saw it; Kongo is also `kon`."""

_MEANT = {
    "kg": "ky", "kz": "kk", "tj": "tg", "ua": "uk", "tm": "tk", "by": "be", "ge": "ka", "md": "ro",
    "us": "en", "gb": "en", "cn": "zh", "jp": "ja", "ir": "fa", "il": "he", "gr": "el", "cz": "cs",
    "dk": "da", "rs": "sr", "vn": "vi", "al": "sq", "at": "de",
    "kgz": "ky", "kaz": "kk", "tjk": "tg", "ukr": "uk", "tkm": "tk", "rus": "ru", "eng": "en",
    "uzb": "uz", "kir": "ky", "tgk": "tg", "tuk": "tk", "bel": "be", "blr": "be", "kat": "ka",
    "geo": "ka", "hye": "hy", "arm": "hy", "aze": "az", "deu": "de", "ger": "de", "fra": "fr",
    "fre": "fr", "spa": "es", "tur": "tr", "tat": "tt", "zho": "zh", "chi": "zh",
    "russian": "ru", "english": "en", "ukrainian": "uk", "kazakh": "kk", "kyrgyz": "ky",
    "kirghiz": "ky", "uzbek": "uz", "tajik": "tg", "turkmen": "tk",
}  # fmt: skip
"""Codes of countries, codes of three letters and names, by what detection calls the language."""


def meant_language(code: str) -> str | None:
    """Return the language code that was probably meant by what is none, or None."""
    lowered = code.strip().lower()
    if lowered in _MEANT:
        return _MEANT[lowered]
    first = lowered.replace("_", "-").partition("-")[0]  # ru-RU, ru_RU
    meant = _MEANT.get(first, first)
    return meant if first != code and meant in _TWO_LETTERS else None


def is_language(code: str) -> bool:
    """Tell whether detection could ever answer with this code, as far as we know."""
    return meant_language(code) is None and (len(code) != 2 or code in _TWO_LETTERS)


def language_problems(root: Mapping) -> list[Problem]:
    """Return every code in the file that looks like a language and is none."""
    return [
        Problem(
            node.mark,
            f"'{node.value}' is not a language code",
            f"did you mean '{meant}'?" if (meant := meant_language(node.value)) else None,
        )
        for node in _codes(root)
        if node.value and _claims_to_be_one(node.value) and not is_language(node.value)
    ]


def _claims_to_be_one(code: str) -> bool:
    return len(code) == 2 or meant_language(code) is not None


def _codes(root: Mapping) -> Iterator[Scalar]:
    for section, node in root.items.items():
        if section == "concepts":
            yield from _keys(node, ConceptConfig)
        elif section == "entities":
            yield from _keys(node, EntityConfig)
        elif section == "language" and isinstance(node, Scalar):
            yield node
        else:
            yield from _values(node)


def _keys(section: Node, model: type[ByLanguage]) -> Iterator[Scalar]:
    """Yield the keys of concepts or entities that stand for languages."""
    for item in section.items.values() if isinstance(section, Mapping) else ():
        if isinstance(item, Mapping):
            named = {*model.model_fields}
            yield from (_key(item, key) for key in item.items if key not in named)
            vetoes = item.items.get("unless")
            if isinstance(vetoes, Mapping):
                yield from (_key(vetoes, key) for key in vetoes.items)


def _key(owner: Mapping, key: str) -> Scalar:
    return Scalar(key, owner.keys[key], owner.keys[key])


def _values(node: Node) -> Iterator[Scalar]:
    """Yield what stands under `language` and `languages`, however deep."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _values(item)
    elif isinstance(node, Mapping):
        for key, value in node.items.items():
            if key == "language" and isinstance(value, Scalar):
                yield value
            elif key == "languages" and isinstance(value, Sequence):
                yield from (item for item in value.items if isinstance(item, Scalar))
            else:
                yield from _values(value)
