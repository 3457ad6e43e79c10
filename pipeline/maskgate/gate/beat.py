"""The gate's heartbeat: a record of ``.state`` that says how far its inputs are decided, written with the decisions.

It goes into the same transaction as what was decided, so it never says more than is so, and a twin that was fenced
cannot write one. A repeated vote leaves no entry in the log: by the heartbeat it is answered all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson

from maskgate.gate.view import TICK_KEY
from maskgate.kafka import topics
from maskgate.kafka.session import Out

EVERY_S = 20.0
"""Between two of a gate that has nothing to do."""


@dataclass(frozen=True, slots=True)
class Beat:
    """How far each input is decided (the next offset), and how many events the log held then."""

    decided: Mapping[str, int] = field(default_factory=dict)
    log_index: int = 0


def encode(beat: Beat) -> Out:
    """The record, for the transaction of what it tells of."""
    tree = {"schema": "tick.v1", "decided": dict(beat.decided), "log_index": beat.log_index}
    return Out(topics.STATE, orjson.dumps(tree), key=TICK_KEY, partition=0)


def decode(raw: bytes | None) -> Beat | None:
    """The heartbeat of a record; None where it is the gate's clock only, as gates of 0.2 wrote it."""
    try:
        tree = orjson.loads(raw or b"")
        return Beat({str(topic): int(at) for topic, at in tree["decided"].items()}, int(tree["log_index"]))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None
