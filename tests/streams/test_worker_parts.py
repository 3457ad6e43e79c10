"""Pieces of the worker that need no broker."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from maskgate.approvals.messages import requester
from maskgate.base.config import Pipeline, Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.records import Record
from maskgate.crypto import role_keys, signing
from maskgate.kafka import topics
from maskgate.people.principal import Principal
from maskgate.worker import context as parts
from maskgate.worker.origin import Actor, Origins, from_policy
from maskgate.worker.worker import Worker


def _worker() -> Worker:
    worker = Worker.__new__(Worker)
    worker._ends = {}
    return worker


def test_ranges_are_per_partition_and_gaps_are_lawful() -> None:
    """Transaction markers make offsets sparse: a range goes from the first to behind the last."""
    records = [Record("t", 0, 3, b""), Record("t", 1, 9, b""), Record("t", 0, 7, b"")]
    assert _worker()._ranges(records) == {("t", 0): (3, 8), ("t", 1): (9, 10)}


def test_an_offset_that_comes_again_ends_the_worker() -> None:
    """Whatever went wrong in a rebalance, no record is written twice by one process."""
    worker = _worker()
    worker._ranges([Record("t", 0, 5, b"")])
    with pytest.raises(WorldError, match="offset 5 of t/0 came again"):
        worker._ranges([Record("t", 0, 5, b"")])
    with pytest.raises(WorldError):
        _worker()._ranges([Record("t", 0, 5, b""), Record("t", 0, 5, b"")])


def test_the_policy_names_principals_and_owners() -> None:
    """Topic → principal with its owner, and owners by glob, who are excluded where nobody is known."""
    exports = SimpleNamespace(
        principals={"t": SimpleNamespace(iss="https://id", sub="agent", kind="agent", owner="ada")},
        owners={"t*": ("https://id grace",)},
    )
    origins = from_policy(exports, {})
    who = origins.requester(Record("t", 0, 0, b"{}"), "default")
    assert (who.assurance, who.principal, who.owner) == (
        "acl", Principal("https://id", "agent"), Principal("https://id", "ada"),
    )  # fmt: skip
    unknown = origins.requester(Record("tx", 0, 0, b"{}"), "default")
    assert (unknown.assurance, unknown.declared) == ("unverified", (Principal("https://id", "grace"),))


def test_a_signed_record_names_its_actor_and_a_forged_one_nobody() -> None:
    """A signature of an enrolled producer is the actor of the row; one that does not verify makes it unverified."""
    signer = signing.from_seed(b"p" * 32)
    key = requester.ProducerKey(signer.public, "https://id", "svc")
    origins = Origins(keys={signer.key_id: key})

    def record(value: bytes, signed: bytes, destination: str = "") -> Record:
        now_ms = time.time_ns() // 1_000_000
        header = requester.sign_origin(
            signer, topic="t", key=None, value=signed, destination=destination, now_ms=now_ms, nonce="n"
        )
        asked = (("maskgate.export", destination.encode()),) if destination else ()
        return Record("t", 0, 0, value, None, (header, *asked), now_ms)

    assert origins.who(record(b"{}", b"{}")) == Actor("https://id svc", "signed")
    assert origins.who(record(b"{}", b"{}", "partner")).assurance == "signed"
    assert origins.who(record(b"{}", b"other")).assurance == "unverified"


def test_a_locked_pipeline_key_is_refused(tmp_path: Path) -> None:
    """A worker cannot type a passphrase: a locked key ends the start with what to do."""
    signing.create_key(tmp_path / "keys" / "pipeline.pem", "a passphrase")
    found = Settings.model_validate({"pipeline": {"state_dir": tmp_path}})
    with pytest.raises(ConfigurationError, match="cannot type"):
        role_keys.signer(found, "pipeline")
    assert role_keys.signer(found, "intake") is None


def test_every_control_topic_has_one_partition_and_is_kept() -> None:
    """Budgets, people, policy and audit have one order each, in broker time, for ever."""
    specs = {spec.name: spec for spec in topics.specs(Settings())}
    for name in topics.CONTROL:
        assert specs[name].partitions == 1
        assert specs[name].config["retention.ms"] == "-1"
        assert specs[name].config["message.timestamp.type"] == "LogAppendTime"
        assert specs[name].config["cleanup.policy"] == ("compact" if name == topics.STATE else "delete")
    assert specs["events.masked"].partitions == specs["events"].partitions


def test_an_input_that_exists_keeps_its_partitions() -> None:
    """The masked topic gets as many partitions as the input has, not as many as the settings say."""
    specs = {spec.name: spec.partitions for spec in topics.specs(Settings(), {"events": 12}, ["partner", "events.dlq"])}
    assert specs["events.masked"] == specs["events.dlq"] == specs["partner"] == 12


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("detection: {model: no_such_model}\n", "policy.yaml:1: detection.model: model no_such_model: not installed"),
        ("detection: {model: none}\ndefault: {operator: hash, key: no-such-key}\n", "no-such-key"),
    ],
    ids=["a model that is not here", "a key that is not here"],
)
def test_a_policy_that_this_host_cannot_use_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """The worker says why, and goes on with the last good policy; the next good one is taken."""
    policy = tmp_path / "policy.yaml"
    policy.write_text("id: one\ndetection: {model: none}\n")
    chosen = Settings(policy=policy, pipeline=Pipeline(state_dir=tmp_path / "state"))
    built = parts.build(chosen)
    assert built.holder is not None
    before = (built.policy, built.masker, built.engine)
    policy.write_text(text)
    change = built.holder.poll()
    assert change is not None and change.accepted
    assert reason in built.take(change)
    assert (built.policy, built.masker, built.engine) == before
    assert built.holder.current is before[0]
    assert built.holder.poll() is None
    policy.write_text("id: three\ndetection: {model: none}\n")
    change = built.holder.poll()
    assert change is not None and change.old.id == "one"
    assert built.take(change) == ""
    assert built.policy.ref.id == "three"
