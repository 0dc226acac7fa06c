"""Where the login of the account is kept, and who begins one or connects with it."""

from __future__ import annotations

from pathlib import Path

from core.config.extras import INSTALL_TELEGRAM, has_telegram
from core.config.sections.telegram_account import TelegramAccountSection
from core.failures import FailureKind, FetchFailure
from crawler.account.channel_client import AccountError, ChannelClient, OpenClient
from crawler.account.login_port import AccountLogin, LoginRefused

MAX_SESSION_BYTES = 4096
"""A login has about 350 characters."""


def new_login(section: TelegramAccountSection) -> AccountLogin:
    """Begin a login by telethon; raises LoginRefused where it is not installed."""
    if not has_telegram():
        raise LoginRefused(f"this needs a package that is not installed: {INSTALL_TELEGRAM}")
    from crawler.account.telethon_login import TelethonLogin

    return TelethonLogin(section.api_id, section.api_hash.get_secret_value(), _proxy(section))


def opened_by(section: TelegramAccountSection | None) -> OpenClient:
    """Return how the account of a configuration is connected; its file is read anew each time."""

    async def open_client() -> ChannelClient:
        if section is None:
            raise _refused("the daemon was started without the section `telegram`: restart it")
        if not has_telegram():
            raise _refused(f"this needs a package that is not installed: {INSTALL_TELEGRAM}")
        session = _session_in(Path(section.session))
        from crawler.account.telethon_client import open_channels

        key = section.api_hash.get_secret_value()
        return await open_channels(session, section.api_id, key, _proxy(section))

    return open_client


def _session_in(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise _refused(f"others may read the login in {path}: chmod 600, or log in anew")
        with path.open("rb") as file:
            return file.read(MAX_SESSION_BYTES).decode("ascii", "replace").strip()
    except FileNotFoundError:
        said = f"no account is logged in ({path} is not there): `wirewatch telegram login`"
        raise _refused(said) from None
    except OSError as error:
        raise _refused(f"the login in {path} cannot be read: {error.strerror}") from None


def _proxy(section: TelegramAccountSection) -> str | None:
    return section.proxy.get_secret_value() if section.proxy else None


def _refused(said: str) -> AccountError:
    return AccountError(FetchFailure(FailureKind.DOCUMENT, said))
