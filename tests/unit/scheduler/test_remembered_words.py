"""Words remembered over restarts: they come back, and a damaged file is no harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules import RuleSet
from core.articles import ArticleData
from core.config.watch import WatchConfig
from scheduler.remembered_words import recall_words, remember_words


def rules() -> RuleSet:
    return RuleSet.compile(WatchConfig.model_validate({"rules": [{"id": "r", "when": "мигрант"}]}))


def test_words_come_back_and_rules_judge_as_before(tmp_path: Path) -> None:
    article = ArticleData(url="", title="Мигранты", text="рейд-облава, мигрант\u00adы и все")
    before = rules()
    expected = before.match(article)
    remember_words(before, tmp_path)
    after = rules()
    assert recall_words(after, tmp_path) > 0
    assert set(after.memo()) == set(before.memo()) != set()
    assert after.match(article) == expected


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"\n\n \n", "мигрант мигрант".encode()])
def test_a_damaged_file_changes_no_judgement(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    ruleset = rules()
    recall_words(ruleset, tmp_path)
    assert ruleset.match(ArticleData(url="", title="", text="мигранты"))


def test_without_a_place_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    remember_words(rules(), blocked / "below")
    remember_words(rules(), None)
    assert recall_words(rules(), None) == recall_words(rules(), blocked / "below") == 0
