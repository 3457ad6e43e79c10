"""The same topic passed on by another library, in a Python that has it; started by ``run.py --peers``."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from typing import NoReturn


def quixstreams(bootstrap: str, source: str, target: str, count: int, folder: str) -> tuple[int, float, float]:
    """Exactly once, bytes as they are."""
    module = importlib.import_module("quixstreams")
    app = module.Application(
        broker_address=bootstrap, consumer_group="quix", auto_offset_reset="earliest", auto_create_topics=False,
        processing_guarantee="exactly-once", state_dir=folder, commit_every=1000, loglevel="ERROR",
    )  # fmt: skip
    read = app.topic(source, value_deserializer="bytes", key_deserializer="bytes")
    written = app.topic(target, value_serializer="bytes", key_serializer="bytes")
    seen = [0, 0.0, 0.0]

    def note(value: bytes) -> bytes:
        seen[0] += 1
        if seen[0] == 1:
            seen[1:] = time.perf_counter(), time.process_time()
        return value

    app.dataframe(read).apply(note).to_topic(written)
    app.run(count=count, timeout=60)
    return int(seen[0]), time.perf_counter() - seen[1], time.process_time() - seen[2]


def faust(bootstrap: str, source: str, target: str, count: int, folder: str) -> NoReturn:
    """At least once: its transactions need another broker than this one."""
    module = importlib.import_module("faust")
    app = module.App(
        "faust-pass", broker=f"kafka://{bootstrap}", value_serializer="raw", key_serializer="raw", store="memory://",
        datadir=folder, web_enabled=False, topic_disable_leader=True, broker_max_poll_records=1000,
    )  # fmt: skip
    read, written = app.topic(source), app.topic(target)
    seen = [0, 0.0, 0.0]

    @app.agent(read)
    async def passed(stream):  # type: ignore[no-untyped-def]
        async for event in stream.events():
            if not seen[0]:
                seen[1:] = time.perf_counter(), time.process_time()
            await written.send(key=event.key, value=event.value)
            seen[0] += 1
            if seen[0] >= count:
                report("faust", count, time.perf_counter() - seen[1], time.process_time() - seen[2])
                sys.stdout.flush()
                os._exit(0)  # its worker waits for a signal

    module.Worker(app, loglevel="ERROR", redirect_stdouts=False).execute_from_commandline()
    raise SystemExit("it stopped before it had read all")


def report(name: str, records: int, took: float, cpu: float) -> None:
    """One line for the parent."""
    sys.stdout.write(
        json.dumps({name: {"records_per_s": round(records / took), "cpu_ms_per_1000": round(cpu / records * 1e6, 1)}})
        + "\n"
    )


def main() -> None:
    """Run from the command line of ``run.py``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=("quixstreams", "faust"))
    parser.add_argument("bootstrap")
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("count", type=int)
    parser.add_argument("folder")
    args = parser.parse_args()
    words = args.bootstrap, args.source, args.target, args.count, args.folder
    if args.which == "faust":
        faust(*words)
    report("quixstreams", *quixstreams(*words))


if __name__ == "__main__":
    main()
