"""Which server, with which key, and how it proves itself. The key never stands in a repr, a log or an error."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass
class Key:
    """A key, or the file that holds it: a file is read again when it has changed (a mounted secret that rotates)."""

    text: str = field(default="", repr=False)
    file: Path | None = None
    _seen: tuple[int, int] = field(default=(0, 0), repr=False)

    def value(self) -> str:
        """Raises ValueError when there is no key in the file, OSError when there is no file."""
        if self.file is not None:
            facts = self.file.stat()
            if self._seen != (facts.st_mtime_ns, facts.st_size):
                self.text = checked_key(self.file.read_text(encoding="utf-8"), str(self.file))
                self._seen = (facts.st_mtime_ns, facts.st_size)
        return self.text


@dataclass(frozen=True)
class Server:
    """Where requests and connections go."""

    address: str
    key: Key
    tls: ssl.SSLContext | None

    def headers(self) -> dict[str, str]:
        """What proves who is asking; nothing without a key."""
        key = self.key.value()
        return {"authorization": f"Bearer {key}"} if key else {}

    def socket_address(self, path: str) -> str:
        """The same server, for a WebSocket."""
        return "ws" + self.address.removeprefix("http") + path


def find_server(
    server: str | None,
    key: str | None,
    key_file: str | os.PathLike[str] | None,
    *,
    ca_file: str | os.PathLike[str] | None = None,
    allow_plain_http: bool = False,
    env: Mapping[str, str] = os.environ,
) -> Server:
    """Arguments first, then CAPSTAN_SERVER, CAPSTAN_KEY, CAPSTAN_KEY_FILE and CAPSTAN_CA_FILE.

    Raises ValueError when what was given is no address or no key, or would send the key in the clear.
    """
    named = server or env.get("CAPSTAN_SERVER")
    if not named:
        raise ValueError(
            "no server is named: pass server=, or set CAPSTAN_SERVER to an address like https://capstan.example"
        )
    address = checked_address(named)
    found = _find_key(key, key_file, env)
    secure = address.startswith("https:")
    if not secure and not allow_plain_http and (found.text or found.file) and not _is_loopback(address):
        raise ValueError(
            f"{address} is neither https nor on this machine: the key would be readable on the way. "
            "Use https, or say allow_plain_http=True where the network itself encrypts."
        )
    return Server(address, found, _tls(ca_file or env.get("CAPSTAN_CA_FILE")) if secure else None)


def checked_address(text: str) -> str:
    """Without a trailing slash. The message never repeats credentials that somebody wrote into it."""
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise ValueError("the server address carries credentials: give the key by CAPSTAN_KEY or CAPSTAN_KEY_FILE")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is no server address: write it like https://capstan.example")
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/")


def checked_key(text: str, source: str) -> str:
    """Anything but printable ASCII would be refused by the HTTP library, with the key in its message."""
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise ValueError(f"{source} holds no key: a key is one line of printable characters")
    return key


def _find_key(key: str | None, key_file: str | os.PathLike[str] | None, env: Mapping[str, str]) -> Key:
    if key is not None:
        return Key(checked_key(key, "the argument `key`"))
    if key_file is None and env.get("CAPSTAN_KEY"):
        return Key(checked_key(env["CAPSTAN_KEY"], "CAPSTAN_KEY"))
    file = key_file or env.get("CAPSTAN_KEY_FILE")
    return Key(file=Path(file)) if file else Key()


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _tls(ca_file: str | os.PathLike[str] | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca_file) if ca_file else httpx.create_ssl_context()
