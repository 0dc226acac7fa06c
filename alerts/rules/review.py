"""What is not wrong with rules but can hardly be meant: for `wirewatch check`.

Unused concepts, rules that no article can fire, rules that another makes superfluous, terms that
can never be found, vetoes that can never strike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import chain, pairwise, product

from alerts.rules import leaves, tree
from alerts.rules.analysis import WORD
from alerts.rules.compiler import Compiled
from alerts.rules.problems import RuleProblem, did_you_mean
from alerts.rules.program import CompiledRule, Program
from core.alerting.matches import Level
from core.config.language_codes import meant_language
from core.config.watch import WatchConfig

_RANK = {Level.LOW: 0, Level.NORMAL: 1, Level.HIGH: 2}


def review(config: WatchConfig, compiled: Compiled) -> tuple[RuleProblem, ...]:
    """Return warnings about the rules and concepts of a configuration that compiled soundly."""
    return (
        *_unused_concepts(config, compiled),
        *_idle_vetoes(config, compiled.program),
        *_impossible(compiled.program),
        *_shadowed(compiled.program),
        *_facts_that_never_hold(config, compiled.program),
    )


def _warning(path: tuple[str | int, ...], message: str, hint: str | None = None) -> RuleProblem:
    return RuleProblem(path, message, hint=hint, severity="warning")


def _unused_concepts(config: WatchConfig, compiled: Compiled) -> Iterator[RuleProblem]:
    for name in config.concepts:
        if ("concept", name) not in compiled.used:
            yield _warning(("concepts", name), f"no rule and no concept uses ${name}")


def _idle_vetoes(config: WatchConfig, program: Program) -> Iterator[RuleProblem]:
    """Find vetoes that share no word with their concept: they wait for hits that cannot be."""
    satisfied = _Satisfied(program)
    for name, concept in config.concepts.items():
        group = program.concepts[name]
        own = _patterns(group)
        spelled = list(chain(*concept.terms.values()))
        queries = list(chain.from_iterable(items for _, items in concept.vetoes))
        hit = _struck_together(satisfied, own, spelled)
        for veto, query, path in zip(group.vetoes, queries, _veto_paths(config, name), strict=True):
            found = hit | _struck_together(satisfied, own, [query])
            if found.isdisjoint(_patterns(veto)) and not _holds_regex(veto):
                yield _warning(
                    path,
                    f"this can never strike out a hit of ${name}: it shares no word with it",
                    "name the word with its context: (саммит OR заседание) NEAR/5 повестка",
                )


class _Satisfied(dict[str, frozenset[int]]):
    """What a word satisfies, whether it stands alone, begins a sentence or ends a compound."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._lexicon = program.lexicon

    def __missing__(self, word: str) -> frozenset[int]:
        positions: dict[int, list[int]] = {}
        self._lexicon.scan(f"{word} {word.capitalize()} x-{word}", 0, positions)
        satisfied = self[word] = frozenset(positions)
        return satisfied


def _struck_together(
    satisfied: _Satisfied, own: frozenset[int], written: Iterable[str]
) -> set[int]:
    """Return everything that is found in those words of `written` that satisfy one of `own`."""
    words = dict.fromkeys(WORD.findall("\n".join(written)))
    found = (numbers for word in words if not own.isdisjoint(numbers := satisfied[word]))
    return set().union(*found)


def _veto_paths(config: WatchConfig, name: str) -> Iterator[tuple[str | int, ...]]:
    for language, items in config.concepts[name].vetoes:
        for index in range(len(items)):
            if language is None:
                yield ("concepts", name, "unless", index)
            else:
                yield ("concepts", name, "unless", language, index)


def _patterns(node: tree.Node) -> frozenset[int]:
    """Return the numbers of every word below `node`, vetoes aside."""
    match node:
        case leaves.Word(pattern=pattern):
            return frozenset((pattern,))
        case leaves.Phrase(patterns=patterns):
            return frozenset(patterns)
        case leaves.Group(words=words, parts=parts):
            own = frozenset(() if words is None else (words,))
            return own.union(*map(_patterns, parts))
        case leaves.Scoped(leaf=leaf):
            return _patterns(leaf)
    return frozenset().union(*map(_patterns, node.children))


def _holds_regex(node: tree.Node) -> bool:
    return isinstance(node, leaves.RegexLeaf) or any(map(_holds_regex, node.children))


def _conjuncts(node: tree.Node) -> Iterator[tree.Node]:
    """Yield the parts that must all hold for `node` to hold."""
    if isinstance(node, tree.All):
        for child in node.children:
            yield from _conjuncts(child)
    elif isinstance(node, tree.Not) and isinstance(node.children[0], tree.Any):
        for child in node.children[0].children:
            yield from _conjuncts(tree.Not(child, child.expression))
    else:
        yield node


def _impossible(program: Program) -> Iterator[RuleProblem]:
    for rule in program.rules:
        clash = _clash(list(_conjuncts(rule.tree)))
        if clash:
            yield _warning(("rules", rule.id), f"no article can fire this rule: {clash}")


