"""What every kind of index of words can be asked, whatever it is kept in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.searching import FoundVersions, IndexedVersion, Stretch, Wanted
from storage.search.segments import Segment


@dataclass(frozen=True, slots=True)
class IndexState:
    """Where an index stands."""

    folding: str
    """How its words were made; empty for one that never began."""
    up_to: int
    """The id up to which nothing waits."""
    last: int
    """Id of the last version in it."""
    content: str
    """Hash of the content of that one, which tells whether the database is still the same."""
    last_at: datetime | None
    """When that one was fetched."""


@dataclass(frozen=True, slots=True)
class Late:
    """What an index went past before it could be seen."""

    versions: tuple[int, ...]
    whole_to: int
    """Id up to which nothing is missing; with versions that wait, the one before the first."""


class WordIndex(ABC):
    """Words of versions, by the id of the version. May be asked from any thread."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is open."""

    @abstractmethod
    def state(self) -> IndexState:
        """Return where it stands."""

    @abstractmethod
    def begin(self, folding: str, instead_of: IndexState | None = None) -> None:
        """Forget everything, and take words of this folding from now on.

        With `instead_of` only while it still stands there: somebody else may have been quicker.
        """

    @abstractmethod
    def add(
        self,
        items: Sequence[IndexedVersion],
        *,
        after: int,
        up_to: int,
        content: str,
        noted: Collection[str],
    ) -> bool:
        """Take versions that come after all that it has, in one transaction; safe to repeat.

        Returns False, and changes nothing, when it does not stand at `after` any more.
        """

    @abstractmethod
    def late(self, seconds: float | None = None) -> Late:
        """Return versions that came to be seen only after the index had gone past them.

        With `seconds`, what could not be found out in that time is said not to be known.
        """

    @abstractmethod
    def to_refill(self) -> Segment | None:
        """Return a part that is being made anew; None when there is none."""

    @abstractmethod
    def refill(
        self,
        number: int,
        items: Sequence[IndexedVersion],
        *,
        after: int,
        up_to: int,
        noted: Collection[str],
    ) -> bool:
        """Take versions of a part that is being made anew, as `add` does."""

    @abstractmethod
    def forget(self, versions: Collection[int]) -> None:
        """Let go of versions, and perhaps of others for a while, which are then taken again."""

    @abstractmethod
    def tend(self) -> bool:
        """Go on to put a part in order that gets no more versions; False when all are in order."""

    @abstractmethod
    def find(self, wanted: Wanted, stretch: Stretch, limit: int, deadline: float) -> FoundVersions:
        """Return versions that are wanted, the newest first, `limit` of them at most.

        `deadline` is a moment of the monotonic clock. Something is always looked at, so that going
        on from where a search ended leads to the end.
        """
