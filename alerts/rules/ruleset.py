"""The door to the rules: compile a configuration, then match and explain articles.

The engine behind it may change; this interface stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path as FilePath

from alerts.rules.compiler import compile_program
from alerts.rules.explain import RuleExplanation, explain_article, explain_rule
from alerts.rules.fingerprint import fingerprint
from alerts.rules.matcher import Present, leaf_spans, match_scan, present_in
from alerts.rules.percolator import DENSE
from alerts.rules.present_lately import PresentLately
from alerts.rules.problems import Path, RuleProblem, RuleSetError
from alerts.rules.program import Program, SourceNarrowing
from alerts.rules.review import review
from alerts.rules.scan import Scan
from core.alerting.matches import Match, NewName, head_length
from core.articles import ArticleData
from core.config.sections.rules import RuleConfig
from core.config.watch import WatchConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTestFailure:
    """A rule's own test that did not come out as its author expects."""

    rule_id: str
    index: int
    """Which of the rule's tests, from 0."""
    expected: bool
    """Whether the rule should have fired."""
    text: str
    """The test's title and text."""
    reason: str
    """Why the rule fired, or why not."""

    @property
    def path(self) -> Path:
        """Where the test stands in the configuration."""
        return ("rules", self.rule_id, "tests", self.index)

    def __str__(self) -> str:
        expectation = "should fire" if self.expected else "should not fire"
        return f"{self.rule_id} {expectation} on: {self.text!r} ({self.reason})"


def rule_problems(config: WatchConfig, cache: FilePath | None = None) -> tuple[RuleProblem, ...]:
    """Return everything that is wrong with rules, concepts and entities, all at once."""
    return compile_program(config, cache).problems


class RuleCheck:
    """`rule_problems` as a check of `load_config` that keeps the rules it compiled.

    With `reviewing`, sound rules are also searched for what can hardly be meant.
    """

    def __init__(self, cache: FilePath | None = None, *, reviewing: bool = False) -> None:
        self._cache = cache
        self._reviewing = reviewing
        self._rules: RuleSet | None = None

    def __call__(self, config: WatchConfig) -> tuple[RuleProblem, ...]:
        """Compile the rules and return everything that is wrong with them."""
        compiled = compile_program(config, self._cache)
        if any(problem.severity == "error" for problem in compiled.problems):
            return compiled.problems
        self._rules = RuleSet(compiled.program, config.rules, fingerprint(config))
        return (*compiled.problems, *(review(config, compiled) if self._reviewing else ()))

    @property
    def rules(self) -> RuleSet:
        """The rules of the configuration that was checked last.

        Raises RuleSetError when it had errors, or none was checked.
        """
        if self._rules is None:
            raise RuleSetError(())
        return self._rules


LEARNED_FROM = 200
"""Articles after which the words that rules ask for are ranked by how often they were seen."""


