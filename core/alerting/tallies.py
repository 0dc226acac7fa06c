"""What is counted together in statistics."""

from __future__ import annotations

from enum import StrEnum


class CountedBy(StrEnum):
    """What articles and alerts have in common that are counted together."""

    RULE = "rule"
    SOURCE = "source"
    LANGUAGE = "language"
    DAY = "day"
