"""Receipts: every released record proves its own approval, and no other bytes, place or history can."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import fake_office as office
import orjson
import pytest
from click.testing import CliRunner
from fake_port import Crash

from maskgate.approvals import events as ev
from maskgate.approvals.messages import receipts
from maskgate.approvals.messages.receipts import HEADER, Approval
from maskgate.approvals.model import ItemState
from maskgate.audit.receipts import Log
from maskgate.base.errors import RecordError
from maskgate.cli.receipt_cmd import command
from maskgate.client import ReceiptRefused, check_receipt
from maskgate.crypto import merkle, signing
from maskgate.kafka import topics
from maskgate.kafka.session import Out


def _released(world: Any, **fields: Any) -> Out:
    request = world.hold(**fields)
    world.vote(request, "anna")
    world.vote(request, "ben")
    out: Out = world.released()[-1]
    return out


def _keys(world: Any) -> dict[str, bytes]:
    return signing.publics([world.settings.pipeline.state_dir / "keys" / "gate.pub"])


def _verify(world: Any, out: Out) -> receipts.Receipt:
    return receipts.verify(_keys(world), out.key, out.value, out.headers, out.topic)


def _log(world: Any) -> list[bytes]:
    return [raw for raw in world.broker.values(topics.LOG) if raw]


def test_a_released_record_proves_its_approval(world: Any) -> None:
    """Offline by the gate's key alone: request, item, quorum and place in the log; with the log, the release too."""
    out = _released(world)
    receipt = _verify(world, out)
    log = _log(world)
    approved = ev.decode(log[receipt.approval.size - 1])
    assert isinstance(approved, ev.Moved)
    assert (approved.to, approved.request_id) == (ItemState.APPROVED, receipt.request)
    assert set(receipt.by) == {office.key("anna").key_id, office.key("ben").key_id}
    assert receipt.approval.root_hash == merkle.root_of([merkle.leaf_hash(raw) for raw in log[: receipt.approval.size]])
    assert Log(log, [receipt]).problem(receipt) == ""


def test_every_flipped_bit_is_found(world: Any) -> None:
    """Of key, value, headers (the receipt among them) and topic."""
    out = _released(world)
    dice = random.Random(7)
    parts = [out.key or b"", out.value or b"", *(data or b"" for _, data in out.headers)]
    for _ in range(500):
        which = dice.randrange(len(parts))
        if not parts[which]:
            continue
        at = dice.randrange(len(parts[which]))
        bad = bytearray(parts[which])
        bad[at] ^= 1 << dice.randrange(8)
        headers = list(out.headers)
        if which >= 2:
            headers[which - 2] = (headers[which - 2][0], bytes(bad))
        key, value = (bytes(bad) if which == n else old for n, old in ((0, out.key), (1, out.value)))
        with pytest.raises(RecordError):
            receipts.verify(_keys(world), key, value, headers, out.topic)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda out: out._replace(headers=out.headers[:-1]), id="taken out"),
        pytest.param(lambda out: out._replace(headers=(*out.headers, out.headers[-1])), id="twice"),
        pytest.param(lambda out: out._replace(headers=(("x", None), *out.headers)), id="a header more"),
        pytest.param(lambda out: out._replace(headers=(out.headers[1], out.headers[0], out.headers[2])), id="order"),
        pytest.param(lambda out: out._replace(value=None), id="no value"),
        pytest.param(lambda out: out._replace(topic="elsewhere"), id="another topic"),
    ],
)
def test_what_was_not_approved_has_no_receipt(world: Any, forged: Any) -> None:
    """A header more or less, another order, another topic: refused."""
    out = _released(world)
    assert len(out.headers) == 3
    with pytest.raises(RecordError):
        _verify(world, forged(out))


def test_a_receipt_of_another_record_or_key_is_refused(world: Any) -> None:
    """It is bound to its bytes and to the gate's key."""
    first, second = _released(world), _released(world, value=b'{"b":2}')
    with pytest.raises(RecordError, match="approved"):
        _verify(world, second._replace(headers=(*second.headers[:-1], first.headers[-1])))
    with pytest.raises(RecordError, match="gate"):
        receipts.verify({"x": b"\0" * 32}, first.key, first.value, first.headers)
    message = SimpleNamespace(
        topic=lambda: first.topic, key=lambda: first.key, value=lambda: b"{}", headers=lambda: list(first.headers)
    )
    with pytest.raises(ReceiptRefused):
        check_receipt(message, *_keys(world).values())
    message.value = lambda: first.value
    assert check_receipt(message, *_keys(world).values()) == _verify(world, first)


