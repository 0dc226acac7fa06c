"""`sources add`, `disable` and `enable`: the sources of a configuration, changed by command."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import exits
from cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    FormatOption,
    LogFormat,
    LogLevel,
    OutputFormat,
    web_address,
)

NameArgument = Annotated[str, typer.Argument(help="Name of the source.")]


def add_source(
    url: Annotated[
        str,
        typer.Argument(help="A homepage, feed, sitemap or Telegram channel.", callback=web_address),
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="Its name; made of the address where left out.")
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Find where an address announces articles, show what was found, and watch it.

    It is written into `added-sources.yaml` beside the configuration, which includes that file from
    then on; nothing else in it changes. A running daemon takes it on by itself. Exit status 1 when
    nothing was found, or it is watched already.
    """
    from dataclasses import replace

    from cli.logs import configure_logs
    from cli.output import print_json, print_line
    from cli.screen import screen_of
    from cli.sources_discover import print_discovery
    from core.config import load_config
    from desk import discover, source_files
    from desk.source_editing import NewSource

    configure_logs(LogFormat.TEXT, LogLevel.ERROR)
    loaded = load_config(config)
    _refuse_no_name(name)
    asked = discover.asked_source(url)
    source_files.refuse_taken(loaded, NewSource(name or "", "url", asked.url))
    found = discover.discover(url, config)
    taken = [source.name for source in loaded.config.sources]
    new = discover.new_source(found, name, taken)
    written = None
    if new is not None and found.found is not None:
        source_files.refuse_taken(loaded, replace(new, address=found.found.url))
        written = source_files.add_source(config, new)
    if output is OutputFormat.JSON:
        place = written and {"file": str(written.file), "line": written.line}
        print_json({"discovered": found, "source": new, "written": place})
    else:
        print_discovery(screen_of(loaded.config), found, suggest=False)
        if new is not None and written is not None:
            print_line(f"written  {written.file}:{written.line}: {new.in_yaml()}")
    raise typer.Exit(exits.OK if written else exits.FINDINGS)


def disable_source(name: NameArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Ask nothing of a source any more, until it is enabled; what is stored of it stays.

    `enabled: false` is written where the source stands; nothing else in the file changes.
    """
    _switch(name, config, enabled=False)


def enable_source(name: NameArgument, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Watch a source again that was disabled."""
    _switch(name, config, enabled=True)


def _switch(name: str, config: ConfigOption, *, enabled: bool) -> None:
    from cli.output import complain, print_line
    from desk import source_files
    from desk.errors import UnknownNameError

    try:
        written = source_files.switch_source(config, name, enabled=enabled)
    except UnknownNameError as error:
        complain(f"{config}:1: {error.message}")
        raise typer.Exit(exits.USAGE) from None
    state = "enabled" if enabled else "disabled"
    already = "" if written.changed else " already"
    print_line(f"{name} is {state}{already} ({written.file}:{written.line})")


def _refuse_no_name(name: str | None) -> None:
    """Refuse what no source can be called; the configuration would be refused with it."""
    from pydantic_core import PydanticCustomError

    from core.config.values import check_identifier

    try:
        check_identifier(name or "a")
    except PydanticCustomError as error:
        raise typer.BadParameter(error.message(), param_hint="--name") from None
