"""What an alert is about: an article, or ourselves. Pure.

News of a blind source or a silent receiver is no news of the world, nor to be taken for it: it
has a mark, a heading and a layout of its own, and nothing of an outlet's.
"""

from __future__ import annotations

from enum import StrEnum

from core.alerting.alerts import Alert
from core.config.sections.health import (
    CONFIGURATION_RULE,
    DAEMON_RULE,
    HEALTH_RULE,
    OWN_RULES,
    RECEIVER_RULE,
    SCHEDULE_RULE,
)
from core.words import worded

HEALTH_MARK = "🛠"
"""Stands where alerts about articles have the colour of their level."""
OURSELVES = "Wirewatch"
"""Who says so, where alerts about articles name an outlet."""


class About(StrEnum):
    """What an alert is about."""

    ARTICLE = "article"
    SOURCE = "source"
    RECEIVER = "receiver"
    SCHEDULE = "schedule"
    CONFIGURATION = "configuration"
    DAEMON = "daemon"
    """A part of the daemon that ended and began again."""
    RULE = "rule"
    """A rule that never matched."""


BADGES = {
    About.SOURCE: worded("Source health"),
    About.RECEIVER: worded("Receiver health"),
    About.SCHEDULE: worded("Schedule health"),
    About.CONFIGURATION: worded("Configuration"),
    About.DAEMON: worded("Daemon health"),
    About.RULE: worded("Rule health"),
}
WHERE = {
    About.SOURCE: "wirewatch sources health",
    About.RECEIVER: "wirewatch deliveries list",
    About.SCHEDULE: "wirewatch routes test",
    About.CONFIGURATION: "wirewatch check",
    About.DAEMON: "wirewatch doctor",
    About.RULE: "wirewatch check",
}
"""The command that shows more."""


_OF_RULES = {
    HEALTH_RULE: About.SOURCE,
    RECEIVER_RULE: About.RECEIVER,
    SCHEDULE_RULE: About.SCHEDULE,
    CONFIGURATION_RULE: About.CONFIGURATION,
    DAEMON_RULE: About.DAEMON,
}


def about_of(alert: Alert) -> About:
    """Return what an alert is about."""
    rule, source = alert.match.rule_id, alert.article.data.source
    if not about_us(rule, source):
        return About.ARTICLE
    return _OF_RULES.get(rule, About.RULE)


def about_us(rule: str, source: str) -> bool:
    """Tell whether an alert by a rule, of a source, is about ourselves."""
    # What is from no outlet has a source that no configuration can name.
    return rule in OWN_RULES or source.startswith(".")
