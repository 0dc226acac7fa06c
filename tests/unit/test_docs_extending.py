"""What docs/extending.md asks of a new kind of something, held where no other test would notice."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
import typer

from alerts.receivers import build_receivers
from cli.main import app
from core.config.sections.crawl import LANGUAGES
from core.config.sections.receivers import RECEIVER_KINDS
from core.config.sections.sources import ADDRESSES
from core.sources import SourceKind
from crawler import polls
from tests.unit.alerts.test_chats import CONFIG

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_kind_of_receiver_is_built_as_what_it_is_and_held_against_hostile_articles() -> None:
    assert {receiver.kind for receiver in build_receivers(CONFIG).values()} == set(RECEIVER_KINDS)


@pytest.mark.parametrize("kind", RECEIVER_KINDS)
def test_a_receiver_has_a_module_named_as_its_kind_and_a_row_in_the_page(kind: str) -> None:
    assert (ROOT / "alerts" / "receivers" / f"{kind}.py").is_file()
    _, _, rows = page("docs/alerts.md").partition("\n## Receivers\n")
    assert re.search(rf"^\|[^|]*`{kind}`", rows, re.MULTILINE)


@pytest.mark.parametrize("kind", SourceKind)
def test_a_kind_of_source_has_a_key_a_poll_a_spider_and_a_row_in_the_page(kind: SourceKind) -> None:
    (key,) = (name for name, addressed in ADDRESSES.items() if addressed is kind)
    assert f"\n| `{key}` |" in page("docs/sources.md")
    assert kind in {SourceKind.HOMEPAGE, *polls._BY_ADDRESS}
    spiders = vars(import_module(f"crawler.spiders.{kind.value}")).values()
    assert {kind.value} in [getattr(spider, "kinds", None) for spider in spiders]


def test_every_command_stands_in_the_readme() -> None:
    known = vars(typer.main.get_command(app))["commands"]
    _, _, rows = page("README.md").partition("\n## Commands\n")
    named = {words.split()[0] for words in re.findall(r"`([a-z][^`]*)`", rows)}
    assert set(known) <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_of_every_language_is_read(language: str) -> None:
    assert list((ROOT / "tests/unit/crawler/extract/pages").glob(f"{language}_*.html"))