class RuleSet:
    """Compiled rules. Immutable in effect and safe to share between threads."""

    def __init__(self, program: Program, rules: tuple[RuleConfig, ...], fingerprint: str) -> None:
        self._program = program
        self._rules = rules
        self._seen: Counter[int] | None = Counter() if len(program.rules) > DENSE else None
        self._articles_seen = 0
        self._lately = PresentLately()
        self.fingerprint = fingerprint
        """SHA-256, hex, of what influences matching: equal means equal judgement."""

    @classmethod
    def compile(cls, config: WatchConfig, cache: FilePath | None = None) -> RuleSet:
        """Compile the rules of `config`. `cache` is a directory for generated word forms.

        Raises RuleSetError with every problem when there is an error among them; warnings
        alone do not stop it.
        """
        compiled = compile_program(config, cache)
        if any(problem.severity == "error" for problem in compiled.problems):
            raise RuleSetError(compiled.problems)
        return cls(compiled.program, config.rules, fingerprint(config))

    @property
    def program(self) -> Program:
        """What the rules were compiled to, for queries that are built beside them."""
        return self._program

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """Ids of the rules, in the order of the configuration."""
        return tuple(rule.id for rule in self._program.rules)

    def match(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return the rules that fire on `article`, in the order of the configuration.

        `now` is the time at which the article's age is taken, for rules that ask; without it no
        comparison of age holds. Pass the time the article was first seen, and it will be judged
        the same whenever it is judged again.

        Spans index the article's own title and text. They may overlap when two rules' terms
        cover the same words; of one label, the longest spelling is kept.
        """
        return match_scan(self._program, self._scan(article, now))

    def judge(self, article: ArticleData, now: datetime | None = None) -> tuple[Match, ...]:
        """Return what `match` does, and remember what is in `article` until `present` is asked."""
        scan = self._scan(article, now)
        matches = match_scan(self._program, scan)
        # What breaks down on names that no rule asks for must cost no alert; who asks hears of it.
        with suppress(Exception):
            self._lately.note(article, present_in(self._program, scan))
        return matches

    def present(self, article: ArticleData, now: datetime | None = None) -> Present:
        """Return the concepts and entities in `article`."""
        known = self._lately.take(article)
        return known or present_in(self._program, self._program.scan(article, now))

    def _scan(self, article: ArticleData, now: datetime | None) -> Scan:
        scan = self._program.scan(article, now)
        if self._seen is not None:
            self._learn(scan, self._seen)
        return scan

    def _learn(self, scan: Scan, seen: Counter[int]) -> None:
        """Count which words articles hold, and after LEARNED_FROM file the rules by it.

        Which clause of a rule is the rarest can only be guessed before any article was read.
        """
        seen.update(scan.positions.keys())
        self._articles_seen += 1
        if self._articles_seen >= LEARNED_FROM:
            self._seen = None
            self._program = self._program.refiled(lambda clause: sum(seen[word] for word in clause))

    def explain(
        self, article: ArticleData, now: datetime | None = None
    ) -> tuple[RuleExplanation, ...]:
        """Return for every rule why it fires on `article` or why it does not."""
        return explain_article(self._program, article, now)

    def candidates(self, article: ArticleData) -> int:
        """Return how many rules have to be looked at for `article`; a measure of cost."""
        scan = self._program.scan(article, None)
        return len(self._program.percolator.candidates(scan.positions))

    def knows(self, named: NewName) -> bool:
        """Tell whether a name is one of an entity of the configuration.

        Of a body the entity must stand at its head: the embassy of a country is not the country.
        """
        program = self._program
        scan = program.scan(ArticleData(url="", title=named.name, text=""), None)
        mentioned = (program.entities[i] for i in program.mentions.candidates(scan.positions))
        spans = (
            span
            for entity in mentioned
            if (hits := entity.hits(scan))
            for span in leaf_spans(scan, entity, hits)
        )
        return any(span.start < head_length(named) for span in spans)

    def memo(self) -> Iterator[str]:
        """Yield the words remembered, to be given to `prewarm` after the next start."""
        return self._program.lexicon.memo()

    def prewarm(self, words: Iterable[str]) -> None:
        """Look words up before articles bring them."""
        self._program.lexicon.prewarm(words)

    def run_tests(self) -> tuple[RuleTestFailure, ...]:
        """Run the rules' own tests and return those that fail.

        A test speaks about words, so narrowing to sources is left aside.
        """
        failures = []
        for config, rule in zip(self._rules, self._program.rules, strict=True):
            alone = replace(rule, narrowing=SourceNarrowing())
            for index, test in enumerate(config.tests):
                article = ArticleData(
                    url="", title=test.title, text=test.text, language=test.language
                )
                scan = self._program.scan(article, None)
                if alone.tree.holds(scan) is not test.match:
                    failures.append(
                        RuleTestFailure(
                            rule_id=rule.id,
                            index=index,
                            expected=test.match,
                            text=" / ".join(filter(None, (test.title, test.text))),
                            reason=explain_rule(scan, alone).reason,
                        )
                    )
        return tuple(failures)
