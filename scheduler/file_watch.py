"""Whether files have changed and come to rest.

Who writes a file slowly, or several one after the other, leaves a state in between that may be a
sound configuration, such as one without its last rules.
"""

from __future__ import annotations

from scheduler.running_config import RunningConfig, Stamps


class FileWatch:
    """Looks at the files of a configuration now and then, and remembers the last look."""

    def __init__(self) -> None:
        self._last_look: Stamps | None = None

    def changed_and_at_rest(self, live: RunningConfig) -> bool:
        """Tell whether the files differ from what runs, and not from what the last look saw."""
        before, self._last_look = self._last_look, live.stamps_now()
        return live.files_changed(self._last_look) and self._last_look == before
