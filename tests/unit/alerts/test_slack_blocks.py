"""The Slack message: within Slack's limits, and nothing in it acts but what we put there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.messages.alert_view import summarize
from alerts.messages.document import compose
from alerts.messages.slack_blocks import alert_message, plain_message
from core.alerting.matches import Snippet
from tests.unit.alerts.samples import ENTITIES, message
from tests.unit.alerts.slack_validator import accepted_by_slackblocks

_HOSTILE = st.one_of(
    st.text(st.characters(), max_size=600),
    st.text(st.sampled_from("&<>|*_~`@!:#\n aя"), max_size=600),
    st.sampled_from(["&" * 900, "<!channel>", "<@U012AB3CD>", "@here", "*a*", "```", ":fire:"]),
)
_OUR_MARKUP = re.compile(
    r"<https?://[^<>|]+\|[^<>]*>|<!date\^\d+\^\{date_short_pretty\}, \{time\}\|[^<>]*>"
)


def made(**changes: Any) -> dict[str, Any]:
    return alert_message(summarize(message(**changes), ENTITIES))


def texts(sent: dict[str, Any]) -> list[str]:
    """Return every mrkdwn text of the message."""
    found = []
    for block in sent["blocks"]:
        parts = block.get("elements", [block.get("text")])
        found += [part["text"] for part in parts if part["type"] == "mrkdwn"]
    return found


@given(_HOSTILE, _HOSTILE, _HOSTILE, _HOSTILE)
@example("&" * 999, "&" * 999, "&" * 999, "&" * 999)
@example("😀" * 999, "😀" * 999, "😀" * 999, "😀" * 999)
def test_slack_accepts_any_article_and_nothing_in_it_acts(
    title: str, outlet: str, rule: str, snippet: str
) -> None:
    highlights = tuple((at, at + 2) for at in range(0, len(snippet), 7))
    sent = made(title=title, outlet=outlet, rule_title=rule, snippet=Snippet(snippet, highlights))
    accepted_by_slackblocks(sent)
    assert len(sent["text"]) < 40_000
    for text in [*texts(sent), sent["text"]]:
        rest = _OUR_MARKUP.sub("", text)
        assert "<" not in rest
        assert not re.search(r"@(here|channel|everyone)", rest, re.IGNORECASE)
        assert not re.search(r"&(?!amp;|lt;|gt;)", rest)
        assert "\n" not in text
    bold_marks = sum(text.count("*") for text in texts(sent))
    assert bold_marks % 2 == 0
    assert not any(mark in text for mark in "_~`" for text in map(without_links, texts(sent)))


def without_links(text: str) -> str:
    return re.sub(r"<(https?://[^|]+|!date[^|]+)\|", "", text)


def test_the_message_says_what_a_reader_needs() -> None:
    sent = made()
    header, title, origin, snippet, named, why = sent["blocks"]
    assert header["text"]["text"] == "🔴 New citizens and the draft"
    assert title["text"]["text"].startswith("*<https://outlet.example/news/1|Новым гражданам")
    assert origin["elements"][0]["text"].startswith("*Outlet*  ·  Published <!date^1795161900^")
    assert "трое *мигрантов* из Оша" in snippet["text"]["text"]
    assert named["elements"][0]["text"] == "People: *Тимур Осмонов*  ·  Places: *Бишкек*"
    assert why["elements"][0]["text"].endswith("found: мигрантов, повестку  ·  c7")
    assert sent["unfurl_links"] is sent["unfurl_media"] is False


@pytest.mark.parametrize(
    ("text", "highlight", "shown"),
    [
        ("немигрантов", (2, 9), "не\u200b*мигрант*\u200bов"),
        ("«мигрант»", (1, 8), "«\u200b*мигрант*\u200b»"),
        ("и мигрант, и", (2, 9), "и *мигрант*, и"),
        ("a *b* c", (2, 5), "a *∗b∗* c"),
        ("o`zbek_bek~", (0, 6), "*oˋzbek*\u200bˍbek∼"),
        ("<!channel> @here", (2, 9), "&lt;!\u200b*channel*\u200b&gt; @\u2060here"),
        ("at 10:30 :fire: out", (3, 8), "at *10:30* :\u2060fire: out"),
    ],
)
def test_hits_are_bold_and_the_rest_is_literal(
    text: str, highlight: tuple[int, int], shown: str
) -> None:
    sent = made(snippet=Snippet(text, (highlight,)))
    assert sent["blocks"][3]["text"]["text"] == f"> {shown}"


def test_a_title_without_a_web_address_is_not_a_link() -> None:
    assert "<" not in made(url="javascript:alert(1)")["blocks"][1]["text"]["text"]


def test_a_link_too_long_for_slack_is_left_out() -> None:
    sent = made(url="https://outlet.example/?" + "&a=1" * 450)
    assert "<" not in sent["blocks"][1]["text"]["text"]
    accepted_by_slackblocks(sent)


def test_a_sample_says_that_it_is_one() -> None:
    sent = made(test=True)
    assert "[test]" in sent["text"]
    assert "[test]" in sent["blocks"][0]["text"]["text"]


def test_an_address_in_the_plainest_form_stays_what_it_is() -> None:
    url = "https://outlet.example/a_long_path/~b?x=1&y=*"
    document = compose(replace(message(url=url), minimal=True), {})
    text = str(plain_message(document)["text"])
    assert text.endswith(url.replace("&", "&amp;"))
