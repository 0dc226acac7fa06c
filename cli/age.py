"""Durations that options give, and the moments they reach back to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import typer


def age(text: str, option: str, example: str = "4h") -> timedelta:
    """Return a duration that an option gives; anything else is a mistake of the user's."""
    from core.config.values import parse_duration

    try:
        return parse_duration(text)
    except ValueError:
        raise _mistake(option, example) from None


def moment_ago(text: str, option: str, example: str = "4h") -> datetime:
    """Return when an age ago was; an age that begins before all calendars is a mistake."""
    from core.clock import utc_now

    try:
        return utc_now() - age(text, option, example)
    except OverflowError:
        raise _mistake(option, example) from None


def moment_of(text: str, option: str) -> datetime:
    """Return the moment that an option names; a time without a zone is one of this machine's."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            "write a time such as 2026-11-27T18:00, of this machine's zone, or with +06:00",
            param_hint=option,
        ) from None


def _mistake(option: str, example: str) -> typer.BadParameter:
    return typer.BadParameter(f"write a number and a unit, such as {example}", param_hint=option)
