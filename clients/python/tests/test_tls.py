"""A certificate authority of one's own, for requests and for the worker's connection."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from capstan import Client, Retry, Unreachable, Worker
from scripted_http import Answered, ScriptedHttp
from scripted_link import ScriptedLink, Working, make_task

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificate and key in one file; its own authority."""
    directory = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(directory / "key"), "-out", str(directory / "cert")]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run([*made, "-days", "1", *names, *files], check=True, capture_output=True)
    both = directory / "both"
    both.write_bytes((directory / "cert").read_bytes() + (directory / "key").read_bytes())
    return both


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_client_trusts_it_when_it_is_named(certificate: Path, http: ScriptedHttp) -> None:
    http.encrypt(serving(certificate)).answers(Answered(json={"ok": True}))
    address = http.address.replace("http:", "https:")
    with Client(address, key="cap_key", project="p", ca_file=certificate) as client:
        assert client.get("job") == {"ok": True}  # type: ignore[comparison-overlap]
    unaware = Client(address, key="cap_key", project="p", retry=Retry(tries=1))
    with unaware as client, pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
        client.get("job")
    assert len(http.asked) == 1, "without it the key is not even sent"


async def test_so_does_a_worker(certificate: Path) -> None:
    async with ScriptedLink().listening(ssl=serving(certificate)) as link:
        address = link.address.replace("http:", "https:")
        worker = Worker(["research"], server=address, key="cap_key", ca_file=certificate)
        worker.handler("double")(lambda payload: payload * 2)
        working = Working(worker)
        working.start()
        connection = await link.connection()
        await connection.welcome()
        await connection.grant(make_task("double", 2))
        assert (await connection.one_result())["result"] == 4
        await working.stop()
