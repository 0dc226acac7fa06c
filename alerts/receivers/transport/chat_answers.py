"""What the answers of chats and their like mean: a table for each kind. Pure.

Only what a service is known to say counts as taken. A login page, a proxy or a captive portal says
200 as well, and some services say 200 to what they refuse. Bodies are other people's data: they are
matched where a service says in no other way what it did, and each match names its source.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alerts.receivers.transport.reply import Reply, Verdict
from core.alerting.deliveries import AttemptOutcome
from core.retry_after import LONGEST_RETRY_AFTER

PASSING = frozenset({408, 409, 421, 423, 425, 429})
"""Statuses below 500 that may pass by themselves."""
UNREADABLE = frozenset({400, 413, 415, 422})
"""Statuses that are about the message rather than the address."""
_TOO_MANY = 429
_EPOCH = 1_000_000_000
"""Seconds: as a pause thirty years, as a time the year 2001. Whoever says more means a time."""


def refusal(status: int) -> Verdict:
    """Judge an answer that is no acceptance by its status alone."""
    if status in UNREADABLE:
        return Verdict(AttemptOutcome.UNREADABLE, "the message was refused as it is")
    if status >= 500 or status in PASSING:
        return Verdict(AttemptOutcome.TRANSIENT, "not accepted for now")
    if status < 300:
        return Verdict(AttemptOutcome.TRANSIENT, "accepted by somebody else, such as a login page")
    if status < 400:
        return Verdict(AttemptOutcome.PERMANENT, "redirected; check the address")
    return Verdict(AttemptOutcome.PERMANENT, "refused; check the address and its permissions")


def _accepted(receipt: str = "") -> Verdict:
    return Verdict(AttemptOutcome.DELIVERED, "accepted", receipt)


def _pausing(found: Verdict, *pauses: float | None) -> Verdict:
    """Return a verdict with the longest of the pauses that were asked for, if it can be waited."""
    if found.outcome is not AttemptOutcome.TRANSIENT:
        return found
    asked = max((pause for pause in pauses if pause), default=None)
    return Verdict(found.outcome, found.reason, retry_after=asked)


# -- Discord


def discord(reply: Reply) -> Verdict:
    """Judge an answer to "execute webhook" with `wait=true`.

    200 brings the message that was saved, with its id; 204 says the same without `wait`, which a
    proxy may have taken out. A pause stands in the body of a 429, and in a header.
    https://discord.com/developers/docs/resources/webhook and .../topics/rate-limits
    """
    answer = json_object(reply.body)
    if reply.status == 204:
        return _accepted()
    identity = answer.get("id")
    if reply.status == 200 and isinstance(identity, str) and identity.isdigit():
        return _accepted(identity)
    found = refusal(reply.status)
    if reply.status != _TOO_MANY:
        return _pausing(found, seconds(answer.get("retry_after")))
    header = number(reply.headers.get("x-ratelimit-reset-after"))
    return _pausing(found, seconds(answer.get("retry_after")), header)


# -- Mattermost


def mattermost(reply: Reply, now: datetime) -> Verdict:
    """Judge the answer of an incoming webhook: `ok` as plain text.

    Others who take Mattermost's webhooks say it in JSON: Rocket.Chat `{"success": true}`, bridges
    to Matrix `{"ok": true}`. When throttled, `X-Ratelimit-Reset` has the seconds until it is over.
    https://developers.mattermost.com/integrate/webhooks/incoming and
    https://api.mattermost.com/#tag/rate-limiting
    """
    answer = json_object(reply.body)
    if reply.status == 200 and (
        reply.body.strip() == "ok" or answer.get("success") is True or answer.get("ok") is True
    ):
        return _accepted()
    found = refusal(reply.status)
    if reply.status != _TOO_MANY:
        return found
    reset = number(reply.headers.get("x-ratelimit-reset"))
    if reset is not None and reset >= _EPOCH:
        reset -= now.timestamp()
    return _pausing(found, seconds(reset))


# -- Teams

_TEAMS_YES = frozenset({"", "1", "ok"})
_TEAMS_FAILED = re.compile(
    r"webhook message delivery failed|error contacting microsoft teams", re.IGNORECASE
)
"""A connector says this with 200, whatever Teams said to it:
https://github.com/MicrosoftDocs/msteams-docs/issues/402 and .../1810"""
_TEAMS_STATUS = re.compile(r"\bHTTP error (\d{3})\b", re.IGNORECASE)
_TEAMS_TRY_AGAIN = re.compile(r"try again in (\d{1,6}) second", re.IGNORECASE)
"""https://learn.microsoft.com/azure/logic-apps/handle-throttling-problems-429-errors"""
_TEAMS_THROTTLES = re.compile(
    r"too many requests|rate limit|throttl|OperationRateLimit|Quota(Limit)?Exceeded", re.IGNORECASE
)
_TEAMS_PAUSE = 30.0
"""Seconds: Teams counts over 1 and over 30 of them, and its connectors never say how long:
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit"""


