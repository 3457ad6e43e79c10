"""The library: same bytes and outcomes as the stream, from any thread and process, and nothing without keys."""

from __future__ import annotations

import base64
import json
import multiprocessing
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import maskgate
from fakes import conformance
from fakes.conformance import Case
from maskgate.base.errors import ConfigurationError, RecordError
from maskgate.crypto.keyring import VARIABLE
from maskgate.embed import gate as gates

ROOT = Path(__file__).parents[2]
MAIL = {"user": {"email": "amelia.okafor@example.co.uk"}, "n": 1}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the shared keyring."""
    return conformance.write_keyring(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def gate(place: Path) -> maskgate.Gate:
    """A gate under the policy of the conformance file, rules only."""
    return maskgate.load(policy=conformance.POLICY, keyring=place, model="none", topic=conformance.TOPIC)


def through(gate: maskgate.Gate, cases: Sequence[Case]) -> list[tuple[str, bytes | None, str]]:
    """The library as a door."""
    results = gate.mask_records([case.record for case in cases])
    return [(r.outcome, r.value, r.code) for r in results]


def test_the_file_is_what_the_stream_does(place: Path) -> None:
    """The expectations are those of the worker's own step today: bytes, outcomes and fields."""
    assert conformance.expected(conformance.kit(place)) == conformance.cases()


def test_the_library_reproduces_the_stream(gate: maskgate.Gate) -> None:
    """Every case of the conformance file: outcome, bytes and code; the fields as well."""
    cases = conformance.cases()
    assert conformance.differences(lambda c: through(gate, c), cases) == []
    for case in cases:
        found = gate.mask_records([case.record])[0]
        if case.outcome != "quarantined":
            assert [{name: getattr(use, name) for name in case.fields[0]} for use in found.fields] == case.fields


def test_the_command_reproduces_the_stream(place: Path, tmp_path: Path) -> None:
    """`maskgate mask` writes the bytes of every case that is masked and leaves out those that are quarantined."""
    cases = [case for case in conformance.cases() if not case.headers]
    source = tmp_path / "events.ndjson"
    source.write_bytes(b"".join((case.record.value or b"") + b"\n" for case in cases))
    options = ["-q", "-p", str(conformance.POLICY), "--keyring", str(place), "--model", "none"]
    done = subprocess.run([sys.executable, "-m", "maskgate", "mask", *options, str(source)], capture_output=True)
    assert done.stdout.splitlines() == [base64.b64decode(c.value or "") for c in cases if c.outcome == "masked"]
    assert done.returncode == 1  # some lines were left out


