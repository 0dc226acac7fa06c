"""Whether Slack would take a message: rebuilt with a library that rejects what Slack rejects."""

from __future__ import annotations

from typing import Any

from slackblocks import (
    ActionsBlock,
    Button,
    ContextBlock,
    HeaderBlock,
    SectionBlock,
    Text,
    TextType,
    WebhookMessage,
)


def accepted_by_slackblocks(sent: dict[str, Any]) -> None:
    """Raise what the library raises when the message breaks one of Slack's rules."""
    blocks: list[Any] = []
    for block in sent["blocks"]:
        if block["type"] == "header":
            blocks.append(HeaderBlock(Text(block["text"]["text"], type_=TextType.PLAINTEXT)))
        elif block["type"] == "section":
            blocks.append(SectionBlock(Text(block["text"]["text"], verbatim=True)))
        elif block["type"] == "actions":
            buttons: list[Any] = [
                Button(
                    text=button["text"]["text"], action_id=button["action_id"], url=button["url"]
                )
                for button in block["elements"]
            ]
            blocks.append(ActionsBlock(buttons))
        else:
            blocks.append(ContextBlock([Text(each["text"]) for each in block["elements"]]))
    WebhookMessage(text=sent["text"], blocks=blocks, unfurl_links=False)
