"""Every package of ours is known wherever packages are listed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"bench", "tests"}
TOOLS = PROJECT["tool"]


def test_every_package_is_installed_checked_and_held_to_the_order() -> None:
    assert {"core", "desk", "web"} <= SHIPPED
    installed = {name.rstrip("*") for name in TOOLS["setuptools"]["packages"]["find"]["include"]}
    assert installed == SHIPPED
    assert set(TOOLS["mypy"]["packages"]) >= SHIPPED
    assert set(TOOLS["ruff"]["lint"]["isort"]["known-first-party"]) >= SHIPPED
    assert set(TOOLS["importlinter"]["root_packages"]) == SHIPPED


def test_the_container_holds_every_package() -> None:
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^COPY (\w+) \1$", text, re.MULTILINE)) == SHIPPED
