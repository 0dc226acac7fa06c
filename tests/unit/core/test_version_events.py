"""What happened to an article, by what it said at each version before."""

from __future__ import annotations

import pytest

from core.articles import ArticleEvent
from core.text_changes import compare, text_sign
from core.version_events import MOST_COMPARED, Said, ToldVersion, event_of, says_again

PUBLISHED, EDITED, REMOVED, RESTORED, REVERTED = (
    ArticleEvent.PUBLISHED,
    ArticleEvent.EDITED,
    ArticleEvent.REMOVED,
    ArticleEvent.RESTORED,
    ArticleEvent.REVERTED,
)
TEXT = "Вчера на рынке прошёл рейд.\nДвадцать человек задержали до утра."
LONGER = TEXT + "\nПозже всех отпустили, сообщили в прокуратуре."


Version = tuple[ArticleEvent, str, str]


def told(*said: Version) -> list[Version]:
    """Return versions as they came, for a question about them: the latest first."""
    return list(reversed(said))


def happened(before: list[Version], title: str, text: str) -> ArticleEvent:
    change = compare(*before[0][1:], title, text)
    return event_of(change, as_kept(before), Said.of(title, text))[0]


def as_kept(before: list[Version]) -> list[ToldVersion]:
    return [ToldVersion(event, Said.of(title, text)) for event, title, text in before]


A, B = (PUBLISHED, "А", TEXT), (EDITED, "Б", TEXT)


@pytest.mark.parametrize(
    ("before", "title", "text", "event"),
    [
        pytest.param(told(A), "Б", TEXT, EDITED, id="another-headline"),
        pytest.param(told(A), "А", LONGER, EDITED, id="another-text"),
        pytest.param(told(A, B), "А", TEXT, REVERTED, id="the-first-headline-again"),
        pytest.param(told(A, B, (REVERTED, "А", TEXT)), "Б", TEXT, REVERTED, id="the-second"),
        pytest.param(told(A, B), "В", TEXT, EDITED, id="a-third-headline"),
        pytest.param(told(A, B), "А", LONGER, EDITED, id="the-first-headline-over-more-text"),
        pytest.param(
            told(A, B, (EDITED, "А", LONGER)), "Б", LONGER, REVERTED, id="both-known-not-together"
        ),
        pytest.param(
            told(A, (EDITED, "А", LONGER)), "А", TEXT, REVERTED, id="an-old-copy-from-a-cache"
        ),
        pytest.param(
            told((PUBLISHED, "А", TEXT + "\n10 просмотров"), (EDITED, "Б", TEXT)),
            "А",
            TEXT.replace("ё", "е") + "\n99 просмотров",
            REVERTED,
            id="but-for-a-counter",
        ),
        pytest.param(
            told(A, (EDITED, "А", LONGER)), "А", TEXT.split("\n")[0], EDITED, id="less-than-ever"
        ),
        pytest.param(told(A, (REMOVED, "А", TEXT)), "А", TEXT, RESTORED, id="back-as-it-was"),
        pytest.param(told(A, B, (REMOVED, "Б", TEXT)), "А", TEXT, RESTORED, id="back-as-before"),
        pytest.param(told(A, (REMOVED, "А", TEXT)), "Б", TEXT, EDITED, id="back-with-another"),
        pytest.param(
            told(A, (REMOVED, "А", TEXT), (RESTORED, "А", TEXT), (REMOVED, "А", TEXT)),
            "А",
            TEXT,
            REVERTED,
            id="back-once-more",
        ),
    ],
)
def test_what_was_said_before_is_no_edit(
    before: list[Version], title: str, text: str, event: ArticleEvent
) -> None:
    assert happened(before, title, text) is event


def test_an_article_that_is_back_with_the_same_bytes_is_restored() -> None:
    before = as_kept(told(A, (REMOVED, "А", TEXT)))
    assert event_of(None, before, Said.of("А", TEXT)) == (RESTORED, "the page is back")


def test_versions_without_signs_are_not_compared() -> None:
    said = Said.of("А", TEXT)
    assert not says_again(said, [ToldVersion(PUBLISHED, None)])
    assert says_again(said, [ToldVersion(PUBLISHED, None), ToldVersion(PUBLISHED, said)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A raid. Ten were held.", "A raid.\nTen were held."),
        ("One.\nTwo.", "Two.\nOne."),
        ("“Raid” – today.", '"Raid" — today.'),
        ("A raid took place.\n15 просмотров", "A raid took place.\n200 просмотров\n\n"),
        ("A raid.\nA raid.", "A raid."),
        ("A raid.", "A raid today."),
        ("", "A raid."),
        ("", "5 comments"),
    ],
)
def test_signs_tell_what_comparing_tells(one: str, other: str) -> None:
    assert (text_sign(one) == text_sign(other)) is compare("", one, "", other).trivial


def test_what_was_said_long_ago_may_be_told_again() -> None:
    between = [(EDITED, f"Б{number}", TEXT) for number in range(MOST_COMPARED)]
    assert happened(told(A, *between[1:]), "А", TEXT) is REVERTED
    assert happened(told(A, *between), "А", TEXT) is EDITED
