"""Which of our variables the programs see that we start: none that may hold a secret.

Secrets come by variables (`${SMTP_PASSWORD}`), and what a process was started with stands in
/proc/PID/environ until it ends. The parsers read hostile bytes, so theirs must not be there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock

_NAMES = frozenset(
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP",
        "TMP", "VIRTUAL_ENV", "COLUMNS", "TERM", "DISPLAY", "TESSDATA_PREFIX", "SSL_CERT_FILE",
        "SSL_CERT_DIR", "WIREWATCH_CACHE", "WIREWATCH_CONFIG", "NOTIFY_SOCKET", "WATCHDOG_USEC",
        "WATCHDOG_PID", "MUTANT_UNDER_TEST",
    }
)  # fmt: skip
_BEGINNINGS = (
    "LC_", "LD_LIBRARY", "DYLD_", "PYTHON", "XDG_", "OMP_", "OPENBLAS_", "MKL_", "MALLOC_",
    "COVERAGE_", "PLAYWRIGHT_BROWSERS_PATH", "FONTCONFIG_",
)  # fmt: skip
_lock = RLock()


def child_environment() -> dict[str, str]:
    """Return the variables for a program that we start."""
    return {name: value for name, value in whole_environment().items() if _is_told(name)}


def whole_environment() -> Mapping[str, str]:
    """Return all variables, also while `told_to_children` holds."""
    with _lock:
        return dict(os.environ)


@contextmanager
def told_to_children() -> Iterator[None]:
    """Keep the others out of the environment, for a start that copies it as it is."""
    with _lock:
        kept = {name: value for name, value in os.environ.items() if not _is_told(name)}
        for name in kept:
            del os.environ[name]
        try:
            yield
        finally:
            os.environ.update(kept)


def _is_told(name: str) -> bool:
    return name in _NAMES or name.startswith(_BEGINNINGS)
