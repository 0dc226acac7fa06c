"""Names in their base form."""

from __future__ import annotations

import pytest

from alerts.new_names.base_forms import base_forms
from core.alerting.matches import NameKind


@pytest.mark.parametrize(
    ("kind", "written", "base"),
    [
        (NameKind.PERSON, "Садыром Жапаровым", "Садыр Жапаров"),
        (NameKind.PERSON, "Улана Ниязбекова", "Улан Ниязбеков"),
        (NameKind.PERSON, "Марией Захаровой", "Мария Захарова"),
        (NameKind.PERSON, "Алексею Навальному", "Алексей Навальный"),
        (NameKind.PERSON, "Эмомали Рахмоном", "Эмомали Рахмон"),
        (NameKind.PERSON, "Илоном Маском", "Илон Маск"),
        (NameKind.PERSON, "А. И. Бастрыкину", "А. И. Бастрыкин"),
        (NameKind.BODY, "Министерстве внутренних дел", "Министерство внутренних дел"),
        (
            NameKind.BODY,
            "Главного следственного управления СК",
            "Главное следственное управление СК",
        ),
        (NameKind.BODY, "Госдуме", "Госдума"),
        (NameKind.BODY, "МВД", "МВД"),
        (NameKind.BODY, "Генеральной прокуратуры", "Генеральная прокуратура"),
        (NameKind.PLACE, "Ростове-на-Дону", "Ростов-на-Дону"),
        (NameKind.PLACE, "Санкт-Петербурга", "Санкт-Петербург"),
        (NameKind.PLACE, "Ошской области", "Ошская область"),
        (NameKind.PLACE, "Соединённых Штатах", "Соединённые Штаты"),
        (NameKind.PLACE, "Дальнем Востоке", "Дальний Восток"),
        (NameKind.PLACE, "БИШКЕКЕ", "БИШКЕК"),
    ],
)
def test_a_name_gets_its_base_form(kind: NameKind, written: str, base: str) -> None:
    assert base_forms(written, kind)[0] == base


def test_a_surname_that_may_be_a_mans_or_a_womans_is_both() -> None:
    assert set(base_forms("Ниязбекову", NameKind.PERSON)) == {"Ниязбеков", "Ниязбекова"}


@pytest.mark.parametrize("kind", NameKind)
@pytest.mark.parametrize(
    "written",
    ["", "-", " ", "Ъ", "Xi Jinping", "«»", "\U00017000\U00017001", "А" * 500, "2 - 3", "ҶҶ"],
)
def test_what_is_no_word_stays_as_it_is(kind: NameKind, written: str) -> None:
    assert base_forms(written, kind) == (written,)
