"""What every receiver writes of hostile articles: within its limits, and nothing in it acts."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from adaptive_cards.card import AdaptiveCard
from adaptive_cards.validation import CardValidatorFactory
from lxml import etree

from alerts.messages.document import compose
from alerts.receivers import build_receivers
from alerts.receivers.atom import NAMESPACE
from alerts.receivers.protocol import Receiver
from core.alerting.message_kinds import MessageKind
from core.config.watch import WatchConfig
from tests.unit.alerts.hostile_messages import LINKS, SHAPES, hostile, update_of
from tests.unit.alerts.injection import TITLES
from tests.unit.alerts.samples import ENTITIES
from tests.unit.alerts.slack_validator import accepted_by_slackblocks

URL = "https://chat.example/hooks/0123456789abcdef"
CONFIG = WatchConfig.model_validate(
    {
        "receivers": [
            {"name": "console", "console": {}},
            {"name": "slack", "slack": {"url": URL}},
            {"name": "bot", "slack": {"token": "xoxb-1234567890", "channel": "C0123"}},
            {
                "name": "email",
                "email": {
                    "to": ["a@example.org"],
                    "from": "w@example.org",
                    "smtp": {"host": "localhost"},
                },
            },
            {"name": "webhook", "webhook": {"url": URL}},
            {"name": "cloudevents", "webhook": {"url": URL, "cloudevents": True}},
            {
                "name": "template",
                "webhook": {"url": URL, "template": '{"t": {{ data.article.title | tojson }}}'},
            },
            {"name": "telegram", "telegram": {"token": "123:abcdef", "chat": "-1001"}},
            {"name": "discord", "discord": {"url": URL}},
            {"name": "teams", "teams": {"url": URL}},
            {
                "name": "matrix",
                "matrix": {
                    "homeserver": "https://matrix.example",
                    "token": "syt_0123456789",
                    "room": "!room:matrix.example",
                },
            },
            {"name": "mattermost", "mattermost": {"url": URL}},
            {"name": "alertmanager", "alertmanager": {"url": "https://alerts.example"}},
            {"name": "apprise", "apprise": {"url": "json://127.0.0.1:9"}},
            {"name": "file", "file": {"path": "alerts.jsonl"}},
            {"name": "atom", "atom": {"path": "alerts.xml"}},
        ]
    }
)
RECEIVERS: dict[str, Receiver] = build_receivers(CONFIG)


class _Tags(HTMLParser):
    """Reads Telegram's HTML as strictly as Telegram does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in {"b", "a", "blockquote"}
        for name, value in attrs:
            assert (tag, name) == ("a", "href")
            assert value is not None
            assert value.startswith("https://")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def check_telegram(body: dict[str, Any]) -> None:
    text = body["text"]
    if body.get("parse_mode"):
        tags = _Tags()
        tags.feed(text)
        tags.close()
        assert not tags.open
        text = tags.text
    assert 0 < len(text.encode("utf-16-le")) // 2 <= 4096
    assert not re.search(r"@\w", text)


def check_discord(body: dict[str, Any]) -> None:
    assert body["allowed_mentions"] == {"parse": []}
    assert len(body.get("content", "")) <= 2000
    for embed in body.get("embeds", ()):
        assert 0 < len(embed["description"]) <= 4096
        assert no_open_links(embed["description"])


def check_teams(body: dict[str, Any]) -> None:
    assert len(json.dumps(body, ensure_ascii=False).encode()) <= 28_000
    card = body["attachments"][0]["content"]
    assert card["body"]
    for block in card["body"]:
        assert block["type"] == "TextBlock"
        assert isinstance(block["text"], str)
        assert no_open_links(block["text"])
        block["text"] = ""
    assert isinstance(card["fallbackText"], str)
    card["fallbackText"] = ""
    assert teams_objects_to(json.dumps(card)) == []


