"""`routes test`: who would hear of an alert, by which route, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.alerting.matches import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cli.screen import Screen
    from desk.routes import Hearing, PassedOver

routes = typer.Typer(name="routes", help="Who hears of what.", no_args_is_help=True)


@routes.command("test")
def show_hearing(
    rule: Annotated[str, typer.Option(help="Rule that fires.")],
    level: Annotated[Level | None, typer.Option(help="Its level; the rule's own without.")] = None,
    source: Annotated[str, typer.Option(help="Source of the article.")] = "",
    entity: Annotated[list[str] | None, typer.Option(help="Entity that is named.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the article.")] = None,
    outlets: Annotated[int, typer.Option(min=1, help="Outlets that have the story.")] = 1,
    also: Annotated[
        list[str] | None,
        typer.Option(help="Another source that has the story.", metavar="SOURCE"),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When, such as 2026-11-27T23:30+06:00; now without.")
    ] = None,
    story_of: Annotated[
        str | None, typer.Option(help="The story of this alert.", metavar="ALERT")
    ] = None,
    why: Annotated[
        bool, typer.Option("--why", help="Name every route that is not followed, with the reason.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Show who would hear of an alert, by which route, and when. Tells nobody.

    Silences and mutes that would keep it from somebody are shown, and routes that wait for other
    outlets. Exit status 1 when nobody would hear.
    """
    from cli.listing import not_found
    from cli.output import complain, print_json
    from cli.screen import screen_of
    from core.clock import utc_now
    from core.config import load_config
    from core.errors import StorageError
    from desk.errors import NotThereError, UnknownNameError
    from desk.routes import OF_THE_STORY, KnownSilences, known_silences, who_hears

    watch = load_config(config).config
    moment = utc_now() if at is None else _moment(at)
    try:
        known = known_silences(watch, moment, story_of)
    except StorageError as error:
        complain(f"silences are left out: {error.message}")
        known = KnownSilences(())
    except NotThereError as error:
        raise not_found(error.what) from None
    try:
        trial = who_hears(
            watch,
            moment,
            rule=rule,
            level=level,
            source=source,
            entities=entity or (),
            language=language,
            outlets=outlets,
            others=also or (),
            story=known.story,
            silences=known.silences,
        )
    except UnknownNameError as error:
        complain(error.message)
        raise typer.Exit(exits.USAGE) from None
    if output is OutputFormat.JSON:
        # Programs know the JSON of this command as a list of those who hear.
        print_json(trial if why else trial.hears)
    else:
        screen = screen_of(watch)
        print_hearings(screen, trial.hears)
        for route in trial.passed_over:
            if why or route.condition in OF_THE_STORY:
                screen.line(passed_over_line(route))
    hears = any(not hearing.silence for hearing in trial.hears)
    raise typer.Exit(exits.OK if hears else exits.FINDINGS)


def passed_over_line(route: PassedOver) -> str:
    """Say by what a route is not followed: `routes[1] asks for independent: 2, there is: 1`."""
    return f"{route.route} asks for {route.condition.value}: {route.asks}, there is: {route.found}"


def print_hearings(screen: Screen, hearings: Sequence[Hearing]) -> None:
    """Print who would hear, one a row."""
    from cli.table_layout import reason, whole

    screen.table(
        (*whole("receiver", "route", "when"), reason("how")),
        [(hearing.receiver, hearing.route, hearing.at, hearing.how) for hearing in hearings],
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("not a time such as 2026-11-27T23:30", param_hint="--at") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
