"""The passage that an alert shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.rules.snippet import TARGET_LENGTH, make_snippet
from core.alerting.matches import Field, Snippet, Span

FILLER = "Здесь говорится совсем о другом. " * 30


def spans_of(text: str, *words: str) -> list[Span]:
    found = []
    for word in words:
        at = text.find(word)
        while at >= 0:
            found.append(Span(Field.TEXT, at, at + len(word), word))
            at = text.find(word, at + 1)
    return found


def shown(snippet: Snippet) -> list[str]:
    return [snippet.text[start:end] for start, end in snippet.highlights]


def test_the_cluster_with_most_different_terms_is_chosen() -> None:
    text = f"мигрант мигрант мигрант. {FILLER}Повестка для мигранта в аэропорту. {FILLER}"
    hits = spans_of(text, "мигрант", "Повестка")
    snippet = make_snippet(text, hits, hits)
    assert "Повестка для мигранта в аэропорту." in snippet.text
    assert shown(snippet) == ["Повестка", "мигрант"]


def test_it_begins_and_ends_at_sentences_where_it_can() -> None:
    text = f"{FILLER}Их остановили на границе. {FILLER}"
    hits = spans_of(text, "границе")
    snippet = make_snippet(text, hits, hits)
    assert snippet.text.startswith("Здесь говорится")
    assert snippet.text.endswith("другом.")
    assert TARGET_LENGTH // 2 < len(snippet.text) <= TARGET_LENGTH


def test_without_sentences_it_is_cut_at_words_with_ellipses() -> None:
    text = "слово " * 200 + "мигрант" + " слово" * 200
    hits = spans_of(text, "мигрант")
    snippet = make_snippet(text, hits, hits)
    assert snippet.text.startswith("…слово ")
    assert snippet.text.endswith(" слово…")
    assert shown(snippet) == ["мигрант"]


def test_line_breaks_become_spaces_and_highlights_move_along() -> None:
    text = "Первый абзац.\n\n  Вручили\n\tповестку  мигранту.\n"
    hits = spans_of(text, "повестку", "мигранту")
    snippet = make_snippet(text, hits, hits)
    assert snippet.text == "Первый абзац. Вручили повестку мигранту."
    assert shown(snippet) == ["повестку", "мигранту"]


def test_a_phrase_over_a_line_break_stays_one_highlight() -> None:
    text = "получил российское\n   гражданство вчера"
    hits = spans_of(text, "российское\n   гражданство")
    assert shown(make_snippet(text, hits, hits)) == ["российское гражданство"]


def test_overlapping_hits_become_one_highlight() -> None:
    text = "глава СК Александр Бастрыкин"
    hits = spans_of(text, "Александр Бастрыкин", "Бастрыкин", "СК")
    assert shown(make_snippet(text, hits, hits)) == ["СК", "Александр Бастрыкин"]


def test_a_hit_in_the_title_alone_shows_how_the_text_begins() -> None:
    text = f"Первое предложение. {FILLER}"
    snippet = make_snippet(text, [Span(Field.TITLE, 0, 5, "x")], [])
    assert snippet.text.startswith("Первое предложение.")
    assert len(snippet.text) <= TARGET_LENGTH + 1
    assert snippet.highlights == ()
    assert make_snippet("", [Span(Field.TITLE, 0, 5, "x")], []) == Snippet("")


def test_words_without_spaces_are_cut_all_the_same() -> None:
    text = "ы" * 5_000
    snippet = make_snippet(text, [Span(Field.TEXT, 2_000, 2_010, "x")], [])
    assert len(snippet.text) <= TARGET_LENGTH + 2


@given(st.text(alphabet="аб .!?\n\t…»", max_size=1_500), st.data())
def test_highlights_keep_their_words_in_any_text(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, max(0, len(text) - 1))
    hits = []
    for start in data.draw(st.lists(offsets, max_size=6)):
        end = min(len(text), start + data.draw(st.integers(1, 12)))
        if text[start:end].strip() == text[start:end] != "":
            hits.append(Span(Field.TEXT, start, end, str(start % 3)))
    snippet = make_snippet(text, hits, hits)
    assert len(snippet.text) <= TARGET_LENGTH + 20
    assert not {"\n", "\t"} & set(snippet.text)
    assert "  " not in snippet.text
    assert bool(snippet.highlights) is bool(hits)
    ends = [0, *(offset for pair in snippet.highlights for offset in pair)]
    assert ends == sorted(ends)
    for words in shown(snippet):
        assert words
        assert words in " ".join(text.split())
