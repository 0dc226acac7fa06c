"""Which names of a matched article are no entity yet."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from structlog.testing import capture_logs

from alerts.new_names.finder import (
    BUDGET,
    DEADLINE,
    LONGEST,
    MOST,
    MOST_WRITTEN,
    PIECE,
    READ,
    READING,
    NewNames,
    pieces,
)
from alerts.new_names.outcome import NamingOutcome
from alerts.new_names.tagger import TaggedName
from alerts.rules import RuleSet
from core.alerting.matches import Match, NameKind, NewName
from core.articles import ArticleData
from core.config import WatchConfig
from tests.unit.alerts.new_names.capitals import CapitalsTagger

RULES = RuleSet.compile(
    WatchConfig.model_validate(
        {
            "rules": [{"id": "raids", "any": ["рейд"]}],
            "entities": {
                "kg": {"kind": "place", "ru": ["Кыргызстан"]},
                "japarov": {"kind": "person", "ru": ["Садыр Жапаров", "Жапаров"]},
            },
        }
    )
)


def article(text: str, **changes: Any) -> ArticleData:
    said = {"title": "", "language": "ru", **changes}
    return ArticleData(url="https://a.example/1", text=f"Полиция провела рейд. {text}", **said)


def found(data: ArticleData, names: NewNames | None = None) -> tuple[NewName, ...]:
    names = names or NewNames(CapitalsTagger, "ru")
    matches = RULES.match(data)
    assert matches
    added = names.batch(RULES.knows)(data, matches)
    assert {match.new_names for match in added} == {added[0].new_names}
    return added[0].new_names


def test_names_are_told_once_in_their_base_form_in_the_order_of_appearance() -> None:
    text = "Об этом сказал Улан Ниязбеков в Кемерове. Улану Ниязбекову в Кемерове не поверили."
    assert found(article(text))[1:] == (
        NewName(NameKind.PERSON, "Улан Ниязбеков"),
        NewName(NameKind.PLACE, "Кемерово"),
    )


def test_a_name_of_an_entity_is_not_new_but_what_is_called_after_it_is() -> None:
    text = "а в Кыргызстане Садыра Жапарова ждёт Посольство Кыргызстана, пишет Улан"
    names = [name.name for name in found(article(text))]
    assert "Посольство Кыргызстана" in names
    assert not {"Кыргызстан", "Садыр Жапаров"} & set(names)


def test_a_surname_alone_is_the_person_who_is_named_in_full() -> None:
    people = [
        name.name
        for name in found(article("и Улан Ниязбеков ушёл", title="рейд с Уланом Ниязбековым"))
        if name.kind is NameKind.PERSON
    ]
    assert people == ["Улан Ниязбеков"]


@pytest.mark.parametrize("language", ["uk", "ky", None])
def test_articles_in_another_language_are_left_alone(language: str | None) -> None:
    tagger = CapitalsTagger()
    data = article("пишет Улан Ниязбеков", language=language)
    assert found(data, NewNames(lambda: tagger, "ru")) == ()
    assert tagger.asked == []


def test_nothing_is_loaded_for_an_article_that_no_rule_fires_on() -> None:
    def load() -> CapitalsTagger:
        raise AssertionError

    assert NewNames(load, "ru").batch(RULES.knows)(article("x"), ()) == ()


def test_only_the_beginning_of_a_text_is_read_and_piece_by_piece() -> None:
    tagger = CapitalsTagger()
    found(article("слово " * 10_000), NewNames(lambda: tagger, "ru"))
    assert sum(map(len, tagger.asked)) == READ
    assert max(map(len, tagger.asked)) <= PIECE


def test_no_piece_is_begun_after_the_deadline() -> None:
    tagger, seconds = CapitalsTagger(), itertools.count(step=READING / 2)
    found(article("слово " * 10_000), NewNames(lambda: tagger, "ru", lambda: next(seconds)))
    assert len(tagger.asked) == 2


class _Work:
    """A clock of work that stands still until something takes its time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def takes(self, seconds: float) -> None:
        self.seconds += seconds


class _Slow(CapitalsTagger):
    """A tagger that takes its time for each piece."""

    def __init__(self, work: _Work, seconds: float) -> None:
        super().__init__()
        self._work, self._seconds = work, seconds

    def tag(self, text: str) -> tuple[TaggedName, ...]:
        self._work.takes(self._seconds)
        return super().tag(text)


