"""Accounts: who a person, an agent or a service is to the outside, and the keys that producers sign with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["human", "agent", "service", "unknown"]


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """An account: issuer and subject, compared byte for byte."""

    iss: str
    sub: str

    def __str__(self) -> str:
        return f"{self.iss} {self.sub}"


def parse_principal(text: str, iss: str = "local") -> Principal:
    """``issuer subject``, or a subject alone of ``iss``."""
    issuer, _, subject = text.rpartition(" ")
    return Principal(issuer or iss, subject)


@dataclass(frozen=True, slots=True)
class ProducerKey:
    """An enrolled key of a producer and whom it speaks for."""

    public: bytes
    iss: str
    sub: str
    kind: Kind = "service"
    owner: Principal | None = None
