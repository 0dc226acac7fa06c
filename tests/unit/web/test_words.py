"""The words of pages and messages: a language lacks none, and none loses what is put into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.messages import catalogue as messages
from core.reasons import catalogue as reasons
from core.word_catalogue import WordCatalogue, known
from web import catalogue as pages
from web.words import LANGUAGES, words_for

ALL = {
    "pages": pages.CATALOGUE, "messages": messages.CATALOGUE, "reasons": reasons.CATALOGUE,
}  # fmt: skip
CATALOGUES = {
    f"{name}-{file.stem}": (catalogue, file)
    for name, catalogue in ALL.items()
    for file in catalogue.files
}
of_each = pytest.mark.parametrize(
    ("catalogue", "file"), list(CATALOGUES.values()), ids=list(CATALOGUES)
)
_PLACES = re.compile(r"%+\(\w+\)s")


@of_each
def test_no_word_lacks_its_translation(catalogue: WordCatalogue, file: Path) -> None:
    assert list(catalogue.lacking(file)) == []


@of_each
def test_no_translation_is_kept_that_nothing_uses(catalogue: WordCatalogue, file: Path) -> None:
    wanted = {message.id for message in catalogue.used() if message.id}
    assert {message.id for message in known(file) if message.id} - wanted == set()


@of_each
def test_what_is_put_into_words_is_named_alike(catalogue: WordCatalogue, file: Path) -> None:
    assert catalogue.files
    for message in known(file):
        if not message.id:
            continue
        original = message.id if isinstance(message.id, str) else message.id[1]
        several = (message.string,) if isinstance(message.string, str) else message.string or ()
        for text in several:
            assert set(_PLACES.findall(text)) == set(_PLACES.findall(original)), text


def test_every_language_but_the_sources_own_has_a_file() -> None:
    for catalogue in ALL.values():
        assert {file.stem for file in catalogue.files} == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de-DE,de", "en"), ("", "en"), ("kk,ru;q=0.5", "ru"),
        ("en-US,en;q=0.9,ru;q=0.1", "en"), ("*", "en"), ("ru", "ru"),
    ],
)  # fmt: skip
def test_the_first_language_that_there_is_counts(asked: str, language: str) -> None:
    assert words_for(asked).language == language


def test_numbers_take_their_form() -> None:
    words = words_for("ru")
    shown = [
        words.plural("%(n)s new story", "%(n)s new stories", number) for number in (1, 2, 5, 21)
    ]
    assert shown == ["1 новая история", "2 новые истории", "5 новых историй", "21 новая история"]
