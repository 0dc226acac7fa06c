"""Logging in with an account elsewhere: the way there and back, and every way to cheat."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import RSAKey

from core.clock import FixedClock
from desk.context import Desk
from tests.integration.storage.samples import NOON
from tests.integration.web.account_provider import (
    CLIENT,
    AccountProvider,
    Claims,
    new_key,
    packed,
    serving,
    signed_rightly,
    unsigned,
)
from tests.integration.web.oidc_visits import browser, came_back, gone_to, is_in
from tests.integration.web.visitors import HOST


async def test_the_whole_way_to_the_provider_and_back(
    desk: Desk, provider: AccountProvider
) -> None:
    alert = desk.store.alerts().items[0]
    async with browser(desk, provider) as client:
        page = await client.get("/login", params={"to": "/story/7?a=1&b=2"})
        assert "Log in with the newsroom" in page.text
        assert 'href="/login/oidc?to=/story/7%3Fa%3D1%26b%3D2"' in page.text
        where = await gone_to(client, "/story/7?a=1&b=2")
        async with httpx.AsyncClient(trust_env=False) as outside:
            sent = (await outside.get(where)).headers["location"]
        assert sent.startswith(f"{HOST}/login/oidc/back?code=")
        done = await client.get(sent)
        assert (done.status_code, done.headers["location"]) == (303, "/story/7?a=1&b=2")
        await client.post("/act", data={"alert": alert.id, "do": "acknowledge"})
    assert [change.by for change in desk.store.alert_changes(alert.id)] == ["aigul"]


async def test_what_is_kept_of_an_attempt_is_out_of_reach(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as client:
        begun = await client.get("/login/oidc")
    cookie = begun.headers["set-cookie"]
    for said in ("HttpOnly", "SameSite=lax", "Secure", "Path=/login/oidc", "Max-Age=600"):
        assert said in cookie


async def test_the_provider_is_asked_again_after_a_day(
    desk: Desk, provider: AccountProvider, clock: FixedClock
) -> None:
    async with browser(desk, provider) as client:
        done = await came_back(client, provider)
        assert "Max-Age=86400" in done.headers["set-cookie"]
        for _ in range(2):
            clock.advance(timedelta(hours=11))
            assert await is_in(client)
        clock.advance(timedelta(hours=3))
        assert not await is_in(client)


def signed_with_the_public_key(claims: Claims, key: RSAKey) -> str:
    signed = f"{packed({'alg': 'HS256', 'kid': key.kid})}.{packed(claims)}"
    seal = hmac.digest(key.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def with_its_own_key(claims: Claims, key: RSAKey) -> str:
    """Signs with a key of nobody's, and brings it along."""
    stranger = new_key(key.kid or "")
    header = {"alg": "RS256", "kid": key.kid, "jwk": stranger.as_dict(private=False)}
    return jwt.encode(header, claims, stranger)


def by_a_key_that_nobody_named(claims: Claims, _: RSAKey) -> str:
    return jwt.encode({"alg": "RS256", "kid": "nobody"}, claims, new_key("nobody"))


def changed_after_signing(claims: Claims, key: RSAKey) -> str:
    head, _, rest = signed_rightly(claims, key).partition(".")
    other = signed_rightly({**claims, "preferred_username": "admin"}, key).split(".")[1]
    return f"{head}.{other}.{rest.rpartition('.')[2]}"


def no_claims(_: Claims, key: RSAKey) -> str:
    return jws.serialize_compact({"alg": "RS256", "kid": key.kid}, b"[1, 2]", key)


