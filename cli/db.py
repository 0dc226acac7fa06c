"""`db`: the schema of the database."""

from __future__ import annotations

import typer

from cli.options import DEFAULT_CONFIG, ConfigOption

db = typer.Typer(name="db", help="The database's schema.", no_args_is_help=True)


@db.command("upgrade")
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the schema of this version. Safe to repeat, even at the same time."""
    from cli.output import print_line
    from core.config import load_config
    from desk import database

    state = database.upgrade(load_config(config).config)
    print_line(f"{state.database}: schema {state.current}, up to date ({state.newest})")
