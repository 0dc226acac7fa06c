"""What people's judgements say about rules: precision, and words that would keep mistakes away.

Pure. Precision is right / (right + wrong), counted over alerts that somebody judged (Manning,
Raghavan and Schütze, "Introduction to Information Retrieval", 8.3).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.alerting.alerts import AlertState, DismissReason
from core.alerting.rule_outcomes import RuleOutcome

WRONG = frozenset({DismissReason.WRONG_SENSE.value, DismissReason.OFF_TOPIC.value})
"""Reasons that are the rule's fault. Old news and duplicates are right, and late."""
FEWEST = 2
"""Wrong alerts that must share a word before it is proposed as a veto: one may be chance."""
MOST_VETOES = 5
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How often something was right."""

    rule: str
    name: str
    alerts: int
    right: int
    wrong: int

    @property
    def percent(self) -> str:
        """Precision as text; empty when nobody judged."""
        judged = self.right + self.wrong
        return f"{100 * self.right / judged:.0f} %" if judged else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A word that stands in wrong alerts of a rule and in no right one."""

    rule: str
    word: str
    wrong: int
    """Wrong alerts that it would have kept away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the judgements say."""

    rules: tuple[Score, ...]
    terms: tuple[Score, ...]
    """Terms, concepts and entities of rules, the least precise first."""
    vetoes: tuple[Veto, ...]


def judge_rules(outcomes: Iterable[RuleOutcome]) -> Report:
    """Return how rules and their terms fare, and what vetoes would help."""
    by_rule: dict[str, list[RuleOutcome]] = defaultdict(list)
    by_term: dict[tuple[str, str], list[RuleOutcome]] = defaultdict(list)
    for outcome in outcomes:
        by_rule[outcome.rule].append(outcome)
        for label in outcome.labels:
            by_term[outcome.rule, label].append(outcome)
    rules = [_score(rule, rule, several) for rule, several in by_rule.items()]
    terms = [_score(rule, term, several) for (rule, term), several in by_term.items()]
    return Report(
        rules=tuple(sorted(rules, key=lambda score: score.name)),
        terms=tuple(
            sorted((score for score in terms if score.right + score.wrong), key=_least_precise)
        ),
        vetoes=tuple(
            veto for rule, several in sorted(by_rule.items()) for veto in _vetoes(rule, several)
        ),
    )


def is_right(outcome: RuleOutcome) -> bool:
    """Tell whether somebody acknowledged an alert, or would have had it not been late."""
    if outcome.muted:
        return False  # it says enough of the story, and nothing of the rule
    late = outcome.state is AlertState.DISMISSED and outcome.reason not in WRONG
    return outcome.state in (AlertState.ACKNOWLEDGED, AlertState.SNOOZED) or (
        late and outcome.reason in (DismissReason.OLD_NEWS.value, DismissReason.DUPLICATE.value)
    )


def is_wrong(outcome: RuleOutcome) -> bool:
    """Tell whether an alert was dismissed by a fault of its rule."""
    return outcome.state is AlertState.DISMISSED and outcome.reason in WRONG


def _score(rule: str, name: str, outcomes: list[RuleOutcome]) -> Score:
    return Score(
        rule=rule,
        name=name,
        alerts=len(outcomes),
        right=sum(map(is_right, outcomes)),
        wrong=sum(map(is_wrong, outcomes)),
    )


def _least_precise(score: Score) -> tuple[float, int, str, str]:
    share = score.right / (score.right + score.wrong)
    return (share, -score.wrong, score.rule, score.name)


def _vetoes(rule: str, outcomes: list[RuleOutcome]) -> list[Veto]:
    """Propose words around the hits of wrong alerts that no right alert has."""
    good: set[str] = set()
    bad: Counter[str] = Counter()
    for outcome in outcomes:
        if is_wrong(outcome):
            bad.update(_words_around(outcome))
        elif is_right(outcome):
            good |= _words_around(outcome)
    proposed = [
        Veto(rule=rule, word=word, wrong=count)
        for word, count in bad.items()
        if count >= FEWEST and word not in good
    ]
    return sorted(proposed, key=lambda veto: (-veto.wrong, veto.word))[:MOST_VETOES]


def _words_around(outcome: RuleOutcome) -> set[str]:
    """Return the words of an alert's snippet that are not the hits themselves."""
    text = list(outcome.snippet)
    for start, end in outcome.highlights:
        text[start:end] = " " * len(text[start:end])
    return {word.casefold() for word in _WORD.findall("".join(text))}
