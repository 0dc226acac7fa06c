"""The daemon's sign of life: what it writes while it runs, and what `healthcheck` reads.

Apart from the daemon, so that reading it loads neither the crawler nor the rules.
"""

from __future__ import annotations

HEARTBEAT = "daemon"
"""Name of the heartbeat that `wirewatch healthcheck` reads."""
RULES = "rules"
"""Name of the one that says since when which rules judge; it says their fingerprint."""
RUNNING = "running"
STOPPED = "stopped"
"""What the heartbeat says: a daemon that ended in good order does not count as alive."""
