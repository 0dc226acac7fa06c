"""Mistakes in rules as `check` tells them: in the words and at the place of who wrote them."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules import RuleCheck
from alerts.rules.problems import QuerySyntaxError
from alerts.rules.query import parse_query
from alerts.rules.regexes import Regex
from core.config import ConfigError, load_config


def told(directory: Path, text: str) -> list[str]:
    file = directory / "watch.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[RuleCheck(reviewing=True)])
    return [
        f"{problem.mark.line}:{problem.mark.column} {problem.severity} {problem.message}"
        for problem in caught.value.problems
    ]


def test_rules_of_one_id_keep_their_mistakes_apart(tmp_path: Path) -> None:
    text = "rules:\n  - id: a\n    when: foo bar\n  - id: b\n    when: мигрант\n"
    text += "  - id: a\n    when: regex:/x(/\n  - id: a\n    when: $nobody\n"
    assert told(tmp_path, text) == [
        "3:15 error put AND or OR between `foo` and `bar`",
        "6:9 error id 'a' is taken (first at watch.yaml:2)".replace(
            "watch.yaml", str(tmp_path / "watch.yaml")
        ),
        "7:19 error this `(` is never closed",
        "8:9 error id 'a' is taken (first at watch.yaml:2)".replace(
            "watch.yaml", str(tmp_path / "watch.yaml")
        ),
        "9:11 error undefined concept '$nobody'",
    ]


def test_a_rule_that_is_taken_hides_no_mistake_behind_one_that_is_broken(tmp_path: Path) -> None:
    text = "rules:\n  - {id: a, when: x, level: hgh}\n  - {id: a, when: 'regex:/вч(/'}\n"
    said = told(tmp_path, text)
    assert said[0].startswith("2:29 error this must be")
    assert said[2] == "3:29 error this `(` is never closed"


def test_a_country_is_not_also_a_language_without_inflection(tmp_path: Path) -> None:
    text = "concepts: {m: {ru: [мигрант], kz: [мигрант]}}\nrules: [{id: r, when: $m}]\n"
    assert told(tmp_path, text) == ["1:31 error 'kz' is not a language code"]


@pytest.mark.parametrize(
    ("query", "offset", "said", "meant"),
    [
        ("$m NEAR 40 $n", 3, "`NEAR 40`", "NEAR/40"),
        ("a NEAR 40", 2, "`NEAR 40`", "NEAR/40"),
        ("a NEAR 40 OR b", 2, "`NEAR 40`", "NEAR/40"),
        ("(a NEAR 40 b) AND c d", 3, "`NEAR 40`", "NEAR/40"),
        ("a NEAR/ 40 b", 2, "`NEAR/ 40`", "NEAR/40"),
        ("a NEAR40 b", 2, "`NEAR40`", "NEAR/40"),
        ("a NEAR-40 b", 2, "`NEAR-40`", "NEAR/40"),
        ("a near 40 b", 2, "`near 40`", "NEAR/40"),
        ("a ONEAR  3 b", 2, "`ONEAR 3`", "ONEAR/3"),
        ("ATLEAST 2 (a, b)", 0, "`ATLEAST 2`", "ATLEAST/2"),
        ("ATLEAST2(a, b)", 0, "`ATLEAST2`", "ATLEAST/2"),
    ],
)
def test_a_number_without_its_slash(query: str, offset: int, said: str, meant: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(query)
    assert caught.value.message == f"{said} needs its number behind a slash"
    assert (caught.value.offset, caught.value.hint) == (offset, f"write {meant}")


def test_a_number_may_be_what_is_looked_for() -> None:
    parse_query("статья NEAR/5 337")


@pytest.mark.parametrize(
    ("pattern", "offset", "said"),
    [
        (r"вч(\s", 2, "this `(` is never closed"),
        (r"\bвч(\d+\b", 4, "this `(` is never closed"),
        (r"[)]((а)", 3, "this `(` is never closed"),
        ("(а))(б", 3, "this `)` closes nothing"),
        ("[аб", 0, "this `[` is never closed"),
        (r"а[б\]", 1, "this `[` is never closed"),
        (r"[\w", 0, "this `[` is never closed"),
        ("рейд|*", 5, "`*` has nothing before it to repeat"),
        (r"\d(+)", 3, "`+` has nothing before it to repeat"),
        ("рейд**", 4, "`**` repeats what is repeated already"),
        ("а{3,2}", 1, "`{3,2}` is no number of repetitions"),
        (r"рейд\q", 4, r"`\q` has no meaning here"),
        ("[я-а]", 1, "`я-а` is no range or class of characters"),
        ("рейд(?!ы)", 4, "look-around does not exist here"),
        (r"(а)\1", 3, "back-references do not exist here"),
        ("рейд\\", 4, "a pattern cannot end in `\\`"),
        (r"\w[\W]", 3, r"`\W` cannot stand in brackets"),
    ],
)
def test_a_broken_pattern_is_told_as_it_was_written(pattern: str, offset: int, said: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        Regex(pattern, ignore_case=False)
    assert (caught.value.message, caught.value.offset) == (said, offset)
    assert "\\x{" not in f"{caught.value.message} {caught.value.hint}"


def test_saved_searches_are_checked_like_rules(tmp_path: Path) -> None:
    text = "concepts: {m: {ru: [мигрант]}}\nsearches:\n"
    text += "  - {name: a, query: рейд мигрант}\n  - {name: b, query: рейд AND $mm}\n"
    text += "  - {name: c, query: NOT рейд}\n  - {name: d, query: $m AND рейд}\n"
    assert told(tmp_path, text) == [
        "3:27 error put AND or OR between `рейд` and `мигрант`",
        "4:31 error undefined concept '$mm'",
        "5:22 error this would find articles that hold none of its words",
    ]
