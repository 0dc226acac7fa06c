"""What the listing commands share: opening the store, pages of rows, and "there is no such"."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from cli import exits
from cli.options import OutputFormat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from core.config import WatchConfig
    from desk.database import Store


@contextmanager
def open_configured(config: Path) -> Iterator[Store]:
    """Open the database that a configuration names; say so when it has not what is asked for.

    A broken file is no obstacle where its database is known.
    """
    with open_loaded(what_runs(config)) as store:
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
def open_loaded(config: WatchConfig) -> Iterator[Store]:
    """Open the database of a configuration that was read already; for the rest as above."""
    from desk import database
    from desk.errors import NotThereError

    try:
        with database.open_configured(config) as store:
            yield store
    except NotThereError as error:
        raise not_found(error.what) from None


def show_page(
    page: Any,
    output: OutputFormat,
    columns: tuple[str, ...],
    row: Any,
    *,
    wrap: tuple[str, ...] = (),
) -> None:
    """Print a page of rows; `row` makes an item the cells of `columns`, and some may `wrap`."""
    from cli.output import complain, print_json, print_table

    if output is OutputFormat.JSON:
        print_json({"items": page.items, "next": str(page.next) if page.next else None})
        return
    print_table(columns, [row(item) for item in page.items], wrap=wrap)
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