@cache
def teams_objects_to(card: str) -> list[Any]:
    """Return what is wrong with a card, given without its texts: the schema takes any string."""
    validator = CardValidatorFactory.create_validator_microsoft_teams()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own, about pydantic
        validator.validate(AdaptiveCard.model_validate_json(card), debug=False)
    return list(validator.details())


def check_matrix(body: dict[str, Any]) -> None:
    assert len(json.dumps(body, ensure_ascii=False).encode()) <= 60_000
    assert body["m.mentions"] == {}
    if "formatted_body" in body:
        tree = etree.fromstring(f"<div>{body['formatted_body']}</div>", etree.HTMLParser())
        assert {str(element.tag) for element in tree.iter()} <= {
            "html", "body", "div", "p", "b", "a", "h4", "blockquote",
        }  # fmt: skip


def check_mattermost(body: dict[str, Any]) -> None:
    assert 0 < len(body["text"]) <= 16_383
    assert not re.search(r"@(here|channel|all)\b", body["text"])
    assert no_open_links(body["text"])


def check_alertmanager(body: list[dict[str, Any]]) -> None:
    (posted,) = body
    assert all(isinstance(value, str) and value for value in posted["labels"].values())
    assert posted["endsAt"] > posted["startsAt"]


def check_slack(body: dict[str, Any]) -> None:
    if "blocks" in body:
        accepted_by_slackblocks(body)
    assert 0 < len(body["text"]) < 40_000
    read = [body["text"]]  # and what Slack looks for mentions in: it does not in plain text
    for block in body.get("blocks", ()):
        parts = block.get("elements", [block.get("text")])
        read += [part["text"] for part in parts if part["type"] == "mrkdwn"]
    assert not any(mark in text for mark in ("<!channel", "<!here", "<@", "<#") for text in read)


def check_keys(body: dict[str, Any], *keys: str) -> None:
    assert set(keys) <= set(body)


def no_open_links(text: str) -> bool:
    """Tell whether every Markdown link in a text is one of ours."""
    targets = re.findall(r"(?<!\\)\]\(<?([^)>]*)", text)
    return all(
        target.startswith(("https://outlet.example/", "https://watch.example/"))
        for target in targets
    )


CHECKS: dict[str, Callable[[Any], None]] = {
    "slack": check_slack,
    "bot": check_slack,
    "telegram": check_telegram,
    "discord": check_discord,
    "teams": check_teams,
    "matrix": check_matrix,
    "mattermost": check_mattermost,
    "alertmanager": check_alertmanager,
    "webhook": lambda body: check_keys(body, "type", "timestamp", "data"),
    "cloudevents": lambda body: check_keys(body, "specversion", "id", "source", "type", "data"),
    "template": lambda body: check_keys(body, "t"),
    "file": lambda body: check_keys(body, "delivery_id", "type", "timestamp", "data"),
}


def test_the_corpus_is_large_enough() -> None:
    assert len(set(TITLES)) >= 60


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CHECKS)
def test_nothing_in_a_hostile_article_acts_or_breaks_a_limit(name: str, shape: str) -> None:
    for title in TITLES:
        text = RECEIVERS[name].preview(SHAPES[shape](title))
        text.encode()  # no surrogate is left
        CHECKS[name](json.loads(text))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["console", "email", "apprise", "atom"])
