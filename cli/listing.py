"""What the listing commands share: opening the store, pages of rows, and "there is no such"."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import typer

from cli import exits
from cli.options import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.screen import Screen
    from core.config import WatchConfig
    from desk.database import Store


@contextmanager
def open_desk(config: Path, **narrowed: str | None) -> Iterator[tuple[Store, Screen]]:
    """Open the database as below; give the screen too, on which times are as it is configured."""
    from cli.screen import screen_of

    watched = what_runs(config)
    with open_loaded(watched, **narrowed) as store:
        yield store, screen_of(watched)


@contextmanager
def open_existing_desk(config: Path) -> Iterator[tuple[Store, Screen]]:
    """Open the database and give the screen as above; where there is no database, say so."""
    with peek_desk(config) as (store, screen, _):
        if store is None:
            raise not_found("database yet: nothing has run with this configuration")
        yield store, screen


@contextmanager
def peek_desk(config: Path) -> Iterator[tuple[Store | None, Screen, WatchConfig]]:
    """Open the database if there is one, and make none; give the screen and the configuration."""
    from cli.screen import screen_of
    from desk import database

    watched = what_runs(config)
    store = database.open_existing(watched)
    with store or nullcontext():
        yield store, screen_of(watched), watched


@contextmanager
def open_configured(config: Path, **narrowed: str | None) -> Iterator[Store]:
    """Open the database that a configuration names; say so when it has not what is asked for.

    A broken file is no obstacle where its database is known. `narrowed` are names that a list is
    narrowed by (`source`, `rule`, `receiver`): those that nothing has are warned of.
    """
    with open_loaded(what_runs(config), **narrowed) as store:
        yield store


def what_runs(path: Path) -> WatchConfig:
    """Read the configuration that runs, and warn when the file is broken and no longer that."""
    from cli.output import complain
    from core.config import load_what_runs

    found = load_what_runs(path)
    if found.broken is not None:
        complain(f"warning: the configuration is broken, the last good one counts: {found.broken}")
    return found.config


@contextmanager
def open_loaded(config: WatchConfig, **narrowed: str | None) -> Iterator[Store]:
    """Open the database of a configuration that was read already; for the rest as above."""
    from cli.output import complain
    from desk import database
    from desk.errors import NotThereError
    from desk.unknown_filters import unknown_filters

    try:
        with database.open_configured(config) as store:
            for unknown in unknown_filters(store, config, **narrowed):
                complain(f"warning: {unknown.message}")
            yield store
    except NotThereError as error:
        raise not_found(error.what) from None


def show_page(page: Any, output: OutputFormat, show: Callable[[], None]) -> None:
    """Print a page of rows as JSON, or as `show` does it for people, and how it goes on."""
    from cli.output import complain, print_json

    if output is OutputFormat.JSON:
        print_json({"items": page.items, "next": str(page.next) if page.next else None})
        return
    show()
    if page.next:
        complain(f"more: --after {page.next}")


def cursor_of(after: str | None) -> Any:
    """Return the cursor of `--after`. Raises StorageError when it is none."""
    from desk.database import Cursor

    return Cursor.parse(after) if after else None


def not_found(what: str) -> typer.Exit:
    """Say that `what` does not exist; return the exit to raise."""
    from cli.output import complain

    complain(f"there is no {what}")
    return typer.Exit(exits.FINDINGS)
