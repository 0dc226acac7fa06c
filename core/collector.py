"""How often the garbage collector looks, and at what.

A process that runs for years loads most of its objects once. Looking at half a million of them
again and again takes 60 to 200 ms a pass, in the middle of whatever page or article is being made.
"""

from __future__ import annotations

import gc

COLLECT_EVERY = 20_000
"""Allocations between two passes of the garbage collector. An article costs thousands of objects
that live shortly; at Python's 700 the collector took a tenth of the daemon's time."""


def settle() -> None:
    """Leave what is loaded by now out of all passes to come, and make them rarer.

    To be called when a process begins to work, and again after it has loaded something large.
    """
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)
