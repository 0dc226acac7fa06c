"""Which sources speak for which outlets: by the addresses that they were configured with. Pure.

A source claims the registered domain of its own address, and the hosts that its configuration adds.
What it says of an address that others claim is hearsay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from core.sources import Source, SourceKind
from core.urls import UrlError, host_of, outlet_of


class Standing(StrEnum):
    """How a source stands to an address that it announces."""

    OWN = "own"
    """It claims the outlet that publishes there."""
    UNCLAIMED = "unclaimed"
    """No source does: whoever announces it, an aggregator say, is all that is known of it."""
    FOREIGN = "foreign"
    """Other sources do, and this one does not."""


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who announced an article that is to be stored."""

    source: str | None = None
    """The source by whose words it was looked for; None where that is not asked."""
    standing: Standing = Standing.OWN
    """How it stands to the address where the article was found."""
    owners: frozenset[str] = frozenset()
    """Names of the sources that claim that address, as far as they are known."""

    def corrects(self, source: str, *, by_own_outlet: bool) -> bool:
        """Tell whether an article that is stored for a source has been another's word until now."""
        if self.standing is not Standing.OWN:
            return False
        return not by_own_outlet or bool(self.owners and source not in self.owners)


UNASKED = Bringer()
"""Where nobody asks who speaks for whom."""


class Claims:
    """Who speaks for whom, among the sources that are watched."""

    def __init__(self, sources: Iterable[Source] = ()) -> None:
        self._owners: dict[str, list[Source]] = {}
        for source in sources:
            for outlet in outlets_of(source):
                self._owners.setdefault(outlet, []).append(source)

    def owners(self, url: str) -> tuple[Source, ...]:
        """Return the sources that claim the outlet at an address."""
        return tuple(self._owners.get(_outlet(url) or "", ()))

    def standing(self, source: str, url: str) -> Standing:
        """Return how the source of a name stands to an address."""
        owners = self.owners(url)
        if not owners:
            return Standing.UNCLAIMED
        own = any(owner.name == source for owner in owners)
        return Standing.OWN if own else Standing.FOREIGN

    def owner(self, url: str) -> Source | None:
        """Return the source that an article at an address belongs to, announced by whomever.

        Of several, the one with the same host, then the one whose own path leads furthest towards
        it; None if there is none.
        """
        return max(self.owners(url), key=lambda source: _closeness(source.url, url), default=None)


class ClaimsNow:
    """The claims of sources that may change while they are watched."""

    def __init__(self, sources: Callable[[], Mapping[str, Source]]) -> None:
        self._sources = sources
        self._of: tuple[Source, ...] = ()
        self._claims = Claims()

    def __call__(self) -> Claims:
        """Return the claims of the sources as they are now."""
        sources = tuple(self._sources().values())
        if sources != self._of:
            self._of, self._claims = sources, Claims(sources)
        return self._claims


def outlets_of(source: Source) -> frozenset[str]:
    """Return the outlets that a source claims."""
    addresses = [source.url, *(f"http://{host}/" for host in source.hosts)]
    if source.kind is SourceKind.TELEGRAM:  # a mirror of the preview shows the channel's own posts
        addresses.append(f"https://t.me{urlsplit(source.url).path}")
    return frozenset(filter(None, map(_outlet, addresses)))


def is_of(source_url: str, url: str) -> bool:
    """Tell whether an address belongs to the outlet of a source with this address."""
    outlet = _outlet(source_url)
    return outlet is not None and outlet == _outlet(url)


def _outlet(url: str) -> str | None:
    try:
        return outlet_of(url)
    except UrlError:
        return None


def _closeness(source_url: str, url: str) -> tuple[bool, int, int]:
    """Return how near an address is to a source: the same host, shared steps, few that are not.

    What stands in `/news/kk/` is of the source `/news/kk/rss` and not of `/news/kk/sport/rss`.
    """
    ours, theirs = _steps(source_url), _steps(url)
    shared = next((n for n, step in enumerate(ours) if theirs[n : n + 1] != [step]), len(ours))
    return host_of(source_url) == host_of(url), shared, shared - len(ours)


def _steps(url: str) -> list[str]:
    return [step for step in urlsplit(url).path.split("/") if step]