def test_texts_have_no_control_or_direction_characters(name: str, shape: str) -> None:
    for title in TITLES:
        text = RECEIVERS[name].preview(SHAPES[shape](title))
        text.encode()
        text = text.replace("\r\n", "\n")  # mail
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_feed_stays_a_feed(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "alerts.xml"
    receiver = build_receivers(
        WatchConfig.model_validate(
            {"receivers": [{"name": "atom", "atom": {"path": str(path), "entries": 20}}]}
        )
    )["atom"]
    for number, title in enumerate(TITLES):
        sent = await receiver.send(replace(SHAPES[shape](title), delivery_id=f"dlv_{number}"))
        assert sent.detail == "written"
        again = await receiver.send(replace(SHAPES[shape](title), delivery_id=f"dlv_{number}"))
        assert again.detail == "written"
    entries = etree.fromstring(path.read_bytes()).findall(f"{{{NAMESPACE}}}entry")
    names = [entry.findtext(f"{{{NAMESPACE}}}id") for entry in entries]
    assert len(names) == len(set(names)) == 20
    assert names[0] == f"urn:wirewatch:dlv_{len(TITLES) - 1}"


async def test_a_file_gets_one_line_for_each_message_and_survives_a_cut_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(b'{"cut')
    receiver = build_receivers(
        WatchConfig.model_validate({"receivers": [{"name": "f", "file": {"path": str(path)}}]})
    )["f"]
    for title in TITLES:
        assert (await receiver.send(hostile(title))).detail == "written"
    lines = path.read_text().splitlines()
    assert len(lines) == len(TITLES) + 1
    assert all(json.loads(line)["type"] == "alert.created" for line in lines[1:])


@pytest.mark.parametrize("kind", ["file", "atom"])
@pytest.mark.parametrize(
    ("before", "mode", "after"),
    [(None, None, 0o600), (None, "644", 0o644), (0o640, None, 0o640), (0o600, "0644", 0o644)],
)
async def test_what_a_receiver_writes_is_the_owners_alone_unless_said_otherwise(
    tmp_path: Path, kind: str, before: int | None, mode: str | None, after: int
) -> None:
    path = tmp_path / "alerts"
    if before is not None:
        path.touch()
        path.chmod(before)
    written = {"path": str(path)} | ({"mode": mode} if mode else {})
    receiver = build_receivers(
        WatchConfig.model_validate({"receivers": [{"name": "f", kind: written}]})
    )["f"]
    for number in range(2):
        message = replace(hostile("t"), delivery_id=f"dlv_{number}")
        assert (await receiver.send(message)).detail == "written"
        assert path.stat().st_mode & 0o777 == after


def test_an_update_answers_the_message_that_began_the_conversation() -> None:
    numbered = replace(update_of("t"), thread_receipt="4711")
    assert json.loads(RECEIVERS["bot"].preview(update_of("t")))["thread_ts"] == "1700000000.000100"
    telegram = json.loads(RECEIVERS["telegram"].preview(numbered))
    assert telegram["reply_parameters"]["message_id"] == 4711
    matrix = json.loads(RECEIVERS["matrix"].preview(numbered))
    assert matrix["m.relates_to"]["event_id"] == "4711"


def test_links_that_act_are_buttons_where_there_are_buttons() -> None:
    urls = [link.url for link in LINKS]
    slack = json.loads(RECEIVERS["slack"].preview(hostile("t")))
    (actions,) = [block for block in slack["blocks"] if block["type"] == "actions"]
    assert [element["url"] for element in actions["elements"]] == urls
    telegram = json.loads(RECEIVERS["telegram"].preview(hostile("t")))
    assert [row[0]["url"] for row in telegram["reply_markup"]["inline_keyboard"]] == urls
    card = json.loads(RECEIVERS["teams"].preview(hostile("t")))["attachments"][0]["content"]
    assert [action["url"] for action in card["actions"]][1:] == urls


def test_the_plainest_form_of_many_long_addresses_fits_into_slack() -> None:
    whole = hostile("&" * 280)
    url = "https://outlet.example/" + "&" * 1900
    alerts = tuple(
        replace(
            whole.alert,
            article=replace(
                whole.alert.article, id=number, data=replace(whole.alert.article.data, url=url)
            ),
        )
        for number in range(20)
    )
    digest = replace(whole, kind=MessageKind.DIGEST, alerts=alerts, size=20, minimal=True)
    check_slack(json.loads(RECEIVERS["slack"].preview(digest)))


def test_a_long_document_says_that_something_is_missing() -> None:
    document = compose(update_of("слово " * 100), ENTITIES)
    assert document.fitted(800).blocks[-1].text == "… 12 more did not fit into this message"
    assert document.fitted(10**9) == document
