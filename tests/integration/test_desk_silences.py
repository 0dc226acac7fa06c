"""What a silence may say, and what it would have kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.clock import FixedClock
from core.config.sections.routes import SilenceMatch
from core.config.watch import WatchConfig
from desk.errors import NotThereError, UnknownNameError
from desk.silences import EmptySilenceError, add, end, listed, match_of, would_keep
from storage import Store, open_store
from tests.integration.empty_database import empty_database
from tests.integration.storage.samples import HOUR, NOON, alerted, source

CONFIG = WatchConfig.model_validate(
    {
        "sources": [{"name": "kloop", "feed": "https://kloop.example/f", "tags": ["kg"]}],
        "entities": {"dordoi": {"kind": "place", "ru": ["Дордой"]}},
        "rules": [
            {"id": "drafts", "when": "повестка", "topics": ["army"]},
            {"id": "raids", "when": "облава"},
        ],
        "receivers": [{"name": "desk", "console": {}}, {"name": "boss", "console": {}}],
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(empty_database(tmp_path / "desk.db"), clock=FixedClock(NOON)) as opened:
        opened.sync_sources([source()])
        yield opened


@pytest.mark.parametrize(
    ("condition", "name", "hint"),
    [
        ("rules", "draft", "did you mean 'drafts'?"),
        ("sources", "klop", "did you mean 'kloop'?"),
        ("tags", "xx", None),
        ("topics", "arm", "did you mean 'army'?"),
        ("entities", "dordoy", "did you mean 'dordoi'?"),
        ("receivers", "nobody", None),
    ],
)
def test_a_silence_of_what_is_not_configured_is_refused(
    store: Store, condition: str, name: str, hint: str | None
) -> None:
    with pytest.raises(UnknownNameError) as refused:
        match_of(store, CONFIG, {condition: (name,)})
    assert (refused.value.kind, refused.value.name, refused.value.hint) == (condition, name, hint)


def test_a_silence_says_something(store: Store) -> None:
    with pytest.raises(EmptySilenceError):
        match_of(store, CONFIG, {"rules": ()})
    assert match_of(store, CONFIG, {"rules": ("raid*",)}) == SilenceMatch(rules=("raid*",))
    assert match_of(store, CONFIG, {"rules": ("source-health",)}).rules == ("source-health",)


def test_a_silence_of_a_story_needs_an_alert_with_one(store: Store) -> None:
    with pytest.raises(NotThereError) as refused:
        match_of(store, CONFIG, {}, story_of="alt_x")
    assert refused.value.what == "alert 'alt_x'"
    alert_id = alerted(store)
    with pytest.raises(NotThereError) as refused:
        match_of(store, CONFIG, {}, story_of=alert_id)
    assert refused.value.what == f"story of alert '{alert_id}'"


def test_a_silence_lasts_and_stays_on_record(store: Store) -> None:
    made = add(
        store, SilenceMatch(rules=("drafts",)), NOON, lasting=2 * HOUR, author="a", reason="known"
    )
    assert (made.starts_at, made.ends_at) == (NOON, NOON + 2 * HOUR)
    assert listed(store, NOON) == (made,)
    end(store, made.id, NOON + HOUR)
    assert listed(store, NOON + HOUR) == ()
    (ended,) = listed(store, NOON + HOUR, ended=True)
    assert ended.ends_at == NOON + HOUR


@pytest.mark.parametrize(
    ("match", "kept"),
    [
        ({"rules": ("drafts",)}, {"drafts": ("boss", "desk")}),
        ({"rules": ("drafts",), "receivers": ("desk",)}, {"drafts": ("desk",)}),
        ({"tags": ("kg",)}, {"drafts": ("boss", "desk"), "raids": ("desk",)}),
        ({"topics": ("army",)}, {"drafts": ("boss", "desk")}),
        ({"entities": ("person:text",)}, {"drafts": ("boss", "desk"), "raids": ("desk",)}),
        ({"receivers": ("boss",)}, {"drafts": ("boss",)}),
        ({"sources": ("agency",)}, {}),
        ({"story": 7}, {}),
    ],
)
def test_what_a_silence_would_have_kept_is_shown_before_it_is_made(
    store: Store, match: dict[str, Any], kept: dict[str, tuple[str, ...]]
) -> None:
    alerted(store, "desk", "boss", rule="drafts")
    alerted(store, "desk", rule="raids")
    found = would_keep(store, CONFIG, SilenceMatch(**match), NOON - HOUR)
    assert {alert.match.rule_id: tuple(sorted(names)) for alert, names in found} == kept


def test_older_alerts_are_not_looked_at(store: Store) -> None:
    alerted(store)
    wanted = SilenceMatch(rules=("drafts",))
    assert not list(would_keep(store, CONFIG, wanted, NOON + timedelta(seconds=1)))
