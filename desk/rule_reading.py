"""The text of one rule → the rule compiled by itself, or everything that is wrong with it.

What runs is not touched, and no file is read: names are those of the configuration that runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alerts.rules import RuleCheck, RuleSet, RuleTestFailure
from core.cache import cache_directory
from core.config.places import place
from core.config.problems import Mark, Problem, any_error
from core.config.references import check_references
from core.config.sections.rules import RuleConfig
from core.config.sections.vocabulary import ConceptConfig
from core.config.validation import validate_tree
from core.config.watch import WatchConfig
from core.config.yaml_tree import Mapping, Sequence, locate, parse_yaml
from scheduler.running_config import RunningConfig

HERE = "rule"
"""What problems call the text."""
_NAMED_ONLY = ConceptConfig.model_validate({"en": ["word"]})
_NAMES = re.compile(r"[$@]([\w.-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRule:
    """What became of a rule's text."""

    rule: RuleConfig | None
    """None when it cannot be used."""
    rules: RuleSet | None
    """The rule compiled, alone."""
    problems: tuple[Problem, ...]
    failures: tuple[RuleTestFailure, ...] = ()
    """Its own tests that fail."""


def read_rule(live: RunningConfig, rule_id: str, text: str) -> ReadRule:
    """Read and compile the text of a rule. Takes from tenths of a second to seconds."""
    root, problems = parse_yaml(text.encode("utf-8", "replace"), HERE)
    if root is None:
        return _refused(problems or [Problem(_start(), "there is no rule here")])
    item = root.items[0] if isinstance(root, Sequence) and len(root.items) == 1 else root
    if not isinstance(item, Mapping):
        return _refused([*problems, Problem(item.mark, "one rule is wanted, and nothing else")])
    listed = Sequence(item.mark, [item], item.end)
    tree = Mapping(_start(), {"rules": listed}, {"rules": _start()})
    config, invalid = validate_tree(tree)
    problems = [*problems, *invalid]
    if not config.rules:
        return _refused(problems)
    rule = config.rules[0]
    if rule.id != rule_id:
        mark = locate(tree, ("rules", 0, "id"))
        problems.append(Problem(mark, "another rule is called so", f"keep the id '{rule_id}'"))
    return _compiled(live, rule, tree, text, problems)


def _compiled(
    live: RunningConfig, rule: RuleConfig, tree: Mapping, text: str, problems: list[Problem]
) -> ReadRule:
    lines = {HERE: text.split("\n")}
    check = RuleCheck(cache_directory())
    findings = check(_narrowed(live.config, rule))
    problems += [
        place(tree, lines, one)
        for one in findings
        if one.path[:1] == ("rules",) or one.severity == "error"
    ]
    others = [known for known in live.config.rules if known.id != rule.id]
    whole = live.config.model_copy(update={"rules": (*others, rule)})
    problems += [
        place(tree, lines, one)
        for one in check_references(whole, _named(live.config, tree))
        if one.path[:2] == ("rules", rule.id)
    ]
    if any_error(problems):
        return _refused(problems)
    return ReadRule(
        rule=rule,
        rules=check.rules,
        problems=_sorted(problems),
        failures=tuple(check.rules.run_tests()),
    )


def _named(config: WatchConfig, tree: Mapping) -> Mapping:
    """Return the tree with the names that a rule can refer to."""
    root, _ = parse_yaml(
        "\n".join(
            ["sources:", *(f"- name: '{source.name}'" for source in config.sources)]
        ).encode(),
        "",
    )
    sources = root.items if isinstance(root, Mapping) else {}
    return Mapping(tree.mark, {**sources, **tree.items}, dict(tree.keys))


def _narrowed(config: WatchConfig, rule: RuleConfig) -> WatchConfig:
    """Leave out the words that the rule does not speak of: they are what takes time.

    Names stay, so that a wrong one is told the nearest.
    """
    wanted: set[str] = set()
    waiting = set(_NAMES.findall(rule.model_dump_json()))
    while waiting:
        name = waiting.pop()
        wanted.add(name)
        concept = config.concepts.get(name)
        if concept is not None:
            waiting |= set(_NAMES.findall(concept.model_dump_json())) - wanted
    entities = dict(config.entities)
    unknown = wanted - config.concepts.keys() - entities.keys()
    if not unknown:  # otherwise it may be a family, which is a name for many
        entities = {name: one for name, one in entities.items() if name in wanted}
    concepts = {
        name: one if name in wanted else _NAMED_ONLY for name, one in config.concepts.items()
    }
    return config.model_copy(update={"rules": (rule,), "concepts": concepts, "entities": entities})


def _refused(problems: list[Problem]) -> ReadRule:
    return ReadRule(rule=None, rules=None, problems=_sorted(problems))


def _sorted(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(
        sorted(set(problems), key=lambda problem: (problem.severity != "error", problem.mark))
    )


def _start() -> Mark:
    return Mark(HERE, 1, 1)
