from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.articles import Absence, ArticleData, Rejection, RejectReason, StubKind
from core.config.sections.crawl import REVISIT
from core.failures import FailureKind, FetchFailure
from crawler.decide.revisits import (
    AFTER_FAILURE,
    MOST_VISITS,
    after_failure,
    gone_by_page,
    gone_by_status,
    gone_elsewhere,
    next_visit,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEXT = "Вчера на рынке прошёл рейд, и двадцать человек задержали до утра в отделе полиции города."
ARTICLE = ArticleData(url="https://outlet.example/a", title="Рейд", text=TEXT)


def test_pauses_grow_until_the_last_age_and_then_end() -> None:
    ages, at = sorted(REVISIT), NOON
    moments: list[timedelta] = []
    while (following := next_visit(REVISIT, NOON, at, len(moments))) is not None:
        moments.append(following - NOON)
        at = following
    assert moments == ages


def test_a_visit_that_was_due_long_ago_is_made_once() -> None:
    assert next_visit(REVISIT, NOON, NOON + 25 * HOUR, 0) == NOON + 72 * HOUR


def test_a_change_starts_the_pauses_anew() -> None:
    edited = NOON + 24 * HOUR
    assert next_visit(REVISIT, edited, edited, 4) == edited + min(REVISIT)


def test_a_page_that_always_changes_is_followed_a_number_of_times() -> None:
    assert next_visit(REVISIT, NOON, NOON, MOST_VISITS) is None


def test_no_ages_mean_no_visits() -> None:
    assert next_visit((), NOON, NOON, 0) is None
    failure = FetchFailure(FailureKind.TIMEOUT, "slow")
    assert after_failure((), NOON, NOON, failure) is None


def test_after_a_failure_the_article_is_visited_again_as_the_server_asks() -> None:
    busy = FetchFailure(FailureKind.HTTP, "HTTP 503", 503, retry_after=7200.0)
    assert after_failure(REVISIT, NOON, NOON, busy) == NOON + 2 * HOUR
    down = FetchFailure(FailureKind.CONNECT, "refused")
    assert after_failure(REVISIT, NOON, NOON, down) == NOON + AFTER_FAILURE


def test_an_outlet_that_stays_down_is_given_up_a_day_after_the_last_age() -> None:
    down = FetchFailure(FailureKind.CONNECT, "refused")
    late = NOON + max(REVISIT) + timedelta(days=1, minutes=1)
    assert after_failure(REVISIT, NOON, late, down) is None


@pytest.mark.parametrize(("status", "certain"), [(410, True), (451, True), (404, False)])
def test_some_statuses_say_that_a_page_is_gone(status: int, certain: bool) -> None:
    gone = gone_by_status(status)
    assert gone is not None
    assert gone.certain is certain


@pytest.mark.parametrize("status", [200, 403, 429, 500, 503])
def test_other_statuses_say_nothing_of_the_kind(status: int) -> None:
    assert gone_by_status(status) is None


@pytest.mark.parametrize(
    ("reason", "stub", "absence"),
    [
        (RejectReason.STUB, StubKind.NOT_FOUND, Absence.NOT_FOUND),
        (RejectReason.STUB, StubKind.FRONT_PAGE, Absence.FRONT_PAGE),
        (RejectReason.EMPTY, None, Absence.EMPTY),
        (RejectReason.NOT_HTML, None, Absence.NOT_HTML),
        (RejectReason.STUB, StubKind.ANTI_BOT, None),
        (RejectReason.STUB, StubKind.ACCESS_DENIED, None),
        (RejectReason.STUB, StubKind.SERVER_ERROR, None),
        (RejectReason.STUB, StubKind.CONSENT, None),
        (RejectReason.STUB, StubKind.JAVASCRIPT, None),
        (RejectReason.SANDBOX, None, None),
    ],
)
@pytest.mark.parametrize("detail", ["xyz", "not found: the page is titled '404'"])
def test_a_page_in_the_articles_place_is_judged_by_what_it_is_and_not_by_its_words(
    reason: RejectReason, stub: StubKind | None, absence: Absence | None, detail: str
) -> None:
    gone = gone_by_page(Rejection(reason, detail, stub))
    assert (gone.kind if gone else None) is absence


def test_an_article_that_moved_with_its_text_is_not_gone() -> None:
    moved = replace(ARTICLE, url="https://outlet.example/2026/a", text=TEXT + " Дополнено.")
    assert gone_elsewhere(ARTICLE, moved) is None


def test_an_address_that_leads_to_another_text_is_gone() -> None:
    other = replace(ARTICLE, url="https://outlet.example/b", text="Погода на завтра: солнечно.")
    gone = gone_elsewhere(ARTICLE, other)
    assert gone is not None
    assert "https://outlet.example/b" in gone.note


def test_another_text_at_the_same_address_is_an_edit() -> None:
    rewritten = replace(ARTICLE, text="Совсем другой текст о погоде на завтра и послезавтра.")
    assert gone_elsewhere(ARTICLE, rewritten) is None


def test_a_change_that_lies_in_the_future_counts_as_one_of_now() -> None:
    assert next_visit(REVISIT, NOON + 48 * HOUR, NOON, 0) == NOON + min(REVISIT)
