"""The manual pages and completions that are shipped say what the commands are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.manual import DEPLOY, generated

ROOT = DEPLOY.parent


def test_what_is_shipped_is_what_the_commands_say() -> None:
    shipped = {
        file.relative_to(DEPLOY): file.read_text(encoding="utf-8")
        for folder in ("man", "completions")
        for file in (DEPLOY / folder).iterdir()
    }
    assert shipped == generated(), "run `make docs`"


def test_no_line_of_a_page_is_taken_for_a_request_of_the_typesetter() -> None:
    known = (".TH ", ".SH ", ".SS ", ".TP", ".B ", ".BR ", ".br", ".sp", '.\\"')
    for path, text in generated().items():
        if path.parts[0] == "man":
            wrong = [line for line in text.splitlines() if line[:1] in (".", "'")]
            assert not [line for line in wrong if not line.startswith(known)], path


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("wirewatch hea", "healthcheck"), ("wirewatch alerts dism", "dismiss")],
)
def test_a_shell_completes_commands(tmp_path: Path, typed: str, offered: str) -> None:
    program = tmp_path / "wirewatch"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m cli.main "$@"\n', encoding="utf-8")
    program.chmod(0o700)
    words = typed.split()
    script = (
        f". {DEPLOY / 'completions' / 'wirewatch.bash'}\n"
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}\n"
        '_wirewatch_completion wirewatch\necho "${COMPREPLY[@]}"\n'
    )
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == [offered]
