"""`entities`: help with writing names down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.age import moment_ago
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, LimitOption, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cli.screen import Screen
    from desk.new_names import SuggestedName

entities = typer.Typer(name="entities", help="People, bodies and places.", no_args_is_help=True)


@entities.command("suggest")
def suggest(
    name: Annotated[
        str | None, typer.Argument(help="A name, in Cyrillic or Latin letters.")
    ] = None,
    from_archive: Annotated[
        bool,
        typer.Option("--from-archive", help="List names in matched articles that no entity has."),
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(help="With --from-archive: how far back, such as 30d.", metavar="AGE"),
    ] = None,
    limit: LimitOption = 50,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Suggest how a name is written in the languages of the beat, or which names lack an entity.

    Press, passports and countries transliterate in different ways. Take the spellings that are
    really in use into the entity; nothing is added by itself.

    With --from-archive, the names that `new_names` found in matched articles and that are no entity
    by now, those of most articles first.
    """
    from cli.output import print_json, print_line
    from desk.rules import suggest_spellings

    if from_archive == (name is not None):
        raise typer.BadParameter("give a name, or --from-archive", param_hint="NAME")
    if name is None:
        _from_archive(config, since, limit, output)
        return
    found = suggest_spellings(name)
    if output is OutputFormat.JSON:
        print_json(found)
        return
    for language, spellings in found.items():
        print_line(f"{language}: [{', '.join(_quoted(spelling) for spelling in spellings)}]")


def _from_archive(config: Path, since: str | None, limit: int, output: OutputFormat) -> None:
    from cli.listing import open_loaded
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from desk.new_names import suggested_names
    from scheduler.running_config import load_running_config

    start = None if since is None else moment_ago(since, "--since", "30d")
    live = load_running_config(config)
    with open_loaded(live.config) as store:
        found = suggested_names(store, live, start, limit)
    if live.config.new_names is None:
        complain("`new_names` is off: only what was found while it was on is known")
    if output is OutputFormat.JSON:
        print_json({"items": found, "next": None})
    else:
        print_suggested(screen_of(live.config), found)


def print_suggested(screen: Screen, found: Sequence[SuggestedName]) -> None:
    """Print a line a name, with the number of articles and the newest of them."""
    from cli.table_layout import counts, names, title, whole

    screen.table(
        (*counts("articles"), *whole("kind"), *names("name"), title()),
        [(name.articles, name.kind.value, name.name, name.example) for name in found],
    )


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
