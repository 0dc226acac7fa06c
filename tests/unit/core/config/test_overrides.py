"""Rules of included files, changed without a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules import RuleCheck
from alerts.rules.fingerprint import fingerprint
from core.alerting.matches import Level
from core.articles import ArticleData
from core.config import ConfigError, LoadedConfig, load_config

PACK = """\
rules:
  - id: raids
    any: [рейд, облава]
    none: [корабль]
    level: high
    topics: [police]
    language: ru
    tests:
      - {text: "Рейд в общежитии", match: true}
  - {id: borders, any: [граница]}
"""
TOP = "receivers: [{name: desk, console: {}}]\ncrawl: {contact: 'mailto:a@b.org'}\n"


@pytest.fixture
def check() -> RuleCheck:
    return RuleCheck()


def load(folder: Path, text: str, check: RuleCheck | None = None, pack: str = PACK) -> LoadedConfig:
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    file = folder / "watch.yaml"
    file.write_text(f"include: [pack.yaml]\n{TOP}{text}", encoding="utf-8")
    return load_config(file, environ={}, checks=[check] if check else [])


def article(text: str) -> ArticleData:
    return ArticleData(url="https://a.example/1", title="", text=text)


def test_what_an_override_says_counts_and_the_rest_stays(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "overrides: {rules: {raids: {level: low, topics: [work], title: Облавы, on: [edited]}}}",
    )
    raids, borders = loaded.config.rules
    assert (raids.level, raids.topics, raids.title) == (Level.LOW, ("work",), "Облавы")
    assert (raids.any, raids.none, raids.on) == (("рейд", "облава"), ("корабль",), ("edited",))
    assert borders.level is Level.NORMAL


def test_vetoes_and_tests_are_added(tmp_path: Path, check: RuleCheck) -> None:
    loaded = load(
        tmp_path,
        "overrides:\n  rules:\n    raids:\n      none: [инспекция]\n      tests:\n"
        '        - {text: "Рейд инспекции", match: false}\n'
        '        - {text: "Рейд инспекций на рынке", match: true}\n',
        check,
    )
    (raids, _) = loaded.config.rules
    assert raids.none == ("корабль", "инспекция")
    assert check.rules.match(article("Полиция провела рейд"))
    assert not check.rules.match(article("Рейд инспекции"))
    assert not check.rules.match(article("Рейд корабля"))
    assert [failure.index for failure in check.rules.run_tests()] == [2]


def test_an_empty_list_of_topics_takes_them_away_and_an_empty_value_nothing(tmp_path: Path) -> None:
    loaded = load(tmp_path, "overrides: {rules: {raids: {topics: [], level: }}}")
    assert loaded.config.rules[0].topics == ()
    assert loaded.config.rules[0].level is Level.HIGH
    assert list(loaded.overridden[0].keys) == ["topics"]


def test_a_rule_that_is_switched_off_judges_nothing_and_routes_may_still_name_it(
    tmp_path: Path, check: RuleCheck
) -> None:
    loaded = load(
        tmp_path,
        "overrides: {rules: {raids: {enabled: false}}}\n"
        "routes: [{to: [desk], when: {rules: [raids, borders]}}]",
        check,
    )
    assert [rule.id for rule in loaded.config.rules] == ["borders"]
    assert not check.rules.match(article("Полиция провела рейд"))
    assert loaded.overridden[0].off
    assert not loaded.warnings


def test_an_overridden_rule_knows_where_it_stands_and_where_it_is_changed(tmp_path: Path) -> None:
    (raids,) = load(tmp_path, "overrides:\n  rules:\n    raids:\n      level: low\n").overridden
    assert raids.at == f"{tmp_path / 'watch.yaml'}:7"
    assert (raids.rule.file, raids.rule.line) == (str(tmp_path / "pack.yaml"), 2)


def test_a_mistake_in_an_added_veto_is_shown_where_it_was_written(
    tmp_path: Path, check: RuleCheck
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, "overrides:\n  rules:\n    raids:\n      none: [ok, (футбол]\n", check)
    (problem,) = caught.value.problems
    assert (problem.mark.file, problem.mark.line) == (str(tmp_path / "watch.yaml"), 7)


def test_overrides_of_several_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("overrides: {rules: {borders: {level: high}}}")
    loaded = load(
        tmp_path, "overrides: {rules: {raids: {level: low}}}", pack=f"include: [more.yaml]\n{PACK}"
    )
    assert [rule.level for rule in loaded.config.rules] == [Level.LOW, Level.HIGH]


@pytest.mark.parametrize(
    "override", ["level: low", "none: [инспекция]", "topics: []", "enabled: false", "title: x"]
)
def test_rules_are_other_rules_once_they_are_overridden(tmp_path: Path, override: str) -> None:
    plain = load(tmp_path, "")
    changed = load(tmp_path, f"overrides: {{rules: {{raids: {{{override}}}}}}}")
    assert fingerprint(plain.config) != fingerprint(changed.config)
    assert plain.fingerprint != changed.fingerprint


def test_a_rule_of_a_file_that_cannot_be_read_is_not_called_unknown(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("include: [gone.yaml]\noverrides: {rules: {raids: {level: low}}}")
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={})
    assert [problem.mark.line for problem in caught.value.problems] == [1]


@pytest.mark.parametrize(
    ("override", "key"),
    [
        ("level: high", "level"),
        ("topics: [police, police]", "topics"),
        ("none: [корабль]", "none"),
        ("none: []", "none"),
        ("on: [published]", "on"),
        ('tests: [{text: "Рейд в общежитии", match: true}]', "tests"),
        ("title: raids", "title"),
        ("enabled: true", "enabled"),
    ],
)
def test_what_a_rule_says_itself_is_warned_of_where_it_is_said_again(
    tmp_path: Path, override: str, key: str
) -> None:
    loaded = load(tmp_path, f"overrides:\n  rules:\n    raids:\n      {override}\n")
    (warning,) = loaded.warnings
    assert warning.message == f"`{key}` changes nothing about rule 'raids'"
    assert (warning.mark.line, warning.mark.column) == (7, 7)
    assert loaded.overridden == ()


@pytest.mark.parametrize("override", ["{}", "{level: null}"])
def test_an_override_that_says_nothing_is_warned_of(tmp_path: Path, override: str) -> None:
    loaded = load(tmp_path, f"overrides:\n  rules:\n    raids: {override}\n")
    (warning,) = loaded.warnings
    assert warning.message == "this changes nothing about rule 'raids'"
    assert warning.mark.line == 6


def test_only_what_changes_nothing_is_warned_of(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        "overrides: {rules: {borders: {level: low}, "
        "raids: {level: high, none: [корабль, ученья]}}}",
    )
    assert ["level" in warning.message for warning in loaded.warnings] == [True]
    assert [list(rule.keys) for rule in loaded.overridden] == [["level"], ["none"]]
