"""`names`: what finds names that no list has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

names = typer.Typer(name="names", help="Names that no list has.", no_args_is_help=True)


@names.callback()
def root() -> None:
    """Names that no list has."""


@names.command("fetch")
def fetch(
    folder: Annotated[Path, typer.Argument(help="Where the files are put; `new_names` names it.")],
    wheel: Annotated[
        Path | None,
        typer.Option(
            "--from", help="Take them from this wheel of natasha instead.", metavar="WHEEL"
        ),
    ] = None,
) -> None:
    """Fetch the weights of the model that finds names: 29 MB, unpacked from a package by pip.

    Two files of the package natasha are put into the folder; the package is not installed. On a
    machine without a network, bring its wheel along.
    """
    from cli.output import print_line
    from desk.new_names import fetch_weights

    fetch_weights(folder, wheel)
    # Absolute, as the configuration takes it relative to its own file; and quoted, whatever it is.
    there = json.dumps(str(folder.absolute()), ensure_ascii=False)
    print_line(f"{folder}: put it into the configuration as `new_names: {{weights: {there}}}`")
