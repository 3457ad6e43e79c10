"""Random commands through the approval machine, and its speed and size.

python benchmarks/approvals_machine/run.py random --commands 1000000
python benchmarks/approvals_machine/run.py votes  --count 5000
python benchmarks/approvals_machine/run.py replay --count 5000
python benchmarks/approvals_machine/run.py held   --count 100000
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))

from fakes import random_office
from fakes.fake_office import Office, key
from maskgate.approvals import commands, events, machine


def random_commands(wanted: int, seed: int) -> dict[str, object]:
    """``wanted`` commands in sequences of 20 to 200; every event is judged, every log replayed."""
    lengths = random.Random(seed)
    start, done, sequences, refused, released = time.perf_counter(), 0, 0, 0, 0
    violations: list[str] = []
    while done < wanted:
        length = lengths.choice((20, 20, 40, 80, 200))
        try:
            office = random_office.run(seed * 1_000_003 + sequences, length)
            done += office.commands
            refused += office.refused()
            released += len(office.released)
        except (random_office.Broken, ValueError) as error:
            violations.append(f"sequence {sequences}: {error}")
            done += length
        sequences += 1
        if sequences % 1000 == 0:
            print(f"{done} commands, {len(violations)} violations", file=sys.stderr, flush=True)
    return {
        "commands": done,
        "sequences": sequences,
        "violations": len(violations),
        "first_violations": violations[:5],
        "refused": refused,
        "released": released,
        "seconds": round(time.perf_counter() - start, 1),
        "cpu_seconds": round(time.process_time(), 1),
    }


def vote_speed(count: int) -> dict[str, object]:
    """Votes a second through decide, fold and encoding, signatures verified, on one core."""
    office = Office()
    requests = [office.open(tier="double", value=b'{"n":%d}' % n) for n in range(count)]
    ballots = [office.ballot(request, "dan") for request in requests]
    wall, cpu = time.perf_counter(), time.process_time()
    size = 0
    for ballot in ballots:
        out = machine.decide(office.state, commands.CastVote(envelope=ballot), office.now)
        machine.fold(office.state, out)
        size += sum(len(events.encode(event)) for event in out)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    accepted = sum(len(office.of(request).votes) for request in requests)
    return {
        "votes": accepted,
        "votes_per_cpu_second": round(accepted / cpu),
        "votes_per_second": round(accepted / wall),
        "log_bytes_per_vote": size // count,
    }


def replay_speed(count: int) -> dict[str, object]:
    """Events a second from their bytes into a state, and through an audit that verifies every signature again."""
    from maskgate.approvals.state import State
    from maskgate.audit import replay

    office = Office()
    for n in range(count):
        request = office.open(tier="double", value=b'{"n":%d}' % n)
        office.vote(request, "anna")
        office.vote(request, "dan")
        office.release(request)
    lines = [events.encode(event) for event in office.log]
    start = time.process_time()
    state = machine.fold(State(), (events.decode(line) for line in lines))
    folded = time.process_time() - start
    start = time.process_time()
    found = replay.audit(lines)
    audited = time.process_time() - start
    assert found.good
    assert state.position == len(lines)
    return {
        "requests": count,
        "events": len(lines),
        "folded_per_cpu_second": round(len(lines) / folded),
        "audited_per_cpu_second": round(len(lines) / audited),
    }


def held_requests(count: int) -> dict[str, object]:
    """Memory and restart time with ``count`` requests held."""
    office = Office()
    template = office.open(tier="double")
    item = template.items[0]
    base = _rss()
    start = time.perf_counter()
    for n in range(count):
        mac = os.urandom(32).hex()
        ids = {"item_id": mac[:32], "key_mac": mac[32:], "content_mac": mac[::-1], "masked_digest": mac, "preview": mac}
        fresh = replace(item, **ids)
        out = machine.decide(
            office.state,
            commands.OpenExport(
                request_id=commands.new_request_id(office.now),
                nonce=os.urandom(16).hex(),
                requester=template.requester,
                items=(replace(fresh, offset=n, source=replace(item.source, offset=n)),),
                verb="export",
                destination="default",
                topic="events.released",
                purpose=f"purpose {n}",
                tier="double",
                rule="r1",
            ),
            office.now + n,
        )
        machine.fold(office.state, out)
    opened = time.perf_counter() - start
    rss = _rss()
    start = time.perf_counter()
    raw = b"".join(machine.snapshot(office.state))
    written = time.perf_counter() - start
    start = time.perf_counter()
    restored = machine.restore(machine.split(raw))
    back = time.perf_counter() - start
    assert len(restored.requests) == len(office.state.requests) == count + 1
    assert restored.due(1 << 60, 5) == office.state.due(1 << 60, 5)
    return {
        "held": count,
        "rss_MB": rss,
        "rss_before_MB": base,
        "opened_per_second": round(count / opened),
        "snapshot_MB": round(len(raw) / 1e6, 1),
        "snapshot_seconds": round(written, 2),
        "restore_seconds": round(back, 2),
    }


def _rss() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


def main() -> None:
    """Run one measurement and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("random", "votes", "replay", "held"))
    parser.add_argument("--commands", type=int, default=1_000_000)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if args.what == "random":
        result = random_commands(args.commands, args.seed)
    elif args.what == "votes":
        result = vote_speed(args.count or 5000)
    elif args.what == "replay":
        result = replay_speed(args.count or 5000)
    else:
        result = held_requests(args.count or 100_000)
    print(json.dumps(result | {"machine": platform.machine(), "python": platform.python_version()}, indent=2))
    sys.exit(1 if result.get("violations") else 0)


if __name__ == "__main__":
    key("warm")
    main()
