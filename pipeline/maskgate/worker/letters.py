"""Dead letters read back: which records were refused and why, and a second chance for them.

A dead letter holds no body. A replay reads the source record again by its coordinates, proves by the keyed digest that
it is the one that was refused, and writes it to the end of the same partition of its topic: the workers mask it under
the policy of now, with lineage and everything, as if it had just come.
"""

from __future__ import annotations

import hmac
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from maskgate.base import filemodes
from maskgate.base.config import Kafka
from maskgate.base.records import Record
from maskgate.kafka import admin, topics
from maskgate.kafka.session import Out, Session, to_record
from maskgate.worker.dead_letter import mac

REPLAYED = "maskgate.replay"


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter; ``at_ms`` is when it was written."""

    at_ms: int
    body: dict[str, Any]

    @property
    def id(self) -> str:
        """Coordinates of the source record: ``topic/partition/offset``."""
        return f"{self.body['topic']}/{self.body['partition']}/{self.body['offset']}"

    @property
    def code(self) -> str:
        """Why it was refused."""
        return str(self.body["code"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters: reasons as globs, ids, and a span of time."""

    reasons: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    since_ms: int = 0
    until_ms: int = 1 << 62

    def takes(self, letter: Letter) -> bool:
        """Whether it is one of them."""
        return (
            self.since_ms <= letter.at_ms < self.until_ms
            and (not self.ids or letter.id in self.ids)
            and (not self.reasons or any(fnmatchcase(letter.code, glob) for glob in self.reasons))
        )


def read(kafka: Kafka, sources: Sequence[str], wanted: Wanted) -> Iterator[Letter]:
    """The letters of these input topics, in the order of their partitions; what is no letter of ours is left out."""
    for message in admin.read_to_end(kafka, [topics.dead_letters(source) for source in sources]):
        try:
            body = json.loads(message.value() or b"null")
            letter = Letter(message.timestamp()[1], body)
            found = isinstance(body, dict) and bool(letter.id) and bool(letter.code) and wanted.takes(letter)
        except (ValueError, KeyError, TypeError):
            continue
        if found:
            yield letter


class Journal:
    """Which letters were replayed from this host; a second replay of one would write its record twice."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "dlq" / "replayed.ndjson"

    def read(self) -> set[str]:
        """Their ids."""
        try:
            lines = filemodes.read_secret(self._path).decode("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return set()
        return {str(json.loads(line)["id"]) for line in lines if line.endswith("}")}

    def add(self, ident: str) -> None:
        """Note one; on the disk when this returns."""
        handle = filemodes.open_secret(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(handle, (json.dumps({"id": ident, "at": int(time.time())}) + "\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)


def replay(
    kafka: Kafka, letters: Iterable[Letter], keys: Sequence[bytes], journal: Journal, *, again: bool = False
) -> Iterator[tuple[Letter, str]]:
    """Write the source records anew, one by one; with each letter ``replayed``, or why not."""
    done = journal.read()
    session = Session(kafka, group="maskgate.dlq.replay", transactional_id=None, topics=[], partitions={})
    try:
        for letter in letters:
            if letter.id in done and not again:
                yield letter, "was replayed before (--again does it once more)"
                continue
            record, why = source_of(kafka, letter, keys)
            if record is not None:
                headers = (*(h for h in record.headers if h[0] != REPLAYED), (REPLAYED, letter.id.encode()))
                session.commit([Out(record.topic, record.value, record.key, headers, record.partition)], {})
                journal.add(letter.id)
                done.add(letter.id)
            yield letter, why
    finally:
        session.close()


def source_of(kafka: Kafka, letter: Letter, keys: Sequence[bytes]) -> tuple[Record | None, str]:
    """The record that was refused, or why it cannot be had."""
    body = letter.body
    if body["length"] is None:
        return None, "it had no body that could be read"
    at = (str(body["topic"]), int(body["partition"]))
    found = next(iter(admin.read_range(kafka, at, int(body["offset"]), int(body["offset"]))), None)
    if found is None:
        return None, "the topic does not have it any more"
    record = to_record(found)
    if not any(hmac.compare_digest(mac(key, record.value), str(body["hmac_sha256"])) for key in keys):
        return None, "another record stands there now (or another keyring wrote the dead letter)"
    return record, "replayed"
