"""The log that the gate itself writes, judged by the auditor, with the gate's own checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fakes"))

from gate_run import World

from maskgate.audit import replay
from maskgate.crypto import signing
from maskgate.kafka import topics


def test_the_log_and_checkpoints_of_a_gate_verify(tmp_path: Path) -> None:
    """Votes, denials, broken glass, refusals and a restart leave a log in which the auditor finds nothing."""
    world = World(tmp_path)
    try:
        first = world.hold()
        assert first is not None
        world.vote(first, "anna")
        world.vote(first, "ben")
        second = world.hold(value=b'{"x":1}')
        assert second is not None
        world.vote(second, "frank")
        world.vote(second, "dan", "deny")
        world.stop()
        world.start()
        third = world.hold(value=b'{"x":2}')
        assert third is not None
        world.act(third, "eve", "break_glass")
        world.later(3 * 86_400)
        world.gate.snapshot()
        assert len(world.released()) >= 1
        log = [value or b"" for value in world.broker.values(topics.LOG)]
        keys = {}
        for path in (world.settings.pipeline.state_dir / "keys").glob("gate.pub"):
            public = signing.load_public(path)
            keys[signing.key_id(public)] = public
        kept = [("", value or b"") for value in world.broker.values(topics.CHECKPOINTS)]
        heads, bad = replay.checkpoints_of(kept, keys)
        assert bad == []
        found = replay.audit(log, heads)
        assert found.good, found.problems
        assert found.checkpoints == len(heads) > 0
        assert not replay.audit(log[: heads[-1].size - 1], heads).good
    finally:
        world.stop()
