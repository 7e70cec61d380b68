"""Which server, with which key: what is taken, what is refused, and that the key is shown nowhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from capstan._server import find_server


def found(env: dict[str, str] | None = None, **arguments: Any) -> Any:
    names = {"server": None, "key": None, "key_file": None}
    return find_server(**{**names, **arguments}, env=env or {})


def test_arguments_come_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-file\n")
    env = {"CAPSTAN_SERVER": "https://env.example", "CAPSTAN_KEY": "from-env", "CAPSTAN_KEY_FILE": str(file)}
    assert found(env).key.value() == "from-env"
    assert found(env, key_file=file).key.value() == "from-file"
    assert found(env, key="given").key.value() == "given"
    assert found(env, server="https://here.example/base/").address == "https://here.example/base"
    assert found(env).socket_address("/x") == "wss://env.example/x"


def test_without_a_key_nothing_is_proved() -> None:
    assert found(server="http://127.0.0.1:1").headers() == {}


@pytest.mark.parametrize(
    ("arguments", "want"),
    [
        ({}, "CAPSTAN_SERVER"),
        ({"server": "capstan.example"}, "no server address"),
        ({"server": "ftp://capstan.example"}, "no server address"),
        ({"server": "https://user:hunter2@capstan.example"}, "carries credentials"),
        ({"server": "https://capstan.example", "key": "hunter2 x"}, "holds no key"),
        ({"server": "https://capstan.example", "key": "hunter2é"}, "holds no key"),
        ({"server": "http://capstan.example", "key": "cap_hunter2"}, "readable on the way"),
        ({"server": "http://10.0.0.1", "key": "cap_hunter2"}, "readable on the way"),
    ],
)
def test_refuses(arguments: dict[str, Any], want: str) -> None:
    with pytest.raises(ValueError, match=want) as caught:
        found(**arguments)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("server", ["http://127.0.0.1:8080", "http://[::1]:1", "http://localhost", "https://a.example"])
def test_sends_a_key_to(server: str) -> None:
    assert found(server=server, key="cap_key").headers() == {"authorization": "Bearer cap_key"}


def test_plain_http_elsewhere_is_a_decision() -> None:
    assert found(server="http://capstan.svc", key="cap_key", allow_plain_http=True).tls is None


def test_a_key_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("first")
    server = found(server="https://capstan.example", key_file=file)
    assert server.headers()["authorization"] == "Bearer first"
    replacement = tmp_path / "next"
    replacement.write_text("the-second")
    os.replace(replacement, file)
    assert server.headers()["authorization"] == "Bearer the-second"


def test_the_key_is_in_no_representation() -> None:
    assert "cap_key" not in repr(found(server="https://capstan.example", key="cap_key"))
