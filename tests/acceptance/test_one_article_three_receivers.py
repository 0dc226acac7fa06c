"""One article on an outlet's page, with all its boilerplate, becomes one message everywhere."""

from __future__ import annotations

import asyncio
import email
import email.message
import email.policy
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from standardwebhooks import Webhook

from demo.inbox import Inbox
from demo.newsroom import Newsroom
from demo.outlets import Layout, Outlet, Story
from tests.integration.alerts.loopback import Mailroom, smtp_server
from tests.integration.children import feed_sources, store_of, wirewatch, write_config
from tests.unit.alerts.slack_validator import accepted_by_slackblocks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

STORY = Story(
    slug="turned-back-at-the-border",
    title="New citizens refused permission to leave Russia because of mobilization",
    language="en",
    authors=("Aida Sultanova",),
    paragraphs=(
        "Men who were born in Kyrgyzstan and Tajikistan and hold Russian passports are being "
        "turned back at the border, four of them told this newspaper. An officer read their names "
        "from a screen and said that they stood on a mobilization list.",
        "“He was polite about it,” one of them said by telephone from Orenburg. “He told me that "
        "I may travel again in spring, and that the enlistment office would explain the rest.” "
        "Naturalized citizens have received summonses at work and at home since the autumn.",
        "The head of the Investigative Committee, Alexander Bastrykin, said last week that new "
        "citizens owe the country military service. The president's press secretary, Dmitry "
        "Peskov, said that he had not heard of lists at the border.",
        "In Bishkek the foreign ministry advised holders of two passports to ask for advice "
        "before they travel. It could not say how many migrants had been stopped.",
    ),
)

CONFIG: dict[str, Any] = {
    "concepts": {
        "mobilization": {"en": ["mobilization", "enlistment office"]},
        "new_citizen": {"en": ["new citizens", "naturalized citizens", "migrants"]},
    },
    "entities": {
        "bastrykin": {"kind": "person", "en": ["Alexander Bastrykin", "Bastrykin"]},
        "peskov": {"kind": "person", "en": ["Dmitry Peskov", "Peskov"]},
        "kyrgyzstan": {"kind": "place", "en": ["Kyrgyzstan"]},
        "bishkek": {"kind": "place", "en": ["Bishkek"]},
    },
    "rules": [
        {
            "id": "naturalized-migrants-mobilization",
            "title": "Naturalized migrants and mobilization",
            "level": "high",
            "when": "$mobilization AND $new_citizen",
        }
    ],
}


class Arrived:
    """What the three receivers got."""

    def __init__(self, inbox: Inbox, room: Mailroom, text: str) -> None:
        self.slack = [post.json() for post in inbox.posts("/slack")]
        self.webhooks = inbox.posts("/webhook")
        self.mails: list[email.message.EmailMessage] = []
        for envelope in room.mails:
            assert isinstance(envelope.content, bytes)
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(mail, email.message.EmailMessage)
            self.mails.append(mail)
        self.encrypted = room.encrypted
        self.stored_text = text


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Arrived:
    return asyncio.run(_walk(tmp_path_factory.mktemp("walk")))


async def _walk(folder: Path) -> Arrived:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    outlet = Outlet(
        slug="steppe-post", name="Steppe Post", language="en", layout=Layout.BROADCASTER
    )
    with Newsroom([outlet]) as newsroom, Inbox() as inbox:
        newsroom.publish("steppe-post", STORY)
        async with smtp_server(tls) as room:
            smtp = {"host": "127.0.0.1", "port": room.port, "tls": "starttls", "ca_file": "ca.pem"}
            mail = {"to": ["desk@example.org"], "from": "watch@example.org", "smtp": smtp}
            config = write_config(
                folder,
                sources=feed_sources(newsroom),
                network={"allow": list(newsroom.allow)},
                receivers=[
                    {"name": "desk", "slack": {"url": inbox.slack_url}},
                    {"name": "editors", "email": mail},
                    {"name": "cases", "webhook": {"url": inbox.webhook_url, "secret": SECRET}},
                ],
                **CONFIG,
            )
            done = await asyncio.to_thread(wirewatch, "run", "--once", cwd=folder)
            assert done.status == 0, done.err
            with store_of(config) as store:
                (article,) = store.articles().items
            return Arrived(inbox, room, article.data.text)


def test_every_receiver_gets_exactly_one_message(arrived: Arrived) -> None:
    assert len(arrived.slack) == 1
    assert len(arrived.mails) == 1
    assert len(arrived.webhooks) == 1


def test_the_text_is_the_article_and_nothing_else(arrived: Arrived) -> None:
    assert arrived.stored_text.split("\n") == list(STORY.paragraphs)


def test_slack_accepts_the_blocks_and_sees_people_and_places(arrived: Arrived) -> None:
    payload: Any = arrived.slack[0]
    accepted_by_slackblocks(payload)
    shown = json.dumps(payload, ensure_ascii=False)
    assert STORY.title in shown
    assert "Naturalized migrants and mobilization" in shown
    for name in ("Bastrykin", "Peskov", "Kyrgyzstan", "Bishkek"):
        assert name in shown
    assert "Add a Comment" not in shown


def test_the_mail_came_encrypted_and_shows_what_matched(arrived: Arrived) -> None:
    (mail,) = arrived.mails
    assert arrived.encrypted == [True]
    assert STORY.title in str(mail["Subject"])
    html = mail.get_body(("html",))
    plain = mail.get_body(("plain",))
    assert html is not None
    assert plain is not None
    for name in ("Bastrykin", "Peskov", "Kyrgyzstan", "Bishkek"):
        assert name in html.get_content()
        assert name in plain.get_content()
    assert "<mark" in html.get_content()


def test_the_webhook_is_signed_and_names_rule_article_and_spans(arrived: Arrived) -> None:
    (post,) = arrived.webhooks
    verified: Any = Webhook(SECRET).verify(post.body, dict(post.headers))
    assert verified["data"]["rule"]["id"] == "naturalized-migrants-mobilization"
    shown = json.dumps(verified, ensure_ascii=False)
    for label in ("bastrykin", "peskov", "kyrgyzstan", "bishkek"):
        assert label in shown
