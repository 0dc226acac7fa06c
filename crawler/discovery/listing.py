"""Reading a web page that lists articles, for outlets with neither a feed nor a sitemap."""

from __future__ import annotations

from core.sources import SkipKind, SkipReason
from core.urls import UrlError
from crawler.discovery.charsets import decode_document
from crawler.discovery.documents import ListingDocument, NotAListing, SkippedEntry, reported
from crawler.discovery.listing_cards import Cards
from crawler.discovery.listing_choice import FEWEST, Group, judged_groups, others_alike
from crawler.discovery.listing_html import html_tree
from crawler.discovery.listing_links import MOST_LINKS, Link, Page, page_of
from crawler.discovery.listing_pages import next_page
from crawler.discovery.listing_selector import check_selector, selected_links

__all__ = ["check_selector", "parse_listing"]

NO_ARTICLE = SkipReason(SkipKind.NO_ARTICLE, "address of a section, an archive or a file")
TOO_MANY = SkipReason(SkipKind.BEYOND_READ, f"beyond the first {MOST_LINKS:,} links")

_DETAIL_LIMIT = 200


def parse_listing(
    body: bytes, url: str, *, content_type: str | None = None, links: str | None = None
) -> ListingDocument:
    """Find the articles that the page at `url` lists.

    `links` picks them when given (see `check_selector`); otherwise they are the best group of at
    least five links that stand alike, with headlines for texts and addresses of articles, outside
    navigation, footers and asides, and further links to addresses of the same form. `content_type`
    is the HTTP header, whose charset counts. Entries have absolute addresses on the registered
    domain of `url` and come in the page's order, each once. At most 20,000 links are looked at.

    Raises NotAListing with a reason for people, ValueError for a bad `links`, and nothing else,
    whatever the bytes are.
    """
    if links is not None:
        check_selector(links)
    root = html_tree(decode_document(body, content_type))
    if root is None:
        raise NotAListing("the answer was empty", url=url)
    try:
        page = page_of(root, url)
    except UrlError as error:
        raise NotAListing("its own address is not a web address", url=url) from error
    if not page.links:
        raise NotAListing("the page has no links; scripts may be filling it in", url=url)
    cards = Cards(page)
    if links is None:
        chosen, rejected, how, confidence = _found(page, cards)
    else:
        picked = selected_links(root, page, links)
        chosen = [link for link in picked if not link.problem]
        rejected = [link for link in picked if link.problem]
        how, confidence = f"{_count(chosen)} picked by `{links}`", 1.0
        if not chosen:
            raise NotAListing(_nothing_picked(links, rejected), url=url)
    return ListingDocument(
        entries=cards.entries(chosen),
        how=how,
        confidence=confidence,
        next_page=next_page(root, page),
        skipped=_skipped(rejected, page),
    )


def _found(page: Page, cards: Cards) -> tuple[list[Link], list[Link], str, float]:
    """Return links chosen and rejected, the reasons in words, and the confidence."""
    groups = judged_groups(page, cards)
    best = next((group for group in groups if group.is_enough), None)
    if best is None:
        raise NotAListing(_nothing_found(groups), url=page.url)
    articles, others = best.articles, others_alike(best, page)
    wanted = {id(link) for link in (*articles, *others)}
    chosen = [link for link in page.links if id(link) in wanted]
    shares = ", ".join(f"{share:.0%} {what}" for what, share in best.shares.items() if share)
    how = f"{_count(articles)} in `{articles[0].place}`: {shares}"
    if others:
        how += f"; and {_count(others)} elsewhere to addresses of the same form"
    return chosen, best.left_out, how, best.confidence


def _count(links: list[Link]) -> str:
    number = len({link.key for link in links})
    return f"{number} link{'' if number == 1 else 's'}"


def _nothing_found(groups: list[Group]) -> str:
    wanted = f"at least {FEWEST} links that stand alike and look like articles"
    if not groups or not groups[0].sure:
        return f"nothing on the page looks like a list of articles ({wanted})"
    closest = groups[0]
    return (
        f"no list of articles ({wanted}): the closest is {_count(closest.links)} in"
        f" `{closest.links[0].place}`, of which {closest.sure} look like articles"
    )


def _nothing_picked(selector: str, rejected: list[Link]) -> str:
    if not rejected:
        return f"nothing on the page is picked by `{selector}`"
    return f"no link picked by `{selector}` can be an article: {rejected[0].problem}"


def _skipped(rejected: list[Link], page: Page) -> tuple[SkippedEntry, ...]:
    skipped = [
        SkippedEntry(
            link.problem or NO_ARTICLE, (link.url or link.element.get("href") or "")[:_DETAIL_LIMIT]
        )
        for link in rejected
    ]
    if page.is_cut:
        skipped.append(SkippedEntry(TOO_MANY, ""))
    return reported(skipped)
