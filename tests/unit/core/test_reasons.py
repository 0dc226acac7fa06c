"""Reasons: English text wherever text is wanted, the same in other languages from their parts."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import timedelta

import pytest

from core.failures import FailureKind
from core.reasons import Reason, ReasonKind, in_language, kept_text, read_text
from core.reasons.forms import FORMS
from core.reasons.known import failure_reason, roughly

REFUSED = failure_reason(FailureKind.HTTP, 403, "http: HTTP 403")
FAILED = Reason(ReasonKind.POLLS_FAILED, n=5, error=REFUSED)
ADAPTED = Reason(
    ReasonKind.ADAPTED,
    notes=[Reason(ReasonKind.PUBLISHES_A_DAY, n=20), Reason(ReasonKind.BUSY_NOW)],
    pause=Reason(ReasonKind.IN_MINUTES, n="15"),
)


def test_a_reason_is_english_text_wherever_text_is_wanted() -> None:
    assert f"{FAILED}" == "5 polls in a row failed: http: HTTP 403"
    assert json.dumps(ADAPTED) == '"publishes about 20 a day, busy now; every 15m"'
    assert repr(FAILED) == "'5 polls in a row failed: http: HTTP 403'"


def test_a_reason_is_said_in_another_language_with_all_its_parts() -> None:
    assert in_language(FAILED, "ru") == "5 опросов подряд не удались: сервер ответил 403"
    said = in_language(ADAPTED, "ru")
    assert said == "около 20 статей в день, сейчас активное время; каждые 15 мин"


def test_text_that_an_older_version_kept_stays_as_it_is() -> None:
    assert in_language("every 15m", "ru") == "every 15m"
    assert read_text("every 15m") == "every 15m"


@pytest.mark.parametrize("reason", [FAILED, ADAPTED], ids=["nested", "several-parts"])
def test_a_reason_that_was_kept_copied_or_sent_has_its_parts(reason: Reason) -> None:
    sent = pickle.loads(pickle.dumps(reason))  # noqa: S301 - our own
    for back in (read_text(kept_text(reason)), copy.deepcopy(reason), sent):
        assert back == reason
        assert in_language(back, "ru") == in_language(reason, "ru")


def test_a_kind_that_a_newer_version_kept_is_shown_in_its_english_words() -> None:
    kept = kept_text(FAILED).replace("polls_failed", "of_tomorrow")
    assert read_text(kept) == "5 polls in a row failed: http: HTTP 403"


@pytest.mark.parametrize("text", ['{"reason": ', '{"reason": 3}', kept_text(FAILED)])
def test_what_others_wrote_is_never_taken_for_a_reason(text: str) -> None:
    back = read_text(kept_text(text))
    assert not isinstance(back, Reason)
    assert back.strip() == text.strip()


def test_every_kind_has_its_words() -> None:
    assert set(FORMS) == set(ReasonKind)


@pytest.mark.parametrize(
    ("length", "english", "russian"),
    [
        (timedelta(seconds=61), "2 min", "2 мин"),
        (timedelta(hours=47), "47 h", "47 ч"),
        (timedelta(days=3), "3 days", "3 дня"),
        (timedelta(days=5), "5 days", "5 дней"),
    ],
)
def test_lengths_of_time_are_said_in_one_unit(
    length: timedelta, english: str, russian: str
) -> None:
    assert roughly(length) == english
    assert in_language(roughly(length), "ru") == russian
