"""How the daemon stands: queues, signs of life, configuration, sessions, disk, versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from core.due_work import DueWork, WorkKind
from core.people import DeskSession, Role
from core.plain_text import one_line, shorten
from desk import daemon_state
from desk.daemon_state import DaemonState, NotYoursError
from web.frame import framed, shown_count
from web.pages.acting import done, strip_of
from web.rendering import page
from web.visit import Visit
from web.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Work of one kind."""

    name: str
    depth: str
    """How much waits; empty where that is not counted."""
    oldest: datetime | None
    """Since when the oldest is due; None when nothing is."""
    about: str
    untouched: str
    """Why that is too long; empty when it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A part of the daemon, and when it was last alive."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is logged in."""

    id: str
    person: str
    role: str
    since: datetime
    seen: datetime
    browser: str
    this: bool
    may_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """All that the page shows."""

    queues: tuple[Queue, ...]
    signs: tuple[Sign, ...]
    reloaded: datetime | None
    refused: str
    refused_at: datetime | None
    files: tuple[str, ...]
    configuration: str
    sessions: tuple[Session, ...]
    folder: str
    used: str
    free: str
    versions: tuple[tuple[str, str], ...]


def show(visit: Visit) -> Response:
    """Show how the daemon stands."""
    state = daemon_state.state(visit.desk)
    _ = visit.words
    view = View(
        queues=_queues(state, _),
        signs=(
            Sign(name=_("The daemon"), at=state.beat_at),
            Sign(name=_("Reading of sources"), at=state.crawled_at),
            Sign(name=_("Running since"), at=state.started_at),
            Sign(name=_("These rules judge since"), at=state.rules_since),
        ),
        reloaded=state.configured_at,
        refused=state.refused.said if state.refused else "",
        refused_at=state.refused.at if state.refused else None,
        files=state.files,
        configuration=state.configuration,
        sessions=tuple(_session(visit, session) for session in state.sessions),
        folder=state.disk.folder if state.disk else "",
        used=_size(state.disk.used, _) if state.disk else "",
        free=_size(state.disk.free, _) if state.disk else "",
        versions=tuple(state.versions.items()),
    )
    return framed(visit, "status.html", "status", strip=strip_of(visit), view=view)


def end(visit: Visit) -> Response:
    """Log a browser out."""
    try:
        daemon_state.end_session(visit.desk, visit.field("session"), visit.session)
    except NotYoursError:
        words = visit.words
        return page(visit, "message.html", 403, heading=words("Not for you"),
                    text=words("Only who administers ends the sessions of others."))  # fmt: skip
    return done(visit, "ended")


def _queues(state: DaemonState, _: Words) -> tuple[Queue, ...]:
    names = {
        WorkKind.POLL: _("Sources to read"),
        WorkKind.ENTRY: _("Entries to fetch"),
        WorkKind.VISIT: _("Articles to look at again"),
        WorkKind.JUDGEMENT: _("Versions to judge"),
        WorkKind.BROKEN_JUDGEMENT: _("Judgements that broke down"),
        WorkKind.GROUP: _("Groups of alerts"),
        WorkKind.ESCALATION: _("Escalations"),
        WorkKind.REMINDER: _("Reminders"),
        WorkKind.DELIVERY: _("Deliveries"),
    }
    depths = {
        WorkKind.ENTRY: state.depths.entries,
        WorkKind.JUDGEMENT: state.depths.unjudged,
        WorkKind.BROKEN_JUDGEMENT: state.depths.broken,
        WorkKind.GROUP: state.depths.groups,
        WorkKind.DELIVERY: state.depths.deliveries,
    }
    late = {(one.work.kind, one.work.about): one.reason for one in state.untouched}
    found = []
    for kind, name in names.items():
        due: list[DueWork | None] = [work for work in state.due if work.kind is kind]
        for number, work in enumerate(due or [None]):
            depth = depths.get(kind)
            found.append(
                Queue(
                    name=name,
                    depth="" if depth is None or number else shown_count(depth),
                    oldest=work.due_at if work else None,
                    about=work.about if work else "",
                    untouched=late.get((kind, work.about), "") if work else "",
                )
            )
    return tuple(found)


def _session(visit: Visit, session: DeskSession) -> Session:
    mine = session.person == visit.person
    roles = {
        Role.READ: visit.words("reads"),
        Role.WORK: visit.words("works"),
        Role.ADMINISTER: visit.words("administers"),
    }
    return Session(
        id=session.id,
        person=session.person,
        role=roles[session.role],
        since=session.created_at,
        seen=session.seen_at,
        browser=shorten(one_line(session.browser), 120),
        this=session.id == visit.session.id,
        may_end=mine or visit.session.role.covers(Role.ADMINISTER),
    )


def _size(number: int, _: Words) -> str:
    for unit in (_("kB"), _("MB"), _("GB")):
        number_of = number / 1000
        if number_of < 1000:
            return f"{number_of:.1f} {unit}" if number_of < 10 else f"{number_of:.0f} {unit}"
        number = round(number_of)
    return f"{number / 1000:.1f} {_('TB')}"
