"""What counts as taken: only what a service is known to say. A table for each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.receivers.transport import chat_answers
from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.deliveries import AttemptOutcome
from core.config.sections.receivers import CHAT_KINDS

D, T = AttemptOutcome.DELIVERED, AttemptOutcome.TRANSIENT
P, U = AttemptOutcome.PERMANENT, AttemptOutcome.UNREADABLE
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
TEXT = {"content-type": "text/plain"}


def mattermost(reply: Reply) -> Verdict:
    return chat_answers.mattermost(reply, NOW)


KINDS: dict[str, Callable[[Reply], Verdict]] = {
    "discord": chat_answers.discord,
    "mattermost": mattermost,
    "teams": chat_answers.teams,
    "telegram": chat_answers.telegram,
    "matrix": chat_answers.matrix,
    "alertmanager": chat_answers.alertmanager,
}
FAILED = "Webhook message delivery failed with error: "
RETURNED = FAILED + "Microsoft Teams endpoint returned HTTP error {} with ContextId tcid=0,server=x"


def test_every_chat_that_is_posted_to_has_a_table() -> None:
    assert set(CHAT_KINDS) - {"apprise"} == set(KINDS)  # Apprise posts itself, and says how it went


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [200, 201, 202, 203, 206])
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<!DOCTYPE html><html><title>Log in</title></html>", HTML),
        ("\ufeff\n <html>", {}),
        ("<?xml version='1.0'?><login/>", {"content-type": "application/xml"}),
        ("Please log in", HTML),
        ("{", HTML),
    ],
)
def test_a_page_of_somebody_in_between_is_no_acceptance(
    kind: str, status: int, body: str, headers: dict[str, str]
) -> None:
    assert KINDS[kind](Reply(status, body, None, headers)).outcome is T


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "outcome"),
    [(301, P), (302, P), (401, P), (403, P), (404, P), (410, P), (408, T), (429, T), (500, T),
     (502, T), (503, T), (504, T), (599, T)],
)  # fmt: skip
def test_a_refusal_is_judged_by_its_status(kind: str, status: int, outcome: AttemptOutcome) -> None:
    assert KINDS[kind](Reply(status, "", None)).outcome is outcome


@given(
    kind=st.sampled_from(sorted(KINDS)),
    status=st.integers(100, 599),
    body=st.text() | st.sampled_from(["[1]", "1e999", "{}", "null", "[" * 100_000]),
    headers=st.dictionaries(
        st.sampled_from(["x-ratelimit-reset", "x-ratelimit-reset-after", "content-type"]), st.text()
    ),
)
def test_whatever_is_answered_there_is_a_verdict(
    kind: str, status: int, body: str, headers: dict[str, str]
) -> None:
    found = KINDS[kind](Reply(status, body, None, headers))
    assert found.outcome is not D or 200 <= status < 300
    assert found.retry_after is None or 0 < found.retry_after <= 86_400


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome", "receipt"),
    [
        (204, "", {}, D, ""),
        (200, '{"id": "1199", "type": 0}', JSON, D, "1199"),
        (200, "", {}, T, ""),
        (200, "ok", TEXT, T, ""),
        (200, "{}", JSON, T, ""),
        (200, '{"id": 7}', JSON, T, ""),
        (200, '{"id": "x"}', JSON, T, ""),
        (202, "", {}, T, ""),
        (400, '{"embeds": ["0"]}', JSON, U, ""),
        (404, '{"code": 10015}', JSON, P, ""),
    ],
)
def test_discord_proves_a_message_by_its_id(
    status: int, body: str, headers: dict[str, str], outcome: AttemptOutcome, receipt: str
) -> None:
    found = chat_answers.discord(Reply(status, body, None, headers))
    assert (found.outcome, found.receipt) == (outcome, receipt)


@pytest.mark.parametrize(
    ("status", "body", "headers", "pause"),
    [
        (429, '{"retry_after": 1.25, "global": false}', {}, 1.25),
        (429, '{"retry_after": 1}', {"x-ratelimit-reset-after": "4.5"}, 4.5),
        (429, "", {"x-ratelimit-reset-after": "4.5"}, 4.5),
        (429, "", {"x-ratelimit-reset-after": "soon"}, None),
        (429, '{"retry_after": "x"}', {}, None),
        (429, '{"retry_after": 1e8}', {}, 86_400),
        (429, "<html>", {}, None),
        (503, "", {"x-ratelimit-reset-after": "4.5"}, None),
        (404, '{"retry_after": 5}', {}, None),
    ],
)
def test_discord_says_how_long_it_wants_to_rest(
    status: int, body: str, headers: dict[str, str], pause: float | None
) -> None:
    assert chat_answers.discord(Reply(status, body, None, headers)).retry_after == pause


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (200, "ok", TEXT, D),
        (200, "ok\n", HTML, D),
        (200, '{"success": true}', JSON, D),
        (200, '{"ok": true}', JSON, D),
        (200, '{"success": false, "error": "no"}', JSON, T),
        (200, "", {}, T),
        (200, "okay", TEXT, T),
        (201, "ok", TEXT, T),
        (204, "", {}, T),
        (400, '{"id": "web.incoming_webhook.parse.app_error"}', JSON, U),
        (403, '{"id": "web.incoming_webhook.permissions.app_error"}', JSON, P),
    ],
)
def test_mattermost_says_ok(
    status: int, body: str, headers: dict[str, str], outcome: AttemptOutcome
) -> None:
    assert mattermost(Reply(status, body, None, headers)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "reset", "pause"),
    [
        (429, "7", 7),
        (429, "0", None),
        (429, "", None),
        (429, "x", None),
        (429, str(int(NOW.timestamp()) + 12), 12),
        (429, str(int(NOW.timestamp()) - 12), None),
        (429, "999999", 86_400),
        (500, "7", None),
    ],
)
def test_mattermost_says_in_how_many_seconds_it_takes_more(
    status: int, reset: str, pause: float | None
) -> None:
    found = mattermost(Reply(status, "limit exceeded", None, {"x-ratelimit-reset": reset}))
    assert (found.outcome, found.retry_after) == (T, pause)


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (202, "", {}, D),
        (202, "accepted", TEXT, D),
        (200, "1", TEXT, D),
        (200, "", {}, D),
        (200, "OK", HTML, D),
        (200, '{"received": 1}', JSON, D),
        (200, "2", TEXT, T),
        (200, "Sign in", TEXT, T),
        (200, '{"error": {"code": "WorkflowRunFailed"}}', JSON, T),
        (202, '{"error": {"code": "WorkflowRunFailed"}}', JSON, T),
        (200, '{"statusCode": 500}', JSON, T),
        (200, RETURNED.format(429), TEXT, T),
        (202, RETURNED.format(429), TEXT, T),
        (200, RETURNED.format(503), TEXT, T),
        (200, RETURNED.format(413), TEXT, U),
        (200, RETURNED.format(400), TEXT, U),
        (200, RETURNED.format(403), TEXT, P),
        (200, FAILED + "Error contacting Microsoft Teams endpoint", TEXT, T),
        (200, "Error contacting Microsoft Teams endpoint", TEXT, T),
        (400, "Bad payload received by generic incoming webhook.", TEXT, U),
        (404, '{"error": {"code": "WorkflowTriggerIsNotEnabled"}}', JSON, P),
    ],
)
def test_teams_is_believed_when_it_says_what_a_workflow_or_a_connector_says(
    status: int, body: str, headers: dict[str, str], outcome: AttemptOutcome
) -> None:
    assert chat_answers.teams(Reply(status, body, None, headers)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "body", "asked", "pause"),
    [
        (200, RETURNED.format(429), None, 30),
        (200, RETURNED.format(429), 5.0, 5),
        (429, "", None, 30),
        (429, '{"message": "Rate limit is exceeded. Try again in 13 seconds."}', None, 13),
        (200, '{"error": {"message": "Too many requests"}}', None, 30),
        (200, FAILED + "throttled", None, 30),
        (200, RETURNED.format(503), None, None),
    ],
)
def test_teams_is_left_alone_when_it_takes_no_more(
    status: int, body: str, asked: float | None, pause: float | None
) -> None:
    found = chat_answers.teams(Reply(status, body, asked))
    assert (found.outcome, found.retry_after) == (T, pause)


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"ok": true, "result": {"message_id": 7}}', D),
        ('{"ok":true,"result":{"message_id":7,"text":"cut', D),
        ('{"ok": false}', T),
        ("ok", T),
        ("", T),
    ],
)
def test_telegram_says_ok_in_json(body: str, outcome: AttemptOutcome) -> None:
    assert chat_answers.telegram(Reply(200, body, None)).outcome is outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"event_id": "$1"}', D),
        ('{"event_id": ""}', T),
        ('{"event_id": 1}', T),
        ("{}", T),
        ("", T),
    ],
)
def test_matrix_proves_a_message_by_its_event(body: str, outcome: AttemptOutcome) -> None:
    assert chat_answers.matrix(Reply(200, body, None)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, "", D),
        (202, '{"message": "alerts put"}', D),
        (200, '{"status": "success"}', D),
        (200, '{"status": "error", "error": "bad"}', T),
        (200, "ok", T),
        (400, "bad start time", U),
    ],
)
def test_an_alertmanager_says_nothing_to_what_it_takes(
    status: int, body: str, outcome: AttemptOutcome
) -> None:
    assert chat_answers.alertmanager(Reply(status, body, None)).outcome is outcome
