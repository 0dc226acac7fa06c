"""`sources import` and `sources export`: subscriptions of feed readers, as OPML."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_CONFIG, ConfigOption
from core.errors import WirewatchError

OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="A new file; standard output otherwise.")
]


def import_sources(
    file: Annotated[Path, typer.Argument(help="An OPML file.")],
    output: OutputOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Turn an OPML file into `sources:` of a watch.yaml.

    `include: [FILE.opml]` reads it as it is; import it to add to what it says. Outlines that are
    left out are reported, each with its line and reason.
    """
    from cli.output import complain
    from core.plain_text import one_line
    from desk import opml as desk

    try:
        imported = desk.import_sources(file.read_bytes(), file.name)
    except OSError as error:
        raise WirewatchError(f"{file} cannot be read: {error.strerror}") from None
    except desk.OpmlError as error:
        raise WirewatchError(f"{file}:{error.line}: {error.message}") from None
    for skipped in imported.skipped:
        complain(one_line(f"{file}:{skipped.line}: left out “{skipped.text}”: {skipped.reason}"))
    _put(imported.yaml.encode(), output, force=force)


def export_sources(
    config: ConfigOption = DEFAULT_CONFIG,
    output: OutputOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write the configured feeds and homepages as OPML for feed readers."""
    from cli.output import complain
    from core.config import load_config
    from desk import opml as desk

    exported = desk.export_sources(load_config(config).config)
    if exported.left_out:
        complain(f"{exported.left_out} sources are neither feeds nor homepages and were left out")
    _put(exported.opml, output, force=force)


def _put(data: bytes, output: Path | None, *, force: bool) -> None:
    if output is None:
        typer.echo(data.decode(), nl=False)
        return
    try:
        with output.open("wb" if force else "xb") as file:
            file.write(data)
    except OSError as error:
        raise WirewatchError(f"{output} cannot be written: {error.strerror}") from None
