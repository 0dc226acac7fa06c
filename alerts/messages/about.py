"""What an alert is about: an article, or ourselves. Pure.

News of a blind source or a silent receiver is no news of the world, nor to be taken for it: it
has a mark, a heading and a layout of its own, and nothing of an outlet's.
"""

from __future__ import annotations

from enum import StrEnum

from core.alerting.alerts import Alert
from core.config.sections.health import HEALTH_RULE, RECEIVER_RULE

HEALTH_MARK = "🛠"
"""Stands where alerts about articles have the colour of their level."""
OURSELVES = "Wirewatch"
"""Who says so, where alerts about articles name an outlet."""


class About(StrEnum):
    """What an alert is about."""

    ARTICLE = "article"
    SOURCE = "source"
    RECEIVER = "receiver"
    RULE = "rule"
    """A rule that never matched."""


BADGES = {
    About.SOURCE: "Source health",
    About.RECEIVER: "Receiver health",
    About.RULE: "Rule health",
}
WHERE = {
    About.SOURCE: "wirewatch sources health",
    About.RECEIVER: "wirewatch deliveries list",
    About.RULE: "wirewatch check",
}
"""The command that shows more."""


def about_of(alert: Alert) -> About:
    """Return what an alert is about."""
    if alert.match.rule_id == HEALTH_RULE:
        return About.SOURCE
    if alert.match.rule_id == RECEIVER_RULE:
        return About.RECEIVER
    # What is from no outlet has a source that no configuration can name.
    return About.RULE if alert.article.data.source.startswith(".") else About.ARTICLE
