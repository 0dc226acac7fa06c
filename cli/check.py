"""`check` and `schema`: the configuration before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import exits
from cli.options import DEFAULT_CONFIG, ConfigOption, FormatOption, OutputFormat


def check(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="CONFIG",
            help="The configuration file, as with `--config`.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Check a configuration: every problem at once, then the rules' own tests.

    Warns about concepts that nothing uses, rules that cannot fire or that another rule makes
    superfluous, and terms and vetoes that can never be found.

    Exit status 0: sound. 1: a rule's test fails. 78: the configuration has errors.
    """
    from cli.output import complain, print_json, print_line
    from cli.rules import overridden_line
    from core.config import ConfigError
    from desk import rules as desk

    config = file or config
    try:
        checked = desk.check(config)
    except ConfigError as error:
        if output is OutputFormat.JSON:
            print_json({"ok": False, "problems": error.problems, "failed_tests": []})
            raise typer.Exit(exits.CONFIG) from None
        raise
    loaded, failures, tests = checked.loaded, checked.failures, checked.tests
    if output is OutputFormat.JSON:
        print_json(
            {
                "ok": not failures,
                "problems": loaded.warnings,
                "failed_tests": failures,
                "overridden": loaded.overridden,
            }
        )
    else:
        if loaded.warnings:
            complain(loaded.warning_text())
        changed = {rule.id: overridden_line(rule) for rule in loaded.overridden}
        for failure in failures:
            by = changed.get(failure.rule_id)
            complain(f"{failure}; overridden: {by}" if by else str(failure))
        for rule, how in changed.items():
            print_line(f"{rule}: overridden: {how}")
        summary = loaded.config
        print_line(
            f"{config}: {len(summary.sources)} sources, {len(summary.rules)} rules,"
            f" {len(summary.receivers)} receivers; {tests - len(failures)} of {tests} rule tests"
            f" pass; {len(loaded.warnings)} warnings"
        )
    raise typer.Exit(exits.FINDINGS if failures else exits.OK)


def schema() -> None:
    """Print the JSON Schema of the configuration, for editors and other tools."""
    from cli.output import print_json
    from core.config.schema import json_schema

    print_json(json_schema())
