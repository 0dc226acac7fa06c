"""`db`: the schema of the database, and the index of its words."""

from __future__ import annotations

import typer

from cli.options import DEFAULT_CONFIG, ConfigOption

db = typer.Typer(
    name="db", help="The database's schema, and the index of its words.", no_args_is_help=True
)


@db.command("upgrade")
def upgrade(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Bring the database to the schema of this version. Safe to repeat, even at the same time."""
    from cli.output import print_line
    from core.config import load_config
    from desk import database

    state = database.upgrade(load_config(config).config)
    print_line(f"{state.database}: schema {state.current}, up to date ({state.newest})")


@db.command("reindex")
def reindex(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Make the index of words anew, by which `search` finds. The daemon may run meanwhile."""
    from cli.listing import open_loaded
    from cli.output import print_line
    from desk import search_index
    from scheduler.running_config import load_running_config

    live = load_running_config(config)
    with open_loaded(live.config) as store:
        search_index.reindex(store, live)
        lag = search_index.lag(store)
    print_line(f"indexed up to version {lag.indexed_up_to}, {lag.waiting} waiting")
