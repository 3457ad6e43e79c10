"""What a host's monitor says: metrics, readiness, overload; and to whom."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from maskgate.base.config import Monitor, Pipeline, Settings
from maskgate.base.errors import ConfigurationError
from maskgate.base.meters import METRICS, Meters, read
from maskgate.base.records import FieldUse, Held, Masked, Quarantined, Record
from maskgate.supervise import exposition, monitor
from maskgate.supervise.monitored import RolesMeter
from maskgate.supervise.roles import to_json
from maskgate.worker.meter import WorkerMeter, policy_shown

USE = FieldUse("/a", "EMAIL_ADDRESS", "replace", "email", 1.0, 2)
TOKEN = "a-token-of-twenty-characters"


def families(text: str) -> dict[str, Any]:
    """The page as Prometheus reads it."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def running(state: Path, **why: str) -> RolesMeter:
    """A supervisor that says how its roles do."""
    meter = RolesMeter(state, "roles")
    meter.show({name: (not reason, reason, 0) for name, reason in why.items()})
    return meter


def worker(state: Path, slot: int = 0, *, lag: int = 0, age: float = 0.0, part: str = "none") -> Meters:
    """A worker that is ready, with this lag."""
    meters = Meters(state, "mask", slot)
    meters.ready = True
    meters.set("maskgate_lag_records", lag, topic="t", partition="0")
    meters.set("maskgate_lag_seconds", age, topic="t", partition="0")
    meters.set("maskgate_bottleneck", 1, part=part)
    meters.flush()
    return meters


def ready(state: Path) -> dict[str, list[str]]:
    """What ``/readyz`` goes by."""
    return exposition.readiness(read(state), 120.0)


# ── the page ──
def test_prometheus_reads_what_a_worker_counts(tmp_path: Path) -> None:
    """Records, outcomes, findings, dead letters, commit time, lag and policy arrive with role and slot."""
    meters = Meters(tmp_path, "mask", 1)
    meter = WorkerMeter(meters)
    records = [Record("t", 0, n, b"12345", timestamp_ms=int(time.time() * 1000) - 5000) for n in range(4)]
    meter.polled(records)
    outcomes = [
        Masked(b"x", None, (), (USE,), True), Masked(b"x", None, ()), Held(b"x", None, (), (USE,)),
        Quarantined("not_json"),
    ]  # fmt: skip
    meter.outcomes(records, outcomes)
    meter.committed()
    policy_shown(meters, type("P", (), {"ref": type("R", (), {"id": "p", "version": "v", "digest": "d" * 64})}), "")
    meter.show({("t", 0): 10})
    found = families(exposition.page(read(tmp_path), 120.0))
    outcome = {s.labels["outcome"]: s.value for s in found["maskgate_records"].samples}
    assert outcome == {"masked": 1, "unchanged": 1, "held": 1, "dead_letter": 1}
    assert found["maskgate_findings"].samples[0].value == 4
    assert found["maskgate_bytes"].samples[0].value == 20
    assert found["maskgate_dead_letters"].samples[0].labels["reason"] == "not_json"
    assert found["maskgate_lag_records"].samples[0].value == 6
    assert found["maskgate_lag_seconds"].samples[0].value == pytest.approx(5, abs=2)
    counts = {s.labels["le"]: s.value for s in found["maskgate_commit_seconds"].samples if s.name.endswith("_bucket")}
    assert counts["+Inf"] == 1
    assert all(s.labels["role"] == "mask" and s.labels["slot"] == "1" for f in found.values() for s in f.samples)


def test_every_family_is_declared(tmp_path: Path) -> None:
    """A page with a sample of each metric parses, with help and kind."""
    meters = Meters(tmp_path, "gate")
    for name, metric in METRICS.items():
        (meters.observe if metric.kind == "histogram" else meters.set)(name, 1.0)
    meters.flush()
    found = families(exposition.page(read(tmp_path), 120.0))
    assert {name.removesuffix("_total") for name in METRICS} == set(found)
    for name, metric in METRICS.items():
        family = found[name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)


def test_an_odd_label_does_not_break_the_page(tmp_path: Path) -> None:
    """Quotes, backslashes and line ends of a label stay inside it."""
    odd = 'a"b\\c\nd'
    meters = Meters(tmp_path, "mask", 0)
    meters.count("maskgate_records_total", topic=odd, outcome="held")
    meters.flush()
    (sample,) = families(exposition.page(read(tmp_path), 120.0))["maskgate_records"].samples
    assert sample.labels["topic"] == odd


def test_processes_that_are_gone_are_left_out(tmp_path: Path) -> None:
    """A file of a dead process says nothing."""
    worker(tmp_path)
    path = next((tmp_path / "meters").glob("mask-0.json"))
    tree = json.loads(path.read_text())
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    path.write_text(json.dumps(tree | {"pid": int(done.stdout)}))
    assert read(tmp_path) == []


# ── readiness ──
def test_roles_that_work_are_ready(tmp_path: Path) -> None:
    """Up, fresh, and not behind."""
    running(tmp_path, mask="")
    worker(tmp_path)
    assert ready(tmp_path) == {"mask": []}


