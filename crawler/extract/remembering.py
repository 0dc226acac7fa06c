"""Answers about texts of a page, remembered by how the texts begin.

Pages of one outlet have the same class names again and again. What is asked about is a page's own,
and of any length: remembered whole, a few thousand attributes of megabytes fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Answer = TypeVar("Answer")


def remembered(
    longest: int, most: int
) -> Callable[[Callable[[str], Answer]], Callable[[str], Answer]]:
    """Let a function of a text see `longest` characters of it and remember `most` answers."""

    def decorate(function: Callable[[str], Answer]) -> Callable[[str], Answer]:
        kept = lru_cache(maxsize=most)(function)

        @wraps(function)
        def asked(text: str) -> Answer:
            return kept(text[:longest])

        return asked

    return decorate
