"""What matters: the rule language and the matcher. Pure: values in, values out.

The interface is `RuleSet`; everything else here can be replaced behind it.
"""

from alerts.rules.explain import ExplainedNode, Hit, RuleExplanation
from alerts.rules.languages.transliteration import suggest_spellings
from alerts.rules.output import match_to_json
from alerts.rules.problems import RuleProblem, RuleSetError
from alerts.rules.ruleset import RuleCheck, RuleSet, RuleTestFailure, rule_problems

__all__ = [
    "ExplainedNode",
    "Hit",
    "RuleCheck",
    "RuleExplanation",
    "RuleProblem",
    "RuleSet",
    "RuleSetError",
    "RuleTestFailure",
    "match_to_json",
    "rule_problems",
    "suggest_spellings",
]
