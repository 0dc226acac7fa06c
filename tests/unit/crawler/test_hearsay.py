"""What a source's word counts for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.claims import Claims, Standing
from core.deciding.announcing import Hearing, Holder, beside
from core.sources import Entry, Source, SourceKind
from crawler.decide.hearsay import attribution, believed, hearing_for, leads_away, stays

VICTIM = Source(name="victim", kind=SourceKind.FEED, url="https://victim.kg/rss")
TWIN = Source(name="twin", kind=SourceKind.HOMEPAGE, url="https://www.victim.kg/")
THIEF = Source(name="thief", kind=SourceKind.FEED, url="https://thief.kg/rss")
DIGEST = Source(name="digest", kind=SourceKind.FEED, url="https://digest.example/rss")
CLAIMS = Claims([VICTIM, TWIN, THIEF, DIGEST])
PAGE, LOOSE = "https://victim.kg/1", "https://unwatched.example/1"
URLS = {source.name: source.url for source in (VICTIM, TWIN, THIEF, DIGEST)} | {
    "gone": "https://gone.example/rss",
    "renamed": "https://victim.kg/old-rss",
}
KNOWN, BESIDE = Hearing.KNOWN, Hearing.BESIDE
AGAIN, TAKEN = Hearing.ASKED_AGAIN, Hearing.TAKEN_OVER


def held(by: str, in_vain: bool = False, listed: bool = False) -> Holder:
    return Holder(source=by, source_url=URLS[by], in_vain=in_vain, listed=listed)


@pytest.mark.parametrize(
    ("source", "url", "holder", "hearing"),
    [
        # The outlet's own word comes before any other, whatever came of that.
        ("victim", PAGE, held("thief"), TAKEN),
        ("victim", PAGE, held("thief", in_vain=True), TAKEN),
        ("victim", PAGE, held("thief", listed=True), TAKEN),
        ("victim", PAGE, held("gone"), TAKEN),
        # Another of its sources is asked again for what was in vain, once.
        ("victim", PAGE, held("twin"), BESIDE),
        ("victim", PAGE, held("twin", in_vain=True), AGAIN),
        ("victim", PAGE, held("twin", in_vain=True, listed=True), KNOWN),
        ("victim", PAGE, held("renamed"), BESIDE),
        # Others are heard, and change nothing.
        ("thief", PAGE, held("victim"), BESIDE),
        ("thief", PAGE, held("victim", in_vain=True), BESIDE),
        ("thief", PAGE, held("victim", listed=True), KNOWN),
        ("thief", PAGE, held("renamed", in_vain=True), BESIDE),
        # Of what is neither's, one does not settle it for the other.
        ("digest", PAGE, held("thief"), BESIDE),
        ("digest", PAGE, held("thief", in_vain=True), AGAIN),
        ("digest", LOOSE, held("thief", in_vain=True), AGAIN),
        ("digest", LOOSE, held("thief", in_vain=True, listed=True), KNOWN),
        ("digest", LOOSE, held("thief"), BESIDE),
    ],
)
def test_what_becomes_of_an_entry_that_another_source_had_first(
    source: str, url: str, holder: Holder, hearing: Hearing
) -> None:
    assert hearing_for(CLAIMS, source)(url, holder) is hearing


def test_only_what_is_followed_anew_is_news() -> None:
    assert [hearing for hearing in Hearing if hearing.is_news] == [AGAIN, TAKEN]
    assert beside(PAGE, held("thief", in_vain=True)) is BESIDE
    assert beside(PAGE, held("thief", listed=True)) is KNOWN


@pytest.mark.parametrize(
    ("source", "url", "of", "standing", "owners"),
    [
        (VICTIM, PAGE, "victim", Standing.OWN, {"victim", "twin"}),
        (TWIN, PAGE, "twin", Standing.OWN, {"victim", "twin"}),
        (THIEF, PAGE, "victim", Standing.FOREIGN, {"victim", "twin"}),
        (THIEF, "https://www.victim.kg/1", "twin", Standing.FOREIGN, {"victim", "twin"}),
        (THIEF, LOOSE, "thief", Standing.UNCLAIMED, set()),
        (VICTIM, "https://thief.kg/1", "thief", Standing.FOREIGN, {"thief"}),
    ],
)
def test_an_article_is_of_the_outlet_where_it_was_found(
    source: Source, url: str, of: str, standing: Standing, owners: set[str]
) -> None:
    whose, named = attribution(CLAIMS, source, url), frozenset(owners)
    assert (whose.source.name, whose.standing, whose.owners) == (of, standing, named)
    brought = whose.brought_by(source.name)
    assert (brought.source, brought.standing, brought.owners) == (source.name, standing, named)


def test_what_is_said_of_another_outlet_stands_in_for_nothing() -> None:
    said = Entry(
        url=PAGE,
        title="Forged",
        published_at=datetime(2001, 1, 1, tzinfo=UTC),
        authors=("Nobody",),
        language="en",
        tags=("x",),
        summary="Forged",
        in_own_words=True,
        markup="<p>Forged</p>",
    )
    assert believed(said, Standing.FOREIGN) == Entry(url=PAGE)
    assert not believed(said, Standing.FOREIGN).in_own_words
    for standing in (Standing.OWN, Standing.UNCLAIMED):
        assert believed(said, standing) is said


@pytest.mark.parametrize(
    ("source", "article", "answered", "away", "at_home"),
    [
        ("thief", "https://thief.kg/1", PAGE, True, False),
        ("thief", "https://thief.kg/1", "https://m.thief.kg/1", False, True),
        ("thief", "https://thief.kg/1", LOOSE, False, False),
        ("thief", PAGE, PAGE, False, True),
        ("victim", PAGE, "https://www.victim.kg/1", False, True),
    ],
)
def test_an_article_that_leads_to_another_outlet_is_not_there_any_more(
    source: str, article: str, answered: str, away: bool, at_home: bool
) -> None:
    assert leads_away(CLAIMS, source, article, answered) is away
    assert stays(CLAIMS, source, article, answered) is at_home
