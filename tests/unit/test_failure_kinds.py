"""What follows from the kind of a failure and its status; never from its words."""

from __future__ import annotations

import pytest

from core.failures import REFUSALS, UNREACHABLE, FailureKind, FetchFailure, is_refusal

PASSING = {FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.BROKEN}


@pytest.mark.parametrize("kind", FailureKind)
def test_each_kind_has_its_weight_and_its_hope_whatever_it_says(kind: FailureKind) -> None:
    for detail in ("xyz", "dns: HTTP 503", "robots"):
        failure = FetchFailure(kind, detail)
        weights = {FailureKind.DNS: 0.25, FailureKind.INTERNAL: 0.0}
        assert failure.weight == weights.get(kind, 1.0)
        assert failure.may_pass is (kind in PASSING)


@pytest.mark.parametrize(
    ("status", "weight", "may_pass"),
    [
        (403, 1.0, False),
        (404, 0.5, False),
        (408, 1.0, True),
        (410, 1.0, False),
        (425, 1.0, True),
        (429, 0.5, True),
        (499, 1.0, False),
        (500, 0.5, True),
        (503, 0.5, True),
    ],
)
def test_an_answer_is_weighed_by_its_status(status: int, weight: float, may_pass: bool) -> None:
    failure = FetchFailure(FailureKind.HTTP, "xyz", status)
    assert (failure.weight, failure.may_pass) == (weight, may_pass)


@pytest.mark.parametrize("kind", [*FailureKind, None])
def test_an_outlet_refuses_by_its_robots_or_by_four_statuses(kind: FailureKind | None) -> None:
    assert is_refusal(kind, None) is (kind is FailureKind.ROBOTS)
    refusing = {status for status in range(100, 600) if is_refusal(kind, status)}
    if kind is FailureKind.ROBOTS:
        assert len(refusing) == 500
    else:
        assert refusing == (REFUSALS if kind is FailureKind.HTTP else set())


def test_what_our_own_network_does_to_all_sources_at_once() -> None:
    assert {FailureKind.DNS, FailureKind.CONNECT, FailureKind.TIMEOUT} == UNREACHABLE


def test_people_read_the_kind_except_before_a_sentence_of_its_own() -> None:
    assert str(FetchFailure(FailureKind.HTTP, "HTTP 403", 403)) == "http: HTTP 403"
    assert str(FetchFailure(FailureKind.DOCUMENT, "this is no feed")) == "this is no feed"
