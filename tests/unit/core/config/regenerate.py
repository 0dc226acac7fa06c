"""Rewrites the golden messages of the rejected configurations; read the diff before committing.

python -m tests.unit.core.config.regenerate
"""

from __future__ import annotations

from tests.unit.core.config.golden import REJECTED, rejection

if __name__ == "__main__":
    for case in sorted(REJECTED.glob("*.yaml")):
        case.with_suffix(".txt").write_text(rejection(case), encoding="utf-8")
