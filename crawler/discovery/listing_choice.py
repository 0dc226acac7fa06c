"""Which of a page's links lead to articles: the best group of links that stand alike.

A page that lists articles repeats one piece of markup for each. Links are grouped by the elements
that lead to them, each group is judged by what its links say and where they lead, and the best one
wins. Menus repeat markup, too: they lose because their texts are short and their addresses those
of sections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from crawler.discovery.listing_addresses import address_form
from crawler.discovery.listing_cards import Cards
from crawler.discovery.listing_links import LIKELY, Link, Page

FEWEST = 5
"""Links a group needs: fewer that stand alike are found on any page."""

_LEAST_QUALITY = 0.55
_SURE = 0.6
"""Merit from which a link counts as an article's: a headline alone does not do."""
_ASIDE_WEIGHT = 0.4
_HEADLINE, _SHORT_HEADLINE = 25, 15
"""Characters: few headlines have fewer than the first, few names of sections more."""
_LONGEST_HEADLINE = 400
_ONE_FORM = 0.8
"""Share of a group's addresses that must have one form for links elsewhere to be told by it."""


@dataclass(slots=True, kw_only=True)
class Group:
    """Links with one path, judged."""

    links: list[Link]
    """Usable ones, in the page's order; several may lead to one article."""
    rejected: list[Link]
    """Those that cannot be articles of this site."""
    is_aside: bool
    """Whether they stand in something named like a menu, a sidebar or "most read"."""
    quality: float = 0.0
    """Mean merit of the addresses, between 0 and 1."""
    sure: int = 0
    """How many different addresses are articles' by all signs."""
    shares: dict[str, float] = field(default_factory=dict)
    """For people: which share of the addresses has a headline, an article's address, a time."""

    @property
    def weight(self) -> float:
        """What the place of the group says, apart from its links."""
        return _ASIDE_WEIGHT if self.is_aside else 1.0

    @property
    def articles(self) -> list[Link]:
        """The links without those that lead to sections, archives and the like."""
        return [link for link in self.links if link.likeness]

    @property
    def left_out(self) -> list[Link]:
        """The links that are not `articles`, and the rejected ones."""
        return [link for link in self.links if not link.likeness] + self.rejected

    @property
    def rank(self) -> float:
        """For choosing the best group of a page: many good links in a good place."""
        return self.quality * self.weight * self.sure / (self.sure + 6)

    @property
    def is_enough(self) -> bool:
        """Whether this may be a list of articles at all."""
        return self.sure >= FEWEST and self.quality >= _LEAST_QUALITY

    @property
    def confidence(self) -> float:
        """Between 0 and 1: quality and place, less for a short list."""
        return round(self.quality * (0.5 + self.weight / 2) * self.sure / (self.sure + 2), 2)


def judged_groups(page: Page, cards: Cards) -> list[Group]:
    """Return the groups of `page`, best first, without links in navigation, footers and asides."""
    by_place: dict[tuple[bool, tuple[str, ...]], Group] = {}
    for link in page.links:
        if link.is_barred:
            continue
        group = by_place.setdefault(
            (link.is_aside, link.path), Group(links=[], rejected=[], is_aside=link.is_aside)
        )
        (group.rejected if link.problem else group.links).append(link)
    for group in by_place.values():
        _judge(group, cards)
    return sorted(by_place.values(), key=lambda group: -group.rank)


def others_alike(group: Group, page: Page) -> list[Link]:
    """Return links outside `group` whose addresses have the form that the group's share.

    The lead story is often marked up unlike the rest of the list. The form must be one of articles
    and the text a headline's; what stands beside the content is left alone.
    """
    known = {link.key: link.url for link in group.articles}
    forms = Counter(map(address_form, known.values()))
    form, count = forms.most_common(1)[0]
    if count < _ONE_FORM * len(known) or ("*" not in form and "#" not in form and "?" not in form):
        return []
    return [
        link
        for link in page.links
        if not (link.is_barred or link.is_aside or link.problem or link.key in known)
        and _headline_likeness(link.text) == 1
        and link.likeness >= LIKELY
        and (link.in_heading or not _in_running_text(link))
        and address_form(link.url) == form
    ]


def _in_running_text(link: Link) -> bool:
    return any(step.partition(".")[0] == "p" for step in link.path)


def _headline_likeness(text: str) -> float:
    """Return how much `text` looks like a headline: 0, 0.5 or 1."""
    words = len(text.split())
    if len(text) >= _HEADLINE and words >= 3:
        return 1.0 if len(text) <= _LONGEST_HEADLINE else 0.5
    return 0.5 if len(text) >= _SHORT_HEADLINE and words >= 2 else 0.0


def _judge(group: Group, cards: Cards) -> None:
    best: dict[str, tuple[float, float, float, bool]] = {}
    for link in group.links:
        headline = _headline_likeness(link.text) or _headline_likeness(cards.title_near(link))
        address = link.likeness
        timed = cards.has_time_near(link)
        merit = min(1.0, 0.45 * headline + 0.45 * address + 0.1 * timed + 0.1 * link.in_heading)
        if not address:
            merit = min(merit, 0.2)  # a section's name can be as long as a headline
        best[link.key] = max(
            best.get(link.key, (0.0, 0.0, 0.0, False)), (merit, headline, address, timed)
        )
    if not best:
        return
    group.quality = _mean(merit for merit, *_ in best.values())
    group.sure = sum(merit >= _SURE for merit, *_ in best.values())
    group.shares = {
        "with a headline's text": _mean(found[1] >= 1 for found in best.values()),
        "with an article's address": _mean(found[2] >= LIKELY for found in best.values()),
        "with a time": _mean(found[3] for found in best.values()),
    }


def _mean(values: Iterable[float]) -> float:
    given = list(values)
    return sum(given) / len(given)
