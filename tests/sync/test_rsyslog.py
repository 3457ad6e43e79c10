"""Syslog against rsyslog itself, over TLS."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from fakes.fake_audit import FakeLog, courier, drain, entry
from fakes.secure_kafka import Authority
from maskgate.base.config import AuditSink, Kafka
from maskgate.sync import make

RSYSLOG = shutil.which("rsyslogd") or "/usr/sbin/rsyslogd"
MODULE = next(Path("/usr/lib").glob("*/rsyslog/lmnsd_gtls.so"), None)
pytestmark = pytest.mark.skipif(MODULE is None or not Path(RSYSLOG).exists(), reason="needs rsyslog and rsyslog-gnutls")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def configured(folder: Path, authority: Authority, port: int) -> Path:
    """rsyslog with TLS only; a line a message: severity, MSGID, text."""
    cert, key = authority.issue("siem")
    file = folder / "rsyslog.conf"
    file.write_text(f"""
global(workDirectory="{folder}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{authority.file}" defaultNetstreamDriverCertFile="{cert}"
  defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="{port}" address="127.0.0.1")
template(name="seen" type="string" string="%syslogfacility% %syslogseverity% %app-name% %msgid% %msg%\\n")
action(type="omfile" file="{folder}/seen.log" template="seen" asyncWriting="off" flushOnTXEnd="on")
""")
    return file


def test_rsyslog_over_tls_has_every_entry_in_order(tmp_path: Path) -> None:
    """What it wrote down is what was sent, once each, with facility 'log audit' and the event's type."""
    authority, port = Authority(tmp_path / "ca"), free_port()
    conf = configured(tmp_path, authority, port)
    settings = {"name": "siem", "kind": "syslog", "host": "127.0.0.1", "port": port, "ca": str(authority.file)}
    sink = make.sink(AuditSink.model_validate(settings), Kafka())
    one = courier(tmp_path, FakeLog([entry(n, alarm=n == 7, note="ä\n<1>") for n in range(30)]), sink, batch=7)
    one.start()
    assert drain(one) > 0, "nobody listens yet"
    command = [RSYSLOG, "-n", "-f", str(conf), "-i", str(tmp_path / "pid")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 40
        while drain(one) and time.monotonic() < until:
            time.sleep(0.2)
        assert one.next == 30, one.trouble
        seen = tmp_path / "seen.log"
        while (not seen.exists() or len(seen.read_text().splitlines()) < 30) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        one.close()
        server.terminate()
        server.wait(10)
    lines = [line.split(" ", 4) for line in seen.read_text().splitlines()]
    assert {tuple(line[:1] + line[2:4]) for line in lines} == {("13", "maskgate", "refused")}
    assert [line[1] for line in lines] == ["2" if n == 7 else "4" for n in range(30)]
    assert [json.loads(line[4])["offset"] for line in lines] == list(range(30))
