"""What a webhook carries, how it is signed, and what answers mean."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from standardwebhooks import Webhook

from alerts.receivers.slack import classify as classify_slack
from alerts.receivers.transport.reply import Reply
from alerts.receivers.webhook import classify, payload, sign, signing_key
from core.alerting.deliveries import AttemptOutcome
from core.alerting.matches import NameKind, NewName, Snippet
from core.errors import DeliveryError
from tests.unit.alerts.samples import ENTITIES, match, message

D, T, P = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT, AttemptOutcome.PERMANENT
U = AttemptOutcome.UNREADABLE
DOCUMENT = Path(__file__).parents[3] / "docs" / "webhook.md"


@pytest.mark.parametrize(
    "secret", ["whsec_" + base64.b64encode(b"k" * 32).decode(), "whsec_c2VjcmV0", "plain words"]
)
def test_signatures_are_those_of_the_specification(secret: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    body = '{"title":"Новым гражданам"}'
    theirs = Webhook(secret if secret.startswith("whsec_") else secret.encode())
    ours = sign(signing_key(SecretStr(secret), "hook"), "dlv_1", now, body.encode())
    assert ours == theirs.sign("dlv_1", now, body)
    headers = {
        "webhook-id": "dlv_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": ours,
    }
    assert theirs.verify(body, headers) == json.loads(body)


def test_a_secret_that_is_not_base64_is_named_without_being_shown() -> None:
    with pytest.raises(DeliveryError) as raised:
        signing_key(SecretStr("whsec_not base64!"), "case-system")
    assert "case-system" in str(raised.value)
    assert "not base64!" not in str(raised.value)


def test_the_payload_is_the_same_at_every_attempt() -> None:
    later = datetime(2026, 11, 21, tzinfo=UTC)
    assert payload(message(attempt=1), ENTITIES) == payload(
        message(attempt=2, sent_at=later), ENTITIES
    )


def test_the_payload_is_as_documented() -> None:
    documented = json.loads(DOCUMENT.read_text().split("```json")[1].split("```")[0])
    first = message()
    named = replace(
        first.alert, match=match(new_names=(NewName(NameKind.PERSON, "Улан Ниязбеков"),))
    )
    second = replace(named, id="alt_1")
    sent = payload(replace(first, alerts=(named, second), size=2), ENTITIES)
    assert shape(sent) == shape(documented)


def shape(value: object) -> object:
    """Return the keys of nested objects, the first item standing for a list."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [shape(value[0])]
    return None


@given(st.text(st.characters(), max_size=100))
def test_highlights_still_point_at_their_words(text: str) -> None:
    sent = payload(message(title=text, snippet=Snippet(text, ((0, 1),))), ENTITIES)
    json.dumps(sent, ensure_ascii=False).encode()
    assert len(sent["data"]["snippet"]["text"]) == len(text)


def test_an_address_that_is_not_of_the_web_is_null() -> None:
    assert payload(message(url="javascript:x"), ENTITIES)["data"]["article"]["url"] is None


def test_a_sample_is_told_apart_by_its_type() -> None:
    assert payload(message(test=True), ENTITIES)["type"] == "alert.test"


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((200, 201, 202, 204, 299), D),
        ((302, 303, 307, 408, 409, 421, 423, 425, 429, 500, 502, 503, 504, 599), T),
        ((300, 301, 304, 308, 400, 401, 403, 404, 405, 410, 413, 422, 451, 499), P),
    ],
)
def test_statuses_are_judged(statuses: tuple[int, ...], outcome: AttemptOutcome) -> None:
    assert {classify(status)[0] for status in statuses} == {outcome}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, "ok", D),
        (200, "<html>log in to the network</html>", T),
        (204, "", T),
        (302, "", P),
        (400, "invalid_payload", U),
        (400, "invalid_blocks", U),
        (403, "invalid_token", P),
        (404, "no_service", P),
        (404, "no_active_hooks", P),
        (410, "channel_is_archived", P),
        (404, "channel_not_found", P),
        (403, "action_prohibited", P),
        (429, "rate_limited", T),
        (400, "message_limit_exceeded", T),
        (500, "rollup_error", T),
        (500, "no_service", P),
        (503, "", T),
        (404, "page not found", P),
    ],
)
def test_slacks_answers_are_judged(status: int, body: str, outcome: AttemptOutcome) -> None:
    assert classify_slack(Reply(status, body, None))[0] is outcome