@pytest.mark.parametrize(
    "sign",
    [
        unsigned,
        signed_with_the_public_key,
        with_its_own_key,
        by_a_key_that_nobody_named,
        changed_after_signing,
        no_claims,
        lambda *_: "nonsense",
        lambda *_: "a.b.c",
        lambda *_: "a.b.c.d.e",
        lambda *_: "",
        lambda *_: ".." + "é" * 9,
    ],
)
async def test_a_token_that_proves_nothing_lets_nobody_in(
    desk: Desk, provider: AccountProvider, sign: Callable[[Claims, RSAKey], str]
) -> None:
    provider.sign = sign
    async with browser(desk, provider) as client:
        page = await came_back(client, provider)
        assert page.status_code == 403
        assert "could not be proven to come from it" in page.text
        assert not await is_in(client)
    assert desk.store.people() == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "of another attempt"},
        {"nonce": None},
        {"nonce": 7},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": None},
        {"aud": [CLIENT, "another-client"]},
        {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        {"iss": "http://evil.example/realm"},
        {"iss": None},
        {"exp": int(NOON.timestamp()) - 61},
        {"exp": None},
        {"exp": "never"},
        {"iat": None},
        {"iat": int(NOON.timestamp()) + 3600},
        {"nbf": int(NOON.timestamp()) + 3600},
        {"sub": None},
        {"sub": ["4711"]},
    ],
    ids=str,
)
async def test_a_token_for_others_or_other_times_lets_nobody_in(
    desk: Desk, provider: AccountProvider, changed: Claims
) -> None:
    provider.changed = changed
    async with browser(desk, provider) as client:
        page = await came_back(client, provider)
        assert page.status_code == 403
        assert "could not be proven to come from it" in page.text
        assert not await is_in(client)
    assert desk.store.desk_sessions(desk.now()) == ()


async def test_an_answer_works_once(desk: Desk, provider: AccountProvider) -> None:
    async with browser(desk, provider) as client:
        answer = provider.answer_to(await gone_to(client))
        kept = dict(client.cookies)
        assert (await client.get(answer)).status_code == 303
        client.cookies.clear()
        client.cookies.update(kept)
        asked = len(provider.asked)
        again = await client.get(answer)
        assert again.status_code == 403
        assert "This login was used" in again.text
        assert len(provider.asked) == asked, "the provider is not bothered"
        assert not await is_in(client)


