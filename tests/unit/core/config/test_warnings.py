"""What is not wrong with a configuration but is hardly meant: said, and the file is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from core.config.language_codes import is_language, meant_language
from core.config.sections.crawl import LANGUAGES

SOUND = """\
crawl: {contact: "mailto:wire@our-desk.kg"}
sources: [{name: kloop, url: "https://kloop.example/"}]
receivers: [{name: desk, console: {}}, {name: chief, console: {}}]
"""


TAGGED = SOUND.replace(
    '/"}]',
    '/", tags: [independent, state, kg]},'
    ' {name: two, url: "https://two.example/", tags: [independent]}]',
)


def warned(directory: Path, text: str) -> list[str]:
    file = directory / "watch.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load_config(file, environ={})
    return [f"{p.mark.line}:{p.mark.column} {p.message}" for p in loaded.warnings]


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:you@example.org", "you@example.org", "https://example.com/about",
        "https://www.example.net", "mailto:a@news.example", "https://bot.invalid:8080/x",
    ],
)  # fmt: skip
def test_a_contact_from_an_example_is_named(tmp_path: Path, contact: str) -> None:
    text = SOUND.replace("mailto:wire@our-desk.kg", contact)
    said = warned(tmp_path, text)
    assert said == ["1:18 this contact is an example: site owners cannot reach you there"]


@pytest.mark.parametrize(
    "contact", ["mailto:desk@myexample.org", "https://our-desk.kg/example.org", "+996 312 000000"]
)
def test_any_other_contact_is_taken(tmp_path: Path, contact: str) -> None:
    assert warned(tmp_path, SOUND.replace("mailto:wire@our-desk.kg", contact)) == []


CUT = "what follows ` #` is a comment and no part of the value"


@pytest.mark.parametrize(
    ("rule", "column"),
    [
        ("title: Order #227", 18),
        ("title: Order #мобилизация", 18),
        ("title: Issue # 5 is out", 18),
        ("title:\n      Order #227", 13),
        ("any:\n      - raid #2", 14),
    ],
)
def test_a_text_that_a_hash_cuts_off_is_named(tmp_path: Path, rule: str, column: int) -> None:
    given = f"{SOUND}rules:\n  - id: a\n    when: raid\n    {rule}\n"
    (said,) = warned(tmp_path, given)
    assert said == f"{7 + rule.count(chr(10))}:{column} {CUT}"


@pytest.mark.parametrize(
    "rule",
    ["level: high   # low, normal or high", "title: 'Order #227' #x", 'title: "a #b"',
     "title: Order#227", "level: high # was normal", "title: a  # -----", "title: a #"],
)  # fmt: skip
def test_comments_and_quoted_texts_are_left_alone(tmp_path: Path, rule: str) -> None:
    assert warned(tmp_path, f"{SOUND}rules:\n  - id: a\n    when: raid\n    {rule}\n") == []


def test_a_secret_that_a_hash_cuts_off_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(
        f"{SOUND.splitlines()[0]}\nreceivers:\n  - name: d\n    webhook:\n"
        "      url: https://hook.kg/\n      secret: horse #battery\n"
    )
    loaded = load_config(file, environ={})
    assert [problem.message for problem in loaded.warnings] == [CUT]
    assert "battery" not in loaded.warning_text()


@pytest.mark.parametrize(
    "routes",
    [
        "[{to: [desk], continue: false}, {to: [chief]}]",
        "[{to: [desk], continue: false}, {when: {level: high}, to: [chief]}]",
        "[{when: {level: [high, low]}, to: [desk], continue: false},"
        " {when: {level: low}, to: [chief]}]",
        "[{when: {level: [high, low]}, to: [desk], continue: false},"
        " {when: {level: low, sources: [kloop]}, to: [chief]}]",
        "[{when: {sources: ['kl*']}, to: [desk], continue: false},"
        " {when: {sources: [kloop, 'klo*']}, to: [chief]}]",
        "[{when: {languages: [ru, ky]}, to: [desk], continue: false},"
        " {when: {languages: [ky]}, to: [chief]}]",
        "[{when: {outlets: 2}, to: [desk], continue: false}, {when: {outlets: 3}, to: [chief]}]",
        "[{when: {independent: 1}, to: [desk], continue: false},"
        " {when: {independent: 2}, to: [chief]}]",
        "[{when: {only: [state, kg]}, to: [desk], continue: false},"
        " {when: {only: state}, to: [chief]}]",
        "[{when: {level: high}, to: [desk], continue: false},"
        " {when: {level: [normal, low]}, to: [desk], continue: false}, {to: [chief]}]",
    ],
)
def test_a_route_that_no_alert_gets_to_is_named(tmp_path: Path, routes: str) -> None:
    (said,) = warned(tmp_path, f"{TAGGED}routes: {routes}\n")
    assert "no alert gets to this route: the one in line 4 takes all that it asks for" in said


@pytest.mark.parametrize(
    "routes",
    [
        "[{to: [desk]}, {to: [chief]}]",
        "[{when: {level: high}, to: [desk], continue: false}, {to: [chief]}]",
        "[{when: {level: high}, to: [desk], continue: false},"
        " {when: {sources: [kloop]}, to: [chief]}]",
        "[{when: {sources: [kloop]}, to: [desk], continue: false},"
        " {when: {sources: ['kl*']}, to: [chief]}]",
        "[{when: {outlets: 3}, to: [desk], continue: false}, {when: {outlets: 2}, to: [chief]}]",
        "[{when: {independent: 1}, to: [desk], continue: false}, {to: [chief]}]",
        "[{when: {only: state}, to: [desk], continue: false},"
        " {when: {only: [state, kg]}, to: [chief]}]",
        "[{to: [chief], routes: [{when: {level: high}, to: [desk], continue: false}]},"
        " {when: {level: high}, to: [chief]}]",
    ],
)
def test_a_route_that_some_alert_gets_to_is_not(tmp_path: Path, routes: str) -> None:
    assert warned(tmp_path, f"{TAGGED}routes: {routes}\n") == []


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("{only: stat}", "4:24 there is no tag 'stat'"),
        ("{only: [state, stat]}", "4:32 there is no tag 'stat'"),
        ("{independent: 3}",
         "4:31 no alert gets to this route: 2 sources have the tag `independent`"),
    ],
)  # fmt: skip
def test_a_route_by_who_says_so_names_tags_that_outlets_have(
    tmp_path: Path, when: str, said: str
) -> None:
    routes = f"routes: [{{when: {when}, to: [desk, chief]}}]\n"
    assert warned(tmp_path, TAGGED + routes) == [said]


def test_badges_that_no_outlet_has_are_named_unless_nobody_wrote_them(tmp_path: Path) -> None:
    (said,) = warned(tmp_path, f"{SOUND}badges: [state]\n")
    assert said == "4:10 there is no tag 'state'"
    assert warned(tmp_path, SOUND) == []


def test_a_route_within_a_route_is_looked_at_too(tmp_path: Path) -> None:
    inner = "[{to: [desk], continue: false}, {when: {level: high}, to: [chief]}]"
    (said,) = warned(tmp_path, f"{SOUND}routes: [{{to: [chief], routes: {inner}}}]\n")
    assert said.startswith("4:64 no alert gets to this route")


def test_errors_come_first_and_what_they_may_cause_is_not_said(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text(
        "rules:\n  - {id: a, title: x #1\n    , when: raid}\n"
        "receivers:\n  - {name: desk, console: {}}\n  - {name: lost, console: {}}\n"
        "routes: [{to: [dsk]}]\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={})
    assert [problem.severity for problem in caught.value.problems] == ["error", "warning"]
    assert "'lost'" not in str(caught.value)


def test_every_language_of_the_beat_is_one() -> None:
    assert all(is_language(code) for code in (*LANGUAGES, "ba", "tt", "de", "kon"))
    assert [meant_language(code) for code in ("kg", "KZ", "tj", "ru_RU", "Kyrgyz", "xx")] == [
        "ky", "kk", "tg", "ru", "ky", None,
    ]  # fmt: skip


def test_a_rule_with_an_unknown_key_is_still_checked(tmp_path: Path) -> None:
    file = tmp_path / "watch.yaml"
    file.write_text("rules:\n  - {id: a, priority: high, when: x, sources: {names: [klop]}}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ={})
    assert [problem.message for problem in caught.value.problems] == [
        "unknown key 'priority'",
        "there is no source 'klop'",
    ]
