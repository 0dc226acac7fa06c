"""Sources written into a file's text, and switched off there: all the rest stays as it was."""

from __future__ import annotations

import pytest

from core.config.yaml_tree import parse_yaml, plain
from desk.source_editing import (
    HEAD,
    NewSource,
    line_of_override,
    line_of_source,
    overridden,
    switched,
    with_include,
    with_source,
)

KLOOP = NewSource("kloop", "url", "https://kloop.kg/")
ITEM = '{name: kloop, url: "https://kloop.kg/"}'


def read(text: str) -> object:
    root, problems = parse_yaml(text.encode(), "watch.yaml")
    assert root is not None
    assert not problems
    return plain(root)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{HEAD}sources:\n  - {ITEM}\n"),
        ("# mine\n", f"# mine\nsources:\n  - {ITEM}\n"),
        (
            "sources:\n  # first\n  - {name: a, feed: x}   # why\n  # last\n",
            f"sources:\n  # first\n  - {{name: a, feed: x}}   # why\n  - {ITEM}\n  # last\n",
        ),
        (
            "sources:\n- name: a\n  feed: x\n\n# the end\nweb: {}\n",
            f"sources:\n- name: a\n  feed: x\n- {ITEM}\n\n# the end\nweb: {{}}\n",
        ),
        ("sources: []  # none yet\n", f"sources: [{ITEM}]  # none yet\n"),
        ("sources:  # none yet\n", f"sources:  # none yet\n  - {ITEM}\n"),
        (
            "sources: [\n  {name: a, feed: x},\n]\n",
            f"sources: [\n  {{name: a, feed: x}}, {ITEM}]\n",
        ),
        ('{"sources": [{"name": "a"}]}', f'{{"sources": [{{"name": "a"}}, {ITEM}]}}'),
        ('{"web": {}}', f'{{"web": {{}}, sources: [{ITEM}]}}'),
        ("web: {}\n# tail", f"web: {{}}\n# tail\n\nsources:\n  - {ITEM}\n"),
    ],
)
def test_a_source_is_added_as_the_list_is_written(before: str, after: str) -> None:
    assert with_source(before, KLOOP) == after
    assert line_of_source(after, "kloop") is not None
    read(after)


def test_a_file_is_included_beside_the_others_and_comments_stay() -> None:
    text = "database: x   # here\ninclude: [a.yaml, 'b/*.yaml']  # ours\nrules:\n  # - none\n"
    assert with_include(text, "c.yaml") == text.replace("'b/*.yaml']", "'b/*.yaml', c.yaml]")
    block = "include:\n  - a.yaml   # one\nroutes:\n  - {to: [x]}\n  # - {to: [y]}\n"
    assert with_include(block, "b") == block.replace("# one\n", "# one\n  - b\n")
    bare = "routes:\n  - {to: [x]}\n  # - {to: [y]}\n"
    assert with_include(bare, "b") == f"{bare}\ninclude:\n  - b\n"


@pytest.mark.parametrize(
    ("on", "off"),
    [
        (
            "sources:\n  - {name: a, feed: x}  # why\n  - {name: b}\n",
            "sources:\n  - {name: a, feed: x, enabled: false}  # why\n  - {name: b}\n",
        ),
        (
            "sources:\n- name: a\n  tags: [x]  # two\n# next\n- name: b\n",
            "sources:\n- name: a\n  tags: [x]  # two\n  enabled: false\n# next\n- name: b\n",
        ),
        (
            "sources:\n- name: a\n  headers:\n    A: b\n- name: b\n",
            "sources:\n- name: a\n  headers:\n    A: b\n  enabled: false\n- name: b\n",
        ),
    ],
)
def test_a_source_is_switched_off_where_it_stands_and_on_again(on: str, off: str) -> None:
    assert switched(on, "a", enabled=False) == off
    assert switched(on, "a", enabled=True) == on
    again = switched(off, "a", enabled=True)
    assert again == off.replace("enabled: false", "enabled: true")
    assert switched(again, "a", enabled=False) == off


def test_what_is_not_foreseen_is_left_to_its_author() -> None:
    assert switched("sources:\n  - {name: b}\n", "a", enabled=False) is None
    assert with_source("sources: &x [1]\n", KLOOP) is None
    assert with_source("- a list\n", KLOOP) is None
    assert with_include("include: [a,  # why\n]\n", "b") is None


@pytest.mark.parametrize("name", ["no", "007", "a:b", 'it"s', "${X}", "қазақ", "true"])
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    text = with_source("", NewSource(name, "feed", "https://a.example/?x=1#y"))
    assert text is not None
    (source,) = read(text)["sources"]  # type: ignore[index]
    assert source["name"] == name.replace("${", "$${")
    assert source["feed"] == "https://a.example/?x=1#y"


OVERRIDE = "a: {enabled: false}"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{HEAD}overrides:\n  sources:\n    {OVERRIDE}\n"),
        (
            "sources:\n  - {name: b}\n# end\n",
            f"sources:\n  - {{name: b}}\n# end\n\noverrides:\n  sources:\n    {OVERRIDE}\n",
        ),
        (
            "overrides:\n  rules:\n    r: {level: low}  # calm\nsources: []\n",
            "overrides:\n  rules:\n    r: {level: low}  # calm\n"
            f"  sources:\n    {OVERRIDE}\nsources: []\n",
        ),
        (
            "overrides:\n  sources:\n    b:\n      enabled: false\n",
            f"overrides:\n  sources:\n    b:\n      enabled: false\n    {OVERRIDE}\n",
        ),
    ],
)
def test_a_source_of_another_file_is_overridden_and_all_else_stays(before: str, after: str) -> None:
    assert overridden(before, "a", enabled=False) == after
    assert line_of_override(after, "a") == after[: after.index("a: {")].count("\n") + 1
    on = after.replace("a: {enabled: false}", "a: {enabled: true}")
    assert overridden(after, "a", enabled=True) == on


@pytest.mark.parametrize(
    "text",
    [
        "overrides: {sources: {b: {enabled: false}}}\n",
        "overrides:\n  sources: {b: {enabled: false}}\n",
        "overrides:\n  sources:\n    a:\n",
        "- a list\n",
    ],
)
def test_an_override_that_is_not_foreseen_is_left_to_its_author(text: str) -> None:
    assert overridden(text, "a", enabled=False) is None
