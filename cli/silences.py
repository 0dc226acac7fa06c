"""`silences`: keep some alerts from being told for a time, on record."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.age import age, moment_of
from cli.listing import open_configured, open_desk, open_loaded
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting.matches import Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cli.screen import Screen
    from desk.silences import Silence

silences = typer.Typer(
    name="silences", help="Alerts that are not told for a time.", no_args_is_help=True
)


@silences.command("add")
def add(
    rule: Annotated[list[str] | None, typer.Option(help="Rule; `*` for any text.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Source; `*` for any text.")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Tag of the source.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Topic of the rule.")] = None,
    entity: Annotated[list[str] | None, typer.Option(help="Entity that is named.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Language of the article.")] = None,
    level: Annotated[list[Level] | None, typer.Option(help="Level.")] = None,
    receiver: Annotated[list[str] | None, typer.Option(help="Only to this receiver.")] = None,
    story_of: Annotated[
        str | None, typer.Option(help="The story of this alert.", metavar="ALERT")
    ] = None,
    for_: Annotated[
        str | None, typer.Option("--for", help="How long, at most 30d; 8h without.", metavar="TIME")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="Until when, such as 2026-11-27T18:00, in place of --for.", metavar="TIME"
        ),
    ] = None,
    long: Annotated[
        bool, typer.Option("--long", help="Longer than 30d is meant; at most 366d.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="Conditions that leave nothing out are meant.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for whoever misses the alerts.")] = "",
    by: Annotated[str | None, typer.Option(help="Who; your user name without.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Keep alerts for which everything given holds untold. They are stored all the same."""
    from cli.screen import screen_of
    from core.clock import utc_now
    from core.config import load_config
    from desk import silences as desk
    from desk.errors import UnknownNameError

    conditions: dict[str, Any] = {
        "rules": rule, "sources": source, "tags": tag, "topics": topic, "entities": entity,
        "languages": language, "level": level, "receivers": receiver,
    }  # fmt: skip
    given = {name: tuple(asked) for name, asked in conditions.items() if asked}
    if for_ is not None and until is not None:
        raise typer.BadParameter("give --for or --until, not both", param_hint="--until")
    watch = load_config(config).config
    try:
        desk.check_names(watch, given)
        now = utc_now()
        if until is None:
            lasting = age(for_ or "8h", "--for")
        else:
            lasting = moment_of(until, "--until") - now
            if lasting <= timedelta(0):
                raise typer.BadParameter("that time is past", param_hint="--until")
        with open_loaded(watch) as store:
            match = desk.match_of(store, watch, given, story_of, everything=everything)
            silence = desk.add(
                store,
                match,
                now,
                lasting=lasting,
                author=by or getpass.getuser(),
                reason=reason,
                long=long,
            )
    except UnknownNameError as error:
        hint = f"; {error.hint}" if error.hint else ""
        raise typer.BadParameter(
            f"there is no '{error.name}' among the {error.kind}{hint}"
        ) from None
    except desk.EmptySilenceError:
        raise typer.BadParameter(
            "give at least one condition, such as --rule: nothing may silence everything"
        ) from None
    except desk.SilenceOfEverythingError:
        raise typer.BadParameter(
            "this leaves nothing out: nobody would hear of anything. Narrow it, or say --everything"
        ) from None
    except desk.TooLongError as error:
        words = {
            desk.TooLong.UNUSUAL: f"longer than {desk.USUAL.days}d: say --long if that is meant",
            desk.TooLong.FOR_EVER: f"longer than {desk.LONGEST.days}d: what nobody is to hear for"
            " so long is a matter of rules and routes",
        }
        option = "--for" if until is None else "--until"
        raise typer.BadParameter(words[error.why], param_hint=option) from None
    screen = screen_of(watch)
    screen.line(f"{silence.name} until {screen.when(silence.ends_at)}: {_words(silence)}")


@silences.command("list")
def list_silences(
    everything: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """List silences, those that end last first."""
    from cli.output import print_json
    from desk.silences import kept, listed

    with open_desk(config) as (store, screen):
        found = listed(store, screen.now, ended=everything)
        counts = kept(store, found)
    if output is OutputFormat.JSON:
        print_json(
            [
                {
                    "id": silence.id,
                    "match": silence.match.model_dump(mode="json", exclude_unset=True),
                    "author": silence.author,
                    "reason": silence.reason,
                    "starts_at": silence.starts_at,
                    "ends_at": silence.ends_at,
                    "kept": counts[silence.id],
                }
                for silence in found
            ]
        )
        return
    print_silences(screen, found, counts)


def print_silences(screen: Screen, silences: Sequence[Silence], kept: Mapping[str, int]) -> None:
    """Print silences, one a row, with how many alerts each kept."""
    from cli.table_layout import counts, texts, whole

    screen.table(
        (*whole("id", "ends", "author"), *counts("kept"), *texts("alerts", "reason")),
        [
            (
                silence.name,
                screen.ago(silence.ends_at),
                silence.author,
                kept[silence.id],
                _words(silence),
                silence.reason,
            )
            for silence in silences
        ],
    )


@silences.command("end")
def end_silence(
    name: Annotated[str, typer.Argument(metavar="ID", help="The silence's id or its beginning.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """End a silence now. It stays on record."""
    from cli.output import print_line
    from core.clock import utc_now
    from desk.silences import end

    with open_configured(config) as store:
        end(store, name, utc_now())
    print_line(f"{name} has ended")


def _words(silence: Silence) -> str:
    given = silence.match.model_dump(mode="json", exclude_unset=True)
    return "; ".join(
        f"{name} {', '.join(value) if isinstance(value, list) else value}"
        for name, value in given.items()
    )