def test_no_name_is_compared_after_the_deadline() -> None:
    work, compared = _Work(), list[NewName]()

    def known(name: NewName) -> bool:
        compared.append(name)
        work.takes(DEADLINE / 2)
        return False

    data = article("и Казань, и Пермь, и Рязань, и Самара, и Саратов")
    NewNames(CapitalsTagger, "ru", work).batch(known)(data, RULES.match(data))
    assert len(compared) == 3


def test_no_base_form_is_asked_for_after_the_deadline() -> None:
    work = _Work()
    names = NewNames(lambda: _Slow(work, DEADLINE * 2), "ru", work)
    assert found(article("и Казань, и Пермь"), names) == ()


def test_no_more_spellings_are_put_into_their_base_form_than_are_worth_it() -> None:
    letters = "абвгдежзик"
    text = " и ".join(f"К{a}{b}{c}" for a in letters for b in letters for c in letters)
    compared: list[NewName] = []

    def known(name: NewName) -> bool:
        compared.append(name)
        return True

    data = article(f"и {text}")
    NewNames(CapitalsTagger, "ru", _Work()).batch(known)(data, RULES.match(data))
    assert MOST < len(compared) <= MOST_WRITTEN


def test_a_batch_has_one_budget_and_what_comes_after_goes_without() -> None:
    work = _Work()
    batch = NewNames(lambda: _Slow(work, BUDGET / 4), "ru", work).batch(RULES.knows)
    data = article("в Кемерове")
    matches = [batch(data, RULES.match(data)) for _ in range(6)]
    assert all(len(match) == 1 for match in matches)
    assert work.seconds == BUDGET
    assert batch.outcomes == {NamingOutcome.READ: 4, NamingOutcome.PASSED_OVER: 2}


def test_pieces_end_with_a_sentence_and_cover_the_text() -> None:
    text = "Раз два. Три четыре! Пять\nшесть семь восемь девять десять"
    cut = [text[start:end] for start, end in pieces(text, 20)]
    assert "".join(cut) == text
    assert cut[0] == "Раз два. "
    assert all(len(piece) <= 20 for piece in cut)


def test_names_are_bounded_in_number_and_length() -> None:
    many = " и ".join(f"Город{'абвгдежзик'[n // 10]}{'абвгдежзик'[n % 10]}" for n in range(60))
    assert len(found(article(many))) == MOST
    long = " ".join(["Оооо"] * 60)
    assert all(len(name.name) <= LONGEST for name in found(article(f"и {long} и")))


class _Fails:
    """A tagger that cannot read some texts."""

    def tag(self, text: str) -> tuple[TaggedName, ...]:
        if "бомба" in text:
            raise MemoryError
        return CapitalsTagger().tag(text)


def test_a_failure_costs_the_names_and_not_the_match_and_is_said_once() -> None:
    names = NewNames(_Fails, "ru")
    with capture_logs() as logged:
        for _ in range(5):
            assert found(article("бомба в Кемерове"), names) == ()
    assert [(line["event"], line["failures"]) for line in logged] == [("new_names_failed", 1)]
    assert names.failures == 5
    assert found(article("а в Кемерове тихо"), names)


def test_failures_are_counted_by_the_batch() -> None:
    batch = NewNames(_Fails, "ru").batch(RULES.knows)
    for text in ("бомба в Кемерове", "а в Кемерове тихо", "бомба в Казани"):
        batch(data := article(text), RULES.match(data))
    assert batch.outcomes == {NamingOutcome.READ: 1, NamingOutcome.FAILED: 2}


def test_a_model_that_cannot_be_loaded_is_tried_once_and_said() -> None:
    tries: list[int] = []

    def load() -> CapitalsTagger:
        tries.append(1)
        raise OSError("no such file")

    names = NewNames(load, "ru")
    with capture_logs() as logged:
        matches: list[tuple[Match, ...]] = [
            names.batch(RULES.knows)(data := article("в Кемерове"), RULES.match(data))
            for _ in range(3)
        ]
    assert [len(match) for match in matches] == [1, 1, 1]
    assert len(tries) == 1
    assert [line["event"] for line in logged] == ["new_names_not_loaded"]
