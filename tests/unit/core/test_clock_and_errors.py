"""The clock is always aware and UTC; errors say what they are about and why."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.clock import FixedClock, utc_now
from core.errors import (
    CrawlError,
    DeliveryError,
    RuleError,
    SandboxError,
    StorageError,
    WirewatchError,
)

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(NOON)
    assert clock() == clock() == NOON
    clock.advance(timedelta(minutes=90))
    assert clock() == NOON + timedelta(minutes=90)
    clock.advance(timedelta(hours=-2))
    assert clock() == NOON - timedelta(minutes=30)


def test_a_fixed_clock_turns_other_zones_into_utc() -> None:
    bishkek = timezone(timedelta(hours=6))
    clock = FixedClock(datetime(2026, 3, 29, 18, tzinfo=bishkek))
    assert clock() == NOON
    assert clock().tzinfo is UTC


def test_a_fixed_clock_refuses_a_naive_time() -> None:
    with pytest.raises(ValueError, match="aware"):
        FixedClock(NOON.replace(tzinfo=None))


@pytest.mark.parametrize("kind", [StorageError, CrawlError, SandboxError, RuleError, DeliveryError])
def test_every_error_has_the_one_root_and_describes_itself(kind: type[WirewatchError]) -> None:
    assert issubclass(kind, WirewatchError)
    assert str(kind()) == str(kind.__doc__).splitlines()[0]


def test_an_error_names_what_it_is_about() -> None:
    error = CrawlError("no answer", source="kloop", url="https://kloop.example/a", delivery="dlv_1")
    assert str(error) == ("no answer (source kloop, url https://kloop.example/a, delivery dlv_1)")
    assert (error.source, error.delivery) == ("kloop", "dlv_1")


def test_an_error_shows_its_cause() -> None:
    with pytest.raises(StorageError) as caught:
        raise StorageError("cannot write") from OSError("disk full")
    assert str(caught.value) == "cannot write: disk full"


def test_an_error_without_a_docstring_takes_its_parents() -> None:
    class UndescribedError(CrawlError): ...

    assert str(UndescribedError()) == "A page could not be fetched or understood."


def test_an_error_survives_the_way_out_of_a_process() -> None:
    error = SandboxError("too slow", source="kloop", url="https://kloop.example/a")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is SandboxError
    assert str(copy) == str(error)