def test_the_page_runs(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of docs/embed.md gives what its comments say."""
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/embed.md").read_text(), re.S)
    monkeypatch.chdir(place)
    names: dict[str, Any] = {}
    for line in block.replace('".maskgate"', repr(str(place))).splitlines():
        code, _, comment = line.partition("  # ")
        if comment:
            assert repr(eval(code, names)).replace("'", '"') == comment
        else:
            exec(code, names)


def test_events_come_back_in_the_type_that_was_given(gate: maskgate.Gate) -> None:
    """A dict gives a dict, text text, bytes bytes; what was not masked stays byte for byte."""
    masked = gate.mask(MAIL).value
    assert masked["n"] == 1
    assert masked["user"]["email"] != MAIL["user"]["email"]  # type: ignore[index]
    raw = b'{"price": 1.10,  "email": "amelia.okafor@example.co.uk"}'
    assert gate.mask(raw).value.startswith(b'{"price": 1.10,  "email": "')
    assert gate.mask(raw.decode()).value == gate.mask(raw).value.decode()
    assert [r.value for r in gate.mask_many([MAIL, raw])] == [masked, gate.mask(raw).value]


@pytest.mark.parametrize("event", ["amelia.okafor@example.co.uk", {"a": float("nan")}, "\ud800", b"\xff"])
def test_what_is_no_json_is_quarantined_without_a_byte(gate: maskgate.Gate, event: Any) -> None:
    """No JSON, NaN, a lone surrogate: a code, and nothing of the input anywhere in the result."""
    result = gate.mask(event)
    assert (result.outcome, result.value) == ("quarantined", None)
    assert result.code in ("not_json", "not_utf8")
    assert "amelia" not in repr(result)


def test_a_type_that_is_no_event_says_what_is(gate: maskgate.Gate) -> None:
    """A set is no event; the error says what is and never shows the value."""
    with pytest.raises(ConfigurationError, match="give bytes or text") as caught:
        gate.mask({"amelia.okafor@example.co.uk"})
    assert "amelia" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="JSON types"):
        gate.mask({"when": object()})


def test_held_events_come_as_signed_items(gate: maskgate.Gate) -> None:
    """An export is held: no value, the destination, the item for the approval topic; a replay makes the same id."""
    headers = (("maskgate.export", b"partner"), ("maskgate.purpose", b"settlement"))
    first, again = (gate.mask(MAIL, headers=headers, partition=2, offset=9) for _ in range(2))
    assert (first.outcome, first.value, first.destination) == ("held", None, "partner")
    assert first.row["kind"] == "held"
    assert first.row["item_id"] == again.row["item_id"] != ""
    assert first.item is not None and b"amelia" not in first.item


def test_lineage_row_names_source_policy_and_fields(gate: maskgate.Gate) -> None:
    """The row of an event is the one that the stream would write."""
    row = gate.mask(MAIL, partition=3, offset=11).row
    assert (row["kind"], row["source_topic"], row["source_partition"], row["source_offset"]) == (
        "masked",
        "orders",
        3,
        11,
    )
    assert [f["path"] for f in row["fields"]] == ["/user/email"]
    assert row["policy_id"] == "conformance"


def test_explain_names_the_rule_of_each_place(gate: maskgate.Gate) -> None:
    """What was found, what was done, by which rule; an event that cannot be looked at raises its code."""
    (place,) = gate.explain(MAIL)
    assert (place.path, place.entity, place.operator, place.rule) == (
        "/user/email",
        "EMAIL_ADDRESS",
        "pseudonym",
        "mail",
    )
    with pytest.raises(RecordError, match="not_json"):
        gate.explain("nope")


def test_scan_and_free_text(gate: maskgate.Gate) -> None:
    """Findings without masking, and free text with labels."""
    assert [f.path for f in gate.scan(MAIL).findings] == ["/user/email"]
    assert gate.mask_text("write to amelia.okafor@example.co.uk now") == "write to <EMAIL_ADDRESS> now"


def test_no_keyring_no_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without shared keys nothing is made up: the error says what to run, and no file appears."""
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(ConfigurationError, match="maskgate keys create"):
        maskgate.load(keyring=tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_policy_raises_at_the_first_use(place: Path) -> None:
    """Loading is lazy; `warm` is the place to find out."""
    gate = maskgate.load(policy="nowhere", keyring=place, model="none")
    with pytest.raises(ConfigurationError, match="no such file, folder or profile"):
        gate.warm()


def test_pickled_and_forked_and_in_threads(gate: maskgate.Gate) -> None:
    """A copy, a fork and eight threads give the same bytes as the gate itself."""
    events = [json.dumps(MAIL | {"n": n}).encode() for n in range(40)]
    expected = [r.value for r in gate.mask_many(events)]
    copy = pickle.loads(pickle.dumps(gate))
    assert [r.value for r in copy.mask_many(events)] == expected
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map(_mask_one, [(gate, event) for event in events[:4]]) == expected[:4]
    found: list[list[bytes]] = []
    threads = [
        threading.Thread(target=lambda: found.append([gate.mask(event).value for event in events])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8


def test_copies_of_a_gate_are_one_gate_where_they_arrive(place: Path) -> None:
    """An engine that sends a gate with every task has it loaded once; another gate is another one."""
    sent = pickle.dumps(maskgate.load(policy="gdpr", keyring=place, model="none", topic="orders"))
    first, again = pickle.loads(sent), pickle.loads(sent)
    assert first is again
    other = pickle.loads(pickle.dumps(maskgate.load(policy="gdpr", keyring=place, model="none", topic="parcels")))
    assert other is not first
    assert (first.topic, other.topic) == ("orders", "parcels")


def test_a_process_keeps_few_gates_of_others(place: Path) -> None:
    """Each holds an engine: a worker that serves many jobs does not grow with them."""
    for number in range(12):
        pickle.loads(pickle.dumps(maskgate.load(keyring=place, model="none", topic=f"t{number}")))
    assert len(gates._kept) <= 4


def test_a_gate_that_arrives_again_has_the_policy_as_it_is_now(place: Path, tmp_path: Path, capsys: Any) -> None:
    """A task that starts after the policy changed masks by the new one; a broken one is refused aloud."""
    policy = tmp_path / "policy.yaml"
    text = "version: 1\nid: mine\ndefault: %s\n"
    policy.write_text(text % "keep")
    sent = pickle.dumps(maskgate.load(policy=policy, keyring=place, model="none"))
    assert pickle.loads(sent).mask(MAIL).value == MAIL
    policy.write_text(text % "redact")
    masked = pickle.loads(sent).mask(MAIL).value
    assert MAIL["user"]["email"] not in json.dumps(masked)
    policy.write_text("default: 7\n")
    assert pickle.loads(sent).mask(MAIL).value == masked
    assert "policy_refused" in capsys.readouterr().err


def _mask_one(work: tuple[maskgate.Gate, bytes]) -> bytes:
    value: bytes = work[0].mask(work[1]).value
    return value
