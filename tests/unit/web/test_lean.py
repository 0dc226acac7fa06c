"""Style sheets as they are sent: shorter, and meaning the same."""

from __future__ import annotations

from importlib.resources import files

import pytest

from web.lean import lean

LARGEST = 14_000
"""Bytes of all our own style: it is in the way of the first page of whoever is on a slow line."""


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("a { color : red; }", "a{color :red}"),
        ("a  b,\n c > d { margin: 0 auto; padding: 1px }", "a b,c>d{margin:0 auto;padding:1px}"),
        (".x :is(td, th) { top: 0; }", ".x :is(td,th){top:0}"),
        (
            "/* no { } */ @media (max-width: 640px) { a { b: c; } }",
            "@media (max-width:640px){a{b:c}}",
        ),
        ("a { color: light-dark(#fff, #000); }", "a{color:light-dark(#fff,#000)}"),
    ],
)
def test_spaces_that_mean_something_stay(written: str, sent: str) -> None:
    assert lean(written) == sent


def test_our_own_style_stays_small() -> None:
    written = (files("web") / "static" / "desk.css").read_text(encoding="utf-8")
    assert len(lean(written).encode()) <= LARGEST
