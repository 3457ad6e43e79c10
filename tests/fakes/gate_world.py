"""A state folder with keys, people and policy, and held items for the requests topic: what gate tests start from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fake_office as office

from maskgate.approvals.messages import items
from maskgate.approvals.model import Requester
from maskgate.base.config import Console, Gate, Kafka, Pipeline, Settings
from maskgate.base.records import FieldUse, Header, Held, PolicyRef, Record
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring

POLICY: dict[str, Any] = {
    "version": 1,
    "id": "test",
    "exports": {"destinations": {"default": {"allow_raw": True}, "partner": {"topic": "partner.in"}}},
    "approvals": office.POLICY,
}


def private_pem(signer: signing.FileSigner) -> bytes:
    """PKCS8 of a test key."""
    from cryptography.hazmat.primitives import serialization as ser

    return signer._key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption())


def write_key(folder: Path, name: str) -> Path:
    """The test key of a name as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    signer = office.key(name)
    path = folder / f"{name}.pem"
    path.write_bytes(private_pem(signer))
    path.chmod(0o600)
    path.with_suffix(".pub").write_text(signing.public_pem(signer.public))
    return path


def settle(
    folder: Path,
    kafka: Kafka,
    *,
    policy: Mapping[str, Any] | None = None,
    people: Mapping[str, Any] | None = None,
    gate: Mapping[str, Any] | None = None,
    console: Mapping[str, Any] | None = None,
    topics: Sequence[str] = ("events",),
) -> Settings:
    """Keys, policy and people files of a gate and a console; the settings that find them."""
    state = folder / "state"
    for name in ("pipeline", "intake", "gate", "console", "admin"):
        write_key(state / "keys", name)
    if not (state / "keys" / "gate-seal.pem").exists():
        sealing.create_seal_key(state / "keys" / "gate-seal.pem")
    Keyring.load_or_create(state)
    (folder / "policy.yaml").write_text(json.dumps(policy or POLICY))
    (folder / "people.yaml").write_text(json.dumps(people or office.people_tree()))
    for name in office.PEOPLE:
        write_key(folder / "reviewers", name)
    return Settings(
        kafka=kafka,
        pipeline=Pipeline(state_dir=state, topics=tuple(topics), instance="test"),
        gate=Gate.model_validate(dict(gate or {})),
        console=Console.model_validate({"public_read": True} | dict(console or {})),
        policy=folder / "policy.yaml",
        people=folder / "people.yaml",
    )


def item(
    settings: Settings,
    offset: int,
    *,
    value: bytes = b'{"order":4711,"email":"mg1.abc","total":18.40}',
    tier: str = "double",
    destination: str = "default",
    requester: Requester | None = None,
    topic: str = "events",
    rule: str = "orders-out",
    purpose: str = "monthly settlement",
    key: bytes | None = b"k",
    wants_raw: bool = False,
    original: bytes = b'{"order":4711,"email":"jane@example.com","total":18.40}',
    signer: signing.FileSigner | None = None,
    headers: tuple[Header, ...] = (),
    uses: Sequence[FieldUse] = (FieldUse("/email", "EMAIL_ADDRESS", "tokenize", "email", 1.0, 1),),
) -> bytes:
    """The envelope that a mask worker would write for a held record."""
    record = Record(topic, 0, offset, original, key)
    out = f"{topic}.released" if destination == "default" else "partner.in"
    export = {
        "rule": rule,
        "destination": destination,
        "topic": out,
        "verb": "export",
        "purpose": purpose,
        "tier": tier,
        "wants_raw": wants_raw,
        "declared": {"expected_outcome": "the partner can settle the month"},
    }
    seal = settings.pipeline.state_dir / "keys" / "gate-seal.pub"
    return items.build_item(
        Held(value, key, headers, tuple(uses), export, office.stand_ins_in(value)),
        record,
        requester=requester or office.verified("orders-service", "service"),
        policy=PolicyRef("test", "1", "d"),
        detectors="det",
        item_key=Keyring.load(settings.pipeline.state_dir).key("item").secret,
        signer=signer or office.key("pipeline"),
        seal_to=sealing.load_seal_public(seal) if wants_raw else None,
        now_ms=office.START,
    )
