"""Browsers that log in by a provider of accounts."""

from __future__ import annotations

from typing import Any

import httpx

from core.config.sections.web import WebSection
from desk.context import Desk
from tests.integration.web.account_provider import CLIENT, SECRET, AccountProvider
from tests.integration.web.visitors import HOST
from web.app import create_app


def browser(desk: Desk, provider: AccountProvider, **section: Any) -> httpx.AsyncClient:
    oidc = {
        "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, "role": "work",
        "label": "the newsroom", **section,
    }  # fmt: skip
    web = WebSection.model_validate(
        {"url": HOST, "oidc": {name: value for name, value in oidc.items() if value is not None}}
    )
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=create_app(desk, web)),
        base_url=HOST,
        headers={"Sec-Fetch-Site": "same-origin"},
    )


async def gone_to(client: httpx.AsyncClient, to: str = "/") -> str:
    """Begin a login; return where the browser is sent."""
    begun = await client.get("/login/oidc", params={"to": to})
    assert begun.status_code == 303, begun.text
    return begun.headers["location"]


async def came_back(
    client: httpx.AsyncClient, provider: AccountProvider, to: str = "/"
) -> httpx.Response:
    return await client.get(provider.answer_to(await gone_to(client, to)))


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/")).status_code == 200
