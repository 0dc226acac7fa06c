"""Subscriptions of feed readers as YAML, whatever they hold."""

from __future__ import annotations

import pytest
import yaml

from core.config.watch import WatchConfig
from desk.opml import OpmlError, export_sources, import_sources

FILE = b"""<opml version="2.0"><body><outline text="Desk">
<outline text='K "q" ${X}' type="rss" xmlUrl="https://k.example/f" language="ky"/>
<outline text="Bad" type="rss" xmlUrl="ftp://k.example/"/>
</outline></body></opml>"""


def test_what_is_imported_is_yaml_that_names_each_source() -> None:
    imported = import_sources(FILE, "s.opml")
    assert imported.yaml.startswith("# From s.opml\nsources:\n")
    (source,) = yaml.safe_load(imported.yaml)["sources"]
    assert (source["feed"], source["language"]) == ("https://k.example/f", "ky")
    assert source["title"] == 'K "q" $${X}', "a variable of the outlet's is none of ours"
    assert [skipped.line for skipped in imported.skipped] == [3]


def test_what_is_no_opml_is_refused() -> None:
    with pytest.raises(OpmlError):
        import_sources(b"<html></html>", "s.opml")


def test_what_feed_readers_cannot_follow_is_counted_and_left_out() -> None:
    config = WatchConfig.model_validate(
        {
            "sources": [
                {"name": "kloop", "feed": "https://kloop.example/f"},
                {"name": "map", "sitemap": "https://map.example/s.xml"},
                {"name": "channel", "telegram": "channel"},
            ]
        }
    )
    exported = export_sources(config)
    assert exported.left_out == 2
    assert b"https://kloop.example/f" in exported.opml
    assert b"map.example" not in exported.opml