def teams(reply: Reply) -> Verdict:
    """Judge the answer of a workflow (202 and nothing) or of an older connector (200 and `1`).

    A workflow with a Response step of its own may answer 200 with nothing, `ok` or JSON.
    """
    answer = json_object(reply.body)
    status, body = reply.status, reply.body.strip()
    inner = _TEAMS_STATUS.search(body)
    refused = inner is not None or bool(_TEAMS_FAILED.search(body)) or _names_error(answer)
    if 200 <= status < 300 and not refused:
        if body.lower() in _TEAMS_YES:
            return _accepted()
        if (answer or status == 202) and not is_page(reply):
            return _accepted()
    if status < 300 and inner is not None:
        status = int(inner[1])
    if status == _TOO_MANY or (refused and _TEAMS_THROTTLES.search(body)):
        said = _TEAMS_TRY_AGAIN.search(body)
        pause = number(said[1]) if said else reply.retry_after or _TEAMS_PAUSE
        reason = "Teams takes no more for now"
        return Verdict(AttemptOutcome.TRANSIENT, reason, retry_after=seconds(pause))
    if refused and status < 300:
        return Verdict(AttemptOutcome.TRANSIENT, "Teams did not take it")
    return refusal(status)


# -- Telegram

_TELEGRAM_ABOUT_THE_MESSAGE = (
    "can't parse", "too long", "is empty", "reply_markup", "button", "entities",
)  # fmt: skip
_TELEGRAM_HEAD = re.compile(r'\{"ok":true(?:,"result":\{"message_id":(\d+))?')


def telegram(reply: Reply) -> Verdict:
    """Judge by Telegram's own words.

    https://core.telegram.org/bots/api#making-requests
    """
    answer = json_object(reply.body)
    if reply.status == 200 and answer.get("ok") is True:
        result = answer.get("result")
        return _accepted(str(result.get("message_id", "")) if isinstance(result, dict) else "")
    # A long reply is cut; Telegram says first whether it took the message.
    if reply.status == 200 and (head := _TELEGRAM_HEAD.match(reply.body)):
        return _accepted(head[1] or "")
    if reply.status == 400:
        described = str(answer.get("description", "")).lower()
        if not any(phrase in described for phrase in _TELEGRAM_ABOUT_THE_MESSAGE):
            return Verdict(AttemptOutcome.PERMANENT, "the chat cannot be written to")
    parameters = answer.get("parameters")
    after = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return _pausing(refusal(reply.status), seconds(after))


# -- Matrix

_MATRIX_UNREADABLE = frozenset({"M_BAD_JSON", "M_NOT_JSON", "M_TOO_LARGE", "M_INVALID_PARAM"})

_LONGEST_EVENT_ID = 255
"""Bytes, by the specification."""


def matrix(reply: Reply) -> Verdict:
    """Judge by the event's id or the error's code.

    https://spec.matrix.org/latest/client-server-api
    """
    answer = json_object(reply.body)
    event, code = answer.get("event_id"), answer.get("errcode")
    if reply.status == 200 and isinstance(event, str) and event:
        return _accepted(event if len(event) <= _LONGEST_EVENT_ID else "")
    if code in _MATRIX_UNREADABLE:
        return Verdict(AttemptOutcome.UNREADABLE, str(code))
    found = refusal(reply.status)
    if found.outcome is AttemptOutcome.UNREADABLE:
        return Verdict(AttemptOutcome.PERMANENT, str(code or "refused"))
    return _pausing(found, seconds(answer.get("retry_after_ms"), 0.001))


# -- Alertmanager


def alertmanager(reply: Reply) -> Verdict:
    """Judge the answer of API v2: 200 and nothing; others who offer it answer in JSON.

    https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
    """
    answer = json_object(reply.body)
    empty = not reply.body.strip()
    if 200 <= reply.status < 300 and (empty or (bool(answer) and not _names_error(answer))):
        return _accepted()
    return refusal(reply.status)


# -- what they have in common


def json_object(body: str) -> Mapping[str, Any]:
    """Return the JSON object of a body, empty when it is none."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def is_page(reply: Reply) -> bool:
    """Tell whether an answer is a page for people, of whoever stands in between."""
    kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = reply.body.lstrip("\ufeff \t\r\n")
    return body.startswith("<") or (bool(body) and kind in ("text/html", "application/xhtml+xml"))


def _names_error(answer: Mapping[str, Any]) -> bool:
    """Tell whether an answer in JSON speaks of a failure, as most do."""
    if answer.get("error") or answer.get("errors") or answer.get("errorType"):
        return True
    code = answer.get("statusCode", answer.get("status_code", answer.get("status")))
    failed = isinstance(code, int) and not isinstance(code, bool) and code >= 300
    return failed or code == "error" or answer.get("success") is False or answer.get("ok") is False


def number(text: str | None) -> float | None:
    """Return the number that a header has, None when it has none."""
    value = (text or "").strip()
    return float(value) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value) else None


def seconds(value: object, scale: float = 1.0) -> float | None:
    """Return a pause that a reply asks for, at most a day; None when it is no sensible number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e9:
        return min(value * scale, LONGEST_RETRY_AFTER.total_seconds())
    return None