def test_a_role_that_is_waited_for_is_not_ready(tmp_path: Path) -> None:
    """A role that ended says with what; its neighbour stays ready."""
    running(tmp_path, mask="", gate="ended with 3, 4 times in a row; see the log")
    worker(tmp_path)
    found = ready(tmp_path)
    assert found["mask"] == []
    assert found["gate"] == ["ended with 3, 4 times in a row; see the log"]


def test_a_role_that_has_said_nothing_is_not_ready(tmp_path: Path) -> None:
    """Started is not ready; neither is one that went silent."""
    running(tmp_path, mask="")
    assert ready(tmp_path)["mask"] == ["has not come up yet"]
    worker(tmp_path)
    path = tmp_path / "meters" / "mask-0.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"at": time.time() - 60}))
    assert "no sign of life for 60 s" in ready(tmp_path)["mask"][0]


@pytest.mark.parametrize(("part", "says"), [("mask", "add workers"), ("commit", "the broker")])
def test_overload_says_how_far_and_what_limits(tmp_path: Path, part: str, says: str) -> None:
    """A role far behind is not ready, and names its bottleneck."""
    running(tmp_path, mask="")
    worker(tmp_path, lag=164_297, age=300.0, part=part)
    (reason,) = ready(tmp_path)["mask"]
    assert "164297 records, 300 s behind" in reason
    assert says in reason
    worker(tmp_path, lag=164_297, age=30.0, part=part)
    assert ready(tmp_path)["mask"] == []


def test_the_bottleneck_is_what_takes_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for input is room; else the longer of masking and commit limits."""
    clock = [0.0]
    monkeypatch.setattr("maskgate.worker.meter.time.perf_counter", lambda: clock[0])
    meter = WorkerMeter(Meters())

    def spend(**phases: float) -> str:
        for _ in range(20):
            for phase, took in phases.items():
                clock[0] += took
                meter.lap(phase)
            found = meter.bottleneck()
        return found

    assert spend(wait=0.05, mask=0.9, commit=0.1) == "mask"
    assert spend(wait=0.05, mask=0.2, commit=0.8) == "commit"
    assert spend(wait=0.5, mask=0.4, commit=0.1) == "none"


# ── who may ask ──
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_a_public_address_needs_a_token(host: str, tmp_path: Path) -> None:
    """Only this host asks without credentials."""
    with pytest.raises(ConfigurationError, match=r"monitor\.token_file"):
        monitor.token(Monitor(host=host))
    (tmp_path / "token").write_text(TOKEN + "\n")
    assert monitor.token(Monitor(host=host, token_file=tmp_path / "token")) == TOKEN
    (tmp_path / "token").write_text("short")
    with pytest.raises(ConfigurationError, match="16 characters"):
        monitor.token(Monitor(host=host, token_file=tmp_path / "token"))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The monitor as a process, with a token."""
    (tmp_path / "token").write_text(TOKEN)
    settings = Settings(
        pipeline=Pipeline(state_dir=tmp_path), monitor=Monitor(port=0, token_file=tmp_path / "token", max_lag=60)
    )
    running(tmp_path, mask="")
    worker(tmp_path)
    program = [sys.executable, "-m", "maskgate.supervise.role", "monitor"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(to_json(settings).encode())
        process.stdin.close()
        yield json.loads(process.stderr.readline())["url"].removesuffix("/metrics"), tmp_path
        process.kill()


def ask(address: str, token: str = TOKEN) -> tuple[int, str]:
    """Status and body."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_pages_over_http(served: tuple[str, Path]) -> None:
    """Metrics, liveness and readiness, of all roles and of one; nothing without the token."""
    base, state = served
    assert ask(f"{base}/livez") == (200, "ok\n")
    assert ask(f"{base}/readyz") == (200, "mask: ready\n")
    assert ask(f"{base}/readyz/mask")[0] == 200
    assert ask(f"{base}/readyz/gate") == (503, "gate: does not run on this host\n")
    assert "maskgate_ready" in families(ask(f"{base}/metrics")[1])
    assert ask(f"{base}/elsewhere")[0] == 404
    for page in ("metrics", "readyz", "livez"):
        assert ask(f"{base}/{page}", "")[0] == ask(f"{base}/{page}", TOKEN[:-1])[0] == 401
    worker(state, lag=100, age=61.0, part="mask")
    status, text = ask(f"{base}/readyz")
    assert status == 503
    assert "overloaded" in text


def test_a_port_in_use_is_one_line_with_what_to_do(served: tuple[str, Path], tmp_path: Path) -> None:
    """Which port, and what to change; no traceback."""
    port = int(served[0].rpartition(":")[2])
    settings = Settings(pipeline=Pipeline(state_dir=tmp_path), monitor=Monitor(port=port))
    done = subprocess.run(
        [sys.executable, "-m", "maskgate.supervise.role", "monitor"],
        input=to_json(settings).encode(), capture_output=True, check=False,
    )  # fmt: skip
    (line,) = done.stderr.splitlines()
    assert f"127.0.0.1:{port} is in use" in json.loads(line)["message"]
    assert "monitor.port" in json.loads(line)["message"]
    assert b"Traceback" not in done.stderr
    assert os.waitstatus_to_exitcode(done.returncode << 8) == 75
