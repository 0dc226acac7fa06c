"""Sketches: small, stable samples of an article's shingles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.stories.sketch import FINE_HASHES, MOST_HASHES, Sketch, counts_by_level
from core.similarity import containment, shingles
from demo.synthetic import synthetic_story


def text(words: int, number: int = 0, language: str = "ru") -> str:
    return synthetic_story("sketches", language, number, words).text


@pytest.mark.parametrize("language", ["ru", "en", "kk", "ky", "uz", "tg", "uk"])
def test_an_article_of_600_words_takes_a_kilobyte_and_a_half(language: str) -> None:
    assert 700 < len(Sketch.of(text(600, language=language)).to_bytes()) <= 1_500


def test_a_short_article_is_kept_whole() -> None:
    sketch = Sketch.of(text(100))
    assert sketch.level == 0
    assert sketch.hashes.tolist() == shingles(text(100)).tolist()
    assert len(sketch.hashes) <= FINE_HASHES


def test_a_very_long_text_is_sampled_harder() -> None:
    long = " ".join(f"слово{number}" for number in range(100_000))
    sketch = Sketch.of(long)
    assert sketch.shingles == 99_997
    assert MOST_HASHES / 3 < len(sketch.hashes) <= MOST_HASHES


def test_what_two_levels_have_in_common_estimates_containment() -> None:
    long = text(6_000)
    lead = " ".join(long.split()[:700])
    whole, part = Sketch.of(long), Sketch.of(f"{text(300, 1)} {lead}")
    level = max(whole.level, part.level)
    kept = [each.hashes[: counts_by_level(each.hashes)[level]] for each in (whole, part)]
    exact = containment(shingles(long), shingles(f"{text(300, 1)} {lead}"))
    assert containment(*kept) == pytest.approx(exact, abs=0.12)


@given(st.text())
def test_bytes_give_the_sketch_back(anything: str) -> None:
    sketch = Sketch.of(anything)
    assert Sketch.from_bytes(sketch.to_bytes()) == sketch


def test_a_text_without_words_has_an_empty_sketch() -> None:
    for nothing in ("", "\ud800", "— … —"):
        assert Sketch.of(nothing) == Sketch(0, 0, b"")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:3],
        lambda data: data[:0],
        lambda data: b"\x07" + data[1:],
        lambda data: data[:1] + b"\xff" + data[2:],
        lambda data: data[:2] + b"\x01\x00\x00\x00" + data[6:],
        lambda data: data[:6] + data[6:][::-1],
        lambda data: data[:6] + data[6:14] + data[6:],
        lambda data: data[:1] + b"\x05" + data[2:],
    ],
)
def test_bytes_that_are_no_sketch_are_refused(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ValueError, match=r"sketch"):
        Sketch.from_bytes(damage(Sketch.of(text(600)).to_bytes()))
