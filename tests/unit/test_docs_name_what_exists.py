"""What the pages for the next owner name in the code is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from core.config.sections.web import WebSection

ROOT = Path(__file__).parents[2]
PAGES = (*sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "README.md")
PACKAGES = {file.parent.name for file in ROOT.glob("*/__init__.py")} | {"tests"}
CLASSES_OF = ("architecture.md", "extending.md")
"""Pages whose class names are ours; elsewhere they may be a protocol's or a language's."""

_CODE = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"[a-z_]+(?:/[\w.*]+)+/?|[a-z_]+/")
_MODULE = re.compile(r"[a-z_]+(?:\.\w+)+")
_CLASS = re.compile(r"[A-Z][a-z]+[A-Za-z]*")


def named_in(page: Path) -> list[str]:
    return _CODE.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))


@cache
def names_of(file: Path) -> frozenset[str]:
    """Return what a module defines at its top level, and the members of its classes."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


@cache
def classes() -> frozenset[str]:
    return frozenset(
        node.name
        for package in PACKAGES - {"tests"}
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )


def path_exists(words: str) -> bool:
    """Tell whether a path of the checkout is there; `*` stands for any name."""
    return any(ROOT.glob(words.rstrip("/")))


def module_exists(words: str) -> bool:
    """Tell whether a module is there, or one that defines what the last parts name."""
    parts = words.split(".")
    for length in range(len(parts), 0, -1):
        at = ROOT.joinpath(*parts[:length])
        if at.is_dir() and length == len(parts):
            return True
        file = at.with_suffix(".py") if not at.is_dir() else at / "__init__.py"
        if file.is_file():
            return set(parts[length:]) <= names_of(file)
    return False


def is_key(words: str) -> bool:
    """Tell whether it is a key of watch.yaml: `web` is a package, and a section, too."""
    first, *keys = words.split(".")
    section: object = WebSection
    for key in keys:
        fields = getattr(section, "model_fields", {})
        if key not in fields:
            return False
        # `OidcSection | None` is a section, too.
        of = fields[key].annotation
        section = next((part for part in get_args(of) if hasattr(part, "model_fields")), of)
    return first == "web" and bool(keys)


def missing_in(page: Path) -> list[str]:
    missing = []
    for words in named_in(page):
        first = re.split(r"[./]", words, maxsplit=1)[0]
        if first in PACKAGES and _PATH.fullmatch(words):
            found = path_exists(words)
        elif first in PACKAGES and _MODULE.fullmatch(words) and not words.endswith(".yaml"):
            found = module_exists(words) or is_key(words)
        elif page.name in CLASSES_OF and _CLASS.fullmatch(words):
            found = words in classes()
        else:
            continue
        if not found:
            missing.append(words)
    return missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_in_the_code_is_there(page: Path) -> None:
    assert missing_in(page) == []


def test_a_name_that_is_gone_is_found_missing(tmp_path: Path) -> None:
    page = tmp_path / "architecture.md"
    page.write_text(
        "`core/clock.py`, `core.clock`, `core.network.NetworkPolicy`, `Store`, `alerts/rules`, and"
        " `core/gone.py`, `core.gone`, `core.network.Gone`, `GoneStore`, `alerts/gone`"
    )
    gone = ["core/gone.py", "core.gone", "core.network.Gone", "GoneStore", "alerts/gone"]
    assert missing_in(page) == gone
