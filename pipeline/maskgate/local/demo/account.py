"""The account of a demo: what the topics and the Parquet files say, and whether they agree with each other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from maskgate.kafka import topics as names
from maskgate.lineage.ask import query
from maskgate.local import brokers
from maskgate.local.demo.workspace import PARTNER_TOPIC, TOPICS, Workspace


@dataclass(frozen=True)
class Account:
    """What a demo did; `--json FILE` writes it."""

    broker: str
    topics: list[str]
    produced: int
    masked: int
    held: int
    released: int
    denied: int
    expired: int
    refused_self_approvals: int
    dead_lettered: int
    lineage_rows: int
    lineage_dir: str

    def as_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), indent=2)


@dataclass(frozen=True)
class Expected:
    """What the story did on purpose."""

    poison: int
    exports: int
    released: int
    denied: int
    expired: int
    refused: int


def read_back(work: Workspace, broker: str) -> Account:
    """Count the records of the topics and the rows of the Parquet files."""
    kafka = work.settings.kafka
    written = [name for topic in TOPICS for name in (topic, names.masked(topic), names.dead_letters(topic))]
    counted = [*written, names.REQUESTS, names.LOG, PARTNER_TOPIC, *map(names.released, TOPICS)]
    messages = list(brokers.read_to_end(kafka, counted))
    records = Counter(str(m.topic()) for m in messages)
    log = Counter(_kind(json.loads(m.value() or b"{}")) for m in messages if m.topic() == names.LOG)
    kinds = lineage_kinds(work)
    return Account(
        broker=broker,
        topics=sorted({*written, *counted, names.VOTES, names.STATE, names.LINEAGE}),
        produced=sum(records[topic] for topic in TOPICS),
        masked=sum(records[names.masked(topic)] for topic in TOPICS),
        held=kinds["held"],
        released=records[PARTNER_TOPIC] + sum(records[names.released(topic)] for topic in TOPICS),
        denied=log["denied"],
        expired=log["expired"],
        refused_self_approvals=log["refused_self_approval"],
        dead_lettered=sum(records[names.dead_letters(topic)] for topic in TOPICS),
        lineage_rows=query.select(work.settings.lineage.dir, "SELECT count(*) FROM lineage").rows[0][0],
        lineage_dir=str(work.settings.lineage.dir),
    )


def _kind(event: dict[str, Any]) -> str:
    """What an event of the log means to the account."""
    kind = str(event.get("type", ""))
    if kind == "moved":
        return str(event.get("to", "")).lower()
    if kind == "refused" and event.get("code") in ("excluded", "self_approval"):
        return "refused_self_approval"
    return kind


def lineage_kinds(work: Workspace) -> Counter[str]:
    """Records per kind according to the Parquet files."""
    answer = query.select(work.settings.lineage.dir, "SELECT kind, sum(records)::BIGINT FROM lineage GROUP BY kind")
    return Counter({str(kind): int(total) for kind, total in answer.rows})


def lineage_words(work: Workspace) -> str:
    """Why there are not as many rows of lineage as records."""
    answer = query.select(
        work.settings.lineage.dir,
        "SELECT kind, count(*), sum(records)::BIGINT FROM lineage GROUP BY kind ORDER BY kind",
    )
    return rows_in_words([(str(kind), int(rows), int(records)) for kind, rows, records in answer.rows])


def rows_in_words(kinds: Sequence[tuple[str, int, int]]) -> str:
    """``12 rows of lineage: 9 masked, 2 for 40 records passed unchanged (one a batch), 1 held``."""
    told = [
        f"{rows:,} {kind}" if rows == records else f"{rows:,} for {records:,} records {kind} unchanged (one a batch)"
        for kind, rows, records in kinds
    ]
    return f"{sum(rows for _, rows, _ in kinds):,} rows of lineage: {', '.join(told)}"


def disagreements(work: Workspace, account: Account, expected: Expected) -> Sequence[str]:
    """What does not add up: topics against Parquet against what the story did; empty when all agrees."""
    kinds = lineage_kinds(work)
    through = kinds["masked"] + kinds["passed"]
    ended = account.masked + account.held + account.dead_lettered
    pairs = [
        ("masked + held + dead letters = produced", ended, account.produced),
        ("lineage of masked records = masked topic", through, account.masked),
        ("lineage of held records = exports asked for", kinds["held"], expected.exports),
        ("lineage of dead letters = dead letter topic", kinds["quarantined"], account.dead_lettered),
        ("dead letters = poison", account.dead_lettered, expected.poison),
        ("released records = approved exports", account.released, expected.released),
        ("lineage of released records = released topic", kinds["released"], account.released),
        ("denied in the log = denied by a reviewer", account.denied, expected.denied),
        ("lineage of denied records = log", kinds["denied"], account.denied),
        ("expired in the log = left to expire", account.expired, expected.expired),
        ("lineage of expired records = log", kinds["expired"], account.expired),
        ("refused self-approvals in the log = tried", account.refused_self_approvals, expected.refused),
    ]  # fmt: skip
    return [f"{what}: {found} ≠ {wanted}" for what, found, wanted in pairs if found != wanted]
