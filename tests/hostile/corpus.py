"""All hostile documents, made when asked for, the same at every run. Nothing is downloaded."""

from __future__ import annotations

from tests.hostile.feeds import FEEDS, xxe
from tests.hostile.lists import LISTS
from tests.hostile.pages import PAGES
from tests.hostile.pdfs import pdfs
from tests.hostile.sample import Bait, Sample
from tests.hostile.texts import TEXTS


def corpus(bait: Bait | None = None) -> tuple[Sample, ...]:
    """Return every document; `bait` is what hostile XML is told to reach."""
    bait = bait or Bait()
    return (*PAGES, *TEXTS, *FEEDS, *xxe(bait), *LISTS, *pdfs(bait))
