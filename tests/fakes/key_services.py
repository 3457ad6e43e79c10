"""Key services that answer on this machine: AWS KMS as moto serves it, and a token of SoftHSM."""

from __future__ import annotations

import atexit
import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import rmtree, which
from tempfile import mkdtemp

import pytest

from maskgate.base import filemodes
from maskgate.crypto.hsm import Place

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm.so")
PIN = "7391-of-the-tests"


def aws_kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The ARN of a symmetric key; credentials and the service's address are in the environment."""
    boto3 = pytest.importorskip("boto3")
    pytest.importorskip("flask_cors", reason="moto's server needs flask and flask-cors")
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIATESTS",
        "AWS_SECRET_ACCESS_KEY": "secret-of-the-tests",
        "AWS_ENDPOINT_URL_KMS": f"http://{host}:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    try:
        yield str(boto3.client("kms", region_name="eu-central-1").create_key()["KeyMetadata"]["Arn"])
    finally:
        server.stop()


def module() -> str:
    """The library of SoftHSM; the test is skipped where it is not installed."""
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
    found = next((path for path in MODULES if Path(path).exists()), "")
    if not found or which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed (apt: softhsm2)")
    return found


@cache
def _token() -> Place:
    """The one token of this process: the library reads its configuration and finds its tokens when it is loaded."""
    library = module()
    home = Path(mkdtemp(prefix="softhsm-"))
    atexit.register(rmtree, home, ignore_errors=True)
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    tool = ["softhsm2-util", "--init-token", "--free", "--label", "tests", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(tool, check=True, capture_output=True)
    filemodes.write_secret(home / "pin", f"{PIN}\n".encode())
    return Place(library, "tests", "", str(home / "pin"))


def place() -> Place:
    """A place in the token that nothing is at."""
    return replace(_token(), label=f"k{uuid.uuid4().hex}")
