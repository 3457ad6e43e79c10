"""The mask worker: one process, one transactional producer, poll → mask → write. It never handles a Kafka error:
it ends, and its supervisor starts it again."""

from __future__ import annotations

import gc
import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.log import say
from maskgate.base.meters import Meters
from maskgate.base.records import Outcome, Quarantined, Record
from maskgate.crypto.keyring_file import in_use
from maskgate.kafka import admin, people_feed, topics
from maskgate.kafka.errors import Unrecoverable
from maskgate.kafka.policy_feed import Follower, follow
from maskgate.kafka.session import BEGINNING, Out, Session, Stuck, to_record
from maskgate.kafka.topic_id import Incarnations
from maskgate.policy.record_keys import equal_keys
from maskgate.worker import batch, torn
from maskgate.worker.context import Parts
from maskgate.worker.inflight import Beat, FlightFile, Place, Strikes
from maskgate.worker.meter import WorkerMeter, keys_shown, policy_shown
from maskgate.worker.origin import from_policy

ROLE = "mask"
_COMMIT_PATIENCE_S = 45.0  # a commit may wait out the transaction's own time while the broker is away
_START_PATIENCE_S = 60.0
_METADATA_PATIENCE_S = 3.0  # a broker that just came back may not know its topics yet
_POLICY_EVERY_S = 0.5
_INCARNATION_EVERY_S = 5.0
_DOUBT_TOLD_EVERY_S = 60.0
_GC = (50_000, 20, 50)  # a batch makes some ten objects a record that all die with it: collecting them early is waste


