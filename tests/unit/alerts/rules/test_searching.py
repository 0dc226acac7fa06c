"""A query as a search: what it was understood as, and what it is compiled over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.rules import RuleSet
from alerts.rules.indexing import FOLDING, LONGEST_WORD, WordFolder
from alerts.rules.meanings import Meanings
from alerts.rules.problems import QuerySyntaxError
from alerts.rules.searching import SearchEngine
from alerts.rules.wanted import MOST_SPELLINGS
from core.articles import ArticleData
from core.config.watch import WatchConfig
from core.searching import (
    Anything,
    Every,
    Mark,
    Noted,
    Roughly,
    Some,
    Wanted,
    Without,
    Words,
    beginning,
    mark,
)

NOW = datetime(2026, 11, 20, tzinfo=UTC)
SECTIONS: dict[str, object] = {
    "concepts": {"m": {"ru": ["мигрант", "приезжий"]}, "x": {"ru": ["$m", "рейд"]}},
    "entities": {
        "town": {"kind": "place", "ru": ["Ош"], "part_of": "land"},
        "land": {"kind": "place", "ru": ["Киргизия"]},
    },
    "rules": [{"id": "r", "when": "$x"}],
}
CONFIG = WatchConfig.model_validate(SECTIONS)


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        (
            "рейд NEAR/10 мигрант",
            "рейд (10 forms) within 10 words of мигрант (10 forms)",
        ),
        ("a ONEAR/1 =b", "a (1 form) at most 1 word before =b (1 form)"),
        ("$m AND NOT (a OR b)", "$m (a concept of 2 terms) and not (a (1 form) or b (1 form))"),
        ("@land", "@land (an entity of 1 term)"),
        ("title:рейд", "рейд (10 forms) in the title"),
        ("депорт*", "депорт* (every word that begins so)"),
        ("жоғары", "жоғары (1 form, endings of kk, tg, uz)"),
        ('"рейд полиции"', '"рейд полиции" (a phrase, 19 forms)'),
        ("ATLEAST/2(a, b, c)", "at least 2 of: a (1 form), b (1 form), c (1 form)"),
        ("lang:ru AND length>=200 AND a", "lang:ru and length>=200 and a (1 form)"),
    ],
)
def test_a_query_is_said_back(query: str, understood: str) -> None:
    assert SearchEngine(CONFIG).compile(query).understood == understood


@pytest.mark.parametrize("rules", [None, RuleSet.compile(CONFIG)], ids=["alone", "beside rules"])
@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("рейд", "Прошёл рейд.", ["рейд"]),
        ("$x AND =два", "Мигранты два раза.", ["Мигранты", "два"]),
        ("@land", "Улицы в Оше.", ["Оше"]),
        ("only:@land", "Улицы в Оше.", None),
        ("$m NEAR/2 рейд", "рейд на мигрантов", ["рейд", "мигрантов"]),
    ],
)
def test_a_search_is_judged_like_a_rule(
    rules: RuleSet | None, query: str, text: str, marked: list[str] | None
) -> None:
    compiled = SearchEngine(CONFIG, rules).compile(query)
    article = ArticleData(url="", title="", text=text)
    found = compiled.match(article, NOW)
    assert compiled.holds(article, NOW) is (marked is not None)
    spans = None if found is None else [text[span.start : span.end] for span in found.spans]
    assert spans == marked


def test_a_wrong_query_is_located_in_its_own_text() -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        SearchEngine(CONFIG).compile("рейд AND @lend")
    assert (raised.value.offset, raised.value.hint) == (9, "did you mean '@land'?")


def test_a_concept_is_asked_for_by_what_was_noted_of_it() -> None:
    wanted = SearchEngine(CONFIG).compile("$m").wanted
    assert isinstance(wanted, Noted)
    assert wanted.mark == Meanings(CONFIG, FOLDING).of("concept", "m")


def test_a_meaning_has_another_mark_when_what_it_is_built_on_changes() -> None:
    concepts = {"m": {"ru": ["приезжий"]}, "x": {"ru": ["$m", "рейд"]}}
    newer = WatchConfig.model_validate({**SECTIONS, "concepts": concepts})
    before, after = Meanings(CONFIG, "1"), Meanings(newer, "1")
    assert before.of("concept", "x") != after.of("concept", "x")
    assert before.of("entity", "land") == after.of("entity", "land")


def test_words_are_folded_and_cut_for_an_index() -> None:
    folder = WordFolder()
    assert folder.folded("Ёлка, o‘zbek-tili!  И…") == "елка o'zbek тili и".replace("т", "t")
    assert folder.folded("А" * 500) == "а" * LONGEST_WORD
    assert folder.folded("... —") == ""


def test_marks_are_one_word_and_begin_alike_where_values_do() -> None:
    assert mark("s=", "Вести 24") == "s=вести_20_24"
    assert mark("s=", "Вести 24").startswith(mark("s=", "Вести "))


def test_long_values_that_begin_alike_have_marks_of_their_own() -> None:
    long = "х" * 200
    one, other = mark("c=", f"{long}:1234"), mark("c=", f"{long}:5678")
    assert one != other
    assert len(one) == len(mark("c=", "х" * 118))
    for length in (1, 105, 110, 118, 150, 200):
        asked = beginning("c=", long[:length])
        begun = asked.part if isinstance(asked, Roughly) else asked
        assert isinstance(begun, Mark)
        assert one.startswith(begun.text)
        assert mark("c=", long[:118]).startswith(begun.text)
        assert isinstance(asked, Mark) is (length <= 105)


def test_a_meaning_with_a_long_name_has_another_mark_when_it_changes() -> None:
    name = "a" + "_" * 40
    marks = {
        Meanings(WatchConfig.model_validate({"concepts": {name: {"ru": [word]}}}), "1").of(
            "concept", name
        )
        for word in ("рейд", "суд")
    }
    assert len(marks) == 2


def test_a_word_is_asked_for_in_all_its_forms() -> None:
    wanted = SearchEngine(CONFIG).compile("=рейд OR lang:ru*").wanted
    assert wanted.parts[0] == Words(("рейд",))  # type: ignore[union-attr]
    assert wanted.parts[1].parts[0] == Mark("l=ru", beginning=True)  # type: ignore[union-attr]


def size(wanted: Wanted) -> int:
    match wanted:
        case Every(parts=parts) | Some(parts=parts):
            return sum(map(size, parts))
        case Without(kept=kept, left_out=left_out):
            return size(kept) + size(left_out)
        case Roughly(part=part):
            return size(part)
    return 1


def test_choices_within_choices_do_not_multiply() -> None:
    query = "=a"
    for depth in range(5):
        query = f"ATLEAST/2({query}, {query if depth < 2 else '=b'}, =c{depth}, =d{depth}, =e)"
    assert size(SearchEngine(CONFIG).compile(query).wanted) < 1_000


def test_a_choice_is_spelled_out_as_long_as_it_is_short() -> None:
    wanted = SearchEngine(CONFIG).compile("ATLEAST/2(=a, =b, =c)").wanted
    assert isinstance(wanted, Some)
    assert all(isinstance(part, Every) for part in wanted.parts)


def test_a_name_of_too_many_spellings_is_read_and_not_looked_up() -> None:
    concepts = {"many": {"en": [f"=w{number}" for number in range(MOST_SPELLINGS + 1)]}}
    config = WatchConfig.model_validate({"concepts": concepts})
    wanted = SearchEngine(config).compile("$many").wanted
    assert isinstance(wanted, Noted)
    assert wanted.otherwise() == Anything()
