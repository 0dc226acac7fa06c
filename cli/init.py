"""`init`: a commented watch.yaml to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import exits


def init(
    directory: Annotated[Path, typer.Argument(help="Where to write; made when missing.")] = Path(),
) -> None:
    """Write a commented watch.yaml and its JSON Schema to start from.

    Nothing that exists is overwritten.
    """
    import json
    from importlib.resources import files

    from cli.output import complain, print_line
    from core.config.schema import json_schema

    config, schema_file = directory / "watch.yaml", directory / "watch.schema.json"
    for file in (config, schema_file):
        if file.exists():
            complain(f"{file} exists and is left as it is; nothing was written")
            raise typer.Exit(exits.FINDINGS)
    directory.mkdir(parents=True, exist_ok=True)
    starter = files("cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    config.write_text(starter, encoding="utf-8")
    schema_file.write_text(
        json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    print_line(f"Wrote {config} and {schema_file}.")
    print_line(f"Next: wirewatch check {config}, then wirewatch run -c {config}")
