"""Alerts about sources and receivers themselves, in watch.yaml."""

from __future__ import annotations

from pydantic import (
    Field,
)

from core.config.fields import (
    Section,
)
from core.sources import Health

HEALTH_RULE = "source-health"
"""Rule id of alerts about sources; routes may name it, rules may not be called so."""


RECEIVER_RULE = "receiver-health"
"""The same for alerts about receivers that do not answer."""


SCHEDULE_RULE = "schedule-health"
"""The same for alerts about schedules that lead nowhere."""


CONFIGURATION_RULE = "configuration-health"
"""The same for alerts about a changed configuration that is refused."""


DAEMON_RULE = "daemon-health"
"""The same for alerts about parts of the daemon that ended and begin again."""


OWN_RULES = frozenset({HEALTH_RULE, RECEIVER_RULE, SCHEDULE_RULE, CONFIGURATION_RULE, DAEMON_RULE})


class HealthSection(Section):
    """Which changes in the health of sources are alerts."""

    tell: tuple[Health, ...] = Field(
        (Health.DEGRADED, Health.BLIND, Health.BLOCKED),
        description="States that are told as alerts of the rule `source-health`, through the same "
        "routes: `quiet`, `geo`, `degraded`, `blind`, `blocked`. Its recovery is told too. `[]` "
        "tells nothing.",
    )
