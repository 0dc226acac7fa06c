"""`web`: who may come to the desk in the browser."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from cli.listing import open_loaded, what_runs
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat
from core.people import Role

if TYPE_CHECKING:
    from core.config import WatchConfig
    from desk.database import Store

web = typer.Typer(
    name="web", help="Who may come to the desk: people, programs.", no_args_is_help=True
)


@web.command("login")
def login(
    name: Annotated[
        str | None,
        typer.Option(help="Who; what they do is signed with it. Your user name without."),
    ] = None,
    role: Annotated[
        Role | None,
        typer.Option(
            help="What they may do; each role may all that those before may. Without it the role "
            "that `web people set` gave, or administer."
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print a link that logs one person in, once, within ten minutes."""
    from cli import exits
    from cli.output import complain

    watched = what_runs(config)
    if watched.web is None:
        complain("error: the configuration has no `web:` section: `web: {}` serves the desk here")
        raise typer.Exit(exits.CONFIG)
    with open_loaded(watched) as store:
        try:
            link = login_link(store, watched, name, role)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--name") from None
    typer.echo(link)


def login_link(store: Store, watched: WatchConfig, name: str | None, role: Role | None) -> str:
    """Return a link that logs somebody in. Raises ValueError for a name that cannot be one."""
    from core.clock import utc_now
    from desk.people import invite

    person = getpass.getuser() if name is None else name
    code = invite(store, person, utc_now(), role)
    return f"{watched.web.address if watched.web else ''}/login?code={code}"


people = typer.Typer(name="people", help="Who is known at the desk.", no_args_is_help=True)
web.add_typer(people)


@people.command("list")
def people_list(
    config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT
) -> None:
    """List the people that the desk knows, with the roles that were given by hand."""
    from cli.listing import open_desk
    from cli.output import print_json

    with open_desk(config) as (store, screen):
        known = store.people()
        if output is OutputFormat.JSON:
            print_json(known)
            return
        for person in known:
            role = person.role.value if person.role else "role as configured"
            seen = screen.when(person.visited_at) if person.visited_at else "never"
            screen.line(f"{person.name}: {role}, looked last {seen}")


@people.command("set")
def people_set(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As the desk shows it.")],
    role: Annotated[Role, typer.Option(help="What they may do from now on, however they come in.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Give a person a role by hand. It counts before the configuration's, in open sessions too."""
    from desk.people import give_role

    with open_loaded(what_runs(config)) as store:
        try:
            person = give_role(store, name, role)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="NAME") from None
    typer.echo(f"{person}: {role.value}")


@people.command("forget")
def people_forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `web people list` shows it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Forget a person and end their sessions. What they did keeps their name.

    Who may still come in by a proxy or a provider of accounts comes in as somebody new.
    """
    from desk.people import forget

    with open_loaded(what_runs(config)) as store:
        forget(store, name)
    typer.echo(f"forgotten: {name}")


@web.command("token")
def token(
    name: Annotated[str, typer.Option(help="Which program; what it does is signed with it.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.READ,
    for_: Annotated[
        str, typer.Option("--for", help="How long it works, such as 90d.", metavar="TIME")
    ] = "90d",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Print a token by which a program uses the API. It is shown this once."""
    from cli.age import age
    from cli.output import complain
    from core.clock import utc_now
    from desk.people import give_token

    lasting = age(for_, "--for")
    with open_loaded(what_runs(config)) as store:
        try:
            given, secret = give_token(store, name, role, utc_now(), lasting)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--name") from None
    complain(f"{given.id}: {given.role.value}, until {given.expires_at:%Y-%m-%d %H:%M} UTC")
    typer.echo(secret)


@web.command("tokens")
def tokens(config: ConfigOption = DEFAULT_CONFIG, output: FormatOption = OutputFormat.TEXT) -> None:
    """List the tokens of programs, those that have expired too."""
    from cli.listing import open_desk
    from cli.output import print_json

    with open_desk(config) as (store, screen):
        known = store.api_tokens()
        if output is OutputFormat.JSON:
            print_json(known)
            return
        for found in known:
            used = screen.when(found.used_at) if found.used_at else "never"
            screen.line(
                f"{found.id}  {found.name}: {found.role.value}, "
                f"until {screen.when(found.expires_at)}, last used {used}"
            )


@web.command("revoke")
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As `web tokens` lists it.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take a token back; it works no more from now on."""
    from desk.people import take_token

    with open_loaded(what_runs(config)) as store:
        take_token(store, token_id)
    typer.echo(f"taken back: {token_id}")