def _clash(parts: list[tree.Node]) -> str | None:
    wanted = {_key(part): part for part in parts if not isinstance(part, tree.Not)}
    for part in parts:
        if isinstance(part, tree.Not) and _key(part.children[0]) in wanted:
            return f"{part.children[0].expression} must be found and must not be found"
    return _disjoint_bounds(parts) or _disjoint_facts(parts)


def _disjoint_bounds(parts: list[tree.Node]) -> str | None:
    lengths = [
        (p.sign, float(p.words), p.expression) for p in parts if isinstance(p, leaves.Length)
    ]
    ages = [
        (p.sign, p.age.total_seconds(), p.expression) for p in parts if isinstance(p, leaves.Age)
    ]
    for bounds in (lengths, ages):
        below = [bound for bound in bounds if bound[0].startswith("<")]
        above = [bound for bound in bounds if bound[0].startswith(">")]
        for (under, low, first), (over, high, second) in product(below, above):
            if low < high or (low == high and not (under == "<=" and over == ">=")):
                return f"{first} and {second} exclude each other"
    return None


def _disjoint_facts(parts: list[tree.Node]) -> str | None:
    for field in ("lang", "source"):
        known = [part for part in parts if isinstance(part, leaves.About) and part.field == field]
        for first, second in pairwise(known):
            if first.is_plain and second.is_plain and not set(first.values) & set(second.values):
                return f"{first.expression} and {second.expression} exclude each other"
    return None


def _key(node: tree.Node) -> object:
    """Return a value that is equal for parts that say the same, in whatever order."""
    match node:
        case leaves.Scoped(place=place, leaf=leaf):
            return (place, leaf.number)
        case tree.Leaf(number=number):
            return number
        case tree.Beside(distances=distances):
            return ("BESIDE", distances, tuple(map(_key, node.children)))
        case tree.Near(ordered=True, distances=distances):
            return ("ONEAR", distances, tuple(map(_key, node.children)))
        case tree.Near(distances=distances):
            return ("NEAR", distances, frozenset(map(_key, node.children)))
        case tree.AtLeast(count=count):
            return ("ATLEAST", count, frozenset(map(_key, node.children)))
    return (type(node).__name__, frozenset(map(_key, node.children)))


def _shadowed(program: Program) -> Iterator[RuleProblem]:
    """Find rules that fire only where another of at least their level fires too."""
    parts = {rule.id: frozenset(map(_key, _conjuncts(rule.tree))) for rule in program.rules}
    order = {rule.id: place for place, rule in enumerate(program.rules)}
    by_part: defaultdict[object, list[CompiledRule]] = defaultdict(list)
    for rule in program.rules:
        for part in parts[rule.id]:
            by_part[part].append(rule)
    for rule in program.rules:
        near = (other for part in parts[rule.id] for other in by_part[part][:_COMPARED])
        wider = next(
            (
                other
                for other in near
                if other is not rule
                and _covers(other, rule, parts, earlier=order[other.id] < order[rule.id])
            ),
            None,
        )
        if wider is None:
            continue
        same = parts[wider.id] == parts[rule.id]
        yield _warning(
            ("rules", rule.id),
            f"rule '{wider.id}' asks for the same"
            if same
            else f"whatever fires this rule fires rule '{wider.id}' too",
            "give the narrower rule a higher level, or drop one of the two",
        )


_COMPARED = 50
"""Rules that one rule is compared with, for each of its parts."""


def _covers(
    wide: CompiledRule, narrow: CompiledRule, parts: dict[str, frozenset[object]], *, earlier: bool
) -> bool:
    if wide.narrowing != narrow.narrowing or _RANK[wide.level] < _RANK[narrow.level]:
        return False
    if parts[wide.id] == parts[narrow.id]:
        return earlier  # of two equal rules the later one is named
    return parts[wide.id] < parts[narrow.id]


def _facts_that_never_hold(config: WatchConfig, program: Program) -> Iterator[RuleProblem]:
    sources = sorted(source.name for source in config.sources)
    languages = sorted(config.crawl.languages)
    for rule in program.rules:
        for fact in _facts(rule.tree):
            known = {"source": sources, "lang": languages}.get(fact.field)
            if not known:
                continue
            for value in fact.values:
                if not any(fnmatchcase(name.lower(), value) for name in known):
                    yield _warning(
                        ("rules", rule.id),
                        f"`{fact.field}:{value}` can never hold: there is no such {fact.field}",
                        _language_hint(fact.field, value) or did_you_mean(value, known),
                    )


def _language_hint(field: str, value: str) -> str | None:
    meant = meant_language(value) if field == "lang" else None
    return f"did you mean 'lang:{meant}'?" if meant else None


def _facts(node: tree.Node) -> Iterator[leaves.About]:
    if isinstance(node, leaves.About):
        yield node
    for child in node.children:
        yield from _facts(child)
