"""In which zone people see times, and hours are meant: the nearest that is named."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.config.watch import WatchConfig
from core.config.zones import zone_at_the_terminal, zone_of_hours, zone_of_messages

BISHKEK, KYIV = "Asia/Bishkek", "Europe/Kyiv"


def config(of_file: str | None = None, **receiver: Any) -> WatchConfig:
    chat = {"name": "chat", "webhook": {"url": "https://chat.example/"}, **receiver}
    console = {"name": "console", "console": {}, **receiver}
    return WatchConfig.model_validate({"timezone": of_file, "receivers": [chat, console]})


def test_without_a_zone_messages_show_utc_and_terminals_the_machines_own() -> None:
    assert zone_of_messages(config(), "chat") is UTC
    assert zone_of_messages(config(), "gone") is UTC
    assert zone_of_messages(config(), "console") is None
    assert zone_at_the_terminal(config()) is None
    assert zone_of_hours(config(), config().receivers[0]) == "UTC"


@pytest.mark.parametrize("receiver", ["chat", "console"])
def test_the_zone_of_a_receiver_comes_before_that_of_the_file(receiver: str) -> None:
    assert zone_of_messages(config(BISHKEK), receiver) == ZoneInfo(BISHKEK)
    assert zone_of_messages(config(BISHKEK, timezone=KYIV), receiver) == ZoneInfo(KYIV)
    known = config(BISHKEK, timezone=KYIV)
    assert zone_at_the_terminal(known) == ZoneInfo(BISHKEK)
    assert zone_of_hours(known, known.receivers[0]) == KYIV
    assert zone_of_hours(known) == BISHKEK
    assert zone_of_messages(known, "gone") == ZoneInfo(BISHKEK)
