"""What `/metrics` says: every name with its kind, its labels and what it means.

Names follow Prometheus' conventions: counters end in `_total`, units are base units, and moments
are times of day rather than ages, which would stand still when we do. Labels have few values: kinds
of ours, and receivers, which are configured. A source is a label only where that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a metric is."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One name, as it is written."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()


_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

METRICS: tuple[Metric, ...] = (
    Metric("wirewatch_build_info", _G, "Always 1; which version runs.", ("version",)),
    Metric("wirewatch_polls_total", _C, "Looks at sources that ended.", ("outcome",)),
    Metric("wirewatch_entries_discovered_total", _C, "New links that polls found."),
    Metric("wirewatch_entries_total", _C, "Entries that were settled or failed.", ("status",)),
    Metric("wirewatch_pages_rejected_total", _C, "Pages that are no articles.", ("reason",)),
    Metric("wirewatch_articles_stored_total", _C, "Articles that were stored for the first time."),
    Metric("wirewatch_visits_total", _C, "Looks at stored articles for edits.", ("outcome",)),
    Metric("wirewatch_judgements_total", _C, "Versions that rules judged.", ("outcome",)),
    Metric("wirewatch_judgement_duration_seconds", _H, "What judging one version took."),
    Metric("wirewatch_matches_total", _C, "Rules that fired on versions.", ("level",)),
    Metric("wirewatch_alerts_total", _C, "Alerts that judging raised."),
    Metric("wirewatch_new_names_total", _C, "Articles to be read for new names.", ("outcome",)),
    Metric("wirewatch_deliveries_total", _C, "Attempts at deliveries.", ("receiver", "outcome")),
    Metric(
        "wirewatch_delivery_attempt_duration_seconds", _H, "What one attempt took.", ("receiver",)
    ),
    Metric(
        "wirewatch_delivery_delay_seconds",
        _H,
        "From making a message to its delivery.",
        ("receiver",),
    ),
    Metric("wirewatch_deliveries_waiting", _G, "Messages that did not arrive yet.", ("receiver",)),
    Metric("wirewatch_deliveries_given_up", _G, "Messages that were given up.", ("receiver",)),
    Metric(
        "wirewatch_delivery_oldest_due_seconds",
        _G,
        "Since when a receiver's oldest message is due; 0 when none is.",
        ("receiver",),
    ),
    Metric("wirewatch_queue_depth", _G, "Work that is due.", ("queue",)),
    Metric(
        "wirewatch_queue_oldest_seconds",
        _G,
        "Since when the oldest of it is due; 0 when none is.",
        ("queue",),
    ),
    Metric("wirewatch_work_undone", _G, "1 while due work of a step stays undone.", ("step",)),
    Metric(
        "wirewatch_last_done_timestamp_seconds",
        _G,
        "When something was last polled, judged, or attempted to be delivered.",
        ("step",),
    ),
    Metric("wirewatch_ready", _G, "1 while everything progresses, as `/readyz` has it."),
    Metric("wirewatch_sources", _G, "Sources by how they fare.", ("health",)),
    Metric("wirewatch_network_down", _G, "1 while so many fail that the fault must be ours."),
    Metric("wirewatch_config_last_reload_successful", _G, "0 while a changed file is refused."),
    Metric(
        "wirewatch_config_last_reload_timestamp_seconds", _G, "When one was last taken or refused."
    ),
    Metric("wirewatch_config_reloads_total", _C, "Changed files that were read.", ("outcome",)),
    Metric("wirewatch_heartbeats_total", _C, "Heartbeats that were due.", ("outcome",)),
    Metric(
        "wirewatch_database_up", _G, "0 when the database did not answer: much is missing then."
    ),
    Metric(
        "wirewatch_source_reached",
        _G,
        "1 while what it publishes reaches us. Only with `sources: true`.",
        ("source",),
    ),
    Metric(
        "wirewatch_source_last_success_timestamp_seconds",
        _G,
        "When it was last read. Only with `sources: true`.",
        ("source",),
    ),
)
BY_NAME = {metric.name: metric for metric in METRICS}
