"""The words of the interface: none is missing in a language, and none loses what is put into it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web.catalogue import FILES, known, lacking, used
from web.words import LANGUAGES, words_for

_PLACES = re.compile(r"%+\(\w+\)s")


@pytest.mark.parametrize("file", sorted(FILES.glob("*.po")), ids=lambda file: file.stem)
def test_no_word_lacks_its_translation(file: Path) -> None:
    assert list(lacking(file)) == []


@pytest.mark.parametrize("file", sorted(FILES.glob("*.po")), ids=lambda file: file.stem)
def test_no_translation_is_kept_that_nothing_uses(file: Path) -> None:
    wanted = {message.id for message in used() if message.id}
    assert {message.id for message in known(file) if message.id} - wanted == set()


@pytest.mark.parametrize("file", sorted(FILES.glob("*.po")), ids=lambda file: file.stem)
def test_what_is_put_into_words_is_named_alike(file: Path) -> None:
    for message in known(file):
        if not message.id:
            continue
        original = message.id if isinstance(message.id, str) else message.id[1]
        several = (message.string,) if isinstance(message.string, str) else message.string or ()
        for text in several:
            assert set(_PLACES.findall(text)) == set(_PLACES.findall(original)), text


def test_every_language_but_the_sources_own_has_a_file() -> None:
    assert {file.stem for file in FILES.glob("*.po")} == set(LANGUAGES) - {"en"}


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
