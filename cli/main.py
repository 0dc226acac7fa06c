"""The `wirewatch` command. Commands import what they need when they run, so `--help` is quick."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable

import typer

from cli import alerts_handle as _alerts_handle  # noqa: F401 - it adds commands to `alerts`
from cli import deliveries_log as _deliveries_log  # noqa: F401 - it adds commands to `deliveries`
from cli import exits
from cli import exporting as _exporting  # noqa: F401 - it adds `export` to lists
from cli.alerts import alerts
from cli.articles import articles
from cli.backtest import backtest
from cli.check import check, schema
from cli.completing import COMPLETE_VARIABLE, PROGRAM, answer_completion
from cli.db import db
from cli.deliveries import deliveries
from cli.demo import demo
from cli.doctor import doctor, healthcheck
from cli.entities import entities
from cli.explain import explain
from cli.extract import extract, links
from cli.init import init
from cli.match import match
from cli.names import names
from cli.poll import poll
from cli.routes import routes
from cli.rules import rules
from cli.run import run
from cli.search import search
from cli.silences import silences
from cli.sources import sources
from cli.statistics import stats, today
from cli.telegram import telegram
from cli.test_receiver import preview, try_receiver
from cli.web import web

app = typer.Typer(
    name=PROGRAM,
    help="Watch news outlets, flag the stories your rules describe, and tell people.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"wirewatch {version('wirewatch')}")
        raise typer.Exit


@app.callback()
def root(
    _version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Watch news outlets, flag the stories your rules describe, and tell people."""


_PANELS: dict[str, tuple[Callable[..., None], ...]] = {
    "Watching": (init, check, run, today, stats, demo, poll),
    "Looking closely": (search, match, backtest, extract, links, explain, preview),
    "Upkeep": (doctor, healthcheck, schema),
}
for _panel, _commands in _PANELS.items():
    for _command in _commands:
        app.command(rich_help_panel=_panel)(_command)
app.command("test-receiver", rich_help_panel="Upkeep")(try_receiver)
app.add_typer(db, rich_help_panel="Upkeep")
app.add_typer(web, rich_help_panel="Upkeep")
app.add_typer(names, rich_help_panel="Upkeep")
app.add_typer(telegram, name="telegram", rich_help_panel="Upkeep")
for _group in (sources, articles, alerts, silences, deliveries, rules, routes, entities):
    app.add_typer(_group, rich_help_panel="What is stored")


def main() -> None:
    """Run the command line and exit with a status of the contract."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a locale without Cyrillic is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    if COMPLETE_VARIABLE in os.environ:
        answer_completion()
    try:
        try:
            app(prog_name=PROGRAM)
        finally:
            if sys.stdout is not None:  # here, where a reader that left can be dealt with
                sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exits.OK)
    except Exception as error:
        sys.exit(_status_of(error))


def _status_of(error: Exception) -> int:
    """Report one of our own errors in plain words; anything else is a bug and shows its trace."""
    from core.config import ConfigError, ConfigNotFoundError
    from core.errors import WirewatchError

    if not isinstance(error, WirewatchError):
        raise error
    if isinstance(error, ConfigError):
        errors = sum(problem.severity == "error" for problem in error.problems)
        sys.stderr.write(f"{error.message}\n{errors} error{'s' * (errors != 1)} found\n")
        return exits.CONFIG
    sys.stderr.write(f"wirewatch: {error}\n")
    return exits.CONFIG if isinstance(error, ConfigNotFoundError) else exits.FINDINGS


if __name__ == "__main__":
    main()
