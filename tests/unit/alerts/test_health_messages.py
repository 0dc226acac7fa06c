"""Alerts about sources, receivers and rules look like what they are in every receiver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.messages.about import About, about_of
from alerts.messages.alert_view import summarize
from alerts.messages.document import LEVEL_MARKS, BlockKind, compose
from alerts.messages.mail_message import render, subject
from alerts.messages.message import ActionLink, Message
from alerts.receivers import build_receivers
from alerts.receivers.webhook import payload
from core.alerting.matches import Level, Match, Snippet
from core.config.watch import WatchConfig
from tests.unit.alerts import samples

FEED = "https://kloop.example/feed"
SAID = "3 polls in a row failed: http: HTTP 403."
ABOUT = {
    About.SOURCE: ("source-health", "kloop", FEED, "Kloop is blocked"),
    About.RECEIVER: (
        "receiver-health",
        ".wirewatch",
        "https://wirewatch.invalid/",
        "Receiver desk takes no alerts",
    ),
    About.RULE: (
        "raids",
        ".wirewatch",
        "https://wirewatch.invalid/",
        "Nothing has matched “Raids” yet",
    ),
}


def health(about: About, **changes: Any) -> Message:
    """Return a message about ourselves."""
    rule, source, url, title = ABOUT[about]
    article = samples.article(
        url=url, source=source, title=title, text=f"{title}: {SAID}", language="en"
    )
    match = Match(
        rule_id=rule, rule_title="Raids", level=Level.HIGH, spans=(), snippet=Snippet(SAID)
    )
    message = samples.message()
    alert = replace(message.alert, article=article, match=match, reason="")
    return replace(message, alerts=(alert,), outlets={"kloop": "Kloop"}, **changes)


def receivers(tmp_path: Path) -> dict[str, Any]:
    url = "https://chat.example/hook"
    config = WatchConfig.model_validate(
        {
            "receivers": [
                {"name": "console", "console": {}},
                {"name": "slack", "slack": {"url": url}},
                {"name": "teams", "teams": {"url": url}},
                {"name": "discord", "discord": {"url": url}},
                {"name": "mattermost", "mattermost": {"url": url}},
                {"name": "telegram", "telegram": {"token": "1:a", "chat": "-1"}},
                {
                    "name": "matrix",
                    "matrix": {"homeserver": "https://m.example", "room": "!r:m", "token": "t"},
                },
                {"name": "alertmanager", "alertmanager": {"url": "https://a.example"}},
                {"name": "atom", "atom": {"path": str(tmp_path / "feed.xml"), "title": "Desk"}},
                {
                    "name": "mail",
                    "email": {
                        "to": ["a@desk.example"],
                        "from": "w@desk.example",
                        "smtp": {"host": "localhost"},
                    },
                },
            ]
        }
    )
    return dict(build_receivers(config))


@pytest.mark.parametrize("about", ABOUT)
def test_no_receiver_shows_news_of_ourselves_as_an_article(about: About, tmp_path: Path) -> None:
    built = receivers(tmp_path)
    for name, receiver in built.items():
        shown = receiver.preview(health(about))
        words = shown.lower()
        assert about.value in words, name
        assert SAID.rstrip(".") in shown.replace("\\", ""), name
        for word in ("article", "published", "first seen", "> 3 polls", "blockquote"):
            assert word not in words.replace("\\u003e", ">"), (name, word)
        for mark in LEVEL_MARKS.values():
            assert mark not in shown, name


@pytest.mark.parametrize(
    ("about", "badge", "url"),
    [
        (About.SOURCE, "Source health", FEED),
        (About.RECEIVER, "Receiver health", None),
        (About.RULE, "Rule health", None),
    ],
)
def test_it_has_a_badge_a_time_and_a_link_of_its_own(
    about: About, badge: str, url: str | None
) -> None:
    message = health(about)
    summary = summarize(message, {})
    assert about_of(message.alert) is summary.about is about
    assert (summary.badge, summary.outlet, summary.url) == (badge, "Wirewatch", url)
    assert summary.time == ("Noticed", message.alert.article.first_seen_at)
    assert summary.link_label == "Open the source"
    assert subject(summary) == f"[{badge}] {ABOUT[about][3]}"
    document = compose(message, {})
    assert document.blocks[0].text == f"🛠 {badge}"
    assert document.subject == f"{badge}: {ABOUT[about][3]}"
    assert all(block.kind is not BlockKind.QUOTE for block in document.blocks)


def test_articles_are_shown_as_before() -> None:
    message = samples.message()
    summary = summarize(message, {})
    assert about_of(message.alert) is About.ARTICLE
    assert summary.badge == summary.rule
    assert summary.link_label == "Read the article"
    assert "about" not in payload(message, {})["data"]


def test_a_webhook_says_what_it_is_about() -> None:
    assert payload(health(About.SOURCE), {})["data"]["about"] == "source"


def test_a_mail_about_a_source_has_a_layout_of_its_own() -> None:
    links = (ActionLink("I take this on", "https://w.example/a?x=1&y=2"),)
    plain, html = render(summarize(health(About.SOURCE, links=links), {}))
    assert plain.startswith("Source health (high)\n\nKloop is blocked\nNoticed ")
    assert f"Open the source: {FEED}" in plain
    assert "I take this on: https://w.example/a?x=1&y=2" in plain
    assert 'class="notice"' in html
    assert 'class="card"' not in html
    assert "Open the source" in html
    assert "https://w.example/a?x=1&amp;y=2" in html


def test_its_plainest_form_names_no_outlet() -> None:
    document = compose(health(About.SOURCE, minimal=True), {})
    assert [block.text for block in document.blocks] == ["Source health: Kloop is blocked", FEED]
