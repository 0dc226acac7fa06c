"""Every kind of reason has words at the desk, in each language."""

from __future__ import annotations

import pytest

from core.articles import StubKind
from core.source_counts import Halt, Stage
from core.sources import EntryCause, SkipKind, Skipped
from core.words import LANGUAGES
from desk.source_funnel import LeftCount
from web.reasons import left_words, skip_words
from web.words import words_for


def left(why: str, stub: str | None = None) -> LeftCount:
    return LeftCount(
        stage=Stage.MATCHED, why=why, waiting=False, failure=None, failure_status=None, stub=stub,
        words="", count=1,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", [*EntryCause, *Halt])
def test_whatever_ends_the_way_of_an_entry_is_said(why: EntryCause | Halt, language: str) -> None:
    assert left_words(left(why.value), words_for(language))


@pytest.mark.parametrize("stub", StubKind)
def test_whatever_stands_in_an_articles_place_is_said(stub: StubKind) -> None:
    english, russian = (
        left_words(left(EntryCause.STUB.value, stub.value), words_for(language))
        for language in ("en", "ru")
    )
    assert english != russian


@pytest.mark.parametrize("kind", [kind for kind in SkipKind if kind is not SkipKind.OTHER])
def test_whatever_is_not_followed_is_said_in_russian(kind: SkipKind) -> None:
    noted = Skipped(kind, "as it was noted", 1, "")
    assert skip_words(noted, words_for("ru")) != "as it was noted"
