"""Page boilerplate that is no markup: the styles, scripts and icons around an article.

A news page is 60 to 150 kB, of which the article is a tenth and scripts and styles are two fifths;
a parser is only measured honestly on pages of that shape. Navigation, cards and comments are in
templates/parts.html. Everything is made from a seed, so a page is the same at every run.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

_STYLE_SHARE, _SCRIPT_SHARE = 0.4, 0.54  # of the filler; the rest is icons
_STYLE_SHEET, _SCRIPT = 5_000, 1_800  # characters of one inline element, about
_BLOCKS = ("header", "nav", "card", "teaser", "footer", "modal", "player", "gallery", "banner")
_PARTS = ("title", "inner", "media", "link", "meta", "list", "item", "icon", "label", "wrap")
_PROPERTIES = (
    "margin:{}px auto",
    "padding:{}px 12px",
    "width:{}px",
    "line-height:{}px",
    "color:#{:06x}",
    "background:#{:06x}",
    "transition:opacity {}ms ease-in-out",
    "grid-template-columns:repeat(auto-fill,minmax({}px,1fr))",
)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Filler that every page of an outlet carries."""

    styles: tuple[Markup, ...]
    """One for each style element."""
    head_scripts: tuple[Markup, ...]
    """One for each script element in the head, like `body_scripts` at the end of the body."""
    body_scripts: tuple[Markup, ...]
    icons: Markup
    """Symbols `#i0`, `#i1` … of an SVG sprite."""


@lru_cache(maxsize=64)
def boilerplate(seed: str, size: int) -> Boilerplate:
    """Return about `size` characters of styles, scripts and icons for the outlet `seed`."""
    chance = random.Random(seed)  # noqa: S311 - decoration, not a secret
    # The markup is made here from constants and numbers, so marking it safe hides nothing.
    styles = tuple(
        Markup(_style(chance, portion))  # noqa: S704
        for portion in _portions(int(size * _STYLE_SHARE), _STYLE_SHEET)
    )
    scripts = tuple(
        Markup(_script(chance, portion))  # noqa: S704
        for portion in _portions(int(size * _SCRIPT_SHARE), _SCRIPT)
    )
    icons = Markup(  # noqa: S704
        _icons(chance, int(size * (1 - _STYLE_SHARE - _SCRIPT_SHARE)))
    )
    half = len(scripts) // 2
    return Boilerplate(styles, scripts[:half], scripts[half:], icons)


def _portions(size: int, portion: int) -> list[int]:
    count = max(1, round(size / portion))
    return [size // count] * count


def _style(chance: random.Random, size: int) -> str:
    rules: list[str] = []
    length = 0
    while length < size:
        name = f".{chance.choice(_BLOCKS)}__{chance.choice(_PARTS)}--{chance.randrange(90)}"
        body = ";".join(
            chance.choice(_PROPERTIES).format(chance.randrange(8, 640))
            for _ in range(chance.randrange(2, 6))
        )
        rules.append(f"{name}{{{body}}}")
        length += len(rules[-1])
    return "".join(rules)


def _script(chance: random.Random, size: int) -> str:
    parts = ["window.dataLayer=window.dataLayer||[];"]
    length = 0
    while length < size:
        slot = f"slot_{chance.getrandbits(40):x}"
        config = {
            "id": slot,
            "sizes": [[chance.randrange(100, 970), chance.randrange(50, 600)] for _ in range(3)],
            "targeting": {"section": chance.choice(_BLOCKS), "key": f"{chance.getrandbits(64):x}"},
            "lazy": chance.random() < 0.5,
        }
        parts.append(
            f"(function(w,d){{var e=d.getElementById({slot!r});if(!e)return;"
            f"w.dataLayer.push({json.dumps(config)});}})(window,document);"
        )
        length += len(parts[-1])
    return "\n".join(parts)


def _icons(chance: random.Random, size: int) -> str:
    symbols: list[str] = []
    length = 0
    while length < size:
        points = " ".join(
            f"{chance.choice('MLHVCQ')}{chance.uniform(0, 24):.2f} {chance.uniform(0, 24):.2f}"
            for _ in range(14)
        )
        symbols.append(
            f'<symbol id="i{len(symbols)}" viewBox="0 0 24 24"><path d="{points}"/></symbol>'
        )
        length += len(symbols[-1])
    return "".join(symbols)
