"""Generated forms on disk: read back, shared between vocabularies, and never trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules.languages import form_cache, slavic
from alerts.rules.languages.form_cache import KEPT, load_or_generate

WORDS = [("ru", "повестка"), ("ru", "рейд"), ("uk", "повістка")]


def files(directory: Path) -> list[Path]:
    return sorted(directory.glob("forms-*.txt"))


def test_forms_come_back_from_disk_as_they_were_generated(tmp_path: Path) -> None:
    generated = load_or_generate(WORDS, tmp_path)
    assert generated == {
        (language, word): slavic.forms(word, "ru" if language == "ru" else "uk")
        for language, word in WORDS
    }
    assert load_or_generate(list(reversed(WORDS)), tmp_path) == generated
    assert len(files(tmp_path)) == 1


def test_what_is_on_disk_is_not_generated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_or_generate(WORDS, tmp_path)
    asked: list[tuple[str, str]] = []

    def generated(word: tuple[str, str]) -> frozenset[str]:
        asked.append(word)
        return frozenset()

    monkeypatch.setattr(form_cache, "_generated", generated)
    load_or_generate(WORDS, tmp_path)
    load_or_generate([*WORDS, ("ru", "облава")], tmp_path)
    assert asked == [("ru", "облава")]


@pytest.mark.parametrize("damage", ["", "# word forms", "\x00\xff", "ru повестка рейд\n"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    generated = load_or_generate(WORDS, tmp_path)
    (file,) = files(tmp_path)
    file.write_text(damage, encoding="utf-8")
    assert load_or_generate(WORDS, tmp_path) == generated
    assert file.read_text(encoding="utf-8").endswith("# end\n")


def test_a_file_that_was_cut_off_is_made_again(tmp_path: Path) -> None:
    generated = load_or_generate(WORDS, tmp_path)
    (file,) = files(tmp_path)
    content = file.read_bytes()
    for length in range(0, len(content), 7):
        file.write_bytes(content[:length])
        assert load_or_generate(WORDS, tmp_path) == generated


def test_old_files_are_removed(tmp_path: Path) -> None:
    for number in range(KEPT + 3):
        load_or_generate([("ru", "рейд"), ("ru", "повестка" * (number + 1))], tmp_path)
    assert len(files(tmp_path)) == KEPT


def test_without_a_place_for_files_forms_are_generated_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a directory", encoding="utf-8")
    assert load_or_generate(WORDS, blocked / "below") == load_or_generate(WORDS, None)
