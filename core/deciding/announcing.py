"""What an announcement of an address is that another source announced before: question and answer.

Storage gathers who holds the entry and asks in the transaction that writes the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The source whose words an entry has, and what became of it so far."""

    source: str
    source_url: str
    """The address that this source was last configured with; it may be watched no more."""
    in_vain: bool
    """Whether it was looked for, and nothing was found so far, or is expected any more."""
    listed: bool
    """Whether the one who announces it now did so before."""


class Hearing(Enum):
    """What an announcement of a known address comes to."""

    KNOWN = auto()
    """Nothing: it was heard before."""
    BESIDE = auto()
    """Its source is noted as one that lists it too."""
    ASKED_AGAIN = auto()
    """The entry is looked for once more, by the words of this source: so far it was in vain."""
    TAKEN_OVER = auto()
    """The entry is this source's own. What others said of it counts no more, nor what came of it
    for them: it is asked for now, as if it were new."""

    @property
    def is_news(self) -> bool:
        """Whether the entry is followed from its beginning, for the one who announces it."""
        return self in (Hearing.ASKED_AGAIN, Hearing.TAKEN_OVER)


Hear = Callable[[str, Holder], Hearing]
"""Says what it is that a source announces an address, given its key and who holds it."""


def beside(_key: str, holder: Holder) -> Hearing:
    """Leave every entry to whoever had it first."""
    return Hearing.KNOWN if holder.listed else Hearing.BESIDE
