"""Who hears what waits for a receiver that is no longer configured: as tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.dispatch.readdressing import Readdressing
from core.alerting.message_kinds import MessageKind
from core.alerting.notifications import NotificationPurpose
from core.config.watch import WatchConfig
from core.deciding.readdressing import OrphanedAlert, Readdress, ReaddressReason
from tests.unit.alerts.due_groups import HIGH, NOON, outline

ALERT, ESCALATION, REMINDER, REVISION, SUMMARY = (
    NotificationPurpose.ALERT,
    NotificationPurpose.ESCALATION,
    NotificationPurpose.REMINDER,
    NotificationPurpose.REVISION,
    NotificationPurpose.SUMMARY,
)
ROUTES, OTHERS_HAVE_IT, NOBODY, NO_NEWS = ReaddressReason


def watch(*routes: dict[str, Any]) -> WatchConfig:
    return WatchConfig.model_validate(
        {
            "sources": [{"name": "kloop", "feed": "https://kloop.example/rss", "tags": ["kg"]}],
            "rules": [{"id": "papers", "when": "paper", "topics": ["draft"]}],
            "receivers": [{"name": name, "console": {}} for name in ("desk", "boss", "chief")],
            "routes": routes,
        }
    )


def decided(config: WatchConfig, purpose: NotificationPurpose = ALERT, **about: Any) -> Readdress:
    had = frozenset(about.pop("had", ()))
    outlets = about.pop("outlets", 1)
    orphan = OrphanedAlert(
        outline=outline(**{"level": HIGH, **about}), outlets=outlets, purpose=purpose, had=had
    )
    return Readdressing(config, NOON).decide(orphan)


ESCALATING = watch({"to": ["desk", "boss"], "escalate": {"after": "5m", "to": ["chief", "boss"]}})


@pytest.mark.parametrize(
    ("purpose", "had", "reason", "hears"),
    [
        (ALERT, [], ROUTES, ["desk", "boss"]),
        (ALERT, ["old"], ROUTES, ["desk", "boss"]),
        (ALERT, ["desk"], ROUTES, ["boss"]),
        (ALERT, ["desk", "boss"], OTHERS_HAVE_IT, []),
        (ESCALATION, [], ROUTES, ["chief", "boss"]),
        (ESCALATION, ["boss"], ROUTES, ["chief"]),
        (ESCALATION, ["boss", "chief"], OTHERS_HAVE_IT, []),
        (REMINDER, ["boss"], ROUTES, ["desk"]),
        (REMINDER, ["boss", "desk"], OTHERS_HAVE_IT, []),
        (REVISION, [], NO_NEWS, []),
        (SUMMARY, [], NO_NEWS, []),
    ],
)
def test_those_hear_to_whom_the_routes_lead_and_nobody_twice(
    purpose: NotificationPurpose, had: list[str], reason: ReaddressReason, hears: list[str]
) -> None:
    found = decided(ESCALATING, purpose, had=had)
    assert found.reason is reason
    named = [*(recipient.receiver for recipient in found.recipients), *found.receivers]
    assert named == hears
    assert bool(found.recipients) is (purpose is ALERT and reason is ROUTES)


@pytest.mark.parametrize("purpose", [ALERT, ESCALATION, REMINDER])
def test_nobody_hears_where_no_route_leads(purpose: NotificationPurpose) -> None:
    elsewhere = {"to": ["desk"], "escalate": {"after": "5m", "to": ["chief"]}}
    config = watch({"when": {"rules": ["drafts"]}, **elsewhere})
    assert decided(config, purpose).reason is NOBODY


def test_a_route_that_no_longer_escalates_names_nobody() -> None:
    assert decided(watch({"to": ["desk"]}), ESCALATION).reason is NOBODY


@pytest.mark.parametrize(
    "when",
    [
        {"level": "high"},
        {"rules": ["papers"]},
        {"topics": ["draft"]},
        {"entities": ["osmonov"]},
        {"sources": ["kloop"]},
        {"tags": ["kg"]},
        {"languages": ["ru"]},
        {"outlets": 3},
    ],
)
def test_routes_are_asked_about_all_that_they_may_name(when: dict[str, Any]) -> None:
    config = watch({"when": when, "to": ["boss"]})
    about: dict[str, Any] = {"entities": frozenset({"osmonov"}), "outlets": 3}
    assert decided(config, **about).reason is ROUTES
    other: dict[str, Any] = {
        "level": HIGH.LOW, "rule": "raids", "source": "vesti", "language": "ky",
        "entities": frozenset(), "outlets": 2,
    }  # fmt: skip
    assert decided(config, **other).reason is NOBODY


def test_a_digest_stays_one() -> None:
    found = decided(watch({"to": ["boss"], "digest": "0 18 * * *"}))
    (recipient,) = found.recipients
    assert recipient.kind is MessageKind.DIGEST
    assert recipient.dispatch_at == NOON + timedelta(hours=6)
