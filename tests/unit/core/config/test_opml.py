from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import ConfigError, load_config
from core.opml import MAX_BYTES, OpmlError, identifier, parse_opml, write_opml
from core.sources import Source, SourceKind
from tests.integration.children import wirewatch

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Мои подписки</title></head><body>
<outline text="Кыргызстан">
  <outline text="Азаттык" type="rss" xmlUrl="https://azattyk.example/rss" language="ky"/>
  <outline title="Kloop" XMLURL="https://kloop.example/feed/" category="kg,independent"/>
  <outline text="Kloop" htmlUrl="https://kloop.example/"/>
</outline>
<outline text="Again" xmlUrl="https://azattyk.example/rss?utm_source=x"/>
<outline text="Local" xmlUrl="file:///etc/passwd"/>
<outline text="A note"/>
</body></opml>"""


def opml(body: str) -> bytes:
    return f"<opml><body>{body}</body></opml>".encode()


def test_outlines_become_sources_and_folders_become_tags() -> None:
    azattyk, kloop, home = parse_opml(FILE.encode()).outlines
    assert (azattyk.name, azattyk.title, azattyk.language) == ("азаттык", "Азаттык", "ky")
    assert (azattyk.kind, azattyk.tags) == (SourceKind.FEED, ("кыргызстан",))
    assert kloop.tags == ("кыргызстан", "kg", "independent")
    assert (home.kind, home.name) == (SourceKind.HOMEPAGE, "kloop-2")


def test_what_is_left_out_has_its_line_and_reason() -> None:
    skipped = {
        outline.text: (outline.line, outline.reason)
        for outline in parse_opml(FILE.encode()).skipped
    }
    assert skipped["Again"] == (8, "the address stands twice")
    assert skipped["Local"][0] == 9
    assert "does not start with http" in skipped["Local"][1]
    assert skipped["A note"] == (10, "neither an address nor a folder")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not XML"),
        (b"subscriptions", "not OPML"),
        (b"<rss/>", "first element is not <opml>"),
        (b"<opml>" + b" " * MAX_BYTES + b"</opml>", "larger than"),
    ],
)
def test_what_is_no_opml_is_an_error(data: bytes, said: str) -> None:
    with pytest.raises(OpmlError, match=said):
        parse_opml(data)


def test_entities_reach_no_file_and_do_not_grow() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 8))
    hostile = (
        f'<!DOCTYPE opml [<!ENTITY e0 "x"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
        '<opml><body><outline text="A" xmlUrl="https://a.example/f">&f;&e7;</outline></body></opml>'
    )
    (outline,) = parse_opml(hostile.encode()).outlines
    assert outline.title == "A"


def test_deep_nesting_ends_in_sources_or_a_reason() -> None:
    deep = opml("<outline text='f'>" * 5_000 + "<outline text='A' xmlUrl='https://a.example/f'/>")
    assert len(parse_opml(deep).outlines) <= 1


letters = st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc", "Zs"))
sources = st.builds(
    Source,
    name=st.just("x"),
    title=st.text(letters, min_size=1, max_size=30),
    kind=st.sampled_from([SourceKind.FEED, SourceKind.HOMEPAGE]),
    url=st.integers(0, 99).map(lambda n: f"https://o{n}.example/feed"),
    language=st.sampled_from([None, "ru", "ky"]),
    tags=st.sets(st.sampled_from(["kg", "kz", "independent"])).map(frozenset),
)


@given(st.lists(sources, max_size=5, unique_by=lambda outline: outline.url))
def test_what_is_exported_is_imported_as_it_was(given_: list[Source]) -> None:
    read = parse_opml(write_opml(given_)).outlines
    assert [
        (outline.title, outline.kind, outline.url, outline.language, frozenset(outline.tags))
        for outline in read
    ] == [
        (outline.title, outline.kind, outline.url, outline.language, outline.tags)
        for outline in given_
    ]
    assert len({outline.name for outline in read}) == len(read)


def test_names_are_fit_for_the_configuration() -> None:
    assert identifier("  Радио «Азаттык» / Новости ") == "радио-азаттык-новости"
    assert identifier("***") == ""


def test_an_included_file_gives_sources_and_its_problems_have_places(tmp_path: Path) -> None:
    (tmp_path / "subs.opml").write_text(FILE)
    config = tmp_path / "watch.yaml"
    config.write_text("include: ['*.opml']\ncrawl: {contact: 'mailto:a@example.org'}\n")
    loaded = load_config(config)
    assert [source.name for source in loaded.config.sources] == ["азаттык", "kloop", "kloop-2"]
    assert tmp_path / "subs.opml" in loaded.files
    warned = [problem.headline() for problem in loaded.warnings]
    assert any("subs.opml:9:1: warning: outline left out" in line for line in warned)
    (tmp_path / "subs.opml").write_text("<rss/>")
    with pytest.raises(ConfigError, match=r"subs\.opml:1:1: error: not OPML"):
        load_config(config)


def test_import_and_export_go_round_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "subs.opml").write_text(FILE)
    done = wirewatch("sources", "import", "subs.opml", "-o", "watch.yaml", cwd=tmp_path)
    assert done.status == 0
    assert "subs.opml:9: left out “Local”" in done.err
    again = wirewatch("sources", "import", "subs.opml", "-o", "watch.yaml", cwd=tmp_path)
    assert (again.status, "File exists" in again.err) == (1, True)
    exported = wirewatch("sources", "export", cwd=tmp_path)
    assert exported.status == 0
    titles = [outline.title for outline in parse_opml(exported.out.encode()).outlines]
    assert titles == ["Азаттык", "Kloop", "Kloop"]
