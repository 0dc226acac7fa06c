"""`telegram login`: an account of one's own, for channels without a public preview."""

from __future__ import annotations

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption

telegram = typer.Typer(
    no_args_is_help=True, help="An account at Telegram, for channels without a public preview."
)


@telegram.callback()
def _group() -> None:
    """Log in an account at Telegram, for channels without a public preview."""


@telegram.command()
def login(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Log an account in, after saying what that means; ask for its number and the code it is sent.

    The login is written to the file that `telegram.session` names, readable by its owner alone.
    Exit status 1 when it was not done.
    """
    import sys

    from cli.logs import configure_logs
    from cli.options import LogFormat, LogLevel
    from cli.output import complain, print_line
    from core.config import load_config
    from desk.telegram_account import WARNING, Answers, log_in, section_for_login

    configure_logs(LogFormat.TEXT, LogLevel.ERROR)
    section = section_for_login(load_config(config).config.telegram)
    for line in WARNING.splitlines():
        print_line(line)
    if not sys.stdin.isatty():
        complain("the code is asked at a terminal, and this is none")
        raise typer.Exit(exits.FINDINGS)
    if typer.prompt("Type yes to go on", default="no", show_default=False) != "yes":
        print_line("nothing was done")
        raise typer.Exit(exits.FINDINGS)
    path = log_in(
        section,
        Answers(
            phone=lambda: str(typer.prompt("Telephone number, as +996…")),
            code=lambda: str(typer.prompt("Code that Telegram sent", hide_input=True)),
            password=lambda: str(typer.prompt("Password of the account", hide_input=True)),
        ),
    )
    print_line(f"logged in; {path} is the key to the account: keep it as you keep a password")
