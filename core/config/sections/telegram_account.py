"""The account of one's own at Telegram, in watch.yaml."""

from __future__ import annotations

from pydantic import Field, SecretStr

from core.config.fields import SecretProxy, Section


class TelegramAccountSection(Section):
    """An account of your own, for channels without a public preview."""

    api_id: int = Field(ge=1, description="Number of your application, from my.telegram.org.")
    api_hash: SecretStr = Field(
        min_length=8,
        description="Its hash, a secret: `${TELEGRAM_API_HASH}`, or `api_hash_file`.",
    )
    session: str = Field(
        min_length=1,
        description="File of the login, relative to this one; `wirewatch telegram login` writes "
        "it. Whoever has it has the whole account.",
    )
    proxy: SecretProxy | None = Field(
        None, description="Proxy for asking Telegram: `http://`, `socks5://` or `socks5h://`."
    )
