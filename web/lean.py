"""Style sheets as they are sent: without comments, and spaces for their writers alone. Pure."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([{};,>])\s*")
_AFTER_NAME = re.compile(r":\s+")


def lean(style: str) -> str:
    """Return a style sheet that means the same and is shorter.

    For sheets of our own, which have no strings with braces or runs of spaces in them. A space
    before a colon is a selector's and stays.
    """
    packed = _SPACE.sub(" ", _COMMENT.sub("", style))
    packed = _AFTER_NAME.sub(":", _AROUND.sub(r"\1", packed))
    return packed.replace(";}", "}").strip()
