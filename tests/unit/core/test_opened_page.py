"""The page of an article opens that had the words of its feed: the same news, or an edit."""

from __future__ import annotations

import pytest

from core.articles import ArticleData, ArticleEvent
from core.opened_page import opened

LEAD = "Police raided the central market on Tuesday and took twenty people to a station."
REST = "\nRelatives waited until the morning.\nThe prosecutor said nothing about the reasons."


def page(title: str, text: str) -> ArticleData:
    return ArticleData(url="https://kloop.example/1", title=title, text=text)


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Raid on the market", LEAD),
        ("Raid on the market", ""),
        ("Raid on the market – Kloop", LEAD),
        ("«Raid» on the market", LEAD[:50] + "…"),
        ("Raid on the market", LEAD + REST),
    ],
)
def test_the_same_headline_and_a_lead_that_is_part_of_the_page_are_no_edit(
    title: str, lead: str
) -> None:
    event, _ = opened(title, lead, page("Raid on the market", LEAD + REST))
    assert event is ArticleEvent.OPENED
    assert event.is_first


@pytest.mark.parametrize(
    ("title", "lead"),
    [
        ("Twenty people vanish", LEAD),
        ("Raid on the market", "The mayor promised to repair all bridges over the river by May."),
    ],
)
def test_another_headline_or_lead_is_an_edit_that_says_what_changed(title: str, lead: str) -> None:
    event, note = opened(title, lead, page("Raid on the market", LEAD + REST))
    assert event is ArticleEvent.EDITED
    assert note.startswith("the page can be read now; ")
