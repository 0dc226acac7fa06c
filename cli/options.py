"""Options that several commands share, said once so that they read the same everywhere."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        envvar="WIREWATCH_CONFIG",
        help="The configuration file.",
        show_default="watch.yaml",
    ),
]
DEFAULT_CONFIG = Path("watch.yaml")


class OutputFormat(StrEnum):
    """How a command prints what it found."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[
    OutputFormat, typer.Option("--format", help="`text` for people, `json` for programs.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="Most rows to show.")]
AfterOption = Annotated[
    str | None, typer.Option("--after", help="Continue after this cursor (the last page's `next`).")
]


class LogFormat(StrEnum):
    """How the daemon writes its log."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least important event that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LogFormatOption = Annotated[
    LogFormat, typer.Option("--log-format", help="`json` writes one object a line.")
]
LogLevelOption = Annotated[LogLevel, typer.Option("--log-level", help="Least important event.")]


def web_address(url: str) -> str:
    """Return an http or https address as it is; anything else is a mistake of the user's."""
    from core.urls import UrlError, canonical_url

    try:
        canonical_url(url)
    except UrlError as error:
        raise typer.BadParameter(error.message) from None
    return url
