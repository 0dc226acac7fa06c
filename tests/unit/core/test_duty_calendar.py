"""Who is on duty by a calendar: recurrence, zones, changed shifts, and what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.duty_calendar import DutyCalendarError, duty_calendar


def calendar(*events: str, head: str = "") -> str:
    text = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//x//EN\n{head}{text}END:VCALENDAR\n"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def event(name: str, start: str, end: str, zone: str = "Asia/Bishkek", *more: str) -> str:
    return "\n".join(
        (
            f"UID:{name}-{start}",
            f"SUMMARY:{name}",
            f"DTSTART;TZID={zone}:{start}",
            f"DTEND;TZID={zone}:{end}",
            *more,
        )
    )


WEEKLY = event(
    "aida", "20260105T090000", "20260105T210000", "Asia/Bishkek", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU"
)
NIGHTS = event("bakyt", "20260105T220000", "20260106T070000", "Europe/Kyiv", "RRULE:FREQ=DAILY")
DAYS = event("olena", "20260105T070000", "20260105T220000", "Europe/Kyiv", "RRULE:FREQ=DAILY")
OVER_SEA = event(
    "ann", "20260105T013000", "20260105T030000", "America/New_York", "RRULE:FREQ=DAILY"
)


@pytest.mark.parametrize(
    ("events", "at", "names"),
    [
        pytest.param((WEEKLY,), "2026-01-05T02:59", "", id="before"),
        pytest.param((WEEKLY,), "2026-01-05T03:00", "aida", id="from the first moment"),
        pytest.param((WEEKLY,), "2026-01-05T15:00", "", id="not at the end"),
        pytest.param((WEEKLY,), "2031-12-30T10:00", "aida", id="years later, a tuesday"),
        pytest.param((WEEKLY,), "2031-12-31T10:00", "", id="and a wednesday"),
        pytest.param(
            (f"{WEEKLY};UNTIL=20260106T030000Z",), "2026-01-06T04:00", "aida", id="until, included"
        ),
        pytest.param(
            (f"{WEEKLY};UNTIL=20260106T025959Z",), "2026-01-06T04:00", "", id="until, not any more"
        ),
        pytest.param((f"{WEEKLY};COUNT=1",), "2026-01-06T04:00", "", id="once"),
        # Kyiv, 29 March 2026: the night from ten to seven has eight hours, and hands over at seven.
        pytest.param((NIGHTS, DAYS), "2026-03-29T03:59", "bakyt", id="a short night"),
        pytest.param(
            (NIGHTS, DAYS), "2026-03-29T04:00", "olena", id="is over when the clock says so"
        ),
        # 25 October 2026: ten hours.
        pytest.param((NIGHTS, DAYS), "2026-10-25T04:59", "bakyt", id="a long night"),
        pytest.param((NIGHTS, DAYS), "2026-10-25T05:00", "olena", id="is over then, too"),
        # New York, 8 March 2026: half past one to what is no three, but comes right after.
        pytest.param((OVER_SEA,), "2026-03-08T06:59", "ann", id="up to the jump"),
        pytest.param((OVER_SEA,), "2026-03-08T07:00", "", id="over at the jump"),
        # 1 November 2026: from the first half past one to three, two and a half hours.
        pytest.param((OVER_SEA,), "2026-11-01T05:30", "ann", id="from the first of two"),
        pytest.param((OVER_SEA,), "2026-11-01T07:59", "ann", id="to the end"),
        pytest.param(
            (WEEKLY, event("bakyt", "20260105T090000", "20260105T120000")),
            "2026-01-05T04:00",
            "aida bakyt",
            id="two at once",
        ),
        pytest.param(
            (event("aida, bakyt", "20260105T090000", "20260105T120000"),),
            "2026-01-05T04:00",
            "aida bakyt",
            id="two in one",
        ),
        pytest.param(
            (f"{WEEKLY}\nEXDATE;TZID=Asia/Bishkek:20260106T090000\nEXDATE:20260112T030000Z",),
            "2026-01-06T04:00",
            "",
            id="left out",
        ),
        pytest.param(
            (f"{WEEKLY}\nEXDATE;TZID=Asia/Bishkek:20260106T090000\nEXDATE:20260112T030000Z",),
            "2026-01-12T04:00",
            "",
            id="left out in another zone",
        ),
        pytest.param(
            (f"{WEEKLY}\nRDATE;TZID=Asia/Bishkek:20260107T090000",),
            "2026-01-07T04:00",
            "aida",
            id="added",
        ),
        pytest.param((f"{WEEKLY}\nSTATUS:CANCELLED",), "2026-01-05T04:00", "", id="called off"),
        pytest.param(
            ("UID:1\nSUMMARY:aida\nDTSTART;VALUE=DATE:20260105",),
            "2026-01-04T18:00",
            "aida",
            id="a day, in the calendar's zone",
        ),
        pytest.param(
            ("UID:1\nSUMMARY:aida\nDTSTART;VALUE=DATE:20260105",),
            "2026-01-05T18:00",
            "",
            id="and no more",
        ),
        pytest.param(
            ("UID:1\nSUMMARY:aida\nDTSTART:20260105T090000\nDURATION:PT2H",),
            "2026-01-05T04:59",
            "aida",
            id="floating",
        ),
        pytest.param(
            ("UID:1\nSUMMARY:aida\nDTSTART:20260105T090000Z\nDURATION:PT2H",),
            "2026-01-05T10:59",
            "aida",
            id="in utc",
        ),
    ],
)
def test_whoever_has_the_shift_is_on_duty(events: tuple[str, ...], at: str, names: str) -> None:
    found = duty_calendar(calendar(*events, head="X-WR-TIMEZONE:Asia/Bishkek\n"), None)
    assert [each.trouble for each in found.events if each.trouble] == []
    assert found.on_duty(utc(at)) == tuple(names.split())


def changed(lines: str, start: str, end: str, name: str = "chief") -> str:
    return (
        f"UID:aida-20260105T090000\nSUMMARY:{name}\n{lines}\n"
        f"DTSTART;TZID=Asia/Bishkek:{start}\nDTEND;TZID=Asia/Bishkek:{end}"
    )


SWAP = changed(
    "RECURRENCE-ID;TZID=Asia/Bishkek:20260112T090000", "20260112T100000", "20260112T110000"
)
MOVED = changed("RECURRENCE-ID:20260112T030000Z", "20260120T220000", "20260121T070000", "aida")
FROM_THEN = changed(
    "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Asia/Bishkek:20260112T090000",
    "20260112T120000", "20260112T200000",
)  # fmt: skip
OFF = changed(
    "STATUS:CANCELLED\nRECURRENCE-ID:20260112T030000Z", "20260112T090000", "20260112T210000"
)


@pytest.mark.parametrize(
    ("change", "at", "names"),
    [
        pytest.param(SWAP, "2026-01-12T03:30", "", id="the old hours are nobody's"),
        pytest.param(SWAP, "2026-01-12T04:30", "chief", id="the new ones are somebody else's"),
        pytest.param(SWAP, "2026-01-13T04:30", "aida", id="the day after is as ever"),
        pytest.param(MOVED, "2026-01-12T04:00", "", id="moved away"),
        pytest.param(MOVED, "2026-01-20T20:00", "aida", id="to another night"),
        pytest.param(FROM_THEN, "2026-01-06T04:00", "aida", id="before the change"),
        pytest.param(FROM_THEN, "2026-01-12T05:59", "", id="later hours from then on"),
        pytest.param(FROM_THEN, "2026-01-12T06:00", "chief", id="and somebody else"),
        pytest.param(FROM_THEN, "2026-03-10T06:00", "chief", id="months later"),
        pytest.param(FROM_THEN, "2026-03-10T14:00", "", id="with another end"),
        pytest.param(OFF, "2026-01-12T04:00", "", id="called off"),
        pytest.param(OFF, "2026-01-13T04:00", "aida", id="that day alone"),
    ],
)
def test_a_changed_shift_is_as_it_was_changed(change: str, at: str, names: str) -> None:
    found = duty_calendar(calendar(WEEKLY, change), None)
    assert found.on_duty(utc(at)) == tuple(names.split())


ZONE = """BEGIN:VTIMEZONE
TZID:The desk's own
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0600
TZOFFSETTO:+0600
END:STANDARD
END:VTIMEZONE
"""


def test_a_zone_of_the_files_own_counts() -> None:
    text = calendar(
        event("aida", "20260105T090000", "20260105T210000", "The desk's own"), head=ZONE
    )
    found = duty_calendar(text, None)
    assert found.on_duty(utc("2026-01-05T03:00")) == ("aida",)
    assert found.on_duty(utc("2026-01-05T02:59")) == ()


@pytest.mark.parametrize(
    "bad",
    [
        "UID:1\nSUMMARY:bakyt\nDTSTART:yesterday\nDTEND:20260105T090000Z",
        "UID:1\nSUMMARY:bakyt\nDTEND:20260105T090000Z",
        "UID:1\nSUMMARY:bakyt\nDTSTART:20260105T090000Z",
        "UID:1\nSUMMARY:bakyt\nDTSTART:20260105T090000Z\nDTEND:20260105T080000Z",
        "UID:1\nSUMMARY:bakyt\nDTSTART:20260105T090000Z\nDTEND:20260105T090001Z\nRRULE:FREQ=SECONDLY",
        "UID:1\nSUMMARY:bakyt\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES",
    ],
)
def test_an_event_that_cannot_be_read_hides_no_other(bad: str) -> None:
    found = duty_calendar(calendar(bad, WEEKLY), None)
    assert next((bool(each.trouble), each.summary, each.line) for each in found.events) == (
        True, "bakyt", 6
    )  # fmt: skip
    assert found.on_duty(utc("2026-01-05T04:00")) == ("aida",)


@pytest.mark.parametrize(
    "text", ["", "hello", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "BEGIN:VEVENT\nEND:VEVENT\n", "\0"]
)
def test_what_is_no_calendar_is_refused(text: str) -> None:
    with pytest.raises(DutyCalendarError):
        duty_calendar(text, None)
