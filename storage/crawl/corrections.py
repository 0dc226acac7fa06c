"""What an article's own outlet says of it otherwise than it is stored."""

from __future__ import annotations

from dataclasses import replace

from core.articles import ArticleData, WordsFrom
from core.claims import Bringer
from storage.database.columns import clean
from storage.database.tables.crawl import ArticleRow, VersionRow


def corrected(
    article: ArticleRow,
    latest: VersionRow,
    found: ArticleData,
    entry_id: int | None,
    bringer: Bringer,
) -> bool | None:
    """Give a held article to its own outlet; tell whether that says anything otherwise of it.

    None says that there is nothing to correct: it is the outlet's already, or another brings it.
    """
    if not bringer.corrects(article.source, by_own_outlet=article.by_own_outlet):
        return None
    article.by_own_outlet, article.source = True, found.source
    article.first_entry_id = entry_id or article.first_entry_id
    return says_otherwise(latest, found)


def says_otherwise(latest: VersionRow, found: ArticleData) -> bool:
    """Tell whether anything that rules, routes or readers look at is not as the latest version."""
    return (
        latest.source != found.source
        or (latest.title, latest.text) != (clean(found.title), clean(found.text))
        or latest.published_at != found.published_at
        or latest.date_is_guess != found.date_is_guess
        or (*latest.authors,) != tuple(map(clean, found.authors))
        or (*latest.tags,) != tuple(map(clean, found.tags))
        or latest.words_from != found.words_from.value
    )


def in_own_words(announced: ArticleData, latest: VersionRow) -> ArticleData:
    """Return what a feed announces, with the words of the article's page if these are known."""
    if latest.words_from != WordsFrom.PAGE.value:
        return announced
    return replace(
        announced,
        url=latest.url,
        title=latest.title,
        text=latest.text,
        canonical_url=latest.canonical_url,
        site_name=latest.site_name,
        language=latest.language,
        authors=announced.authors or tuple(latest.authors),
        tags=announced.tags or tuple(latest.tags),
        words_from=WordsFrom.PAGE,
    )
