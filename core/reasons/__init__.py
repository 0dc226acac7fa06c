"""Why things are as they are, kept as a kind with its values and worded in a reader's language."""

from __future__ import annotations

from core.reasons.kinds import ReasonKind
from core.reasons.reason import Reason, in_language, kept_text, read_text

__all__ = ["Reason", "ReasonKind", "in_language", "kept_text", "read_text"]
