"""No message stops the gate, whatever it is made of, and none writes a log that stops the next gate."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from fakes import fake_office, message_fuzz
from maskgate.approvals import border, machine
from maskgate.base.errors import RecordError
from maskgate.crypto import signing
from maskgate.gate import batch, inputs
from maskgate.policy import PolicyHolder, published
from maskgate.policy.published import Admins

SAMPLE = """id: shop
extends: [gdpr]
rules:
  - {id: cards, entity: CREDIT_CARD, action: {operator: partial, keep_last: 4}}
detection:
  custom: [{id: badge, entity: BADGE, pattern: "EMP-[0-9]{6}", matches: [EMP-123456]}]
  allow: [info@acme.com]
exports:
  destinations: {lab: {topic: lab}}
  rules: [{id: all, destination: lab, tier: standard}]
"""


def test_mutated_messages_are_refused_or_taken_and_never_stop_the_gate() -> None:
    """Some thousand mutations of all kinds: no gate ends, refused ones change nothing, the log reads back."""
    report = message_fuzz.run(4000, 7)
    assert report.stops == []
    assert set(report.by_kind) == set(message_fuzz.KINDS)
    assert sum(report.refused.values()) > 2000
    assert report.compared > 50
    assert report.restarts == 1


def test_the_fuzz_finds_a_gate_without_its_border(monkeypatch: pytest.MonkeyPatch) -> None:
    """With form, soundness and refusal taken out the same mutations stop a gate: the test can fail."""
    monkeypatch.setattr(border, "_fits", lambda *_: None)
    monkeypatch.setattr(machine, "refuse_unsound", lambda _: None)
    monkeypatch.setattr(batch, "CANNOT_JUDGE", ())
    monkeypatch.setattr(inputs, "CANNOT_JUDGE", ())
    assert message_fuzz.run(4000, 7).stops


def test_mutated_policies_on_the_topic_are_refused_or_taken() -> None:
    """Signed by an administrator's key: what cannot be read or used leaves the last good policy, and nothing raises."""
    rng, holder, admin = random.Random(5), PolicyHolder(None), fake_office.key("admin")
    keys = {admin.key_id: admin.public}
    last = published.Published("p.yaml", SAMPLE.encode(), 1).compiled()
    tree = {"domain": "policy.v1", "name": "p.yaml", "number": 7, "text": SAMPLE}
    seen: Counter[str] = Counter()
    for n in range(1500):
        mutant = message_fuzz.mutated(rng, tree) if n % 3 else tree | {"text": torn(rng, SAMPLE)}
        signer = fake_office.key("dan") if n % 7 == 0 else admin
        raw = signing.seal(published.PAYLOAD_TYPE, message_fuzz.json_of(mutant), [signer])
        raw = message_fuzz.broken(rng, raw) if n % 10 == 0 else raw
        try:
            found = published.judge(raw, Admins(keys, 1 + n % 2), lambda: last)
        except RecordError as error:
            seen[error.code] += 1
            continue
        change = holder.offer(found.text, found.name)
        seen["refused" if change is not None and not change.accepted else "taken"] += 1
    kinds = {"malformed_policy", "malformed_envelope", "bad_signature", "second_signature", "refused", "taken"}
    assert kinds <= set(seen), seen


def torn(rng: random.Random, text: str) -> str:
    """A policy with one to three places cut, doubled or overwritten."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = rng.randrange(len(text))
        piece = rng.choice(
            ("", "[" * 400, "{a: " * 300, "&a [*a]", "1" * 5000, ": ", "\n", "\x00", "2026-99-99", text[at : at + 40])
        )
        text = text[:at] + piece + text[at + rng.randrange(12) :]
    return text
