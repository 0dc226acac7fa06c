"""Names that a list or an export is narrowed by and that nothing has: most often a slip."""

from __future__ import annotations

from collections.abc import Iterator

from core.config import WatchConfig
from core.config.sections.health import OWN_RULES
from desk.errors import UnknownNameError
from storage import Store


def unknown_filters(
    store: Store,
    config: WatchConfig,
    *,
    source: str | None = None,
    rule: str | None = None,
    receiver: str | None = None,
) -> Iterator[UnknownNameError]:
    """Yield what is neither configured nor stored, so that an empty list is no answer.

    Sources of ours begin with a dot. What has left the configuration is known as long as there is
    something of it. Raises StorageError.
    """
    sources = [known.name for known in config.sources]
    if source and source not in sources and not source.startswith("."):  # noqa: SIM102
        if not store.source_states([source]):
            yield UnknownNameError("source", source, sources)
    rules = [*(known.id for known in config.rules), *sorted(OWN_RULES)]
    if rule and rule not in rules and not store.last_alerts([rule]):
        yield UnknownNameError("rule", rule, rules)
    receivers = [known.name for known in config.receivers]
    if receiver and receiver not in receivers:  # noqa: SIM102
        if not store.deliveries(receiver=receiver, limit=1).items:
            yield UnknownNameError("receiver", receiver, receivers)
