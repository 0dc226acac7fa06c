"""An article that the rules broke down on is seen by people, not only by the log."""

from __future__ import annotations

from pathlib import Path

from alerts.dispatch.deciders import DECIDERS
from storage import Judgement
from storage.judging.judging_records import Breakdown
from tests.integration.children import store_of, wirewatch, wirewatch_here, write_config
from tests.integration.storage.samples import NOON, recorded

URL = "https://kloop.example/deep"


def broken_on(folder: Path, breakdown: Breakdown) -> None:
    config = write_config(folder, rules=[{"id": "air", "any": ["zeppelin"]}])
    with store_of(config) as store:
        done = recorded(store, URL)
        store.commit_judgement([Judgement(done.version_id, "rules", breakdown=breakdown)], DECIDERS)


def test_explain_says_when_an_article_is_judged_again(tmp_path: Path) -> None:
    broken_on(tmp_path, Breakdown("RecursionError", 2, NOON))
    printed = wirewatch_here("explain", URL, cwd=tmp_path)
    assert "the rules broke down on version 1 (RecursionError, 2 times); judged again after 2" in (
        printed.out
    )
    (broken,) = wirewatch_here("explain", URL, "--format", "json", cwd=tmp_path).json()["history"][
        "broken"
    ]
    assert (broken["error"], broken["attempts"]) == ("RecursionError", 2)


def test_explain_says_that_only_other_rules_help(tmp_path: Path) -> None:
    broken_on(tmp_path, Breakdown("RecursionError", 9, None))
    printed = wirewatch_here("explain", URL, cwd=tmp_path)
    assert "(RecursionError, 9 times); judged again when the rules change" in printed.out


def test_the_doctor_counts_what_the_rules_broke_down_on(tmp_path: Path) -> None:
    broken_on(tmp_path, Breakdown("RecursionError", 1, NOON))
    checks = wirewatch("doctor", "--format", "json", cwd=tmp_path).json()["checks"]
    (found,) = (check for check in checks if check["name"] == "judgements")
    assert not found["ok"]
    assert "broke down on 1 article" in found["detail"]
