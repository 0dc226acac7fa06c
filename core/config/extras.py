"""Whether packages are there that only some configurations need."""

from __future__ import annotations

from importlib.util import find_spec

from core.config.problems import Problem
from core.config.watch import WatchConfig
from core.config.yaml_tree import Node, locate

INSTALL_OIDC = "pip install 'wirewatch[oidc]'"


def missing_extras(config: WatchConfig, root: Node) -> list[Problem]:
    """Return what a configuration asks for and this installation cannot do."""
    web = config.web
    if web is None or web.oidc is None or find_spec("authlib") is not None:
        return []
    at = locate(root, ("web", "oidc"), key=True)
    return [Problem(at, "`oidc` needs a package that is not installed", INSTALL_OIDC)]
