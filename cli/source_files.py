"""`sources import` and `sources export`: subscriptions of feed readers, as OPML."""

from __future__ import annotations

import json
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
    from core.opml import OpmlError, parse_opml
    from core.plain_text import one_line
    from core.sources import SourceKind

    try:
        document = parse_opml(file.read_bytes())
    except OSError as error:
        raise WirewatchError(f"{file} cannot be read: {error.strerror}") from None
    except OpmlError as error:
        raise WirewatchError(f"{file}:{error.line}: {error.message}") from None
    lines = [f"# From {file.name}", "sources:"]
    for one in document.outlines:
        address = "feed" if one.kind is SourceKind.FEED else "url"
        parts = [f"name: {_quoted(one.name)}", f"title: {_quoted(one.title)}"]
        parts.append(f"{address}: {_quoted(one.url)}")
        if one.language:
            parts.append(f"language: {_quoted(one.language)}")
        if one.tags:
            parts.append(f"tags: [{', '.join(map(_quoted, one.tags))}]")
        lines.append(f"  - {{{', '.join(parts)}}}")
    for skipped in document.skipped:
        complain(one_line(f"{file}:{skipped.line}: left out “{skipped.text}”: {skipped.reason}"))
    _put("\n".join(lines).encode() + b"\n", output, force=force)


def export_sources(
    config: ConfigOption = DEFAULT_CONFIG,
    output: OutputOption = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write the configured feeds and homepages as OPML for feed readers."""
    from cli.output import complain
    from core.config import load_config
    from core.opml import write_opml
    from core.sources import SourceKind

    sources = [one.to_source() for one in load_config(config).config.sources]
    others = sum(one.kind not in (SourceKind.FEED, SourceKind.HOMEPAGE) for one in sources)
    if others:
        complain(f"{others} sources are neither feeds nor homepages and were left out")
    _put(write_opml(sources), output, force=force)


def _quoted(text: str) -> str:
    """Return a YAML scalar: JSON's strings are some, whatever they hold."""
    return json.dumps(text.replace("${", "$${"), ensure_ascii=False)


def _put(data: bytes, output: Path | None, *, force: bool) -> None:
    if output is None:
        typer.echo(data.decode(), nl=False)
        return
    try:
        with output.open("wb" if force else "xb") as file:
            file.write(data)
    except OSError as error:
        raise WirewatchError(f"{output} cannot be written: {error.strerror}") from None
