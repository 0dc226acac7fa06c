"""Headers that come back from every reader as they were meant, whatever an article is called."""

from __future__ import annotations

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import example, given

from alerts.messages.mail_headers import LINE, Header, mailbox_header, text_header, token_header
from alerts.messages.mail_message import build
from core.config.sections.receivers import EmailConfig
from core.plain_text import one_line
from tests.unit.alerts.nasty_titles import EXAMPLES, LONG, titles
from tests.unit.alerts.samples import ENTITIES, message

CONFIG = EmailConfig.model_validate(
    {
        "to": ["Редакция <desk@example.org>", "two@example.org"],
        "from": "Wirewatch <watch@example.org>",
        "smtp": {"host": "localhost"},
    }
)
NAMES = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Wirewatch-Rule", "X-Wirewatch-Level", "Importance",
    "MIME-Version", "Content-Type",
]  # fmt: skip


def sent(header: Header) -> bytes:
    """Return a mail with one header as it goes over the wire."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail[header.name] = header
    return mail.as_bytes()


def subjects(wire: bytes) -> tuple[str, str]:
    """Return the subject as Python's new and its old reader understand it."""
    new = email.message_from_bytes(wire, policy=email.policy.default)["Subject"]
    old = email.message_from_bytes(wire)["Subject"]
    return str(new), str(make_header(decode_header(str(old))))


@pytest.mark.parametrize("title", EXAMPLES)
def test_a_subject_comes_back_as_it_was_meant(title: str) -> None:
    meant = one_line(title).strip()
    header = text_header("Subject", title)
    assert header == meant
    assert subjects(sent(header)) == (meant, meant)


@given(titles)
def test_any_subject_comes_back_as_it_was_meant(title: str) -> None:
    meant = one_line(title).strip()
    wire = sent(text_header("Subject", title))
    assert subjects(wire) == (meant, meant)
    head = wire.split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= LINE for line in head.split(b"\r\n"))
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", head))


@given(titles)
@example(EXAMPLES[0])
def test_a_mail_has_the_headers_that_we_give_it_and_no_others(title: str) -> None:
    mail = build(message(title=title, outlet=title, rule_title=title), ENTITIES, CONFIG)
    for policy in (email.policy.default, email.policy.compat32):
        read = email.message_from_bytes(mail.as_bytes(), policy=policy)
        assert read.keys() == NAMES
        assert not read.defects
    assert subjects(mail.as_bytes()) == (mail["Subject"], mail["Subject"])


def test_a_long_cyrillic_subject_keeps_its_spaces() -> None:
    long = " ".join([LONG] * 2)
    assert subjects(sent(text_header("Subject", long))) == (long, long)


def test_a_short_subject_of_ascii_is_written_as_it_is() -> None:
    assert sent(text_header("Subject", "A fire in Osh")) == b"Subject: A fire in Osh\r\n\r\n"


@pytest.mark.parametrize(
    "name",
    ["Desk", "Desk of the night", "Nurgül O'Brien, jr.", 'The "Desk"', "back\\slash", "Редакция",
     LONG, "=?utf-8?q?x?=", "a@b", "l" * 200, "Редакция  новостей"],
)  # fmt: skip
@pytest.mark.parametrize("header", ["From", "To"])
def test_a_name_comes_back_as_it_was_meant(header: str, name: str) -> None:
    boxes = (Address(name, "one", "example.org"), Address("", "two", "example.org"),
             Address(name, "three", "example.org"))  # fmt: skip
    meant = one_line(name)
    expected = [(meant, "one@example.org"), ("", "two@example.org"), (meant, "three@example.org")]
    wire = sent(mailbox_header(header, boxes))
    assert all(len(line) <= LINE for line in wire.split(b"\r\n"))
    if len(meant.encode()) <= 42:  # Python's new reader puts spaces between the words of a long one
        new = email.message_from_bytes(wire, policy=email.policy.default)[header].addresses
        assert [(box.display_name, box.addr_spec) for box in new] == expected
    old = re.sub(r"\r\n", "", str(email.message_from_bytes(wire)[header]))
    read = [(str(make_header(decode_header(said))), box) for said, box in getaddresses([old])]
    assert read == expected


@pytest.mark.parametrize("token", ["<a@b>\r\nBcc: x@example.org", "<а@b>", "a\x00"])
def test_what_is_made_for_machines_is_never_more_than_one_line(token: str) -> None:
    with pytest.raises(ValueError, match="Message-ID"):
        token_header("Message-ID", token)


def test_an_owner_whose_address_is_not_ascii_can_be_written_to() -> None:
    config = CONFIG.model_copy(update={"unsubscribe": "редактор@пример.орг"})
    mail = build(message(), ENTITIES, config)
    assert mail["List-Unsubscribe"] == (
        "<mailto:%D1%80%D0%B5%D0%B4%D0%B0%D0%BA%D1%82%D0%BE%D1%80@xn--e1afmkfd.xn--c1avg"
        "?subject=unsubscribe%20new-citizens>"
    )
