"""What a source's word counts for: about its own outlet, about others', about nobody's. Pure.

One source never speaks for another. What it announces of an outlet that another claims is a hint
where to look; the page alone says what is there, and the outlet's own word comes before any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.claims import Bringer, Claims, Standing, is_of
from core.deciding.announcing import Hear, Hearing, Holder
from core.sources import Entry, Source


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose an article is, which a source announced and which was found at an address."""

    source: Source
    """The source it belongs to."""
    standing: Standing
    """How the one that announced it stands to the address."""
    owners: frozenset[str] = frozenset()
    """Names of the sources that claim the outlet at the address."""

    def brought_by(self, source: str) -> Bringer:
        """Return who brings it, `source` having announced it."""
        return Bringer(source, self.standing, self.owners)


def attribution(claims: Claims, source: Source, url: str) -> Attribution:
    """Return whose the article at an address is, which `source` announced there or elsewhere.

    Of an outlet that nobody claims it is of whoever announced it.
    """
    standing = claims.standing(source.name, url)
    owners = frozenset(owner.name for owner in claims.owners(url))
    owner = claims.owner(url) if standing is Standing.FOREIGN else None
    return Attribution(owner or source, standing, owners)


def believed(entry: Entry, standing: Standing) -> Entry:
    """Return what of an announcement may stand in where the page says nothing."""
    return Entry(url=entry.url) if standing is Standing.FOREIGN else entry


def leads_away(claims: Claims, source: str, of_article: str, answered: str) -> bool:
    """Tell whether the address of an article of a source leads to an outlet that others claim."""
    return not is_of(of_article, answered) and (
        claims.standing(source, answered) is Standing.FOREIGN
    )


def stays(claims: Claims, source: str, of_article: str, answered: str) -> bool:
    """Tell whether an article's address answers at its own outlet, or at one of its source."""
    return is_of(of_article, answered) or claims.standing(source, answered) is Standing.OWN


def hearing_for(claims: Claims, source: str) -> Hear:
    """Return who decides what it is that `source` announces what others announced before."""

    def hear(key: str, holder: Holder) -> Hearing:
        own = claims.standing(source, key) is Standing.OWN
        held_by_own = is_of(holder.source_url, key) or (
            claims.standing(holder.source, key) is Standing.OWN
        )
        if own and not held_by_own:
            return Hearing.TAKEN_OVER
        if holder.listed:
            return Hearing.KNOWN
        if holder.in_vain and (own or not held_by_own):
            return Hearing.ASKED_AGAIN
        return Hearing.BESIDE

    return hear
