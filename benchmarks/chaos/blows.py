"""Each blow of the schedule, and how it is mended."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.chaos import schedule
from benchmarks.chaos.feeder import EVENTS, ORDERS
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions

from maskgate.kafka import admin, topics

if TYPE_CHECKING:
    from benchmarks.chaos.storm import Storm

Mend = Callable[[], None]
MORE_PARTITIONS = 2


class Blows:
    """Deals a step; what it broke for a while is mended when its time is over."""

    def __init__(self, storm: Storm) -> None:
        self._storm = storm
        self._open: dict[str, tuple[float, Mend]] = {}
        self.done: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def deal(self, step: schedule.Step) -> None:
        """Do it, or count it as left out where this machine cannot or nobody was there to be hit."""
        self._mend_over(f"{step.kind}{step.target}")
        mend = self._kill(step) if step.is_kill else getattr(self, f"_{step.kind}")(step)
        if mend is False:
            self.left_out[step.kind] += 1
            return
        self.done[step.kind] += 1
        if mend is not True:
            self._open[f"{step.kind}{step.target}"] = (time.monotonic() + step.lasts_s, mend)

    def tick(self) -> None:
        """Mend what has lasted its time."""
        for name, (due, _) in list(self._open.items()):
            if time.monotonic() >= due:
                self._mend_over(name)

    def mend_all(self) -> None:
        """Mend everything now."""
        for name in list(self._open):
            self._mend_over(name)

    def _mend_over(self, name: str) -> None:
        if name in self._open:
            self._open.pop(name)[1]()

    def _kill(self, step: schedule.Step) -> Mend | bool:
        if step.kind == "broker":
            node = self._storm.cluster.nodes[step.target]
            node.kill()
            node.start()
            return True
        host = self._storm.hosts[step.target]
        if step.kind == "host":
            host.kill()
            return True
        return self._signal(self._victim(step), signal.SIGKILL)

    def _victim(self, step: schedule.Step) -> int | None:
        """The process; a worker, a gate or a sink is looked for on the other host too."""
        order = [step.target, *(n for n in range(len(self._storm.hosts)) if n != step.target)]
        for host in (self._storm.hosts[n] for n in order):
            if step.kind in ("worker", "stop_worker"):
                if workers := host.workers():
                    return random.Random(step.amount).choice(workers)
            else:
                name = {"supervisor": "mask"}.get(step.kind, step.kind.removeprefix("stop_"))
                if pid := host.role(name):
                    return pid
        return None

    def _signal(self, pid: int | None, sig: signal.Signals) -> bool:
        try:
            if pid is not None:
                os.kill(pid, sig)
        except ProcessLookupError:
            return False
        return pid is not None

    def _stop_worker(self, step: schedule.Step) -> Mend | bool:
        pid = self._victim(step)
        return (lambda: void(self._signal(pid, signal.SIGCONT))) if self._signal(pid, signal.SIGSTOP) else False

    _stop_gate = _stop_worker

    def _stop_host(self, step: schedule.Step) -> Mend | bool:
        host = self._storm.hosts[step.target]
        pids = host.pids()
        for pid in pids:
            self._signal(pid, signal.SIGSTOP)
        return (lambda: void([self._signal(pid, signal.SIGCONT) for pid in pids])) if pids else False

    def _cut(self, name: str) -> Mend | bool:
        network = self._storm.network
        if not network.real:
            return False
        network.cut(name)
        return lambda: network.mend(name)

    def _cut_host(self, step: schedule.Step) -> Mend | bool:
        return self._cut(f"host{step.target}")

    def _cut_broker(self, step: schedule.Step) -> Mend | bool:
        return self._cut(f"broker{step.target}")

    def _full_disk(self, step: schedule.Step) -> Mend | bool:
        disk = self._storm.disks[step.amount % len(self._storm.disks)]
        if not disk.real:
            return False
        disk.fill()
        return disk.free

    def _clock(self, step: schedule.Step) -> Mend | bool:
        host = self._storm.hosts[step.target]
        if not self._storm.clocks:
            return False
        host.jump(step.amount)
        return lambda: host.jump(0)

    def _policy_swap(self, step: schedule.Step) -> Mend | bool:
        self._storm.write_policy(step.amount)
        return True

    def _policy_broken(self, step: schedule.Step) -> Mend | bool:
        """Every second time the host is restarted with it, and has to go on with the last good one."""
        self._storm.break_policy(step.target, step.amount)
        if step.amount % 2:
            self._storm.hosts[step.target].kill()
        return lambda: self._storm.write_policy(step.amount)

    def _bad_key(self, step: schedule.Step) -> Mend | bool:
        """The gate of a host refuses its key (exit 2) and is retried; its neighbours there have to go on."""
        host = self._storm.hosts[step.target]
        key = self._storm.root / host.name / "data" / "state" / "keys" / "gate.pem"
        key.chmod(0o644)
        self._signal(host.role("gate"), signal.SIGKILL)
        return lambda: key.chmod(0o600)

    def _rolling_restart(self, step: schedule.Step) -> Mend | bool:
        self._storm.cluster.rolling_restart()
        return True

    def _all_brokers(self, step: schedule.Step) -> Mend | bool:
        for node in self._storm.cluster.nodes:
            node.kill()
        for node in self._storm.cluster.nodes:
            node.start()
        return True

    def _partitions(self, step: schedule.Step) -> Mend | bool:
        """More partitions for what comes in, first for what goes out."""
        feeder, client = self._storm.feeder, AdminClient(self._storm.kafka.client() | {"log_level": 0})
        wanted = feeder.partitions[EVENTS] + MORE_PARTITIONS
        for name in (topics.released(EVENTS), topics.dead_letters(EVENTS), topics.masked(EVENTS), EVENTS):
            for _ in range(20):
                with contextlib.suppress(Exception):
                    client.create_partitions([NewPartitions(name, wanted)])[name].result(30)
                with contextlib.suppress(Exception):
                    if admin.reachable(self._storm.kafka)[name] == wanted:
                        break
                self._storm.breathe(1.0)
            else:
                return False
        feeder.partitions[EVENTS] = wanted
        return True

    def _recreate(self, step: schedule.Step) -> Mend | bool:
        """Delete an input topic and create it anew, once all that lay in it was read and noted."""
        self.mend_all()
        storm = self._storm
        if not storm.feeder.rest(300) or not storm.until(lambda: read_up(storm, ORDERS), 300):
            sys.stderr.write("recreate: the topic was not read to its end\n")
            storm.feeder.go_on()
            return False
        storm.judge.read_source(ORDERS)
        client = AdminClient(storm.kafka.client() | {"log_level": 0})
        client.delete_topics([ORDERS], operation_timeout=30)[ORDERS].result()
        gone = storm.until(lambda: ORDERS not in admin.reachable(storm.kafka), 60)
        assert gone, "the topic was not deleted"
        wanted = storm.feeder.partitions[ORDERS]
        admin.ensure_topics(storm.kafka, [s for s in storm.specs if s.name == ORDERS and s.partitions == wanted], 60)
        storm.feeder.go_on()
        return True


def read_up(storm: Storm, topic: str) -> bool:
    """Whether the workers' group has committed all of a topic."""
    ends = {p: end for (_, p), end in admin.end_offsets(storm.kafka, [topic]).items()}
    client = AdminClient(storm.kafka.client() | {"log_level": 0})
    group = topics.group(storm.pipeline, "mask")
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, p) for p in ends])
    found = client.list_consumer_group_offsets([asked])[group].result(20).topic_partitions
    return all(ends[part.partition] == 0 or part.offset >= ends[part.partition] for part in found or ())


def void(_: object) -> None:
    """Nothing."""
