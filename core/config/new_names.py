"""Whether what finds new names is there: its packages, and the weights of its model."""

from __future__ import annotations

import shlex
from importlib.util import find_spec
from pathlib import Path

from core.config.problems import Problem
from core.config.watch import WatchConfig
from core.config.yaml_tree import Node, locate

TAGGER_FILE = "slovnet_ner_news_v1.tar"
"""Weights of the model that tells names from other words."""
VECTORS_FILE = "navec_news_v1_1B_250K_300d_100q.tar"
"""What that model knows of words."""
PACKAGES = ("slovnet", "navec")
INSTALL = "pip install 'wirewatch[names]'"


def with_new_names(config: WatchConfig, root: Node) -> tuple[WatchConfig, list[Problem]]:
    """Make the folder of the weights absolute, and say what is missing.

    What is missing is an error: who asked for new names is not to wait for them in vain.
    """
    section = config.new_names
    if section is None:
        return config, []
    mark = locate(root, ("new_names", "weights"))
    folder = (Path(mark.file).resolve().parent / section.weights.expanduser()).absolute()
    problems = []
    if any(find_spec(package) is None for package in PACKAGES):
        at = locate(root, ("new_names",), key=True)
        what = "`new_names` needs packages that are not installed"
        problems.append(Problem(at, what, INSTALL))
    missing = [name for name in (TAGGER_FILE, VECTORS_FILE) if not (folder / name).is_file()]
    if missing:
        hint = f"`wirewatch names fetch {shlex.quote(str(folder))}` puts it there"
        problems.append(Problem(mark, f"{folder} has no {missing[0]}", hint))
    absolute = section.model_copy(update={"weights": folder})
    return config.model_copy(update={"new_names": absolute}), problems
