"""Stories: what is a copy, what only looks like one, and who had it first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.stories import Document, Placement, Relation, Sketch, StoryIndex
from demo.library import library
from demo.synthetic import synthetic_story

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LANGUAGES = ("ru", "en", "uk", "kk", "ky", "uz", "tg")


def prose(number: int, words: int = 300, language: str = "ru") -> str:
    return synthetic_story("stories", language, number, words).text


def cut(text: str, start: int, stop: int | None = None) -> str:
    return " ".join(text.split()[start:stop])


class Desk:
    """An index that is fed articles a minute apart."""

    def __init__(self, index: StoryIndex | None = None) -> None:
        self.index = StoryIndex(documents=2_000) if index is None else index
        self.ids = 0

    def add(self, source: str, text: str, published_at: datetime | None = None) -> Placement:
        self.ids += 1
        return self.index.add(self.ids, source, NOW + self.ids * MINUTE, text, published_at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_joins_the_story_however_it_was_cut_or_dressed(language: str) -> None:
    desk = Desk()
    text = prose(1, language=language)
    assert desk.add("kloop", text).relation is Relation.NEW
    words = text.split()
    edited = [word for place, word in enumerate(words) if place % 20]
    for copy in (text, text.upper(), " ".join(edited), cut(text, 0, 60), f"{prose(2, 80)} {text}"):
        placed = desk.add(f"outlet {desk.ids}", copy)
        assert (placed.story, placed.relation) == (1, Relation.COPY)
        assert placed.first_source == "kloop"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_quotation_joins_the_story_as_one(language: str) -> None:
    desk = Desk()
    text = prose(1, language=language)
    desk.add("kloop", text)
    own = prose(2, language=language)
    placed = desk.add("azattyk", f"{cut(own, 0, 60)} {cut(text, 50, 170)} {cut(own, 60, 190)}")
    assert (placed.story, placed.relation, placed.of) == (1, Relation.QUOTES, 1)
    assert placed.containment == pytest.approx(0.4, abs=0.1)
    assert placed.shared_words == pytest.approx(120, abs=45)
    assert placed.reason.startswith("quotes article 1: ")


def test_none_of_the_newsrooms_stories_is_taken_for_a_copy_of_another() -> None:
    desk = Desk()
    for language in LANGUAGES:
        for outlet, stories in library(language).stories.items():
            for scheduled in stories:
                placed = desk.add(outlet, scheduled.story.text)
                assert placed.relation is not Relation.COPY, scheduled.story.slug


def test_one_quoted_sentence_joins_nothing() -> None:
    desk = Desk()
    text = prose(1)
    desk.add("kloop", text)
    placed = desk.add("azattyk", f"{prose(2, 60)} {cut(text, 100, 125)} {prose(3, 20)}")
    assert (placed.relation, placed.of, placed.story) == (Relation.NEW, None, 2)
    assert placed.reason == "no earlier article has this text"


def test_two_raids_on_one_day_are_two_stories() -> None:
    desk = Desk()
    formulas = (
        "Сотрудники полиции и миграционной службы провели рейд по проверке соблюдения закона.",
        "По итогам мероприятия составлены административные протоколы, проверка продолжается.",
    )
    for number in range(8):
        news = prose(number, 70)
        placed = desk.add(f"outlet {number}", f"{formulas[0]} {news} {formulas[1]}")
        assert placed.relation is Relation.NEW


def test_within_one_source_repeated_background_is_no_quotation() -> None:
    desk = Desk()
    background = prose(0, 100)
    desk.add("kloop", f"{prose(1, 150)} {background}")
    assert desk.add("kloop", f"{prose(2, 150)} {background}").relation is Relation.NEW
    assert desk.add("azattyk", f"{prose(3, 150)} {background}").relation is Relation.QUOTES


def test_a_footer_longer_than_the_news_is_learned_and_then_ignored() -> None:
    desk = Desk()
    footer = prose(0, 60)
    for number in range(1, 9):
        desk.add("kloop", f"{prose(number, 40)} {footer}")
    for number in range(9, 40):
        assert desk.add("kloop", f"{prose(number, 40)} {footer}").relation is Relation.NEW
    copy = desk.add("azattyk", f"{prose(39, 40)}")
    assert (copy.relation, copy.of) == (Relation.COPY, 39), "the news is known without its footer"
    assert desk.add("azattyk", footer).relation is Relation.NEW


def test_what_many_stories_share_joins_none() -> None:
    desk = Desk()
    law = prose(0, 50)
    for number in range(1, 6):
        desk.add(f"outlet {number}", f"{prose(number, 400)} {law}")
    placed = desk.add("kloop", f"{prose(9, 60)} {law}")
    assert placed.relation is Relation.NEW


def test_a_report_that_a_hundred_outlets_copied_is_still_known() -> None:
    desk = Desk()
    text = prose(1)
    for number in range(100):
        assert desk.add(f"outlet {number}", text).story == 1


def test_a_source_that_republishes_an_article_all_day_stays_in_its_story() -> None:
    desk = Desk()
    text = prose(1)
    for edition in range(10):
        assert desk.add("kloop", f"{text} {prose(50, 15 * (edition + 1))}").story == 1


def test_the_nearest_of_several_copies_is_named() -> None:
    desk = Desk()
    text = prose(1)
    desk.add("kloop", text)
    desk.add("azattyk", cut(text, 0, 100))
    assert desk.add("fergana", cut(text, 0, 105)).of == 2


@pytest.mark.parametrize(
    ("published", "believed"),
    [
        (NOW - HOUR, True),
        (NOW + 2 * MINUTE, True),
        (NOW + HOUR, False),
        (NOW - 8 * DAY, False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (None, False),
    ],
)
def test_who_says_to_have_been_first_is_believed_when_plausible(
    published: datetime | None, believed: bool
) -> None:
    desk = Desk()
    first = desk.add("kloop", prose(1))
    assert (first.first_source, first.first_at) == ("kloop", NOW + MINUTE)
    placed = desk.add("azattyk", prose(1), published)
    earlier = believed and published is not None and published < NOW + MINUTE
    assert placed.first_source == ("azattyk" if earlier else "kloop")
    assert placed.first_at == (published if earlier else NOW + MINUTE)
    assert placed.story == 1, "the story keeps its name"


def test_an_edited_article_keeps_its_story_and_is_no_copy_of_itself() -> None:
    desk = Desk()
    desk.add("kloop", prose(1))
    desk.add("azattyk", prose(1))
    edited = desk.index.add(1, "kloop", NOW + HOUR, prose(1) + " Дополнено вечером.")
    assert (edited.story, edited.relation, edited.of) == (1, Relation.NEW, None)
    rewritten = desk.index.add(2, "azattyk", NOW + HOUR, prose(7))
    assert (rewritten.story, rewritten.relation) == (1, Relation.NEW)
    assert len(desk.index) == 2
    assert desk.add("fergana", prose(7)).of == 2, "the new text is what it is known by"


def test_what_is_older_than_the_window_is_forgotten() -> None:
    index = StoryIndex(window=DAY, documents=100)
    index.add(1, "kloop", NOW, prose(1))
    assert index.add(2, "azattyk", NOW + DAY, prose(1)).story == 1
    assert index.add(3, "fergana", NOW + 2 * DAY, prose(1)).story == 1, "known by its copy"
    assert index.add(4, "kloop", NOW + 4 * DAY, prose(1)).relation is Relation.NEW
    assert len(index) == 1


def test_no_more_documents_than_the_cap_are_remembered() -> None:
    desk = Desk(StoryIndex(documents=10))
    for number in range(50):
        desk.add("kloop", prose(number, 100))
        assert len(desk.index) <= 10
    assert desk.add("azattyk", prose(49, 100)).story == 50
    assert desk.add("azattyk", prose(30, 100)).relation is Relation.NEW


def test_long_documents_push_out_the_oldest_instead_of_growing_the_index() -> None:
    desk = Desk(StoryIndex(documents=20))
    for number in range(30):
        desk.add("kloop", prose(number, 3_000))
    assert len(desk.index) < 20
    assert desk.add("azattyk", prose(29, 3_000)).story == 30


def test_an_index_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        StoryIndex(documents=0)


def test_a_restored_index_places_what_comes_next_as_the_first_would_have() -> None:
    first, second = StoryIndex(documents=500), StoryIndex(documents=500)
    kept: list[Document] = []
    for number in range(200):
        source, seen = f"outlet {number % 5}", NOW + number * MINUTE
        sketch = Sketch.of(f"{prose(number % 120, 200)} {prose(900 + number % 5, 30)}")
        placed = first.place(Document(number, source, seen, sketch))
        stored = Sketch.from_bytes(sketch.to_bytes())
        kept.append(Document(number, source, seen, stored, story=placed.story))
    for document in kept:
        second.place(document)
    for number in range(200, 260):
        document = Document(number, "new", NOW + DAY, Sketch.of(prose(number - 180, 200)))
        assert first.place(document) == second.place(document)


def test_a_story_whose_first_article_is_forgotten_is_restored_by_its_number() -> None:
    index = StoryIndex(documents=100)
    sketch = Sketch.of(prose(1))
    index.place(Document(70, "azattyk", NOW, sketch, story=12))
    assert index.add(71, "kloop", NOW + HOUR, prose(1)).story == 12


@pytest.mark.parametrize(
    "text", ["", "Видео", "\ud800 \udfff", "ж" * 2_000_000, "Фото: пресс-служба полиции области"]
)
def test_what_is_too_short_to_judge_is_always_new(text: str) -> None:
    desk = Desk()
    desk.add("kloop", prose(1))
    for _ in range(3):
        assert desk.add("azattyk", text).relation is Relation.NEW


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.text(max_size=40))))
def test_any_sequence_of_articles_leaves_a_sound_index(
    articles: list[tuple[str, int, str]],
) -> None:
    index = StoryIndex(documents=4)
    for source, number, text in articles:
        placed = index.add(number, source, NOW, f"{text} {prose(number % 3, 60)}")
        assert (placed.of is None) == (placed.relation is Relation.NEW)
        assert 0 <= placed.containment <= 1
        assert 0 < len(index) <= 4
