"""What an index is asked, in the words of a kind of index: the parts that both kinds share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.searching import (
    Anything,
    Close,
    Every,
    InRow,
    Mark,
    Noted,
    Roughly,
    Some,
    Wanted,
    Without,
    Words,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition on the words of a version."""

    text: str | None
    """None: every version meets it."""
    exact: bool = True
    """Whether what meets it is meant, and not only may be."""
    narrower: str | None = None
    """Where it is not exact: a condition that only those meet that are meant, if there is one."""

    @property
    def sure(self) -> str | None:
        """A condition that only those meet that are meant; None where there is none."""
        return self.text if self.exact else self.narrower


_ALL = Asked(None, exact=False)


class Language(ABC):
    """How conditions are written in one kind of index."""

    def __init__(self, noted: Callable[[str], bool]) -> None:
        """Take who knows whether every version that is looked at was examined for a mark."""
        self._noted = noted

    def asked(self, wanted: Wanted) -> Asked:
        """Return the condition that finds at least what is wanted."""
        match wanted:
            case Words():
                return self.words(wanted)
            case Mark():
                return self.marked(wanted)
            case InRow(parts=parts):
                return self.in_row(parts)
            case Close():
                return self.close(wanted)
            case Noted(mark=mark, otherwise=otherwise):
                return self.marked(Mark(mark)) if self._noted(mark) else self.asked(otherwise())
            case Roughly(part=part):
                return Asked(self.asked(part).text, exact=False)
            case Some(parts=parts):
                return self._some([self.asked(part) for part in parts])
            case Every(parts=parts):
                return self._every(parts)
            case Without():
                return self._every((wanted,))
            case Anything():
                return _ALL

    @abstractmethod
    def words(self, words: Words) -> Asked:
        """Return the condition that one of these words is there."""

    @abstractmethod
    def marked(self, mark: Mark) -> Asked:
        """Return the condition that a mark is there."""

    @abstractmethod
    def in_row(self, parts: tuple[Words, ...]) -> Asked:
        """Return the condition that words follow each other."""

    @abstractmethod
    def close(self, close: Close) -> Asked:
        """Return the condition that two words are near each other."""

    @abstractmethod
    def both(self, texts: Iterable[str]) -> str:
        """Return the condition that all of these are met."""

    @abstractmethod
    def either(self, texts: Iterable[str]) -> str:
        """Return the condition that one of these is met."""

    @abstractmethod
    def but_not(self, kept: str, left_out: str) -> str:
        """Return the condition that the one is met, and the other is not."""

    @property
    @abstractmethod
    def nothing(self) -> str:
        """A condition that no version meets."""

    def roughly_in_any_order(self, parts: Iterable[Words]) -> Asked:
        """Return the condition that one word of each is there."""
        return Asked(self._every(tuple(parts)).text, exact=False)

    def _some(self, parts: list[Asked]) -> Asked:
        texts = [part.text for part in parts if part.text is not None]
        if len(texts) < len(parts):
            return _ALL
        exact = all(part.exact for part in parts)
        sure = _each([part.sure for part in parts])
        return Asked(
            self.either(dict.fromkeys(texts)) if texts else self.nothing,
            exact,
            None if exact or not sure else self.either(sure),
        )

    def _every(self, parts: Iterable[Wanted]) -> Asked:
        kept: list[Asked] = []
        left_out: list[Asked] = []
        for part in parts:
            if isinstance(part, Without):
                if not isinstance(part.kept, Anything):
                    kept.append(self.asked(part.kept))
                left_out.append(self.asked(part.left_out))
            else:
                kept.append(self.asked(part))
        exact = all(part.exact for part in (*kept, *left_out))
        texts = list(dict.fromkeys(part.text for part in kept if part.text is not None))
        if not texts:
            return _ALL
        found = self.both(texts)
        # Who may not be meant by it must not be left out by it.
        sure = _each([part.sure for part in left_out])
        return Asked(self.but_not(found, self.either(sure)) if sure else found, exact)


def _each(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text is not None))
