"""How a shell gets the words to complete a command line from the program itself."""

from __future__ import annotations

PROGRAM = "wirewatch"
COMPLETE_VARIABLE = "_WIREWATCH_COMPLETE"
"""Set by the completion scripts: the program then answers with words instead of doing anything."""


def answer_completion() -> None:
    """Teach the command line to answer what a completion script asks."""
    from typer.completion import get_completion_inspect_parameters

    get_completion_inspect_parameters()  # makes the shells known, as typer's own options would


def completion_script(shell: str) -> str:
    """Return what a shell has to read to complete command lines of ours."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell)
