"""Signing with a real ssh-agent."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fakes.fake_office import Office, account, key, moves, people_tree
from maskgate.approvals import commands
from maskgate.approvals.model import ItemState
from maskgate.base.errors import ConfigurationError
from maskgate.crypto import signers, signing, ssh_agent

needs_agent = pytest.mark.skipif(not shutil.which("ssh-agent"), reason="ssh-agent is not installed")


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[str]:
    """The socket of a fresh agent."""
    path = str(tmp_path / "s")
    process = subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if _answers(path):
                break
            threading.Event().wait(0.02)
        yield path
    finally:
        process.terminate()
        process.wait(10)


def _answers(path: str) -> bool:
    """Whether somebody listens: the socket's name is there a little earlier."""
    with socket.socket(socket.AF_UNIX) as trial:
        return trial.connect_ex(path) == 0


def add(agent: str, path: Path) -> bytes:
    """A new OpenSSH key, added to the agent; its raw public half."""
    secret = Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.OpenSSH
    path.touch(0o600)
    path.write_bytes(secret.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    subprocess.run(["ssh-add", "-q", str(path)], env={**os.environ, "SSH_AUTH_SOCK": agent}, check=True)
    encoding, public = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    path.with_suffix(".pub").write_bytes(secret.public_key().public_bytes(encoding, public))
    return signing.load_public(path.with_suffix(".pub"))


@needs_agent
def test_a_vote_signed_by_the_agent_counts(agent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The agent's signature is an ordinary one: the gate cannot tell it from a key file's."""
    public = add(agent, tmp_path / "id")
    monkeypatch.setenv("SSH_AUTH_SOCK", agent)
    signer = signers.open_signer(f"agent:{tmp_path / 'id.pub'}", lambda _: "")
    assert signer.key_id == signing.key_id(public) == signers.open_signer("agent:", lambda _: "").key_id
    tree = people_tree()
    tree["persons"][3]["keys"] = [{"public": (tmp_path / "id.pub").read_text()}]
    office = Office(people=tree)
    request = office.open(tier="standard")
    office.do(commands.CastVote(envelope=office.ballot(request, "dan", signer=signer, reviewer=account("dan"))))
    assert moves(office.release(request)) == [ItemState.RELEASED]


@needs_agent
def test_the_key_must_be_there_and_clear(agent: str, tmp_path: Path) -> None:
    """No key, another key, or several without a name are refused with what to do."""
    with pytest.raises(ConfigurationError, match="ssh-add"):
        ssh_agent.pick(socket_path=agent)
    add(agent, tmp_path / "one")
    add(agent, tmp_path / "two")
    with pytest.raises(ConfigurationError, match="name one"):
        ssh_agent.pick(socket_path=agent)
    with pytest.raises(ConfigurationError, match="ssh-add"):
        ssh_agent.pick(key("other").public, agent)
    with pytest.raises(ConfigurationError, match="did not sign"):
        ssh_agent.AgentSigner(agent, key("other").public).sign(b"x")


def test_no_agent_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a socket, with a dead one, or with one that talks nonsense, the message says so."""
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(ConfigurationError, match="SSH_AUTH_SOCK"):
        ssh_agent.keys()
    with pytest.raises(ConfigurationError, match="cannot be reached"):
        ssh_agent.keys(str(tmp_path / "none"))
    path = str(tmp_path / "liar")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()

        def lie() -> None:
            for answer in (b"\0\0\0\0", b"\0\0\0\x05\x0c\0\0\0\x01", b"\0\0"):
                peer, _ = server.accept()
                with peer:
                    peer.recv(100)
                    peer.sendall(answer)

        thread = threading.Thread(target=lie)
        thread.start()
        for reason in ("wrong size", "torn answer", "closed the connection"):
            with pytest.raises(ConfigurationError, match=reason):
                ssh_agent.keys(path)
        thread.join(5)
    with pytest.raises(ConfigurationError, match="cannot read"):
        signers.open_signer(str(tmp_path / "none.pem"), lambda _: "")
