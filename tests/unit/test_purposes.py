"""What a notification is for, in one word: ids and exports hang on it."""

from __future__ import annotations

import pytest

from core.alerting.notifications import NotificationPurpose, Purpose


@pytest.mark.parametrize(
    ("purpose", "key"),
    [
        (Purpose(), ""),
        (Purpose(NotificationPurpose.ESCALATION, 1790000000, "7"), "escalation-7-1790000000"),
        (Purpose(NotificationPurpose.REMINDER, 1790000000), "reminder-1790000000"),
        (Purpose(NotificationPurpose.REVISION, 2, "dlv_0a"), "revision-dlv_0a-2"),
        (Purpose(NotificationPurpose.SUMMARY, 1790000000_000000), "summary-1790000000.000000"),
        (Purpose(NotificationPurpose.SUMMARY, 1790000000_000250), "summary-1790000000.000250"),
    ],
)
def test_a_purpose_has_a_word(purpose: Purpose, key: str) -> None:
    assert purpose.key == key