class Worker:
    """The loop of one slot."""

    def __init__(
        self, settings: Settings, parts: Parts, *, slot: int, beat: Beat, flight: FlightFile, strikes: Strikes
    ) -> None:
        self._settings = settings
        self._parts = parts
        self._beat, self._flight, self._strikes = beat, flight, strikes
        self._batches = 0
        self._meter = WorkerMeter(Meters(settings.pipeline.state_dir, ROLE, slot))
        self._ends: dict[Place, int] = {}
        self._next_look = 0.0
        self.stopping = False
        beat.promise(_START_PATIENCE_S, batches=0, ready=False)
        self._have = self._check_topics()
        self._follower = self._follow()
        group = topics.group(settings.pipeline.name, ROLE)
        self._kit = self._make_kit()
        self._follow_keys()  # a fork has the keys of its supervisor's start
        self._follow_policy()  # what was published before counts for the first record
        self._await_policy()
        self._show_policy()
        self._show_keys()
        self.session = Session(
            settings.kafka,
            group=group,
            transactional_id=topics.worker_id(group, settings.pipeline.instance, slot),
            topics=settings.pipeline.topics,
            on_assign=self._assigned,
        )
        self.session.marks = self._kit.topic_ids
        self._settle(group)
        self._incarnations = Incarnations(settings.kafka, self._kit.topic_ids)

    def _settle(self, group: str) -> None:
        """Nothing that an earlier process of this slot left open may become valid with the first batch of this one."""
        self._beat.promise(_START_PATIENCE_S, batches=0, ready=False)
        inputs = {topic: self._have[topic] for topic in self._settings.pipeline.topics}
        outputs = [f(topic) for topic in inputs for f in (topics.masked, topics.dead_letters)]
        torn.settle(self.session, self._settings.kafka, group, inputs, [*outputs, topics.REQUESTS, topics.LINEAGE])

    def _check_topics(self) -> Mapping[str, int]:
        """Every topic that a batch may touch, with its partitions.

        Raises:
            Unrecoverable: one is missing, or an output has fewer partitions than its input.
        """
        needed = [topics.REQUESTS, topics.LINEAGE]
        for topic in self._settings.pipeline.topics:
            needed += [topic, topics.masked(topic), topics.dead_letters(topic)]
        until = time.monotonic() + _METADATA_PATIENCE_S
        while missing := [n for n in needed if n not in (have := admin.reachable(self._settings.kafka))]:
            if time.monotonic() > until:
                raise Unrecoverable(
                    f"missing, or no right to see: {', '.join(missing)}; "
                    "run `maskgate topics create`, or check the ACLs"
                )
            time.sleep(0.2)
        for topic in self._settings.pipeline.topics:
            if have[topics.masked(topic)] < have[topic]:
                raise Unrecoverable(
                    f"{topics.masked(topic)} has {have[topics.masked(topic)]} partitions, {topic} has {have[topic]}: "
                    "the order of a key would be lost; add partitions to the masked topic"
                )
        return have

    def _make_kit(self) -> batch.Kit:
        parts, kafka = self._parts, self._settings.kafka
        self._refuse_equal_keys()
        out = [f(t) for t in self._settings.pipeline.topics for f in (topics.masked, topics.dead_letters)]
        return batch.Kit(
            masker=parts.masker,
            policy=parts.policy.ref,
            digest=parts.engine.digest,
            versions={**parts.engine.versions, **parts.inputs},
            item_keys=parts.item_keys,
            mac_key=parts.mac_key,
            signer=parts.signer,
            origins=from_policy(getattr(parts.policy, "exports", None), parts.producers),
            seal_to=parts.seal_to,
            seal_dead_letters=self._settings.worker.seal_dead_letters,
            topic_ids=admin.topic_ids(kafka, self._settings.pipeline.topics),
            limits=admin.max_message_bytes(kafka, [*out, topics.REQUESTS, topics.LINEAGE]),
            partitions=self._have,
        )

    def _refuse_equal_keys(self) -> None:
        """Raise :class:`ConfigurationError` where a rule makes the keys of a compacted topic equal."""
        for topic in self._settings.pipeline.topics:
            flat = next(equal_keys(self._parts.policy, topic), None)
            if flat is not None and admin.is_compacted(self._settings.kafka, topics.masked(topic)):
                raise ConfigurationError(
                    f"{flat.where}: rule '{flat.id}' makes record keys equal, and {topics.masked(topic)} is compacted: "
                    "it would keep one record of all; use hash, tokenize or fpe for keys"
                )

    def _assigned(self, partitions: list[Place]) -> Mapping[Place, int]:
        """Where to start: what was committed for a topic that had the name before does not count."""
        say(ROLE, "assigned", partitions=[f"{t}/{p}" for t, p in sorted(partitions)])
        anew = self.session.strangers(partitions)
        if anew:
            say(ROLE, "created_anew", partitions=[f"{t}/{p}" for t, p in sorted(anew)])
        return dict.fromkeys(anew, BEGINNING)

    def run(self) -> None:
        """Work until ``stopping``; the batch in hand is finished first."""
        gc.set_threshold(*_GC)
        wait = self._settings.worker.batch_wait
        watchdog = self._settings.worker.watchdog
        while not self.stopping:
            self._beat.promise(watchdog + wait, batches=self._batches)
            self._follow_keys()
            self._follow_policy()
            records = [to_record(m) for m in self.session.poll(self._settings.worker.batch_records, wait)]
            self._meter.polled(records)
            if records:
                self._step(records)
            elif self._incarnations.silent_s > _INCARNATION_EVERY_S:
                self._beat.promise(_COMMIT_PATIENCE_S, batches=self._batches)
                self._incarnations.ask(self._settings.pipeline.topics)
                self._incarnations.confirm()
            self._show()
            for place in self.session.stuck():
                self._skip(place)
        self.session.close()

    def _show(self) -> None:
        """Let the monitor know, once a second."""
        if self._meter.meters.due():
            self._meter.meters.ready = True
            self._meter.show(self.session.ends())

    def _show_policy(self) -> None:
        holder = self._parts.holder
        fallback = holder.fallback if holder else ""
        policy_shown(self._meter.meters, self._parts.policy, fallback, self._parts.engine.versions)
        self._show_notes()

    def _show_notes(self) -> None:
        holder, keys = self._parts.holder, self._parts.keys
        notes = ["the policy file cannot be used: the last good policy is in force"] * bool(holder and holder.fallback)
        notes += ["the keyring's file cannot be used: the last good keys are in use"] * bool(keys and keys.refused)
        self._meter.meters.notes = notes

    def _show_keys(self) -> None:
        if self._parts.keys is not None:
            keys_shown(self._meter.meters, in_use(self._parts.keys.ring))

    def _follow_keys(self) -> None:
        """Take a changed keyring at the border of a batch; a bad one is refused and the last good one stays."""
        keys = self._parts.keys
        if keys is None:
            return
        before = keys.refused
        if self._parts.follow_keys():
            self._kit = self._make_kit()
            self._show_keys()
            say(ROLE, "keys_changed", **in_use(keys.ring))
        if keys.refused != before:
            self._show_notes()
            if keys.refused:
                say(ROLE, "keys_refused", level="error", kept=in_use(keys.ring), reason=keys.refused)

    def _follow(self) -> Follower | None:
        parts, kafka = self._parts, self._settings.kafka
        if parts.holder is None:
            return None
        have = admin.reachable(kafka)  # topics of the policy and the people among them
        admins = people_feed.follow(parts.people, parts.admins, kafka, ROLE, have)
        return follow(parts.holder, kafka, admins, ROLE, lambda: have)

    def _follow_policy(self) -> None:
        """Take a changed policy at the border of a batch; a bad one is refused and the last good one stays."""
        if self._follower is None or time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _POLICY_EVERY_S
        change = self._follower.poll()
        if change is None:
            return
        if change.new is None:
            say(ROLE, "policy_refused", kept=change.old.version, reason=change.error)
            return
        self._beat.promise(_START_PATIENCE_S, batches=self._batches)  # a new engine may load a model
        if reason := self._parts.take(change):
            self._follower.refuse()
            say(ROLE, "policy_refused", kept=change.old.version, reason=reason)
            return
        self._kit = self._make_kit()
        self._show_policy()
        say(ROLE, "policy_changed", old=change.old.version, new=change.new.version, digest=change.new.digest)

    def _await_policy(self) -> None:
        """Read nothing while the policy in force may be an older one than was published: records wait in Kafka."""
        told_at = 0.0
        while self._follower is not None and (doubt := self._follower.doubt):
            if time.monotonic() - told_at > _DOUBT_TOLD_EVERY_S or not told_at:
                told_at = time.monotonic()
                say(ROLE, "policy_doubted", level="error", reason=doubt, do="publish a policy that this host can use")
            self._beat.promise(_START_PATIENCE_S, batches=0, ready=False)
            self._meter.meters.notes = [doubt]
            self._meter.meters.flush()
            time.sleep(_POLICY_EVERY_S)
            self._follow_policy()

    def _step(self, records: Sequence[Record]) -> None:
        self._incarnations.ask({record.topic for record in records})  # behind the reading, answered before the commit
        ranges = self._ranges(records)
        outcomes = self._outcomes(records, ranges)
        self._meter.outcomes(records, outcomes)
        writer = batch.Writer(self._kit)
        for record, outcome in zip(records, outcomes, strict=True):
            writer.add(record, outcome)
        self._commit(writer.finish(), ranges)

    def _ranges(self, records: Sequence[Record]) -> dict[Place, tuple[int, int]]:
        """First offset and the one behind the last, per partition.

        Raises:
            WorldError: an offset came twice. That would write it twice; a fresh process starts from the committed one.
        """
        ends = self._ends
        first: dict[Place, int] = {}
        for record in records:
            at = (record.topic, record.partition)
            if record.offset < ends.get(at, 0):
                raise WorldError(f"offset {record.offset} of {record.topic}/{record.partition} came again")
            first.setdefault(at, record.offset)
            ends[at] = record.offset + 1
        return {at: (start, ends[at]) for at, start in first.items()}

    def _outcomes(self, records: Sequence[Record], ranges: Mapping[Place, tuple[int, int]]) -> list[Outcome]:
        """What becomes of each record; where a range killed workers before, each is in flight alone."""
        condemned = self._strikes.condemned
        if not self._strikes.careful or not any(self._is_careful(r) for r in records):
            self._flight.write("mask", ranges)
            return batch.mask(self._kit, records, condemned, self._promise_for)
        out: list[Outcome] = []
        for record in records:
            self._flight.write("mask", {(record.topic, record.partition): (record.offset, record.offset + 1)})
            out += batch.mask(self._kit, [record], condemned, self._promise_for)
        return out

    def _is_careful(self, record: Record) -> bool:
        span = self._strikes.careful.get((record.topic, record.partition))
        return span is not None and span[0] <= record.offset < span[1]

    def _commit(self, outs: Sequence[Out], ranges: Mapping[Place, tuple[int, int]]) -> None:
        self._flight.write("commit", ranges)
        self._beat.promise(_COMMIT_PATIENCE_S, batches=self._batches)
        self._incarnations.confirm()
        self._beat.promise(_COMMIT_PATIENCE_S, batches=self._batches)  # the answer may have taken its time
        self._meter.lap("mask")
        self.session.commit(outs, {at: end for at, (_, end) in ranges.items()})
        self._meter.committed()
        self._batches += 1
        self._flight.write("idle", {})

    def _promise_for(self, chunk: Sequence[Record]) -> None:
        """Promise a sign of life after the time that the largest record of the chunk may lawfully take."""
        worker = self._settings.worker
        largest = max(len(r.value or b"") for r in chunk)
        by_size = worker.time_budget + worker.time_budget_per_kb * largest / 1000
        budget = max(worker.time_budget, min(by_size, worker.time_budget_max))
        self._beat.promise(worker.watchdog + 2 * budget, batches=self._batches)

    def _skip(self, at: Stuck) -> None:
        """Dead-letter the coordinates of a place that cannot be read, and go on behind it."""
        record = Record(at.topic, at.partition, at.offset, None)
        writer = batch.Writer(self._kit)
        writer.add(record, Quarantined("unreadable_batch", at.code))
        self._commit(writer.finish(), {(at.topic, at.partition): (at.offset, at.offset + 1)})
        self.session.skip(at)
        say(ROLE, "skipped", topic=at.topic, partition=at.partition, offset=at.offset, code=at.code)


def main(settings: Settings, parts: Parts, slot: int, beat: Beat, files: Path) -> None:
    """Run the worker of a slot until SIGTERM; called in the forked process."""
    group = topics.group(settings.pipeline.name, ROLE)
    flight = FlightFile(flight_path(files, settings, slot))
    worker = Worker(settings, parts, slot=slot, beat=beat, flight=flight, strikes=Strikes(files / f"{group}.strikes"))

    def stop(*_: Any) -> None:
        worker.stopping = True

    signal.signal(signal.SIGTERM, stop)
    say(ROLE, "started", slot=slot, exactly_once=worker.session.exactly_once)
    if not worker.session.exactly_once:
        say(ROLE, "warning", message="not exactly-once: this broker has no transactions")
    worker.run()
    flight.close()
    say(ROLE, "stopped", slot=slot)


def flight_path(files: Path, settings: Settings, slot: int) -> Path:
    """The in-flight file of a slot."""
    group = topics.group(settings.pipeline.name, ROLE)
    return files / f"{topics.worker_id(group, settings.pipeline.instance, slot)}.json"
