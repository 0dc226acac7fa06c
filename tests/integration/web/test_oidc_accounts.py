"""Whom a provider of accounts lets in: names, roles, and what a desk without one loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import ConfigError, load_config
from core.people import Role
from desk.context import Desk
from desk.people import forget, give_role
from tests.integration.web.account_provider import (
    AccountProvider,
)
from tests.integration.web.oidc_visits import browser, came_back, is_in


async def test_a_name_stays_with_the_account_that_came_by_it_first(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider) as client:
        assert (await came_back(client, provider)).status_code == 303
    provider.person = {"sub": "666", "preferred_username": "aigul"}
    async with browser(desk, provider) as client:
        page = await came_back(client, provider)
        assert page.status_code == 403
        assert "aigul is the name of another account here" in page.text
        assert not await is_in(client)
        forget(desk.store, "aigul")
        assert (await came_back(client, provider)).status_code == 303


@pytest.mark.parametrize(
    "name", [None, "", 7, ["aigul"], {"a": "b"}, "ai\u200bgul", "a\nb", "x" * 101, "\x00"]
)
async def test_who_has_no_name_is_nobody(
    desk: Desk, provider: AccountProvider, name: object
) -> None:
    provider.person = {"sub": "1", "preferred_username": name}
    async with browser(desk, provider) as client:
        page = await came_back(client, provider)
    assert page.status_code == 403
    assert "gave no name" in page.text


@pytest.mark.parametrize(("verified", "status"), [(True, 303), ("true", 403), (None, 403)])
async def test_a_mail_address_is_a_name_only_when_it_was_verified(
    desk: Desk, provider: AccountProvider, verified: object, status: int
) -> None:
    provider.person = {"sub": "1", "email": "aigul@example.org", "email_verified": verified}
    async with browser(desk, provider, name_claim="email") as client:
        assert (await came_back(client, provider)).status_code == status


async def test_without_a_role_nobody_is_let_in_but_who_was_given_one(
    desk: Desk, provider: AccountProvider
) -> None:
    async with browser(desk, provider, role=None) as client:
        page = await came_back(client, provider)
        assert page.status_code == 403
        assert "You are aigul, who has no role here" in page.text
        assert desk.store.people() == ()
        give_role(desk.store, "aigul", Role.READ)
        assert (await came_back(client, provider)).status_code == 303
        assert (await client.post("/act", data={})).status_code == 403


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (["desk", "admins"], Role.ADMINISTER),
        ("desk", Role.WORK),
        (["others"], None),
        ([["admins"], 7, None], None),
        ({"admins": True}, None),
        (None, None),
    ],
)
async def test_roles_follow_groups_at_every_login(
    desk: Desk, provider: AccountProvider, said: object, role: Role | None
) -> None:
    roles = {"claim": "realm_access.roles", "administer": ["admins"], "work": ["desk"]}
    for first in (["admins"], said):
        provider.person = {
            "sub": "1", "preferred_username": "aigul", "realm_access": {"roles": first}
        }  # fmt: skip
        async with browser(desk, provider, role=None, roles=roles) as client:
            page = await came_back(client, provider)
    assert page.status_code == (403 if role is None else 303)
    newest = desk.store.desk_sessions(desk.now())
    assert len(newest) == (1 if role is None else 2)
    assert role is None or role in {session.role for session in newest}


async def test_what_the_token_leaves_open_is_asked_of_userinfo(
    desk: Desk, provider: AccountProvider
) -> None:
    provider.person = {"sub": "1"}
    provider.userinfo = {"preferred_username": "aigul"}
    async with browser(desk, provider) as client:
        assert (await came_back(client, provider)).status_code == 303
        assert "You are aigul" in (await client.get("/more")).text
    provider.userinfo = {"preferred_username": "azamat", "sub": "2"}
    async with browser(desk, provider) as client:
        assert (await came_back(client, provider)).status_code == 403


# -- without it


def test_without_oidc_its_package_is_not_loaded() -> None:
    code = (
        "import sys, json\n"
        "from web.app import create_app\n"
        "import cli.main, cli.run, web.server\n"
        "print(json.dumps([name for name in sys.modules if name in ('authlib', 'joserfc')]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_without_the_extra_the_configuration_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "authlib", None)
    file = tmp_path / "watch.yaml"
    file.write_text("web:\n  oidc: {issuer: 'https://id.example.org', client_id: desk}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    (problem,) = caught.value.problems
    assert (problem.mark.line, problem.hint) == (2, "pip install 'wirewatch[oidc]'")


def test_its_secret_may_lie_in_a_file_and_is_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret-of-the-client\n")
    file = tmp_path / "watch.yaml"
    file.write_text(
        "web:\n  oidc: {issuer: 'https://id.example.org', client_id: desk,"
        " client_secret_file: secret}\n"
    )
    web = load_config(file).config.web
    assert web is not None
    assert web.oidc is not None
    assert web.oidc.client_secret is not None
    assert web.oidc.client_secret.get_secret_value() == "s3cret-of-the-client"
    assert "s3cret" not in repr(web)
