"""Exit statuses, a stable contract with scripts and service managers."""

from __future__ import annotations

OK = 0
FINDINGS = 1
"""The command worked and found something wrong, or could not do what was asked."""
USAGE = 2
CONFIG = 78
"""EX_CONFIG of sysexits.h: the configuration cannot be used."""
