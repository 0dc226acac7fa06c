"""Letting people and programs in, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.clock import utc_now
from core.people import Role
from desk.people import begin, look
from storage import open_store
from tests.integration.children import Finished, wirewatch_here, write_config


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path, web={"listen": "127.0.0.1:8755"})
    return tmp_path


def run(folder: Path, *words: str) -> Finished:
    return wirewatch_here("web", *words, "-c", "watch.yaml", cwd=folder)


def test_a_login_link_leads_to_where_the_desk_listens(folder: Path) -> None:
    done = run(folder, "login", "--name", "aigul", "--role", "work")
    address, _, code = done.out.strip().partition("/login?code=")
    assert (done.status, address) == (0, "http://127.0.0.1:8755")
    with open_store(f"sqlite:///{folder}/wirewatch.db") as store:
        link = look(store, code, utc_now())
    assert (link.person, link.role) == ("aigul", Role.WORK)


def test_without_a_desk_nobody_is_let_in(tmp_path: Path) -> None:
    write_config(tmp_path)
    done = run(tmp_path, "login", "--name", "aigul")
    assert done.status == 78
    assert "`web: {}`" in done.err
    assert not done.out


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "\x1b[31m"])
def test_a_name_by_which_nobody_could_be_told_is_refused(folder: Path, name: str) -> None:
    done = run(folder, "login", "--name", name)
    assert done.status == 2
    assert not done.out


def test_a_token_is_shown_once_listed_and_taken_back(folder: Path) -> None:
    given = run(folder, "token", "--name", "case-system", "--for", "30d")
    secret = given.out.strip()
    assert secret.startswith("ww_")
    (listed,) = json.loads(run(folder, "tokens", "--format", "json").out)
    assert (listed["name"], listed["role"]) == ("case-system", "read")
    assert secret not in json.dumps(listed)
    assert run(folder, "revoke", listed["id"]).status == 0
    assert json.loads(run(folder, "tokens", "--format", "json").out) == []
    assert run(folder, "revoke", listed["id"]).status == 1


def test_a_role_given_by_hand_counts_for_links_and_for_sessions_that_are_open(folder: Path) -> None:
    code = run(folder, "login", "--name", "aigul").out.strip().rpartition("code=")[2]
    database = f"sqlite:///{folder}/wirewatch.db"
    with open_store(database) as store:
        begun = begin(store, code, "a browser", utc_now())
        assert begun.session.role is Role.ADMINISTER
    assert run(folder, "people", "set", "aigul", "--role", "read").out == "aigul: read\n"
    code = run(folder, "login", "--name", "aigul").out.strip().rpartition("code=")[2]
    with open_store(database) as store:
        assert look(store, code, utc_now()).role is Role.READ
        session = store.desk_session(begun.secret, utc_now())
        assert session is not None
        assert session.role is Role.READ
    (listed,) = json.loads(run(folder, "people", "list", "--format", "json").out)
    assert (listed["name"], listed["role"]) == ("aigul", "read")
    assert "aigul: read, looked last never" in run(folder, "people", "list").out


def test_who_is_forgotten_is_logged_out(folder: Path) -> None:
    run(folder, "people", "set", "aigul", "--role", "work")
    code = run(folder, "login", "--name", "aigul").out.strip().rpartition("code=")[2]
    with open_store(f"sqlite:///{folder}/wirewatch.db") as store:
        begun = begin(store, code, "a browser", utc_now())
        assert run(folder, "people", "forget", "aigul").status == 0
        assert store.desk_session(begun.secret, utc_now()) is None
    assert run(folder, "people", "forget", "aigul").status == 1
    assert json.loads(run(folder, "people", "list", "--format", "json").out) == []


@pytest.mark.parametrize("name", ["", "ai\u200bgul", "x" * 101])
def test_a_role_is_given_to_names_alone(folder: Path, name: str) -> None:
    assert run(folder, "people", "set", name, "--role", "work").status == 2
