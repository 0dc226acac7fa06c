"""By which name a message calls people, bodies and places."""

from __future__ import annotations

import pytest

from alerts.messages.entity_names import names_for_readers, proper_name
from core.config.sections.vocabulary import EntityConfig


def entity(**names: list[str]) -> EntityConfig:
    return EntityConfig.model_validate({"kind": "person", "wikidata": "Q1", **names})


BASTRYKIN = entity(ru=["Александр Бастрыкин", "Бастрыкин"], en=["Bastrykin"])


@pytest.mark.parametrize(
    ("readers", "article", "name"),
    [
        ("en", "ru", "Bastrykin"),
        ("ru", "en", "Александр Бастрыкин"),
        ("ky", "ru", "Александр Бастрыкин"),  # without a name of theirs, the article decides
        (None, "en", "Bastrykin"),
        (None, "kk", "Bastrykin"),
    ],
)
def test_readers_see_names_in_their_language(readers: str | None, article: str, name: str) -> None:
    shown = names_for_readers({"b": BASTRYKIN}, readers)["b"]
    assert proper_name(shown, article) == name
    assert (shown.kind, shown.wikidata, shown.case) == ("person", "Q1", True)


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["бастрыкин", "Бастрыкин"], "Бастрыкин"),
        (["==ФСБ", "Погранслужба ФСБ"], "ФСБ"),
        (['"Следственный комитет"'], "Следственный комитет"),
        (["Бастрыкин*"], "Бастрыкин"),
        (["народный курултай"], "народный курултай"),
    ],
)
def test_names_are_shown_as_they_are_listed_with_their_capitals(
    names: list[str], shown: str
) -> None:
    assert proper_name(entity(ru=names), "ru") == shown
