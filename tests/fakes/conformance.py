"""The cases that every door reproduces: an event, and what the stream makes of it, byte for byte.

``python -m fakes.conformance`` (in ``tests/``) writes the expectations again, from the worker's own step.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maskgate.base import config
from maskgate.base.records import Header, Held, Masked, Quarantined, Record
from maskgate.crypto import signing
from maskgate.crypto.keyring import PURPOSES, Keyring
from maskgate.worker import batch, context
from maskgate.worker.origin import from_policy

FOLDER = Path(__file__).parents[1] / "conformance"
POLICY = FOLDER / "policy.yaml"
CASES = FOLDER / "cases.json"
TOPIC = "orders"

EVENTS: dict[str, bytes] = {
    "nothing to mask": b'{"id": 18446744073709551616, "price": 1.10,  "ok": true, "ok": false}',
    "mail as a value": b'{"user": {"email": "amelia.okafor@example.co.uk"}, "n": 1}',
    "escapes stay": b'{"note": "caf\\u00e9 \\u2603", "email": "amelia.okafor@example.co.uk"}',
    "the same mail twice": b'[{"email": "amelia.okafor@example.co.uk"}, {"email": "amelia.okafor@example.co.uk"}]',
    "card with spaces": b'{"card_number": "4539 1488 0343 6467"}',
    "IBAN as a token": b'{"iban": "GB82 WEST 1234 5698 7654 32"}',
    "phone": b'{"phone": "+44 20 7946 0958"}',
    "secret": b'{"password": "hunter2-Zq81-long"}',
    "JSON in a string": b'{"args": "{\\"email\\": \\"amelia.okafor@example.co.uk\\", \\"retry\\": 3}"}',
    "mail as a key": b'{"by_mail": {"amelia.okafor@example.co.uk": 3}}',
    "address": b'{"client_ip": "198.51.100.23"}',
    "a number alone": b"42",
    "a text alone": b'"amelia.okafor@example.co.uk"',
    "empty object": b"{}",
    "not JSON": b"amelia.okafor@example.co.uk",
    "cut short": b'{"email": "amelia.okafor@example.co.uk"',
    "no UTF-8": b'{"a": "\xff"}',
    "too deep": b"[" * 300 + b"]" * 300,
}
HEADERS: dict[str, tuple[Header, ...]] = {
    "held for a partner": (("maskgate.export", b"partner"), ("maskgate.purpose", b"settlement")),
    "an unknown destination": (("maskgate.export", b"nobody"),),
    "mail in a header": (("from", b"amelia.okafor@example.co.uk"),),
}


@dataclass(frozen=True)
class Case:
    """One event and what becomes of it; bytes in base64."""

    name: str
    event: str
    headers: list[list[str]]
    outcome: str
    value: str | None
    code: str
    destination: str
    fields: list[dict[str, Any]]

    @property
    def record(self) -> Record:
        """The event as a record of the stream."""
        headers = tuple((n, base64.b64decode(v)) for n, v in self.headers)
        return Record(TOPIC, 0, 7, base64.b64decode(self.event), None, headers)


def write_keyring(place: Path) -> Path:
    """A keyring whose keys are the same everywhere, with a pipeline key; returns its folder."""
    keys = [
        {
            "id": hashlib.sha256(p.encode()).hexdigest()[:8],
            "purpose": p,
            "created": "2026-01-01T00:00:00Z",
            "state": "active",
            "secret": base64.b64encode(hashlib.sha256(b"conformance " + p.encode()).digest()).decode(),
        }
        for p in PURPOSES
    ]
    path = Keyring.file(place)
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.write_text(json.dumps({"version": 1, "keys": keys}))
    path.chmod(0o600)
    signing.store(path.parent / "pipeline.pem", Ed25519PrivateKey.from_private_bytes(b"c" * 32), None)
    return place


def kit(place: Path) -> batch.Kit:
    """The worker's own step."""
    settings, _ = config.load(
        None, {"policy": str(POLICY), "pipeline.state_dir": str(place), "detection.model": "none"}
    )
    parts = context.build(settings, library=True)
    return batch.Kit(
        masker=parts.masker, policy=parts.policy.ref, digest=parts.engine.digest, versions=parts.engine.versions,
        item_keys=parts.item_keys, mac_key=parts.mac_key, signer=parts.signer,
        origins=from_policy(parts.policy.exports, parts.producers),
    )  # fmt: skip


def records() -> list[tuple[str, Record]]:
    """Every case's record by its name."""
    out = [(name, Record(TOPIC, 0, 7, value)) for name, value in EVENTS.items()]
    out += [(n, Record(TOPIC, 0, 7, EVENTS["mail as a value"], None, headers)) for n, headers in HEADERS.items()]
    return out


def expected(of: batch.Kit) -> list[Case]:
    """The cases as the worker's step decides them."""
    found = []
    for name, record in records():
        outcome = batch.mask(of, [record])[0]
        masked = outcome.value if isinstance(outcome, (Masked, Held)) else None
        found.append(
            Case(
                name=name,
                event=base64.b64encode(record.value or b"").decode(),
                headers=[[n, base64.b64encode(v or b"").decode()] for n, v in record.headers],
                outcome={Masked: "masked", Held: "held", Quarantined: "quarantined"}[type(outcome)],
                value=None if masked is None else base64.b64encode(masked).decode(),
                code=getattr(outcome, "code", ""),
                destination=str(outcome.export["destination"]) if isinstance(outcome, Held) else "",
                fields=[asdict(use) for use in getattr(outcome, "fields", ())],
            )
        )
    return found


def cases() -> list[Case]:
    """The cases of the file."""
    return [Case(**case) for case in json.loads(CASES.read_text(encoding="utf-8"))]


def differences(door: Callable[[Sequence[Case]], list[tuple[str, bytes | None, str]]], of: Sequence[Case]) -> list[str]:
    """Names of the cases whose (outcome, bytes if masked, code) a door does not reproduce."""
    wrong = []
    for case, (outcome, value, code) in zip(of, door(of), strict=True):
        masked = base64.b64decode(case.value) if case.outcome == "masked" and case.value is not None else None
        if (outcome, value, code) != (case.outcome, masked, case.code):
            wrong.append(f"{case.name}: {outcome} {code} {value!r}, expected {case.outcome} {case.code} {masked!r}")
    return wrong


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        made = [asdict(case) for case in expected(kit(write_keyring(Path(folder))))]
    CASES.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
