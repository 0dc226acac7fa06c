"""Logging: structured events on standard error, as readable lines or as JSON, secrets masked."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

import structlog

from cli.options import LogFormat, LogLevel
from core.streams import DirectStream

Event = MutableMapping[str, Any]


class SecretMask:
    """Replaces every known secret in what is logged, whichever library said it."""

    SHORTEST = 6
    """Shorter values are left: masking "25" would make every log unreadable."""

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()

    def learn(self, secrets: Iterable[str]) -> None:
        """Take the secrets of a newly loaded configuration, and keep those of earlier ones."""
        found = {secret for secret in secrets if len(secret) >= self.SHORTEST} | set(self._secrets)
        self._secrets = tuple(sorted(found, key=len, reverse=True))

    def __call__(self, _logger: Any, _method: str, event: Event) -> Event:
        """Mask one event, as a structlog processor."""
        for key, value in event.items():
            event[key] = self._masked(value)
        return event

    def _masked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, dict):
            return {self._masked(key): self._masked(item) for key, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._masked(item) for item in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        return self.mask(str(value))

    def mask(self, text: str) -> str:
        """Return `text` without secrets."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "***")
        return text


class LogStream:
    """Standard error as it is at the moment of writing: the live status line wraps it.

    Writing never raises and never waits for long. What could not be written is counted, and the
    number is said as soon as something can be written again.
    """

    def __init__(self, say_lost: Callable[[int], str]) -> None:
        """Prepare; `say_lost` makes the line that says how many were lost."""
        self.lost = 0
        self._say_lost = say_lost
        self._direct = DirectStream(sys.stderr)
        self._beneath = sys.stderr

    def write(self, text: str) -> int:
        """Write the text of one event, or count it as lost."""
        try:
            if sys.stderr is not self._beneath:
                self._beneath, self._direct = sys.stderr, DirectStream(sys.stderr)
            if self.lost:
                self._direct.write(self._say_lost(self.lost))
                self.lost = 0
            self._direct.write(text)
        except (OSError, SystemExit):  # a console of rich that is not ours exits at a closed pipe
            self.lost += 1
        return len(text)

    def flush(self) -> None:
        """Do nothing: what was written is written."""


class _Handler(logging.StreamHandler[LogStream]):
    """Takes the logs of libraries; one that cannot be put into words is no reason to fail."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - Python's own
        """Count it."""
        self.stream.lost += 1


def configure_logs(style: LogFormat, level: LogLevel) -> SecretMask:
    """Set up logging for this process. Return the mask, to be taught secrets when they are read."""
    mask = SecretMask()
    number = getattr(logging, level.value.upper())
    steps: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Plain tracebacks, made before the mask: the renderers' own would show local variables.
        structlog.processors.format_exc_info,
        mask,
        _neutralise,
    ]
    renderer: Any
    if style is LogFormat.JSON:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=28,
            sort_keys=False,
            exception_formatter=structlog.dev.plain_traceback,
        )

    def say_lost(count: int) -> str:
        event: Event = {"event": "log lines were lost", "count": count}
        for step in (*steps, renderer):
            event = step(None, "warning", event)
        return f"{event}\n"

    stream = LogStream(say_lost)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *steps, renderer],
        wrapper_class=_outliving(structlog.make_filtering_bound_logger(number), stream),
        # One write for each event, so that its end is not lost without it.
        logger_factory=structlog.WriteLoggerFactory(stream),  # type: ignore[arg-type]
        cache_logger_on_first_use=False,
    )
    handler = _Handler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=()), *steps],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))  # libraries say much that helps nobody
    return mask


def _outliving(logger: type[Any], stream: LogStream) -> type[Any]:
    """Return a logger that counts what it cannot put into words, and goes on."""

    class Outliving(logger):  # type: ignore[misc]  # made at run time
        def _proxy_to_logger(self, *args: Any, **event: Any) -> Any:
            try:
                return super()._proxy_to_logger(*args, **event)
            except structlog.DropEvent:
                raise
            except Exception:
                # Who says what happens must not be stopped by how it is said.
                stream.lost += 1
                return None

    return Outliving


def _neutralise(_logger: Any, _method: str, event: Event) -> Event:
    """Make titles and addresses of others harmless to terminals and to line-based tools."""
    from core.plain_text import one_line

    for key, value in event.items():
        if key == "exception":
            event[key] = "\n".join(map(_harmless_but_indented, value.split("\n")))
        elif isinstance(value, str):
            event[key] = one_line(value)
    return event


def _harmless_but_indented(line: str) -> str:
    from core.plain_text import one_line

    text = line.lstrip(" ")
    return " " * (len(line) - len(text)) + one_line(text)
