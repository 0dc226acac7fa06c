"""What happens in the newsroom while somebody watches the demonstration, and what it came to.

Outlets publish by their own timetable. Here is the rest of a day at a desk, in a minute: another
outlet takes a story over, somebody takes it on, it is edited, and it is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cli.listing import open_configured
from core.articles import ArticleEvent

if TYPE_CHECKING:
    from rich.console import Console

    from core.alerting.alerts import Alert
    from demo.newsroom import Newsroom
    from scheduler.status import DaemonStatus

OUTLET = "steppe-courier"
STORY = "new-citizens-turned-back-at-border"
RULE = "naturalized-migrants-mobilization"
FOLLOWER = "zarafshon-xabarlari"
PERSON = "aigul"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens while somebody watches."""

    name: str
    """What it is, for the totals."""
    said: str
    """What is said of it when it happens."""


TAKEN_OVER = Act("a story told again", "Zarafshon xabarlari takes the story over")
TAKEN_ON = Act("an acknowledgement", f"In another terminal {PERSON} takes it on")
EDITED = Act("an edit", "The Steppe Courier rewrites the beginning of its story")
REMOVED = Act("a removal", "The Steppe Courier takes its story down")
ACTS = (TAKEN_OVER, TAKEN_ON, EDITED, REMOVED)
"""In their order. docs/demo.md shows each."""


class _EndedError(Exception):
    """The demonstration is over before its last act."""


class Playbook:
    """Plays its acts one after the other, each when the daemon has seen the one before."""

    def __init__(self, newsroom: Newsroom, config: Path, console: Console) -> None:
        self._newsroom, self._config, self._console = newsroom, config, console
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._play, name="playbook", daemon=True)
        self._done: list[Act] = []
        self._last: DaemonStatus | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, wherever it stands."""
        self._ended.set()
        self._thread.join(timeout=10)

    def note(self, status: DaemonStatus) -> None:
        """Remember where the daemon stands."""
        self._last = status

    def totals(self) -> str:
        """Say what the demonstration came to."""
        last = self._last
        if last is None:
            return ""
        articles = sum(last.counts.articles.values())
        counted = (
            f"{last.counts.polls} polls, {last.counts.failed_polls} of them failed; "
            f"{articles} articles read; {last.alerts} alerts; {last.delivered} messages."
        )
        done = f" By hand: {', '.join(act.name for act in self._done)}." if self._done else ""
        return f"In all: {counted}{done}"

    def _play(self) -> None:
        from core.errors import WirewatchError

        try:
            for act in (self._take_over, self._take_on, self._edit, self._remove):
                act()
        except _EndedError:
            return
        except WirewatchError as error:
            self._console.print(f">>> the rest is left out: {error.message}", markup=False)

    def _take_over(self) -> None:
        self._seen(lambda alert: self._is_of(alert, OUTLET))
        page = self._newsroom.story(OUTLET, STORY)
        self._newsroom.publish(FOLLOWER, replace(page, slug="from-the-agencies"))
        self._say(TAKEN_OVER)

    def _take_on(self) -> None:
        alert = self._seen(lambda alert: self._is_of(alert, FOLLOWER))
        from core.clock import utc_now
        from core.config import load_config
        from desk import alerts as desk
        from desk.names import short

        with open_configured(self._config) as store:
            config = load_config(self._config).config
            desk.acknowledge(store, alert.id, desk.signed_by(PERSON, config, utc_now()))
        self._say(TAKEN_ON, f": wirewatch alerts ack {short(alert.id)} --by {PERSON}")

    def _is_of(self, alert: Alert, outlet: str) -> bool:
        data = alert.article.data
        return data.source == outlet and data.title == self._newsroom.story(OUTLET, STORY).title

    def _edit(self) -> None:
        page = self._newsroom.story(OUTLET, STORY)
        added = "Update: the border service says that it keeps no such list of new citizens."
        self._newsroom.edit(OUTLET, STORY, paragraphs=(added, *page.paragraphs[1:]))
        self._say(EDITED)

    def _remove(self) -> None:
        self._seen(lambda alert: alert.event is ArticleEvent.EDITED)
        self._newsroom.remove(OUTLET, STORY)
        self._say(REMOVED)

    def _say(self, act: Act, more: str = "") -> None:
        self._done.append(act)
        self._console.print(
            f">>> {act.said}{more}\n", style="bold cyan", markup=False, soft_wrap=True
        )

    def _seen(self, wanted: Callable[[Alert], bool]) -> Alert:
        """Wait for an alert of the story's rule. Raises _EndedError when the daemon ends before."""
        while not self._ended.wait(1.0):
            with open_configured(self._config) as store:
                found = store.alerts(rule=RULE, limit=200).items
            match = next((alert for alert in found if wanted(alert)), None)
            if match is not None:
                return match
        raise _EndedError