def test_a_producer_cannot_give_a_receipt_along(world: Any) -> None:
    """A header of that name is dropped: the record has the gate's alone."""
    out = _released(world, headers=((HEADER, b"forged"), ("x", b"y")))
    assert [data for name, data in out.headers if name == HEADER] != [b"forged"]
    assert _verify(world, out).item


def test_an_approval_is_committed_before_its_receipt_is_signed(world: Any) -> None:
    """The transaction with the approval holds no released record: an abort leaves no head that never was."""
    request = world.hold()
    world.vote(request, "anna")
    world.vote(request, "ben", run=False)
    commits: list[int] = []
    world.port.die = lambda point: commits.append(len(world.released())) if point == "after" else None
    world.run()
    log = [ev.decode(raw) for raw in _log(world)]
    assert [e.to for e in log if isinstance(e, ev.Moved)] == [ItemState.APPROVED, ItemState.RELEASED]
    assert commits[0] == 0 and commits[-1] == 1


@pytest.mark.parametrize("fresh", [False, True], ids=["from the snapshot", "from the first event"])
def test_a_restarted_gate_gives_the_same_place(world: Any, fresh: bool) -> None:
    """What was approved and not released is released with its receipt by the successor."""
    request = world.hold()
    world.vote(request, "anna")
    world.vote(request, "ben", run=False)
    world.gate.step(0)
    assert world.released() == []
    world.gate.snapshot()

    def die(point: str) -> None:
        raise Crash

    world.port.die = die
    with pytest.raises(Crash):
        world.run()
    world.stop()
    world.start(fresh_disk=fresh)
    (out,) = world.released()
    receipt = _verify(world, out)
    assert Log(_log(world), [receipt]).problem(receipt) == ""


def test_a_log_that_differs_does_not_bear_a_receipt_out(world: Any) -> None:
    """Cut before or behind the approval, changed, or of another request: each is told."""
    receipt = _verify(world, _released(world))
    log, size = _log(world), receipt.approval.size
    changed = [log[0].replace(b'"at":', b'"at":1'), *log[1:]]
    for other in (log[: size - 1], log[:size], changed, [b"junk"] * len(log)):
        assert Log(other, [receipt]).problem(receipt)
    elsewhere = replace(receipt, item="0" * 32, request=receipt.request[::-1])
    assert Log(log, [elsewhere]).problem(elsewhere)


def test_the_path_of_every_place_leads_to_its_root() -> None:
    """The peaks before a leaf are its audit path in the tree that ends with it (RFC 9162, 2.1.3)."""
    tree = merkle.Frontier()
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(70)]
    for leaf in leaves:
        peaks = tuple(tree.peaks)
        tree.append(leaf)
        place = Approval.of_last(tree, peaks)
        assert place.root_hash == tree.root()
        assert place.holds
        assert not place.path or not replace(place, path=place.path[:-1]).holds


def test_the_command_checks_what_consume_prints(world: Any, tmp_path: Any) -> None:
    """Lines of `consume -J` and the exported log; a changed line is BAD and the exit code 1."""
    out = _released(world)
    line = orjson.dumps(
        {
            "topic": out.topic, "partition": 0, "offset": 4, "key": out.key.decode(), "value": out.value.decode(),
            "headers": [[name, data.decode() if data is not None else None] for name, data in out.headers],
        }
    )  # fmt: skip
    log = tmp_path / "log.ndjson"
    log.write_bytes(b"".join(raw + b"\n" for raw in _log(world)))
    key = str(world.settings.pipeline.state_dir / "keys" / "gate.pub")
    run = CliRunner()
    good = run.invoke(command, ["verify", "-", "--gate-key", key, "--log", str(log)], input=line)
    assert good.exit_code == 0, good.output
    assert good.stdout.startswith(f"good {out.topic}/0/4: request ")
    told = run.invoke(command, ["verify", "-", "--gate-key", key, "--json"], input=line)
    assert json.loads(told.stdout)["receipt"]["item"] == _verify(world, out).item
    changed = orjson.dumps(orjson.loads(line) | {"value": "{}"})
    bad = run.invoke(command, ["verify", "-", "--gate-key", key], input=line + b"\n" + changed)
    assert bad.exit_code == 1
    assert [text.split()[0] for text in bad.stdout.splitlines()] == ["good", "BAD"]
    none = run.invoke(command, ["verify", "-", "--gate-key", key], input=b"")
    assert none.exit_code == 1
