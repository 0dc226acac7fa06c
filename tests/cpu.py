"""What work costs, counted in other work of the same machine and moment.

Seconds say little about code where other processes want the machine as well, or it is slow. How
many times the work of an honest page a hostile one takes does not depend on that.
"""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time


def times_the_work(work: Callable[[], object], reference: Callable[[], object]) -> float:
    """Return how many times the CPU time of `reference` this thread needs for `work`.

    `reference` is measured before and after, and the longer counts: a machine that becomes slower
    in between must not look like work that became more.
    """
    before, spent, after = _cpu_seconds(reference), _cpu_seconds(work), _cpu_seconds(reference)
    return spent / max(before, after)


def _cpu_seconds(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return thread_time() - began
