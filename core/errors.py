"""The one error root. Anything Wirewatch raises on purpose derives from it.

An error carries what a person needs to act: which source, URL, delivery or file it is about.
The message of the class is its docstring unless one is given.
"""

from __future__ import annotations

import inspect


class WirewatchError(Exception):
    """Something in Wirewatch went wrong."""

    def __init__(
        self,
        message: str | None = None,
        *,
        source: str | None = None,
        url: str | None = None,
        delivery: str | None = None,
    ) -> None:
        described = inspect.getdoc(type(self)) or type(self).__name__
        self.message = message or described.splitlines()[0]
        self.source = source
        self.url = url
        self.delivery = delivery
        super().__init__(self.message)

    def __str__(self) -> str:
        about = [
            f"{name} {value}"
            for name, value in (
                ("source", self.source),
                ("url", self.url),
                ("delivery", self.delivery),
            )
            if value
        ]
        where = f" ({', '.join(about)})" if about else ""
        cause = f": {self.__cause__}" if self.__cause__ else ""
        return f"{self.message}{where}{cause}"


class StorageError(WirewatchError):
    """The database could not do what was asked."""


class CrawlError(WirewatchError):
    """A page could not be fetched or understood."""


class SandboxError(CrawlError):
    """A parse was stopped in its sandbox."""


class RuleError(WirewatchError):
    """A watch rule cannot be understood."""


class DeliveryError(WirewatchError):
    """An alert could not be handed to its receiver."""
