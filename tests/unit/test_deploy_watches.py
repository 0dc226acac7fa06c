"""What Prometheus and Grafana ask for is what the code says, by name, label and value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.alerting.matches import Level
from core.articles import RejectReason
from core.due_work import WorkKind
from core.sources import Health
from desk.vitals import DeliveryOutcome, HeartbeatOutcome, Step
from web.metric_names import BY_NAME, METRICS, Kind

ROOT = Path(__file__).parents[2]
RULES = yaml.safe_load((ROOT / "deploy/prometheus/wirewatch.rules.yml").read_text("utf-8"))
BOARD = json.loads((ROOT / "deploy/grafana/wirewatch.json").read_text("utf-8"))
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PAGE = (ROOT / "docs" / "metrics.md").read_text("utf-8")
OTHERS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
"""What Prometheus and its library bring."""
TARGET_LABELS = {"job", "instance"}
VALUES: Mapping[str, set[str]] = {
    "outcome": {*DeliveryOutcome, *HeartbeatOutcome, "broken", "judged", "ok", "failed"},
    "health": set(Health),
    "step": set(Step),
    "level": set(Level),
    "reason": set(RejectReason),
    "queue": {kind.name.lower() for kind in WorkKind},
}
_NAME = re.compile(r"\b(?:wirewatch_\w+|process_\w+|up\b)")
_SELECTOR = re.compile(r"\b(\w+)\{([^}]*)\}")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"([^\"]*)\"")
_BY = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
_RATE = re.compile(r"\b(rate|increase)\((\w+)")


def expressions() -> Iterator[tuple[str, str]]:
    for alert in ALERTS:
        yield alert["alert"], alert["expr"]
    for panel in BOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    for note in BOARD["annotations"]["list"]:
        yield note["name"], note["expr"]
    for variable in BOARD["templating"]["list"]:
        if "definition" in variable:
            yield variable["name"], variable["definition"]


ASKED = list(expressions())


def metric_of(name: str) -> str:
    """Return the metric that a series belongs to: histograms have three names."""
    base = re.sub(r"_(bucket|sum|count)$", "", name)
    return base if base in BY_NAME and BY_NAME[base].kind is Kind.HISTOGRAM else name


@pytest.mark.parametrize(("where", "expression"), ASKED)
def test_every_name_is_measured(where: str, expression: str) -> None:
    names = {metric_of(name) for name in _NAME.findall(expression)}
    assert names, where
    assert names <= BY_NAME.keys() | OTHERS
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize(("where", "expression"), ASKED)
def test_every_label_is_one_of_its_metric_and_every_value_can_be(
    where: str, expression: str
) -> None:
    for name, selector in _SELECTOR.findall(expression):
        metric = metric_of(name)
        known = set(BY_NAME[metric].labels) if metric in BY_NAME else set()
        for label, value in _MATCHER.findall(selector):
            assert label in known | TARGET_LABELS, (where, name)
            if label in VALUES:
                assert set(value.split("|")) <= VALUES[label], (where, value)
    told = {label for name in _NAME.findall(expression) for label in labels_of(name)}
    for grouped in _BY.findall(expression):
        assert {label.strip() for label in grouped.split(",")} <= told | TARGET_LABELS, where


def labels_of(name: str) -> set[str]:
    metric = BY_NAME.get(metric_of(name))
    return set() if metric is None else {*metric.labels, *(["le"] if name != metric.name else [])}


@pytest.mark.parametrize(("where", "expression"), ASKED)
def test_only_what_counts_up_has_a_rate(where: str, expression: str) -> None:
    for _, name in _RATE.findall(expression):
        assert name.endswith(("_total", "_bucket", "_sum", "_count")), where


def test_each_alert_says_how_bad_it_is_and_what_to_do() -> None:
    assert len({alert["alert"] for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert alert["labels"]["severity"] in ("critical", "warning")
        assert alert["annotations"].keys() == {"summary", "description"}
        assert f"`{alert['alert']}`" in PAGE
        for text in alert["annotations"].values():
            for label in re.findall(r"\$labels\.(\w+)", text):
                assert label in {
                    known for name in _NAME.findall(alert["expr"]) for known in labels_of(name)
                }


def test_a_heartbeat_that_nobody_hears_is_told_of_however_long_the_pause() -> None:
    (rule,) = (alert for alert in ALERTS if alert["alert"] == "WirewatchHeartbeatUnheard")
    failed, _, heard = rule["expr"].partition("unless")
    assert 'outcome="failed"' in failed
    assert 'outcome="sent"' in heard
    assert set(re.findall(r"> *(\d+)", rule["expr"])) == {"0"}, "one is all that a long pause gives"


def test_panels_do_not_overlap_and_have_numbers_of_their_own() -> None:
    panels: list[Mapping[str, Any]] = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_the_page_names_every_metric() -> None:
    rows = [
        f"| `{metric.name}` | {metric.kind} | "
        f"{', '.join(f'`{label}`' for label in metric.labels) or '–'} | {metric.help} |"
        for metric in METRICS
    ]
    assert re.findall(r"^\| `wirewatch_.*$", PAGE, re.MULTILINE) == rows
