"""Whether packages are there that only some configurations need."""

from __future__ import annotations

from importlib.util import find_spec

from core.config.problems import Problem
from core.config.watch import WatchConfig
from core.config.yaml_tree import Mapping, Node, locate

INSTALL_OIDC = "pip install 'wirewatch[oidc]'"
INSTALL_TELEGRAM = "pip install 'wirewatch[telegram]'"


def missing_extras(config: WatchConfig, root: Node) -> list[Problem]:
    """Return what a configuration asks for and this installation cannot do."""
    return [*_oidc(config, root), *_telegram(config, root)]


def has_telegram() -> bool:
    """Tell whether the package is installed that asks Telegram by an account."""
    return find_spec("telethon") is not None


def _oidc(config: WatchConfig, root: Node) -> list[Problem]:
    web = config.web
    if web is None or web.oidc is None or find_spec("authlib") is not None:
        return []
    at = locate(root, ("web", "oidc"), key=True)
    return [Problem(at, "`oidc` needs a package that is not installed", INSTALL_OIDC)]


def _telegram(config: WatchConfig, root: Node) -> list[Problem]:
    asked = [source.name for source in config.sources if source.account and source.enabled]
    problems = []
    if asked and "telegram" not in _sections(root):
        at = locate(root, ("sources", asked[0], "account"), key=True)
        hint = 'see "Channels without a preview" in docs/sources.md'
        problems.append(Problem(at, "`account` needs the section `telegram`", hint))
    if asked and not has_telegram():
        at = locate(root, ("sources", asked[0], "account"), key=True)
        said = "`account` needs a package that is not installed"
        problems.append(Problem(at, said, INSTALL_TELEGRAM))
    return problems


def _sections(root: Node) -> frozenset[str]:
    """Return the sections that stand in a file, sound or not."""
    return frozenset(root.items) if isinstance(root, Mapping) else frozenset()
