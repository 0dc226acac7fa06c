"""`alerts export` and `articles export`: the lists as files, for spreadsheets and programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago
from cli.alerts import alerts
from cli.articles import articles
from cli.listing import open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption
from core.alerting.alerts import AlertState
from core.alerting.matches import Level
from core.errors import WirewatchError
from desk.spreadsheets import FileFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from core.config import WatchConfig
    from desk.spreadsheets import Line

FileFormatOption = Annotated[
    FileFormat,
    typer.Option(
        "--format", help="`csv` or `xlsx` for spreadsheets, or `jsonl`, a JSON object a line."
    ),
]
FileOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="A new file; else standard output.")
]
SinceOption = Annotated[
    str | None, typer.Option(help="How far back, such as 30d; all without.", metavar="AGE")
]
SourceOption = Annotated[str | None, typer.Option(help="Only of this source.")]
LanguageOption = Annotated[
    str | None, typer.Option("--lang", help="Only in this language, such as ru.")
]


@alerts.command("export")
def export_alerts(
    config: ConfigOption = DEFAULT_CONFIG,
    file_format: FileFormatOption = FileFormat.CSV,
    output: FileOption = None,
    rule: Annotated[str | None, typer.Option(help="Only with an alert of this rule.")] = None,
    state: Annotated[AlertState | None, typer.Option(help="Only stories in this state.")] = None,
    level: Annotated[Level | None, typer.Option(help="Only with an alert of this level.")] = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
) -> None:
    """Write stories with what was done about them, a row each, the newest first.

    Cells of the CSV that a spreadsheet would run as formulas begin with an apostrophe.
    """
    from core.clock import utc_now
    from desk.exports import STORY_COLUMNS, StoriesAsked, story_lines

    asked = StoriesAsked(
        states=() if state is None else (state,),
        level=level,
        rule=rule,
        source=source,
        language=language,
        since=_start(since),
    )
    watch = what_runs(config)
    with open_loaded(watch, source=source, rule=rule) as store:
        lines = story_lines(store, asked, utc_now(), _outlet_of(watch))
        _write(watch, file_format, output, STORY_COLUMNS, lines)


@articles.command("export")
def export_articles(
    config: ConfigOption = DEFAULT_CONFIG,
    file_format: FileFormatOption = FileFormat.CSV,
    output: FileOption = None,
    source: SourceOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
) -> None:
    """Write stored articles in their latest version, a row each, the newest first.

    Cells of the CSV that a spreadsheet would run as formulas begin with an apostrophe.
    """
    from desk.exports import ARTICLE_COLUMNS, ArticlesAsked, article_lines

    asked = ArticlesAsked(source=source, language=language, since=_start(since))
    watch = what_runs(config)
    with open_loaded(watch, source=source) as store:
        lines = article_lines(store, asked, _outlet_of(watch))
        _write(watch, file_format, output, ARTICLE_COLUMNS, lines)


def _start(since: str | None) -> datetime | None:
    return None if since is None else moment_ago(since, "--since", "30d")


def _outlet_of(watch: WatchConfig) -> Callable[[str], str]:
    titles = {source.name: source.title or source.name for source in watch.sources}
    return lambda source: titles.get(source, source)


def _write(
    watch: WatchConfig,
    file_format: FileFormat,
    output: Path | None,
    columns: tuple[str, ...],
    lines: Iterable[Line],
) -> None:
    from core.config.zones import zone_at_the_terminal
    from core.private_files import new_file
    from desk.spreadsheets import written

    if output is None and file_format is FileFormat.XLSX and sys.stdout.isatty():
        raise typer.BadParameter("a workbook is no text: name a file", param_hint="--output")
    pieces = written(file_format, columns, lines, zone=zone_at_the_terminal(watch))
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    try:
        with new_file(output) as file:
            for piece in pieces:
                file.write(piece)
    except OSError as error:
        raise WirewatchError(f"cannot write {output}: {error.strerror}") from error