async def test_a_code_that_was_used_is_refused_by_the_provider(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as client:
        code = httpx.URL(provider.answer_to(await gone_to(client))).params["code"]
        provider.codes.pop(code)
        state = httpx.URL(await gone_to(client)).params["state"]
        page = await client.get("/login/oidc/back", params={"code": code, "state": state})
    assert page.status_code == 403
    assert "does not know this login any more" in page.text


async def test_a_code_of_one_attempt_is_of_no_use_in_another(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as thief, browser(desk, provider) as client:
        stolen = httpx.URL(provider.answer_to(await gone_to(client))).params["code"]
        state = httpx.URL(await gone_to(thief)).params["state"]
        page = await thief.get("/login/oidc/back", params={"code": stolen, "state": state})
        assert page.status_code == 403
        assert not await is_in(thief)


async def test_an_answer_of_another_browser_lets_nobody_in(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as attacker, browser(desk, provider) as victim:
        answer = provider.answer_to(await gone_to(attacker))
        assert (await victim.get(answer)).status_code == 403
        await gone_to(victim)
        assert (await victim.get(answer)).status_code == 403
        assert not await is_in(victim)


@pytest.mark.parametrize(
    "cookie",
    ["", "nonsense", "eyJzdGF0ZSI6ICJhIn0.nonsense", "W10.x", "é"],
)
async def test_a_cookie_of_ones_own_making_is_none(
    desk: Desk, provider: AccountProvider, cookie: str
) -> None:
    async with browser(desk, provider) as client:
        headers = [(b"Cookie", f"wirewatch_8750_oidc={cookie}".encode())]
        page = await client.get("/login/oidc/back?code=x&state=a", headers=headers)
    assert page.status_code == 403
    assert "Begin again" in page.text


async def test_an_attempt_is_too_old_after_ten_minutes(
    desk: Desk, provider: AccountProvider, clock: FixedClock
) -> None:
    async with browser(desk, provider) as client:
        answer = provider.answer_to(await gone_to(client))
        clock.advance(timedelta(minutes=10))
        assert (await client.get(answer)).status_code == 403


@pytest.mark.parametrize("more", ["&state=x", "&code=x"])
async def test_what_comes_twice_in_an_answer_is_refused(
    desk: Desk, provider: AccountProvider, more: str
) -> None:
    async with browser(desk, provider) as client:
        answer = provider.answer_to(await gone_to(client))
        assert (await client.get(answer + more)).status_code == 403


async def test_a_code_of_another_issuer_is_refused(desk: Desk, provider: AccountProvider) -> None:
    async with browser(desk, provider) as client:
        answer = provider.answer_to(await gone_to(client))
        page = await client.get(f"{answer}&iss=https://evil.example")
        assert page.status_code == 502
        assert "another provider" in page.text
    provider.described = {"authorization_response_iss_parameter_supported": True}
    async with browser(desk, provider) as client:
        assert (await came_back(client, provider)).status_code == 502


async def test_a_provider_that_calls_itself_otherwise_is_not_ours(
    desk: Desk, provider: AccountProvider
) -> None:
    provider.described = {"issuer": "http://evil.example/realm"}
    async with browser(desk, provider) as client:
        page = await client.get("/login/oidc")
    assert page.status_code == 502
    assert "The answer came from another provider than the newsroom." in page.text


ELSEWHERE = (
    None, 7, "", "javascript:alert(1)", "http://evil.example/x", "https://169.254.169.254/x",
    "https://[::1]/x", "https://localhost/x", "https://a:b@evil.example/x", "https://[/",
    "file:///etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
async def test_addresses_that_lead_elsewhere_are_not_followed(
    desk: Desk, provider: AccountProvider, clock: FixedClock, name: str
) -> None:
    async with browser(desk, provider) as client:
        for url in ELSEWHERE:
            provider.described = {name: url}
            page = await client.get("/login/oidc")
            assert page.status_code == 502, url
            assert "does not answer as it should" in page.text
            clock.advance(timedelta(seconds=10))
        assert provider.asked == ["description"] * len(ELSEWHERE)


async def test_a_provider_that_is_away_is_said_so_and_asked_seldom(
    desk: Desk, provider: AccountProvider, clock: FixedClock
) -> None:
    provider.broken = 503
    async with browser(desk, provider) as client:
        for _ in range(3):
            page = await client.get("/login/oidc", headers={"Accept-Language": "ru"})
            assert page.status_code == 502
            assert "the newsroom не отвечает" in page.text
            assert "Войти через the newsroom" in page.text
        assert provider.asked == ["description"]
        provider.broken = 0
        clock.advance(timedelta(seconds=10))
        assert (await came_back(client, provider)).status_code == 303


async def test_a_provider_that_does_not_listen_keeps_nobody_from_logging_in_by_link(
    desk: Desk, clock: FixedClock, keys: tuple[RSAKey, RSAKey]
) -> None:
    with serving(AccountProvider(clock, key=keys[0])) as gone:
        pass
    async with browser(desk, gone) as client:
        page = await client.get("/login/oidc?to=/more")
        assert page.status_code == 502
        assert "Or paste its code" in page.text


async def test_whom_the_provider_does_not_let_in_is_told_so(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as client:
        state = httpx.URL(await gone_to(client)).params["state"]
        answer = {"error": "access_denied\r\n<script>", "state": state}
        page = await client.get("/login/oidc/back", params=answer)
    assert page.status_code == 403
    assert "the newsroom let nobody in." in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_the_login_leads_to_no_other_site(
    desk: Desk, provider: AccountProvider, to: str
) -> None:
    async with browser(desk, provider) as client:
        assert (await came_back(client, provider, to)).headers["location"] == "/"


async def test_new_keys_are_fetched_when_a_token_names_one(
    desk: Desk, provider: AccountProvider, clock: FixedClock, keys: tuple[RSAKey, RSAKey]
) -> None:
    async with browser(desk, provider) as client:
        await came_back(client, provider)
        clock.advance(timedelta(minutes=1))
        provider.key = keys[1]
        assert (await came_back(client, provider)).status_code == 303
        provider.sign = by_a_key_that_nobody_named
        for _ in range(5):
            assert (await came_back(client, provider)).status_code == 403
    assert provider.asked.count("keys") == 2
    assert provider.asked.count("description") == 1
