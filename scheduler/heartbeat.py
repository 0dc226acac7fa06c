"""The daemon's sign of life: what it writes while it runs, and what `healthcheck` reads.

Apart from the daemon, so that reading it loads neither the crawler nor the rules.
"""

from __future__ import annotations

HEARTBEAT = "daemon"
"""Name of the heartbeat that `wirewatch healthcheck` reads."""
STARTED = "daemon started"
"""Name of the heartbeat of the moment when it started, or when its clock was set back."""
CRAWLED = "crawler"
"""Name of the heartbeat of the last poll, fetch or visit that came to an end, whatever end."""
CONFIGURATION = "configuration"
"""Name of the one that says when a configuration was last taken or refused; it says what is wrong
with a refused one, and nothing of one that was taken."""
RULES = "rules"
"""Name of the one that says since when which rules judge; it says their fingerprint."""
RUNNING = "running"
STOPPED = "stopped"
"""What the heartbeat says: a daemon that ended in good order does not count as alive."""
