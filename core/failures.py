"""Why something could not be fetched, as a type. Retries, schedules and health go by its kind.

Pure. The words beside it are for people; nothing reads them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """The class of a failure. Stored by its value, so a value never changes."""

    DNS = "dns"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    TLS = "tls"
    HTTP = "http"
    ROBOTS = "robots"
    GUARD = "guard"
    TOO_LARGE = "too_large"
    REDIRECTS = "redirects"
    BROKEN = "broken"
    CONTENT = "content"
    """A page came, and it is not what was asked for."""
    DOCUMENT = "document"
    """A source answered, and nothing that announces articles could be read there."""
    INTERNAL = "internal"
    """The outlet answered, and we could not deal with it."""


REFUSALS = frozenset({401, 403, 429, 451})
"""Statuses by which an outlet, or somebody before it, says that it does not want us."""
ABSENT = frozenset({300, 400, 404, 405, 406, 410, 414})
"""Statuses by which a server says that it has nothing to give at an address."""
UNREACHABLE = frozenset({FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT})
"""Kinds that many sources at once have when the fault is on our side."""


def is_refusal(kind: FailureKind | None, status: int | None) -> bool:
    """Tell whether a failure of a kind, with its HTTP status if any, means that we are not wanted.

    An outlet says so by a status, or by its robots.txt. None is for no failure at all.
    """
    return kind is FailureKind.ROBOTS or (kind is FailureKind.HTTP and status in REFUSALS)


def is_absence(kind: FailureKind | None, status: int | None) -> bool:
    """Tell whether a failure means that there is no article at an address, or none that we take."""
    return status in ABSENT or kind in (
        FailureKind.GUARD,
        FailureKind.REDIRECTS,
        FailureKind.TOO_LARGE,
    )


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """One fetch that brought no usable answer."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after: float | None = None
    """Seconds the server asked to be left alone for."""

    def __str__(self) -> str:
        # What is said of a source's document is a sentence by itself.
        return self.detail if self.kind is FailureKind.DOCUMENT else f"{self.kind}: {self.detail}"

    @property
    def weight(self) -> float:
        """How much this failure stretches the pause of a source.

        The weights are Media Cloud's, from 180,000 feeds: name servers fail for minutes; missing
        pages, overloaded and broken servers do come back; the rest is likely to need a person. What
        is our own fault stretches nothing.
        """
        if self.kind is FailureKind.INTERNAL:
            return 0.0
        if self.kind is FailureKind.DNS:
            return 0.25
        if self.status is not None and (self.status in (404, 429) or self.status >= 500):
            return 0.5
        return 1.0

    @property
    def may_pass(self) -> bool:
        """Whether the same request may well succeed a little later."""
        if self.status is not None:
            return self.status in (408, 425, 429) or self.status >= 500
        return self.kind in (FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BROKEN)
