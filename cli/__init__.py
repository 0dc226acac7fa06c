"""One way in: commands that parse options, ask the desk and print. One file per group.

It begins with the signals: the imports of the commands alone take long enough to be hit by one.
"""

from __future__ import annotations

import sys

from scheduler.start_signals import START_SIGNALS

START_SIGNALS.hold_for(sys.argv)
