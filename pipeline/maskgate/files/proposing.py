"""A change of the policy for a field that began to hold a kind of data."""

from __future__ import annotations

import hashlib
import json
from typing import Protocol

from maskgate.files.suggesting import EXAMPLES, PLAIN

_FOUND = EXAMPLES | {"EMAIL_ADDRESS": "jane.roe@nordwind-handel.net", "IP_ADDRESS": "81.173.192.77"}
"""Values of our own that the rules find: those reserved for documents are nobody's."""


class Drifted(Protocol):
    """What is needed of a change."""

    @property
    def topic(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def is_open(self) -> bool: ...


def proposal(change: Drifted, extends: str) -> str:
    """A policy that extends the one in force by a rule for the place; empty where what is there is masked already."""
    if not change.is_open or not change.path.startswith("/"):
        return ""
    ident = hashlib.sha256(f"{change.topic}{change.path}{change.kind}".encode()).hexdigest()[:8]
    said = json.dumps
    return (
        f"version: 1\nid: drift-{ident}\nextends: [{said(extends)}]\ntopics:\n  {said(change.topic)}:\n    rules:\n"
        f"      - {{id: drift-{ident}, path: {said(change.path)}, entity: {change.kind}, action: redact}}\n"
    )


def example(change: Drifted) -> bytes:
    """An event of our own that has such a value at the place."""
    value: object = _FOUND.get(change.kind, PLAIN)
    for part in reversed(change.path.split("/")[1:]):
        value = [value] if part == "*" else {part: value}
    return json.dumps(value).encode()


__all__ = ["example", "proposal"]
