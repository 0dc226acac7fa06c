"""`web`: who may come to the desk in the browser."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from cli.listing import open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption
from core.people import Role

web = typer.Typer(name="web", help="The desk in the browser.", no_args_is_help=True)


@web.command("login")
def login(
    name: Annotated[
        str | None,
        typer.Option(help="Who; what they do is signed with it. Your user name without."),
    ] = None,
    role: Annotated[
        Role, typer.Option(help="What they may do; each role may all that those before may.")
    ] = Role.ADMINISTER,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print a link that logs one person in, once, within ten minutes."""
    from cli import exits
    from cli.output import complain
    from core.clock import utc_now
    from desk.people import invite

    watched = what_runs(config)
    if watched.web is None:
        complain("error: the configuration has no `web:` section: `web: {}` serves the desk here")
        raise typer.Exit(exits.CONFIG)
    with open_loaded(watched) as store:
        try:
            code = invite(store, name or getpass.getuser(), utc_now(), role)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--name") from None
    typer.echo(f"{watched.web.address}/login?code={code}")
