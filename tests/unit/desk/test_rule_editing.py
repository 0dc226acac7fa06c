"""A veto and a test are put into a rule's text as its author would, and all else stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config.sections.rules import RuleConfig
from core.config.yaml_tree import Sequence, parse_yaml, plain
from desk.rule_editing import with_test, with_veto

BLOCK = """- id: raids
  title: Raids  # as the desk calls them
  when: >
    рейд NEAR/10
    мигрант
  none:
    - футбол
  tests:
    - text: Рейд на мигрантов
      match: true
"""
INLINE = "- {id: raids, any: [рейд], none: [футбол, хоккей], tests: [{text: Рейд, match: true}]}\n"
BARE = "- id: raids\n  any: [рейд]\n"
SINGLE = "- id: raids\n  any: [рейд]\n  none: футбол\n  tests: []\n"
LONG = "- id: raids\n  any: [рейд]\n  none: [футбол,\n    хоккей\n  ]\n"
EMPTY = "- id: raids\n  any: [рейд]\n  none:\n"
FIRST = "- tests:\n  - {text: Рейд, match: true}\n  id: raids\n  any: [рейд]\n"
TEXTS = (BLOCK, INLINE, BARE, SINGLE, LONG, EMPTY, FIRST)


def rule(text: str) -> RuleConfig:
    root, problems = parse_yaml(text.encode(), "rule")
    assert problems == []
    assert isinstance(root, Sequence)
    values = plain(root.items[0])
    assert isinstance(values, dict)
    if isinstance(values.get("none"), str):
        values["none"] = [values["none"]]
    return RuleConfig.model_validate({key: one for key, one in values.items() if one is not None})


@pytest.mark.parametrize("text", TEXTS)
def test_a_veto_is_added_and_nothing_else_changes(text: str) -> None:
    before, after = rule(text), rule(with_veto(text, "нато"))
    assert after.none == (*before.none, "нато")
    assert after.model_copy(update={"none": before.none}) == before


@pytest.mark.parametrize("text", TEXTS)
def test_a_test_is_added_and_nothing_else_changes(text: str) -> None:
    passage = '…«Рейд НАТО»: "it\'s" a # raid\n on: {x}…'
    before, after = rule(text), rule(with_test(text, passage, match=False))
    assert [(one.text, one.match) for one in after.tests[len(before.tests) :]] == [
        ('«Рейд НАТО»: "it\'s" a # raid on: {x}', False)
    ]
    assert after.model_copy(update={"tests": before.tests}) == before


@pytest.mark.parametrize("text", TEXTS)
def test_every_line_of_the_author_stays(text: str) -> None:
    changed = with_test(with_veto(text, "нато"), "Рейд НАТО.", match=False)
    if text in (BLOCK, BARE):
        assert [line for line in text.splitlines() if line not in changed.splitlines()] == []


def test_a_phrase_is_put_in_quotes() -> None:
    assert rule(with_veto(BARE, "рейд  НАТО")).none == ('"рейд НАТО"',)


def test_what_is_there_already_is_not_added_twice() -> None:
    once = with_test(with_veto(BLOCK, "нато"), "Рейд НАТО.", match=False)
    assert with_test(with_veto(once, "нато"), "Рейд  НАТО.", match=False) == once


@pytest.mark.parametrize("text", ["", "- [", "just words", "- id: a\n- id: b\n", "\t- x"])
def test_what_cannot_be_read_stays_as_it_is(text: str) -> None:
    assert with_veto(text, "нато") == text
    assert with_test(text, "нато", match=True) == text


@given(word=st.text(max_size=40), text=st.sampled_from(TEXTS))
def test_no_word_breaks_the_rule(word: str, text: str) -> None:
    rule(with_veto(text, word))


@given(passage=st.text(max_size=200), text=st.sampled_from(TEXTS))
def test_no_passage_breaks_the_rule(passage: str, text: str) -> None:
    rule(with_test(text, passage, match=True))
