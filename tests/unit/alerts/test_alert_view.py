"""What a reader learns from an alert, before any markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.messages.alert_view import summarize
from alerts.messages.document import alert_document, compose
from alerts.messages.snippet_pieces import Piece, snippet_pieces
from alerts.messages.times import clock_face, short_time
from core.alerting.alerts import AlertChange, AlertState
from core.alerting.matches import Field, Snippet, Span, SpanKind
from core.alerting.message_kinds import MessageKind
from core.articles import WordsFrom
from core.config.sections.vocabulary import EntityConfig
from tests.unit.alerts.samples import ENTITIES, PUBLISHED_AT, article, match, message

DONE_AT = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)


def handled(state: AlertState, **more: Any) -> AlertChange:
    return AlertChange(alert_id="a", at=DONE_AT, by=more.pop("by", "aigul"), state=state, **more)


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        (handled(AlertState.ACKNOWLEDGED), "Taken on: aigul, 20 Nov 09:15 UTC"),
        (
            handled(AlertState.ACKNOWLEDGED, reason="calling off-duty staff"),
            "Taken on: aigul, 20 Nov 09:15 UTC (calling off-duty staff)",
        ),
        (
            handled(AlertState.SNOOZED, until=DONE_AT + timedelta(hours=4)),
            "Put off until 20 Nov 13:15 UTC: aigul, 20 Nov 09:15 UTC",
        ),
        (
            handled(AlertState.DISMISSED, reason="wrong-sense", by="link to desk"),
            "Dismissed: link to desk, 20 Nov 09:15 UTC (wrong sense)",
        ),
        (
            handled(AlertState.ESCALATED, by="wirewatch"),
            "Nobody took this on in time, others were told: wirewatch, 20 Nov 09:15 UTC",
        ),
        (
            handled(AlertState.ACKNOWLEDGED, by="a\n<!channel>\x00"),
            "Taken on: a <!channel>, 20 Nov 09:15 UTC",
        ),
    ],
)
def test_a_message_says_what_was_done_about_its_alert(change: AlertChange, shown: str) -> None:
    notified = message()
    alert = replace(notified.alert, state=change.state, handled=change)
    assert summarize(replace(notified, alerts=(alert,)), {}).leads == (shown,)


def test_what_was_done_is_said_by_rule_where_several_fired() -> None:
    notified = message()
    taken = replace(notified.alert, handled=handled(AlertState.ACKNOWLEDGED))
    other = replace(notified.alert, id="b", match=match(rule_id="border", rule_title="Border"))
    summary = summarize(replace(notified, alerts=(taken, taken, other)), {})
    assert summary.leads == ("New citizens and the draft – Taken on: aigul, 20 Nov 09:15 UTC",)


def test_an_escalation_says_once_that_nobody_took_it_on() -> None:
    notified = message()
    alert = replace(notified.alert, handled=handled(AlertState.ESCALATED, by="wirewatch"))
    summary = summarize(replace(notified, alerts=(alert,), kind=MessageKind.ESCALATION), {})
    assert summary.leads == ("Nobody has taken this on yet",)


def test_names_come_in_the_articles_language_and_by_kind() -> None:
    summary = summarize(message(), ENTITIES)
    assert summary.named == (("People", ("Тимур Осмонов",)), ("Places", ("Бишкек",)))
    assert summary.terms == ("мигрантов", "повестку")


def test_an_entity_that_left_the_configuration_is_named_as_the_article_writes_it() -> None:
    assert summarize(message(), {}).named == (("Also named", ("Тимур Осмонов", "Бишкеке")),)


def test_a_long_list_of_places_does_not_push_the_people_out() -> None:
    places = [f"Город{number}" for number in range(30)]
    text = " ".join([*places, "Осмонов"])
    entities = {
        name: EntityConfig.model_validate({"kind": kind, "ru": [name]})
        for name, kind in [*((place, "place") for place in places), ("Осмонов", "person")]
    }
    spans = tuple(
        Span(Field.TEXT, text.index(name), text.index(name) + len(name), name, SpanKind.ENTITY)
        for name in entities
    )
    alert = replace(message().alert, article=article(text=text), match=match(spans=spans))
    summary = summarize(replace(message(), alerts=(alert,)), entities)
    assert ("People", ("Осмонов",)) in summary.named


def test_an_article_without_a_publication_time_shows_when_it_was_seen() -> None:
    label, _ = summarize(message(published_at=None), ENTITIES).time
    assert label == "Seen"


def test_a_title_of_nothing_visible_is_said_to_be_missing() -> None:
    assert summarize(message(title="\u200b\x00 "), ENTITIES).title == "(no title)"


def test_a_script_address_is_not_a_link() -> None:
    assert summarize(message(url="javascript:alert(1)"), ENTITIES).url is None


@given(
    st.text(st.characters(), max_size=900),
    st.lists(st.tuples(st.integers(-5, 950), st.integers(-5, 950)), max_size=60),
)
def test_any_snippet_is_mended(text: str, highlights: list[tuple[int, int]]) -> None:
    pieces = snippet_pieces(Snippet(text, tuple(highlights)), limit=200)
    assert sum(len(piece.text) for piece in pieces) <= 204
    for piece in pieces:
        assert piece.text
        if piece.hit:
            assert piece.text == piece.text.strip()


def test_a_long_snippet_is_cut_around_its_first_hit() -> None:
    text = "слово " * 200 + "повестка " + "слово " * 200
    start = text.index("повестка")
    pieces = snippet_pieces(Snippet(text, ((start, start + 8),)), limit=120)
    assert Piece("повестка", hit=True) in pieces
    shown = "".join(piece.text for piece in pieces)
    assert shown.startswith("… слово")
    assert shown.endswith("слово …")


def test_spaces_stay_outside_of_hits() -> None:
    assert snippet_pieces(Snippet("a  bc  d", ((1, 6),))) == (
        Piece("a"),
        Piece(" "),
        Piece("bc", hit=True),
        Piece(" "),
        Piece(" d"),
    )


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (ZoneInfo("Asia/Bishkek"), "21 Nov 2026, 02:05 +06 (20 Nov, 20:05 UTC)"),
        (timezone(timedelta(hours=5, minutes=30)), "21 Nov 2026, 01:35 +05:30 (20 Nov, 20:05 UTC)"),
        (timezone(-timedelta(hours=3, minutes=30)), "20 Nov 2026, 16:35 -03:30 (20:05 UTC)"),
        (UTC, "20 Nov 2026, 20:05 UTC"),
    ],
)
def test_times_are_local_and_utc(zone: timezone, shown: str) -> None:
    assert clock_face(datetime(2026, 11, 20, 20, 5, tzinfo=UTC).astimezone(zone)) == shown


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        (UTC, "20 Nov 20:05 UTC"),
        (ZoneInfo("Asia/Bishkek"), "21 Nov 02:05 +06"),
        (timezone(-timedelta(hours=3, minutes=30)), "20 Nov 16:35 -03:30"),
    ],
)
def test_short_times_say_how_far_they_are_from_utc(zone: timezone, shown: str) -> None:
    assert short_time(datetime(2026, 11, 20, 20, 5, tzinfo=UTC).astimezone(zone)) == shown


def test_all_times_of_a_message_are_in_the_zone_of_its_readers() -> None:
    notified = replace(message(), zone=ZoneInfo("Asia/Bishkek"))
    change = handled(AlertState.SNOOZED, until=PUBLISHED_AT)
    alert = replace(notified.alert, handled=change)
    other = replace(alert, id="b", article=replace(alert.article, id=8))
    shown = replace(notified, alerts=(alert, other), kind=MessageKind.UPDATE)
    document = alert_document(summarize(shown, {}))
    text = "\n".join(block.text for block in document.blocks)
    assert "Put off until 20 Nov 14:05 +06: aigul, 20 Nov 15:15 +06" in text
    assert "Published 20 Nov 14:05 +06" in text
    assert "– Outlet, 20 Nov 14:05 +06" in text
    digest = compose(replace(shown, kind=MessageKind.DIGEST), {})
    assert "+06 to " in "".join(block.text for block in digest.blocks)
    assert "UTC" not in text + "".join(block.text for block in digest.blocks)


def test_what_only_a_feed_said_is_marked_wherever_it_is_named() -> None:
    notified = message()
    (alert,) = notified.alerts
    fed = replace(alert, article=article(words_from=WordsFrom.FEED))
    second = replace(fed, id="alt_2", article=replace(fed.article, id=8))
    summary = summarize(replace(notified, alerts=(fed, second)), {})
    assert summary.leads == ("From the feed only: its page could not be read",)
    assert [mention.notes for mention in summary.more] == [("from the feed only",)]
    said = [run.text for block in alert_document(summary).blocks for run in block.runs]
    assert any("· from the feed only" in text for text in said)
    assert summarize(notified, {}).leads == ()
