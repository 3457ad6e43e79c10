"""Names and settings of every topic; imports no Kafka client, so that a supervisor may use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from maskgate.base.config import Settings

REQUESTS = "maskgate.approvals.requests"
VOTES = "maskgate.approvals.votes"
LOG = "maskgate.approvals.log"
STATE = "maskgate.approvals.state"
PEOPLE = "maskgate.people"
POLICY = "maskgate.policy"
LINEAGE = "maskgate.lineage"
CHECKPOINTS = "maskgate.audit.checkpoints"

CONTROL = (REQUESTS, VOTES, LOG, STATE, PEOPLE, POLICY, CHECKPOINTS)
"""One partition each: one order for budgets, people, policy and audit."""

MAX_MESSAGE_BYTES = 16 << 20
_THIRTY_DAYS_MS = 30 * 24 * 3600 * 1000

# The truth: broker time, kept for ever, never compacted. The gate refuses to start where a topic differs.
TRUTH = {"cleanup.policy": "delete", "retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
_VIEW = {"cleanup.policy": "compact", "retention.ms": "-1", "message.timestamp.type": "LogAppendTime"}
_SIZE = {"max.message.bytes": str(MAX_MESSAGE_BYTES)}


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as it should be; ``required`` are the settings whose difference is an error."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()


def masked(topic: str) -> str:
    """Where the masked records of ``topic`` go."""
    return f"{topic}.masked"


def dead_letters(topic: str) -> str:
    """Where coordinates of the records of ``topic`` go that could not be handled."""
    return f"{topic}.dlq"


def released(topic: str) -> str:
    """Where released exports of ``topic`` go: the destination ``default``."""
    return f"{topic}.released"


def group(pipeline: str, role: str) -> str:
    """Consumer group of a role: ``maskgate.<pipeline>.<role>``."""
    return f"maskgate.{pipeline}.{role}"


def worker_id(group_id: str, instance: str, slot: int) -> str:
    """``transactional.id`` and ``group.instance.id`` of a worker: stable over restarts, unique per host."""
    return f"{group_id}.{instance}.{slot}"


def control_specs() -> list[TopicSpec]:
    """The control topics."""
    return [
        TopicSpec(name, 1, (_VIEW if name == STATE else TRUTH) | _SIZE, tuple(_VIEW if name == STATE else TRUTH))
        for name in CONTROL
    ]


def data_specs(
    inputs: Mapping[str, int], lineage_partitions: int = 1, destinations: Iterable[str] = ()
) -> list[TopicSpec]:
    """Input topics (name → partitions), their results, the lineage topic and further destination topics."""
    out = []
    for topic, partitions in inputs.items():
        out += [TopicSpec(name, partitions, _SIZE) for name in (topic, masked(topic), dead_letters(topic))]
        out.append(TopicSpec(released(topic), partitions, _SIZE))
    known = {spec.name for spec in out}
    out += [TopicSpec(name, max(inputs.values(), default=1), _SIZE) for name in destinations if name not in known]
    lineage = {"retention.ms": str(_THIRTY_DAYS_MS), "message.timestamp.type": "LogAppendTime"}
    out.append(TopicSpec(LINEAGE, lineage_partitions, lineage | _SIZE, ("message.timestamp.type",)))
    return out


def specs(
    settings: Settings, existing: Mapping[str, int] | None = None, destinations: Iterable[str] = ()
) -> list[TopicSpec]:
    """Every topic of this pipeline; an input topic that exists keeps its number of partitions."""
    inputs = {t: (existing or {}).get(t, settings.pipeline.partitions) for t in settings.pipeline.topics}
    return data_specs(inputs, settings.pipeline.partitions, destinations) + control_specs()
