"""Ids that are the same whoever makes them, so that nobody is notified twice."""

from __future__ import annotations

import hashlib

from storage.database.columns import clean


def alert_id(rule_id: str, article_key: str, occasion: str = "") -> str:
    """Return the id of the alert of a rule for an article on an occasion.

    From the URL rather than the row number, which in another database names another article:
    a receiver that has seen the id would drop the alert as a repetition.
    """
    parts = (occasion,) if occasion else ()
    return f"alt_{_digest('alert', rule_id, article_key, *parts)}"


def delivery_id(alert_id: str, receiver: str, purpose: str = "") -> str:
    """Return the id of the message to a receiver that an alert leads, on its way for a purpose."""
    parts = (purpose,) if purpose else ()
    return f"dlv_{_digest('delivery', alert_id, receiver, *parts)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(map(clean, parts)).encode()).hexdigest()[:32]
