"""The reason of an alert over time reaches every reader; other alerts show none."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

from alerts.messages import mail_message, slack_blocks
from alerts.messages.alert_view import AlertSummary, summarize
from alerts.messages.message import Message
from alerts.receivers import webhook
from alerts.receivers.console import show
from tests.unit.alerts import samples

REASON = "12 matches within 1h, usually 3.0 at this hour of the week"


def message(reason: str) -> Message:
    plain = samples.message()
    return replace(plain, alerts=(replace(plain.alert, reason=reason),))


def shown(summary: AlertSummary) -> dict[str, str]:
    page = Console(file=io.StringIO(), width=200)
    with page.capture() as captured:
        show(summary, page)
    plain, html = mail_message.render(summary)
    slack = json.dumps(slack_blocks.alert_message(summary), ensure_ascii=False)
    return {"console": captured.get(), "plain": plain, "html": html, "slack": slack}


@pytest.mark.parametrize("receiver", ["console", "plain", "html", "slack"])
def test_every_reader_sees_the_reason(receiver: str) -> None:
    assert REASON in shown(summarize(message(REASON), {}))[receiver]
    assert "matches within" not in shown(summarize(message(""), {}))[receiver]


def test_a_hostile_reason_is_shown_as_it_is() -> None:
    pages = shown(summarize(message("<b>x</b> <!channel>\x1b[31m"), {}))
    assert "<b>x" not in pages["html"]
    assert "<!channel>" not in pages["slack"]
    assert "\x1b[31m" not in pages["console"]


def test_the_webhook_sends_the_reason_only_where_there_is_one() -> None:
    assert webhook.payload(message(REASON), {})["data"]["reason"] == REASON
    assert "reason" not in webhook.payload(message(""), {})["data"]
