"""An outlet's news desk: what it has published so far, and what it publishes when.

The timetable is a matter of the clock, not of a thread: whoever asks for a page first lets out
what is due. A test with a clock of its own so decides when a story appears.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import Clock
from core.errors import WirewatchError
from demo.outlets import Outlet, Story
from demo.pages import PageStory

_FIRST_NUMBER = 31_400  # as if the outlet had been at it for a while


class NewsroomError(WirewatchError):
    """The newsroom was asked for something it does not have."""


class Desk:
    """Publishes the stories of one outlet. Safe to use from any thread."""

    def __init__(self, outlet: Outlet, base_url: str, clock: Clock, pace: float) -> None:
        self._outlet = outlet
        self._base_url = base_url
        self._clock = clock
        self._zone = ZoneInfo(outlet.timezone)
        self._lock = threading.RLock()
        self._by_slug: dict[str, PageStory] = {}
        self._slug_by_path: dict[str, str] = {}
        self._opened_at = clock()
        self._changed_at = self._opened_at
        self._revision = 0
        ordered = sorted(outlet.stories, key=lambda item: item.after)
        self._timetable = deque(
            (item.after * pace if item.after > timedelta() else item.after, item.story)
            for item in ordered
        )

    @property
    def revision(self) -> int:
        """A number that grows with everything published or edited."""
        self._let_out_due()
        return self._revision

    @property
    def changed_at(self) -> datetime:
        """When something was last published or edited."""
        self._let_out_due()
        return self._changed_at

    def publish(self, story: Story) -> PageStory:
        """Publish `story` now. Raises NewsroomError when its slug or path is taken."""
        with self._lock:
            self._let_out_due()
            return self._publish(story)

    def edit(
        self, slug: str, *, title: str | None = None, paragraphs: tuple[str, ...] | None = None
    ) -> PageStory:
        """Change a published story now. Raises NewsroomError when there is none."""
        with self._lock:
            story = self.story(slug)
            self._changed_at = self._clock()
            self._revision += 1
            edited = replace(
                story,
                title=story.title if title is None else title,
                paragraphs=story.paragraphs if paragraphs is None else paragraphs,
                modified=self._changed_at.astimezone(self._zone),
            )
            self._by_slug[slug] = edited
            return edited

    def story(self, slug: str) -> PageStory:
        """Return a published story. Raises NewsroomError when there is none."""
        self._let_out_due()
        with self._lock:
            if slug not in self._by_slug:
                raise NewsroomError(f"{self._outlet.slug} has not published {slug!r}")
            return self._by_slug[slug]

    def at_path(self, path: str) -> PageStory | None:
        """Return the story that stands at `path`."""
        self._let_out_due()
        with self._lock:
            slug = self._slug_by_path.get(path)
            return self._by_slug[slug] if slug is not None else None

    def linked_from(self, link: str) -> PageStory | None:
        """Return the story that the redirecting address `link` leads to."""
        self._let_out_due()
        with self._lock:
            return next((s for s in self._by_slug.values() if s.link == link != s.url), None)

    def newest(self) -> list[PageStory]:
        """Return what is published, newest first."""
        self._let_out_due()
        with self._lock:
            stories = list(self._by_slug.values())
        return sorted(stories, key=lambda story: (story.published, story.number), reverse=True)

    def before(self, story: PageStory, count: int) -> list[PageStory]:
        """Return up to `count` stories published before `story`, newest first.

        Later ones are left out so that a page stays the same while others are published.
        """
        mine = (story.published, story.number)
        older = [other for other in self.newest() if (other.published, other.number) < mine]
        return older[:count]

    def _let_out_due(self) -> None:
        if not self._timetable:
            return
        with self._lock:
            now = self._clock()
            while self._timetable and self._opened_at + self._timetable[0][0] <= now:
                after, story = self._timetable.popleft()
                moment = story.published_at or self._opened_at + after
                self._publish(replace(story, published_at=moment))

    def _publish(self, story: Story) -> PageStory:
        now = self._clock()
        published = (story.published_at or now).astimezone(self._zone)
        number = _FIRST_NUMBER + len(self._by_slug)
        path = self._outlet.article_path.format(slug=story.slug, number=number, published=published)
        if story.slug in self._by_slug or path in self._slug_by_path:
            raise NewsroomError(f"{self._outlet.slug} has published {story.slug!r} before")
        url = self._base_url + path
        page = PageStory(
            number=number,
            url=url,
            link=f"{self._base_url}/go/{number}" if self._outlet.links_redirect else url,
            title=story.title,
            paragraphs=story.paragraphs,
            language=story.language,
            authors=story.authors,
            tags=story.tags,
            published=published,
            modified=published,
        )
        self._by_slug[story.slug] = page
        self._slug_by_path[path] = story.slug
        self._changed_at = now
        self._revision += 1
        return page
