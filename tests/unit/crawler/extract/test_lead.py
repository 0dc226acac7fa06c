"""The lead above a text: what the page shows, and nothing that it hides."""

from __future__ import annotations

import pytest

from core.articles import ArticleData
from crawler.extract import extract_article

LEAD = (
    "The harbour master of Skerrow closed the north pier after divers found cracks in its pillars."
)
BODY = "".join(
    f"<p>The council met for the {n}. time this year and voted on the money for the pier and for"
    " the market. The boats land their catch at the old quay meanwhile.</p>"
    for n in range(4)
)


def read(top: str) -> str:
    page = (
        f"<html><head><meta name='description' content='{LEAD}'></head><body><header>"
        f"<h1>Pier closed</h1>{top}</header><div class='article-body'>{BODY}</div></body></html>"
    )
    article = extract_article(page.encode(), "https://gazette.example/2026/05/pier")
    assert isinstance(article, ArticleData)
    return article.text


@pytest.mark.parametrize(
    "top",
    [
        f"<p hidden>{LEAD}</p>", f"<p hidden=''>{LEAD}</p>", f"<div hidden><p>{LEAD}</p></div>",
        f"<p style='color:red; display: none'>{LEAD}</p>",
        f"<div style='visibility:hidden'><p>{LEAD}</p></div>",
        f"<section aria-hidden='true'><div><p>{LEAD}</p></div></section>",
    ],
)  # fmt: skip
def test_a_hidden_paragraph_is_no_lead(top: str) -> None:
    assert LEAD not in read(top)


@pytest.mark.parametrize(
    "attributes", ["", "style='display:block'", "aria-hidden='false'", "hidden='until-found'"]
)
def test_a_paragraph_that_is_shown_is_the_lead(attributes: str) -> None:
    assert read(f"<p {attributes}>{LEAD}</p>").startswith(LEAD)
