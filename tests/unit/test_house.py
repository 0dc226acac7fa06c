"""How the house is built, where no other tool looks: circles, sizes, names, purity."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from pathlib import Path
from statistics import median

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("core", "storage", "crawler", "alerts", "scheduler", "desk", "web", "cli", "demo")
MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
MOST_LINES, MEDIAN_LINES = 400, 120
NAMED_ELSEWHERE = ("crawler.spiders.", "core.config.sections.")
"""Named by what users type: `scrapy crawl NAME`, and the keys of watch.yaml."""


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    reached: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    circles: list[list[str]] = []

    def visit(module: str) -> None:
        """Tarjan's strongly connected components (SIAM J. Comput. 1, 1972)."""
        reached[module] = low[module] = len(reached)
        stack.append(module)
        for imported in graph.find_modules_directly_imported_by(module):
            if imported not in reached:
                visit(imported)
                low[module] = min(low[module], low[imported])
            elif imported in stack:
                low[module] = min(low[module], reached[imported])
        if low[module] == reached[module]:
            members = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(members) > 1:
                circles.append(members)

    for module in sorted(graph.modules):
        if module not in reached:
            visit(module)
    assert circles == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_can_be_read_in_one_sitting(module: str) -> None:
    assert lines_of(MODULES[module]) <= MOST_LINES


def test_most_modules_are_short() -> None:
    sizes = [lines_of(path) for path in MODULES.values() if path.name != "__init__.py"]
    assert median(sizes) <= MEDIAN_LINES


def test_what_calls_itself_pure_stands_in_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (pure,) = (
        contract for contract in contracts["contracts"] if contract["name"].startswith("Pure parts")
    )
    held = tuple(pure["source_modules"])
    claims = {
        module.removesuffix(".__init__")
        for module, path in MODULES.items()
        if "Pure" in (ast.get_docstring(ast.parse(path.read_text())) or "")
        and not module.startswith("demo.")  # held by a contract of its own
    }
    outside = [
        claim for claim in claims if not any(f"{claim}.".startswith(f"{each}.") for each in held)
    ]
    assert sorted(outside) == []


def test_modules_of_a_family_have_names_of_their_own() -> None:
    named: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module, path in MODULES.items():
        if path.name not in ("__init__.py", "__main__.py") and not module.startswith(
            NAMED_ELSEWHERE
        ):
            family, _, _ = module.partition(".")
            named[family, path.stem].append(module)
    assert {name: found for name, found in named.items() if len(found) > 1} == {}
