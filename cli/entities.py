"""`entities`: help with writing names down."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import FormatOption, OutputFormat

entities = typer.Typer(name="entities", help="People, bodies and places.", no_args_is_help=True)


@entities.command("suggest")
def suggest(
    name: Annotated[str, typer.Argument(help="A name, in Cyrillic or Latin letters.")],
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Suggest how a name is written in the languages of the beat.

    Press, passports and countries transliterate in different ways. Take the spellings that are
    really in use into the entity; nothing is added by itself.
    """
    from cli.output import print_json, print_line
    from desk.rules import suggest_spellings

    found = suggest_spellings(name)
    if output is OutputFormat.JSON:
        print_json(found)
        return
    for language, spellings in found.items():
        print_line(f"{language}: [{', '.join(_quoted(spelling) for spelling in spellings)}]")


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name
