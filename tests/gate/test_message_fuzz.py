"""No message stops the gate, whatever it is made of, and none writes a log that stops the next gate."""

from __future__ import annotations

import pytest

from fakes import message_fuzz
from maskgate.approvals import border, machine
from maskgate.gate import batch, inputs


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
