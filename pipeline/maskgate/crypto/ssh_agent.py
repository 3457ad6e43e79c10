"""Signing with a key that an ssh-agent holds: the private half never enters this process.

Ed25519 keys only: the agent's signature over the DSSE encoding is then the same as a key file's. Speaks the agent
protocol (https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/) over the socket of ``SSH_AUTH_SOCK``.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from maskgate.base.errors import ConfigurationError
from maskgate.crypto import signing

_LIST, _IDENTITIES, _SIGN, _SIGNATURE = 11, 12, 13, 14
_KIND = b"ssh-ed25519"
_MAX_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class AgentSigner:
    """A key of an agent."""

    socket_path: str
    public: bytes

    @property
    def key_id(self) -> str:
        return signing.key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """The Ed25519 signature of the data.

        Raises:
            ConfigurationError: the agent is gone, locked, or its user said no.
        """
        blob = _string(_KIND) + _string(self.public)
        kind, answer = _ask(self.socket_path, bytes([_SIGN]) + _string(blob) + _string(data) + bytes(4))
        if kind != _SIGNATURE:
            raise ConfigurationError("the ssh-agent did not sign: the key is gone, or the agent is locked")
        signature, _ = _take(answer, 0)
        name, at = _take(signature, 0)
        raw, _ = _take(signature, at)
        if name != _KIND or len(raw) != 64:
            raise ConfigurationError("the ssh-agent gave another kind of signature")
        return raw


def keys(socket_path: str | None = None) -> list[AgentSigner]:
    """The Ed25519 keys that the agent offers.

    Raises:
        ConfigurationError: there is no agent.
    """
    path = socket_path or os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        raise ConfigurationError("no ssh-agent: SSH_AUTH_SOCK is not set; start one, or sign with a key file")
    kind, answer = _ask(path, bytes([_LIST]))
    if kind != _IDENTITIES:
        raise ConfigurationError("the ssh-agent does not list its keys")
    out, at = [], 4
    for _ in range(int.from_bytes(answer[:4], "big")):
        blob, at = _take(answer, at)
        _comment, at = _take(answer, at)
        name, inside = _take(blob, 0)
        if name == _KIND:
            out.append(AgentSigner(path, _take(blob, inside)[0]))
    return out


def pick(public: bytes | None = None, socket_path: str | None = None) -> AgentSigner:
    """The agent's key with this public half, or its only one.

    Raises:
        ConfigurationError: not there, or several to choose from.
    """
    offered = keys(socket_path)
    if public is not None:
        offered = [signer for signer in offered if signer.public == public]
    if len(offered) == 1:
        return offered[0]
    if not offered:
        raise ConfigurationError("the ssh-agent does not hold this Ed25519 key; add it with ssh-add")
    raise ConfigurationError("the ssh-agent holds several Ed25519 keys; name one: agent:FILE.pub")


def _ask(path: str, message: bytes) -> tuple[int, bytes]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.settimeout(60)  # the agent may ask its user
            agent.connect(path)
            agent.sendall(_string(message))
            size = int.from_bytes(_exactly(agent, 4), "big")
            if not 0 < size <= _MAX_ANSWER:
                raise ConfigurationError("the ssh-agent gave an answer of a wrong size")
            answer = _exactly(agent, size)
    except OSError as error:
        raise ConfigurationError(f"the ssh-agent cannot be reached: {error.strerror or 'no answer'}") from None
    return answer[0], answer[1:]


def _exactly(agent: socket.socket, size: int) -> bytes:
    out = b""
    while len(out) < size:
        part = agent.recv(size - len(out))
        if not part:
            raise ConfigurationError("the ssh-agent closed the connection")
        out += part
    return out


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    size = int.from_bytes(data[at : at + 4], "big")
    if at + 4 + size > len(data):
        raise ConfigurationError("the ssh-agent gave a torn answer")
    return data[at + 4 : at + 4 + size], at + 4 + size
