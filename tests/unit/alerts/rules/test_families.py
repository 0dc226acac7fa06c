"""Entities with what belongs to them: `@tajikistan` finds its towns and its people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alerts.rules import RuleSet
from core.articles import ArticleData
from core.config import ConfigError, load_config

ENTITIES: dict[str, Any] = {
    "tajikistan": {"kind": "place", "en": ["Tajikistan"]},
    "sughd": {"kind": "place", "part_of": "tajikistan", "en": ["Sughd"]},
    "khujand": {"kind": "place", "part_of": ["sughd"], "en": ["Khujand"]},
    "tajiks": {"kind": "group", "part_of": "tajikistan", "en": ["Tajik"]},
    "tashkent": {"kind": "place", "en": ["Tashkent"]},
}

Fires = Callable[..., bool]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("@tajikistan", "A man born in Khujand", True),
        ("@tajikistan", "Two Tajik brothers", True),
        ("@tajikistan", "A man from Tashkent", False),
        ("@sughd", "A man born in Khujand", True),
        ("@khujand", "A man born in Tajikistan", False),
        ("only:@tajikistan", "A man born in Khujand", False),
        ("only:@tajikistan", "A man born in Tajikistan", True),
        ("title:@tajikistan", "Khujand", False),
        ("@tajikistan NEAR/3 court", "A court in Khujand", True),
        ("only:@tajikistan OR only:@tajiks", "Two Tajik brothers", True),
    ],
)
def test_an_entity_covers_what_is_part_of_it_unless_it_is_asked_for_alone(
    fires: Fires, query: str, text: str, expected: bool
) -> None:
    assert fires(query, text, entities=ENTITIES) is expected


def test_what_was_found_keeps_its_own_name_and_leads_the_snippet(
    rules: Callable[..., RuleSet],
) -> None:
    ruleset = rules(entities=ENTITIES, rules=[{"id": "r", "when": "@tajikistan"}])
    text = "Nothing to see. " * 60 + "He was born in Khujand."
    (match,) = ruleset.match(ArticleData(url="", title="", text=text))
    assert [span.label for span in match.spans] == ["khujand"]
    assert "Khujand" in match.snippet.text


def test_a_concept_may_be_built_on_a_family(fires: Fires) -> None:
    concepts = {"native": {"en": ["native NEAR/2 @tajikistan"]}}
    assert fires("$native", "a native of Khujand", entities=ENTITIES, concepts=concepts)


@pytest.mark.parametrize(
    ("part_of", "line", "message"),
    [
        ("tajikstan", 3, "there is no entity 'tajikstan'"),
        ("khujand", 3, "'khujand' is part of itself"),
        ("tajikistan", 5, "'tajikistan' is part of itself"),
    ],
)
def test_a_whole_that_is_not_there_and_a_circle_are_errors_at_their_line(
    tmp_path: Path, part_of: str, line: int, message: str
) -> None:
    path = tmp_path / "watch.yaml"
    path.write_text(
        "entities:\n"
        f"  khujand: {{en: [Khujand],\n    part_of: {part_of}}}\n"
        f"  tajikistan: {{en: [Tajikistan],\n    part_of: {'khujand' if line == 5 else 'world'}}}\n"
        "  world: {en: [World]}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert (line, message) in [(found.mark.line, found.message) for found in caught.value.problems]


TOWNS: dict[str, Any] = {
    "russia": {"kind": "place", "country": "RU", "ru": ["Россия"]},
    "tajikistan": {"kind": "place", "country": "TJ", "ru": ["Таджикистан"]},
    "kyrgyzstan": {"kind": "place", "country": "KG", "ru": ["Кыргызстан"]},
    "uzbekistan": {"kind": "place", "country": "UZ", "ru": ["Узбекистан"]},
    "tajiks": {"kind": "group", "part_of": "tajikistan", "ru": ["таджик"]},
}


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("@tajikistan", "Уроженца Худжанда задержали", True),
        ("@tajikistan", "зодаи Хуҷанд", True),
        ("@kyrgyzstan", "рейс в Ош", True),
        ("@kyrgyzstan", "Оштогу жыйын", True),
        ("@kyrgyzstan", "ош да уруу да", False),
        ("@uzbekistan", "Buxoroda tugʻilgan", True),
        ("@uzbekistan", "Бухородан келган йигит", True),
        ("@russia", "рейд в Люберцах", True),
        ("@russia", "жители Нижнего Новгорода", True),
        ("@russia", "Владимир пришёл поздно", False),
        ("@russia", "Рейды прошли во Владимире и в Коврове, сообщили в России", True),
        ("@russia", "В Донецке объявили тревогу", False),
        ("@tajikistan", "Во Владимире задержали", False),
        ("@russia NEAR/2 рейд", "рейд в Люберцах", True),
    ],
)
def test_the_towns_of_a_country_count_as_it_and_doubtful_names_need_a_neighbour(
    fires: Fires, query: str, text: str, expected: bool
) -> None:
    assert fires(query, text, entities=TOWNS) is expected


def test_a_doubtful_name_counts_beside_the_country_and_not_a_chapter_away(fires: Fires) -> None:
    near = "Офицер из Донецка Ростовской области России"
    far = "В Донецке тихо. " + "Идут дни. " * 60 + "Россия"
    labels = {"only:@russia NEAR/3 офицер": (True, False)}
    for query, (is_near, is_far) in labels.items():
        assert fires(query, near, entities=TOWNS) is is_near
        assert fires(query, "Офицер " + far, entities=TOWNS) is is_far


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("рейд NEAR/3 (таджик BESIDE/9 Россия)", "Рейд в России: пятеро таджиков задержаны", False),
        ("рейд NEAR/5 (таджик BESIDE/9 Россия)", "Рейд в России: пятеро таджиков задержаны", True),
        ("таджик BESIDE/2 Россия BESIDE/3 рейд", "рейд там, таджик в России", True),
        ("таджик BESIDE/2 Россия BESIDE/2 рейд", "рейд там же и там, таджик в России", False),
    ],
)
def test_beside_finds_its_first_operand_alone(
    fires: Fires, query: str, text: str, expected: bool
) -> None:
    assert fires(query, text) is expected
