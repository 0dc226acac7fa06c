"""What counts as a change of an article, and how it is told."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text_changes import Change, compare

TITLE = "Рейд на стройке: задержаны двадцать человек"
TEXT = (
    "На стройке под Самарой прошёл рейд. Убито 12 человек, сообщил Иван Петров.\n"
    "Рабочих увезли на двух автобусах.\n"
    "Утром часть отпустили. Подрядчик от комментариев отказался."
)


def changed(old: str, new: str) -> Change:
    return compare(TITLE, old, TITLE, new)


@pytest.mark.parametrize(
    "line",
    [
        "1 234 просмотра",
        "1\u00a0234 просмотра",
        "Просмотров: 12,5 тыс.",
        "12 comments · 5 shares",
        "Views 12K",
        "👁 1234",
        "234 көрүү",
        "17 перегляди",
        "Updated 14:05",
        "Last updated on Nov 20, 2026 at 14:05 GMT",
        "Обновлено: 20 ноября 2026, 14:05",
        "Жаңартылды: 14:05",
        "14:05, 20 ноября 2026 года",
        "5 minutes ago",
        "10 минут назад",
        "2 сағат бұрын",
        "3 соат аввал",
        "Читайте также: Суд оставил рабочих под стражей",
        "Read also: The bridge is closed",
        "Читайте також: Міст зачинено",
        "Тағы оқыңыз: Көпір жабылды",
        "Дагы окуңуз: Көпүрө жабылды",
        "Ўқинг: Кўприк ёпилди",
        "Shuningdek oʻqing: Koʻprik yopildi",
        "Инро ҳам хонед: Пул баста шуд",
        "Подписывайтесь на наш канал в Telegram!",
        "Follow us on Instagram",
        "Стежте за нами",
        "Telegram арнамызға жазылыңыз",
        "Бизге жазылыңыз",
        "Bizga obuna boʻling",
        "Ба мо обуна шавед",
    ],
)
def test_counters_clocks_and_calls_are_trivial_wherever_they_stand(line: str) -> None:
    assert changed(TEXT, f"{TEXT}\n{line}").trivial
    assert changed(f"{line}\n{TEXT}", TEXT).trivial
    ended = line if line.endswith(("!", ".")) else f"{line}."
    assert changed(f"{TEXT} {ended}", TEXT).trivial, "glued to the end of a paragraph"


@pytest.mark.parametrize(
    "line",
    [
        "Убито 12",
        "12",
        "20 ноября",
        "2:1",
        "В 14:05 взорвался дом",
        "Updated: 12 killed in the raid",
        "20 лет назад здесь был завод",
        "Related deaths rose to 12.",
        "12 views of the war were shown",
        "Officials told migrants to subscribe to the army's Telegram channel.",
        "Мигрантов заставили подписаться на канал военкомата",
        "Подпишите контракт, сказали ему",
        "Join the US army today",
        "Follow the money, our correspondent was told",
    ],
)
def test_facts_that_look_like_furniture_are_changes(line: str) -> None:
    assert changed(TEXT, f"{TEXT}\n{line}").added == (line,)
    assert changed(f"{TEXT}\n{line}", TEXT).removed == (line,)


@pytest.mark.parametrize(
    "new",
    [
        TEXT.replace("прошёл", "прошел"),
        TEXT.replace(" ", "\u00a0").replace("\n", "\r\n\n  "),
        TEXT.replace("стройке", "строй\u00adке"),
        TEXT.replace("\n", " "),
        "\n".join(reversed(TEXT.split("\n"))),
        TEXT.replace(". ", ".\n"),
    ],
)
def test_typography_and_the_cut_of_paragraphs_are_trivial(new: str) -> None:
    assert changed(TEXT, new).trivial


def test_quotes_and_dashes_are_trivial() -> None:
    assert compare(
        "«Да» — нет", "Он сказал: «Да»—и ушёл…", '"Да" - нет', "Он сказал: “Да” – и ушёл..."
    ).trivial


def test_another_number_is_a_change() -> None:
    change = changed(TEXT, TEXT.replace("12", "21"))
    assert change.rewritten == (
        ("Убито 12 человек, сообщил Иван Петров.", "Убито 21 человек, сообщил Иван Петров."),
    )
    assert "Убито [-12-] {+21+} человек" in change.unified()


def test_a_name_taken_out_is_a_change() -> None:
    assert changed(TEXT, TEXT.replace(", сообщил Иван Петров", "")).rewritten


def test_a_negation_is_a_change() -> None:
    assert changed(TEXT, TEXT.replace("Рабочих увезли", "Рабочих не увезли")).rewritten


def test_a_removed_sentence_is_told_without_its_paragraph() -> None:
    change = changed(TEXT, TEXT.replace(" Подрядчик от комментариев отказался.", ""))
    assert change.removed == ("Подрядчик от комментариев отказался.",)
    assert not change.added
    assert not change.rewritten


def test_a_removed_paragraph_is_one_passage() -> None:
    change = changed(TEXT, TEXT.rpartition("\n")[0])
    assert change.removed == ("Утром часть отпустили. Подрядчик от комментариев отказался.",)
    assert change.summary() == "1 passage removed"


def test_one_of_two_equal_sentences_taken_out_is_a_change() -> None:
    assert changed(f"{TEXT}\nДа.\nДа.", f"{TEXT}\nДа.").removed == ("Да.",)


def test_a_softened_headline_shows_the_words_it_lost() -> None:
    change = compare("Полиция избила мигрантов на рейде", TEXT, "Полиция проверила мигрантов", TEXT)
    assert change.headline == ("Полиция избила мигрантов на рейде", "Полиция проверила мигрантов")
    assert change.unified().startswith("~ Полиция [-избила-] {+проверила+} мигрантов")


def test_the_summary_counts_what_changed() -> None:
    new = TEXT.replace("12", "21").replace("Рабочих увезли на двух автобусах.\n", "") + "\nНовое."
    change = compare("Было", TEXT, "Стало", new)
    assert change.summary() == (
        "headline changed from “Было” to “Стало”; 1 passage removed; 1 added; 1 rewritten"
    )
    assert Change().summary() == "no change of substance"


def test_unified_keeps_to_the_width_and_says_what_it_leaves_out() -> None:
    long = "\n".join(f"Абзац номер {number} про совсем другое дело." for number in range(300))
    lines = changed("", long).unified(40).splitlines()
    assert max(map(len, lines[:-1])) <= 40
    assert lines[-1] == "… and 200 more"


@given(st.text(), st.text())
def test_any_texts_compare(old: str, new: str) -> None:
    change = compare(old, old, new, new)
    assert change.unified(10) is not None
    assert compare(old, old, old, old).trivial


LARGE: dict[str, Callable[[int], tuple[str, str]]] = {
    "paragraphs": lambda n: (paragraphs("Первое", n // 100), paragraphs("Второе", n // 100)),
    "sentences": lambda n: ("Аб. " * (n // 4), "Вг. " * (n // 4)),
    "one word": lambda n: ("а" * n, "б" * n),
    "one sentence": lambda n: ("а б " * (n // 4), "а в " * (n // 4)),
    "clocks": lambda n: ("Обновлено 1 мая 1 мая 1 мая 1 мая 1 мая икс\n" * (n // 100), ""),
    "numbers": lambda n: (("1 1 1 1 1 " * 15 + "\n") * (n // 130), "x"),
    "spaces": lambda n: (" " * n + "а", "." * n),
    "dashes": lambda n: ("- " * (n // 2), "«" * n),
}


def paragraphs(word: str, count: int) -> str:
    return "\n".join(f"{word} {number} и ещё несколько слов." for number in range(count))


def seconds_to_compare(old: str, new: str) -> float:
    began = time.process_time()
    change = changed(old, new)
    change.summary()
    change.unified()
    return time.process_time() - began


@pytest.mark.parametrize("kind", LARGE)
def test_a_long_text_takes_a_time_that_is_linear(kind: str) -> None:
    # A quarter of a second is what is promised on a free machine; with a quadratic step, which
    # takes minutes for 2 MB, it would be ten.
    assert seconds_to_compare(*LARGE[kind](500_000)) < 2.5


@pytest.mark.chaos
@pytest.mark.parametrize("kind", LARGE)
def test_two_megabytes_take_a_time_that_is_linear(kind: str) -> None:
    assert seconds_to_compare(*LARGE[kind](2_000_000)) < 5


def test_a_change_is_told_by_its_words() -> None:
    was, told = "Полиция задержала", "мигрантов на рынке Садовод в субботу утром, говорят там."
    change = compare(
        "Рейд", f"{was} сорок {told}\n\nИх везли в отдел.",
        "Рейд", f"{was} тридцать {told}\n\nСуд был в среду.",
    )  # fmt: skip
    assert change.in_words() == (
        "1 passage removed; 1 added; 1 rewritten: Полиция задержала [-сорок-] {+тридцать+} "
        "мигрантов на рынке Садовод …; [-Их везли в отдел.-]; {+Суд был в среду.+}"
    )


def test_many_and_long_passages_are_told_in_short() -> None:
    change = Change(removed=tuple(f"{number} " + "слово " * 90 for number in range(9)))
    told = change.in_words()
    assert told.startswith("9 passages removed: [-0 слово")
    assert told.endswith("; and 6 more")
    assert len(told) < 600


def test_a_headline_alone_is_told_once() -> None:
    change = Change(headline=("Было", "Стало"))
    assert change.in_words() == change.summary()
