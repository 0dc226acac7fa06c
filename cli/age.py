"""Durations that options give."""

from __future__ import annotations

from datetime import timedelta

import typer


def age(text: str, option: str) -> timedelta:
    """Return a duration that an option gives; anything else is a mistake of the user's."""
    from core.config.values import parse_duration

    try:
        return parse_duration(text)
    except ValueError:
        raise typer.BadParameter(
            "write a number and a unit, such as 4h", param_hint=option
        ) from None
