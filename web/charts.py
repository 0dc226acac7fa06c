"""Charts as SVG, made on the server. Colours are classes of the style sheet: dark mode is its own.

Pure: numbers in, markup out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from markupsafe import Markup

from core.alerting.matches import Level

_WIDTH, _HEIGHT, _BASE = 284, 96, 80
_LEVELS = ((Level.LOW, "b2"), (Level.NORMAL, "b1"), (Level.HIGH, "b0"))
_numbers = count()


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a chart, for who cannot see it or wants them exactly."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The first cell of each names it."""


def stacked_days(
    days: Mapping[date, Mapping[Level, int]], *, title: str, first: str, last: str
) -> Markup:
    """Return bars of days, each stacked by level, with `title` for who cannot see them."""
    most = max((sum(of_day.values()) for of_day in days.values()), default=0) or 1
    step = _WIDTH / max(1, len(days))
    bars = []
    for place, of_day in enumerate(days.values()):
        top = float(_BASE)
        for level, look in _LEVELS:
            height = of_day.get(level, 0) * (_BASE - 8) / most
            if not height:
                continue
            top -= height
            bars.append(_bar(look, place * step + 3, top, step - 6, max(height - 0.6, 0.6)))
    return _svg(
        (_WIDTH, _HEIGHT),
        title,
        Markup("").join(bars)
        + Markup('<line class="axis" x1="0" y1="80.5" x2="{}" y2="80.5"/>').format(_WIDTH)
        + Markup('<text x="2" y="92">{}</text>').format(first)
        + Markup('<text x="{}" y="92" text-anchor="end">{}</text>').format(_WIDTH - 2, last),
    )


def daily(days: Mapping[date, int], *, title: str, first: str, last: str) -> Markup:
    """Return a low, wide row of bars, one a day."""
    width, base = 860, 40
    most = max(days.values(), default=0) or 1
    step = width / max(1, len(days))
    bars = []
    for place, number in enumerate(days.values()):
        if number:
            tall = max(1.5, number * (base - 4) / most)
            bars.append(_bar("b2", place * step + 1, base - tall, max(step - 2, 1), tall))
    return _svg(
        (width, 54),
        title,
        Markup("").join(bars)
        + Markup('<line class="axis" x1="0" y1="40.5" x2="{}" y2="40.5"/>').format(width)
        + Markup('<text x="2" y="52">{}</text>').format(first)
        + Markup('<text x="{}" y="52" text-anchor="end">{}</text>').format(width - 2, last),
    )


def sparkline(values: Sequence[int], expected: float | None, *, title: str) -> Markup:
    """Return small bars of days with a dashed line where they are expected to reach."""
    width, height = 112, 24
    most = max([*values, expected or 0, 1])
    step = width / max(1, len(values))
    bars = []
    for place, value in enumerate(values):
        tall = max(1, value * (height - 2) / most)
        look = "b2" if value else "b0"
        bars.append(_bar(look, place * step + 1, height - tall, step - 2, tall))
    line = Markup("")
    if expected:
        level = height - expected * (height - 2) / most
        line = Markup('<line class="axis dashed" x1="0" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(
            width, level, level
        )
    return _svg((width, height), title, Markup("").join(bars) + line, look="spark")


def against_expected(
    counts: Sequence[int], expected: Sequence[float], *, title: str,
    size: tuple[int, int] = (140, 28), look: str = "spark",
) -> Markup:  # fmt: skip
    """Return bars with a dashed line over each where it is expected to reach.

    Two paths, however many bars: a list of sources has thousands of them.
    """
    width, height = size
    most = max([*counts, *expected, 1])
    scale = (height - 2) / most
    step = width / max(1, len(counts))
    bars = "".join(
        f"M{place * step + 1:.1f} {height}v-{max(value * scale, 1):.1f}h{step - 2:.1f}V{height}z"
        for place, value in enumerate(counts)
        if value
    )
    line = "".join(
        f"M{place * step:.1f} {height - value * scale:.1f}h{step:.1f}"
        for place, value in enumerate(expected)
        if value
    )
    base = f"M0 {height - 0.5}h{width}"
    # Numbers alone: nothing in them is to be escaped.
    inside = Markup(  # noqa: S704
        f'<path class="axis" d="{base}"/><path class="b2" d="{bars}"/>'
        f'<path class="axis dashed" d="{line}"/>'
    )
    return _svg(size, title, inside, look=look)


def timeline(dots: Sequence[tuple[float, str, str]], *, title: str) -> Markup:
    """Return a strip of dots: (place from 0 to 1, look, label).

    Labels that would meet are left out.
    """
    width, height, middle = 1160, 62, 34.5
    parts = [
        Markup('<line class="axis" x1="10" y1="{}" x2="1150" y2="{}"/>').format(middle, middle)
    ]
    free = -1e9
    for place, look, label in dots:
        x = 30 + place * (width - 60)
        size = 7 if look == "tri" else 5
        parts.append(
            Markup('<circle class="{}" cx="{:.0f}" cy="{}" r="{}"/>').format(look, x, middle, size)
        )
        half = len(label) * 3.6
        if label and x - half > free:
            anchor = "start" if x < 60 else "end" if x > width - 60 else "middle"
            text = Markup('<text x="{:.0f}" y="18" text-anchor="{}">{}</text>')
            parts.append(text.format(x, anchor, label))
            free = x + half + 8
    return _svg((width, height), title, Markup("").join(parts))


def _bar(look: str, x: float, y: float, width: float, height: float) -> Markup:
    # Numbers, and a class that is ours: nothing in them is to be escaped.
    return Markup(  # noqa: S704
        f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" '
        f'width="{width:.1f}" height="{height:.1f}" rx="1"/>'
    )


def _svg(size: tuple[int, int], title: str, inside: Markup, look: str = "") -> Markup:
    name = f"chart-{next(_numbers)}"
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}">'
        '<title id="{}">{}</title>{}</svg>'
    ).format(look, *size, name, name, title, inside)
