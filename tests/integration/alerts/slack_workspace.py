"""A Slack workspace that is as strict as Slack, with Slack's limits and Slack's words for errors.

Limits: https://docs.slack.dev/reference/block-kit/blocks and
https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.integration.alerts.loopback import HttpRequest, reply

CHANNEL, CHANNEL_NAME, TOKEN = "C0123ABCD", "#desk", "xoxb-of-the-workspace"
HOOK = "/services/T00/B00/secret-token-of-hook"
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_ANGLES = re.compile(r"<([^<>]*)>")
_PING = re.compile(r"^(!channel|!here|!everyone|!subteam|@|#)")
_ALLOWED = re.compile(r"^(https?://[^|\s]+(\|.*)?|!date\^\d+\^[^|]+\|.+)$")


class InvalidBlocksError(Exception):
    """A layout that Slack does not take."""


@dataclass
class SlackWorkspace:
    """One channel, a bot in it, a webhook to it."""

    paced: bool = False
    """Whether more than one message a second is refused, as Slack does."""
    editable: bool = True
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What stands in the channel, by timestamp, as it reads now."""
    refused: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    """Mentions that would have called somebody."""
    _last: float = -60.0

    def answer(self, request: HttpRequest) -> bytes:
        """Return Slack's reply to a request."""
        hook = request.path == HOOK
        error, status = "", 200
        said: dict[str, Any] = {}
        try:
            said = self._webhook(request) if hook else self._method(request)
        except InvalidBlocksError as problem:
            error, status = "invalid_blocks", 400
            said = {"response_metadata": {"messages": [f"[ERROR] {problem}"]}}
        except ValueError as problem:
            error = str(problem)
            status = 429 if "rate" in error else 403 if error == "invalid_token" else 400
        if error:
            self.refused.append(error)
        headers = ("Retry-After: 1",) if status == 429 else ()
        if hook:
            return reply(status, error.encode() or b"ok", *headers)
        body = {"ok": not error, **({"error": error} if error else {}), **said}
        answer = json.dumps(body, separators=(",", ":"))  # as compact as Slack writes it
        return reply(429 if status == 429 else 200, answer.encode(), *headers)

    def _webhook(self, request: HttpRequest) -> dict[str, Any]:
        body = self._body(request, "invalid_payload")
        self._check(body)
        self._count()
        self.messages[f"hook.{len(self.messages)}"] = body
        return {}

    def _method(self, request: HttpRequest) -> dict[str, Any]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise ValueError("invalid_auth")
        body = self._body(request, "invalid_json")
        method = request.path.rpartition("/")[2]
        if method == "chat.update":
            if body.get("channel") != CHANNEL:
                raise ValueError("channel_not_found")
            if body.get("ts") not in self.messages:
                raise ValueError("message_not_found")
            if not self.editable:
                raise ValueError("edit_window_closed")
            self._check(body)
            self.messages[body["ts"]] |= {"text": body["text"], "blocks": body.get("blocks", [])}
            return {"channel": CHANNEL, "ts": body["ts"], "text": body["text"]}
        if method != "chat.postMessage":
            raise ValueError("unknown_method")
        if body.get("channel") not in (CHANNEL, CHANNEL_NAME):
            raise ValueError("channel_not_found")
        if "thread_ts" in body and body["thread_ts"] not in self.messages:
            raise ValueError("thread_not_found")
        self._check(body)
        self._count()
        ts = f"17000000{len(self.messages):02}.000100"
        self.messages[ts] = body
        return {"channel": CHANNEL, "ts": ts, "message": {"type": "message"}}

    @staticmethod
    def _body(request: HttpRequest, otherwise: str) -> dict[str, Any]:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise ValueError(otherwise)
        try:
            body = json.loads(request.body.decode("utf-8", "strict"))
        except ValueError:
            raise ValueError(otherwise) from None
        if not isinstance(body, dict):
            raise ValueError(otherwise)
        return body

    def _count(self) -> None:
        now = time.monotonic()
        if self.paced and now - self._last < 0.99:
            raise ValueError("ratelimited")
        self._last = now

    def _check(self, body: dict[str, Any]) -> None:
        blocks = body.get("blocks", [])
        text = body.get("text", "")
        if not blocks and not text:
            raise ValueError("no_text")
        if len(text) > 40_000:
            raise ValueError("msg_too_long")
        if len(blocks) > 50:
            raise InvalidBlocksError("no more than 50 items allowed [json-pointer:/blocks]")
        for index, block in enumerate(blocks):
            for problem in _problems(block):
                raise InvalidBlocksError(f"{problem} [json-pointer:/blocks/{index}]")
        formatted = [text] if body.get("mrkdwn", True) or not blocks else []
        formatted += [each["text"] for block in blocks for each in _formatted(block)]
        for each in formatted:
            self.pings += [inner for inner in _ANGLES.findall(each) if _PING.match(inner)]


def _formatted(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    parts = block.get("elements", [block.get("text")])
    return (part for part in parts if part["type"] == "mrkdwn")


def _problems(block: dict[str, Any]) -> Iterator[str]:
    known = {
        "header": {"type", "text", "block_id"},
        "section": {"type", "text", "block_id"},
        "context": {"type", "elements", "block_id"},
        "actions": {"type", "elements", "block_id"},
        "divider": {"type", "block_id"},
    }
    kind = block.get("type")
    if kind not in known:
        yield f"unsupported type: {kind}"
        return
    if extra := block.keys() - known[kind]:
        yield f"additional properties: {sorted(extra)}"
    if kind == "header":
        yield from _text_problems(block["text"], 150, "plain_text")
    elif kind == "section":
        yield from _text_problems(block["text"], 3000, "mrkdwn")
    elif kind == "context":
        if not 1 <= len(block["elements"]) <= 10:
            yield "between 1 and 10 elements"
        for element in block["elements"]:
            yield from _text_problems(element, 3000, "mrkdwn")
    elif kind == "actions":
        yield from _button_problems(block["elements"])


def _button_problems(buttons: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(buttons) <= 25:
        yield "between 1 and 25 elements"
    if len({button["action_id"] for button in buttons}) != len(buttons):
        yield "action_id already exists"
    for button in buttons:
        if button["type"] != "button":
            yield f"unsupported element: {button['type']}"
        yield from _text_problems(button["text"], 75, "plain_text")
        if len(button["action_id"]) > 255:
            yield "action_id is too long"
        if not re.match(r"https?://", button["url"]) or len(button["url"]) > 3000:
            yield "invalid url"


def _text_problems(text: dict[str, Any], longest: int, kind: str) -> Iterator[str]:
    if text.get("type") != kind:
        yield f"must be {kind}"
    if extra := text.keys() - {"type", "text", "emoji" if kind == "plain_text" else "verbatim"}:
        yield f"additional properties: {sorted(extra)}"
    said = text["text"]
    if not 1 <= len(said) <= longest:
        yield f"must be between 1 and {longest} characters, not {len(said)}"
    if re.search("[\ud800-\udfff]", said):
        yield "not text"
    if kind == "mrkdwn":  # Slack would show such text differently from what was meant
        rest = _ANGLES.sub("", said)
        if _ENTITY.search(said) or "<" in rest or ">" in rest.replace("\n>", "")[1:]:
            yield "a control character is not escaped"
        for inner in _ANGLES.findall(said):
            if not _ALLOWED.match(inner) and not _PING.match(inner):
                yield f"not a link: {inner[:40]}"
