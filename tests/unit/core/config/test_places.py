"""A check that knows an offset inside a text gets the line and column where it was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Check, ConfigError, WatchConfig, load_config
from core.config.problems import Severity


@dataclass(frozen=True)
class Complaint:
    path: tuple[str | int, ...]
    message: str
    offset: int | None = None
    hint: str | None = None
    severity: Severity = "error"


def complain_about(word: str, path: tuple[str | int, ...]) -> Check:
    """Return a check that finds fault with a word of the rule's query."""

    def check(config: WatchConfig) -> Iterable[Complaint]:
        query = config.rules[0].when or config.rules[0].any[0]
        yield Complaint(path, f"bad word {word}", query.index(word))

    return check


WRITTEN = {
    "plain": "rules:\n  - id: a\n    when: one AND TWO\n",
    "single quotes": "rules:\n  - id: a\n    when: 'it''s one AND TWO'\n",
    "double quotes": 'rules:\n  - id: a\n    when: "say \\"one\\" AND TWO"\n',
    "double quotes, escapes": 'rules:\n  - id: a\n    when: "\\x41\\u0416\\U0001F600\\t AND TWO"\n',
    "cyrillic": "rules:\n  - id: a\n    when: мигрант AND TWO\n",
    "flow": "rules: [{id: a, when: one AND TWO}]\n",
    "flow, quoted": 'rules: [{id: a, when: "one AND TWO", title: t}]\n',
    "literal block": "rules:\n  - id: a\n    when: |\n      a AND\n      (b OR\n        TWO)\n",
    "literal block with blank line": "rules:\n  - id: a\n    when: |\n      one AND\n\n      TWO\n",
    "literal block, stripped": "rules:\n  - id: a\n    when: |-\n\n      one AND\n      TWO\n",
    "folded block": "rules:\n  - id: a\n    when: >\n      one AND\n      TWO\n",
    "folded, more indented": "rules:\n  - id: a\n    when: >\n      a\n       (b OR\n       TWO)\n",
    "folded block with blank line": "rules:\n  - id: a\n    when: >\n      one AND\n\n      TWO\n",
    "plain over two lines": "rules:\n  - id: a\n    when: one AND\n      TWO\n",
    "plain with blank line": "rules:\n  - id: a\n    when: one AND\n\n      TWO\n",
    "double quotes over two lines": 'rules:\n  - id: a\n    when: "one AND  \n      TWO"\n',
    "single quotes, blank line": "rules:\n  - id: a\n    when: 'one AND\n\n\n      TWO'\n",
    "escaped line end": 'rules:\n  - id: a\n    when: "one AND \\\n      TWO"\n',
    "windows line ends": "rules:\r\n  - id: a\r\n    when: |\r\n      one AND\r\n      TWO\r\n",
    "at the very start": 'rules: [{id: a, when: "TWO"}]\n',
    "block at the very start": "rules:\n  - id: a\n    when: |\n      TWO\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_an_offset_is_found_where_it_was_written(tmp_path: Path, text: str) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(text, newline="")
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[complain_about("TWO", ("rules", "a", "when"))])
    (problem,) = [problem for problem in caught.value.problems if problem.severity == "error"]
    lines = text.replace("\r\n", "\n").split("\n")
    assert lines[problem.mark.line - 1][problem.mark.column - 1 :].startswith("TWO")


@settings(deadline=None)
@given(
    before=st.text("ab ж😀'\"\\:#\n\t", max_size=60),
    after=st.text("ab \n", max_size=20),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
)
def test_whatever_a_yaml_writer_made_of_the_text_the_offset_is_found(
    tmp_path_factory: pytest.TempPathFactory, before: str, after: str, style: str | None
) -> None:
    file = tmp_path_factory.getbasetemp() / "written.yaml"
    rule = {"id": "a", "when": f"{before}TWO{after}"}
    text = yaml.dump({"rules": [rule]}, default_style=style, width=30, allow_unicode=True)
    file.write_text(text, newline="")
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[complain_about("TWO", ("rules", "a", "when"))])
    (problem,) = [problem for problem in caught.value.problems if problem.message == "bad word TWO"]
    lines = text.split("\n")
    assert lines[problem.mark.line - 1][problem.mark.column - 1 :].startswith("TWO")


def test_the_caret_stands_under_the_word(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("rules:\n  - id: a\n    any:\n      - 'one AND TWO'\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[complain_about("TWO", ("rules", "a", "any", 0))])
    shown = str(caught.value).splitlines()
    line = next(index for index, text in enumerate(shown) if "one AND TWO" in text)
    assert shown[line].index("TWO") == shown[line + 1].index("^")


def test_after_a_variable_the_start_of_the_text_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("rules:\n  - id: a\n    when: ${FIRST} AND TWO\n")
    with pytest.raises(ConfigError) as caught:
        load_config(
            file,
            environ={"FIRST": "one"},
            checks=[complain_about("TWO", ("rules", "a", "when"))],
        )
    (problem,) = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert (problem.mark.line, problem.mark.column) == (3, 11)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("rules", "b"), (4, 5)),
        (("rules", "b", "title"), (5, 12)),
        (("rules", "b", "nothing", "there"), (4, 5)),
        (("rules", 7), (2, 3)),
        (("entities",), (1, 1)),
        ((), (1, 1)),
    ],
)
def test_a_path_leads_to_the_deepest_part_that_exists(
    tmp_path: Path, path: tuple[str | int, ...], place: tuple[int, int]
) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("rules:\n  - id: a\n    any: [x]\n  - id: b\n    title: Two\n    any: [y]\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[lambda _: [Complaint(path, "no good")]])
    (problem,) = [problem for problem in caught.value.problems if problem.severity == "error"]
    assert (problem.mark.line, problem.mark.column) == place


def test_findings_come_with_hint_and_severity_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("concepts:\n  c: {ru: [x]}\nrules:\n  - {id: a, any: [x]}\n")
    loaded = load_config(
        file,
        checks=[
            lambda _: [Complaint(("rules", "a"), "later", None, "a hint", "warning")],
            lambda _: [Complaint(("concepts", "c", "ru", 0), "first", 0, None, "warning")],
        ],
    )
    said = [problem.headline().split("watch.yaml:")[1] for problem in loaded.warnings]
    assert said == [
        "2:12: warning: first",
        "4:3: warning: no receivers: alerts are stored and nobody hears",
        "4:5: warning: later (a hint)",
    ]


def test_checks_run_on_the_sound_part_beside_other_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(
        "rules:\n  - {id: bad}\n  - {id: a, when: one AND TWO}\n"
        "receivers: [{name: desk, console: {}}]\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(file, checks=[complain_about("TWO", ("rules", "a", "when"))])
    assert [problem.message for problem in caught.value.problems] == [
        "a rule needs `when`, `all`, `any` or `any_of`",
        "bad word TWO",
    ]
