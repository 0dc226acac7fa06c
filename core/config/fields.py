"""Single values of watch.yaml as pydantic types, and the base of every section.

Each type carries the check that the loader makes and the looser pattern that an editor gets.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretStr,
    WithJsonSchema,
)

from core.config.values import (
    ENTITY_KINDS,
    check_client_network,
    check_cron,
    check_entity_kind,
    check_header_name,
    check_header_value,
    check_host,
    check_identifier,
    check_language,
    check_link_selector,
    check_listen,
    check_mailbox,
    check_network,
    check_public_http_url,
    check_secret_header_value,
    check_secret_http_url,
    check_secret_proxy,
    check_some_time,
    check_telegram_channel,
    check_time_zone,
    check_user_header,
    check_wikidata_id,
    parse_duration,
    parse_end_of_hours,
    parse_file_mode,
    parse_time_of_day,
)

_VARIABLE = r"\$\{"


def _text_like(pattern: str, **more: object) -> WithJsonSchema:
    """Describe a text for editors; a variable may stand anywhere in it."""
    return WithJsonSchema({"type": "string", "pattern": f"{pattern}|{_VARIABLE}", **more})


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    _text_like(
        r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+$",
        title="duration",
        examples=["30s", "15m", "1h30m", "7d"],
    ),
]
SomeTime = Annotated[Duration, AfterValidator(check_some_time)]
TimeOfDay = Annotated[
    time,
    BeforeValidator(parse_time_of_day),
    _text_like(r"^[0-2]?[0-9]:[0-5][0-9]$", title="time of day", examples=["07:30", "22:00"]),
]
EndOfHours = Annotated[
    time,
    BeforeValidator(parse_end_of_hours),
    _text_like(r"^[0-2]?[0-9]:[0-5][0-9]$", title="time of day", examples=["07:30", "24:00"]),
]
FileMode = Annotated[
    int,
    BeforeValidator(parse_file_mode),
    _text_like("^0?[0-7]{3}$", title="file rights", examples=["600", "644"]),
]
TimeZone = Annotated[
    str, AfterValidator(check_time_zone), _text_like(r"^[A-Za-z]", title="time zone")
]
Cron = Annotated[
    str,
    AfterValidator(check_cron),
    _text_like(r"^\S+( +\S+){4}$", title="cron expression", examples=["0 8 * * *"]),
]
Listen = Annotated[
    str, AfterValidator(check_listen), _text_like(r"^[^ ]+:[0-9]+$", title="host and port")
]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Identifier = Annotated[
    str,
    AfterValidator(check_identifier),
    _text_like(r"^[^\s_.,:;/-][^\s,:;/]{0,99}$", title="name"),
]
HttpUrl = Annotated[
    str, AfterValidator(check_public_http_url), _text_like("^https?://", title="web address")
]
SecretHttpUrl = Annotated[SecretStr, AfterValidator(check_secret_http_url)]
SecretProxy = Annotated[SecretStr, AfterValidator(check_secret_proxy)]
HeaderName = Annotated[str, AfterValidator(check_header_name)]
UserHeader = Annotated[
    str, AfterValidator(check_user_header), _text_like("^[A-Za-z]", title="name of a header")
]
HeaderValue = Annotated[str, AfterValidator(check_header_value)]
SecretHeaderValue = Annotated[SecretStr, AfterValidator(check_secret_header_value)]
LinkSelector = Annotated[str, AfterValidator(check_link_selector)]
TelegramChannel = Annotated[str, AfterValidator(check_telegram_channel)]
LanguageCode = Annotated[
    str, AfterValidator(check_language), _text_like("^[a-z]{2,3}$", title="language code")
]
HostName = Annotated[
    str, AfterValidator(check_host), _text_like(r"^[^\s/@?#:]+$", title="name of a host")
]
Mailbox = Annotated[str, AfterValidator(check_mailbox), _text_like("@", title="mail address")]
Network = Annotated[
    str, AfterValidator(check_network), _text_like(r"^\[?[0-9a-fA-F:.]+", title="network")
]
ClientNetwork = Annotated[
    str, AfterValidator(check_client_network), _text_like(r"^[0-9a-fA-F:.]+", title="network")
]
EntityKind = Annotated[
    str, AfterValidator(check_entity_kind), WithJsonSchema({"enum": list(ENTITY_KINDS)})
]
WikidataId = Annotated[
    str, AfterValidator(check_wikidata_id), _text_like("^Q[1-9][0-9]*$", title="Wikidata item")
]


CA_FILE = "PEM file of the authority that signed the server's certificate; only it is trusted."


class Section(BaseModel):
    """Base of every part of the file: unknown keys are errors, values do not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    planned: ClassVar[dict[str, str]] = {}
    """Keys that the design names and this version does not have, with what to say about them."""
