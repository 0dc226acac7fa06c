"""Names: case forms of people's names, and suggested spellings."""

from __future__ import annotations

import pytest

from alerts.rules.analysis import fold
from alerts.rules.languages.names import name_forms
from alerts.rules.languages.transliteration import MOST, suggest_spellings
from tests.unit.alerts.rules.languages.tables import pairs

SURNAMES = """
песков: пескова пескову песковым пескове
бастрыкин: бастрыкина бастрыкину бастрыкиным бастрыкине
гайдук: гайдука гайдуку гайдуком гайдуке
зеленский: зеленского зеленскому зеленским зеленском
кадыров: кадырова кадырову кадыровым
жапаров: жапарова жапарову жапаровым
токаев: токаева токаеву токаевым
рахмон: рахмона рахмону рахмоном
мирзиёев: мирзиёева мирзиёеву мирзиёевым
белоусов: белоусова белоусову белоусовым
ким: кима киму кимом
шойгу: шойгу
лукашенко: лукашенко
москалькова: москальковой москалькову
толстая: толстой толстую
"""


@pytest.mark.parametrize(("name", "form"), pairs(SURNAMES))
def test_surname_has_its_case_forms(name: str, form: str) -> None:
    (found,) = name_forms([fold(name)], "ru")
    assert fold(form) in found


@pytest.mark.parametrize(
    ("name", "other"),
    [("песков", "песок"), ("песков", "пески"), ("песков", "песками"), ("лукашенко", "лукашенки")],
)
def test_forms_of_the_ordinary_word_are_no_forms_of_the_name(name: str, other: str) -> None:
    (found,) = name_forms([name], "ru")
    assert other not in found


def test_given_name_and_surname_inflect_together_by_the_person() -> None:
    first, last = name_forms(["татьяна", "москалькова"], "ru")
    assert {"татьяны", "татьяной"} <= first
    assert "москальковой" in last
    assert "москальковым" not in last
    first, last = name_forms(["александр", "бастрыкин"], "ru")
    assert {"александра", "александром"} <= first
    assert "бастрыкиным" in last


def test_ukrainian_names_inflect_too() -> None:
    first, last = name_forms(["володимир", "зеленський"], "uk")
    assert "володимира" in first
    assert "зеленського" in last


@pytest.mark.parametrize(
    ("name", "language", "spelling"),
    [
        ("Бастрыкин", "en", "Bastrykin"),
        ("Бастрыкин", "uz", "Bastrikin"),
        ("Бастрыкин", "uk", "Бастрикін"),
        ("Артур Гайдук", "en", "Artur Haiduk"),
        ("Артур Гайдук", "en", "Artur Gaiduk"),
        ("Кадыров", "en", "Qadirov"),
        ("Кадыров", "en", "Kadyrov"),
        ("Зеленский", "en", "Zelensky"),
        ("Зеленский", "en", "Zelenskyy"),
        ("Жапаров", "en", "Japarov"),
        ("Жапаров", "uz", "Japarov"),
        ("Хаитов", "uz", "Xaitov"),
        ("Щербак", "en", "Shcherbak"),
        ("Haiduk", "ru", "Хайдук"),
        ("Bastrykin", "ru", "Бастрыкин"),
    ],
)
def test_spellings_that_are_met_are_suggested(name: str, language: str, spelling: str) -> None:
    assert spelling in suggest_spellings(name)[language]


@pytest.mark.parametrize("name", ["Бастрыкин", "Юлия Щедрина-Хабибуллаева", "", "  ", "123", "Ы"])
def test_suggestions_are_few_and_distinct(name: str) -> None:
    for spellings in suggest_spellings(name).values():
        assert len(spellings) == len(set(spellings)) <= MOST
