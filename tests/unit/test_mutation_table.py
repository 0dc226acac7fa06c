"""The table of `make mutants`: what counts as noticed."""

from __future__ import annotations

from bench.mutants import table, tallied

RESULTS = """
    alerts.routing.x_follow__mutmut_1: killed
    alerts.routing.x_follow__mutmut_2: survived
    alerts.routing.xǁFactsǁtags__mutmut_1: timeout
    alerts.routing.xǁFactsǁtags__mutmut_2: no tests
    alerts.routing.x_follow__mutmut_3: skipped
    alerts.pace.x_free_at__mutmut_1: killed
    scheduler.policy.x_plan__mutmut_1: not checked
"""


def test_only_mutants_that_a_test_dies_of_count_as_killed() -> None:
    tallies = tallied(RESULTS.splitlines())
    assert {module: (tally.killed, tally.mutants) for module, tally in tallies.items()} == {
        "alerts.routing": (2, 4),
        "alerts.pace": (1, 1),
    }


def test_the_table_names_modules_below_the_mark_and_all_survivors() -> None:
    assert table(tallied(RESULTS.splitlines())).splitlines() == [
        "decider                           mutants   killed  percent",
        "alerts.pace                             1        1    100.0",
        "alerts.routing                          4        2     50.0  fewer than 90",
        "",
        "2 live on:",
        "alerts.routing.x_follow__mutmut_2 (survived)",
        "alerts.routing.xǁFactsǁtags__mutmut_2 (no tests)",
    ]
