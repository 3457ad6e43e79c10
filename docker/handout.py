"""The job that hands each service its own secrets, and makes the certificates of the brokers. Runs as root, for long.

What `make-secrets.sh` wrote is readable by its owner on the host alone. This job copies for each service what that one
needs, and nothing else, into a folder in memory (a tmpfs volume) that belongs to the user of that service. It then
waits, since a tmpfs is gone when nobody holds it. Run again, it gives new certificates; the authority stays.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.errors import MaskgateError
from maskgate.crypto import certificates

BROKERS = ("kafka-1", "kafka-2", "kafka-3")
ROLES = ("mask", "gate", "lineage", "watch", "console")
_BROKER_SECRETS = ("admin", "broker", "controller", "cluster-id")


def wanted(secrets: Path) -> dict[str, dict[str, str]]:
    """Service → name of the file that it reads → name of the secret."""
    of = {broker: {name: name for name in _BROKER_SECRETS} for broker in BROKERS}
    of |= {role: {"kafka-password": f"maskgate-{role}"} for role in ROLES}
    of["watch"]["webhook"] = "webhook"
    passwords = sorted(p.name for p in secrets.iterdir() if p.is_file() and not p.name.startswith("."))
    others = {name: name for name in passwords if name not in (*_BROKER_SECRETS, "webhook")}
    of["setup"] = {"kafka-password": "admin"} | others  # it makes the users, so it alone knows all of their passwords
    return of


def authority(folder: Path) -> certificates.Authority:
    """The authority of this deployment, made by the first run."""
    key, certificate = folder / "ca.key", folder / "ca.pem"
    if key.exists():
        return certificates.load_authority(key, certificate)
    return certificates.create_authority(key, certificate, "maskgate brokers")


def give(folder: Path, files: Mapping[str, bytes], owner: int) -> None:
    """Write the files for one user alone."""
    filemodes.secret_folder(folder)
    for name, data in files.items():
        filemodes.write_secret(folder / name, data)
        os.chown(folder / name, owner, owner)
    os.chown(folder, owner, owner)
    folder.chmod(filemodes.FOLDER)


def hand_out(secrets: Path, ca: Path, to: Path, owners: Mapping[str, int]) -> None:
    """Every service's secrets into its own folder below ``to``; ``owners``: user of the brokers, of our services."""
    trusted = authority(ca)
    for service, names in wanted(secrets).items():
        files = {name: filemodes.read_secret(secrets / source) for name, source in names.items()}
        files["ca.pem"] = trusted.pem
        if service in BROKERS:
            files["tls.pem"] = trusted.issue(service, [service, "localhost"])
        give(to / service, files, owners["kafka" if service in BROKERS else "maskgate"])


def main() -> None:
    """Hand out, say so (the mark is the health check), and hold the folders until the end."""
    owners = {
        "kafka": int(os.environ.get("KAFKA_UID", "1000")),
        "maskgate": int(os.environ.get("MASKGATE_UID", "10001")),
    }
    hand_out(Path("/from"), Path("/ca"), Path("/to"), owners)
    Path("/tmp/handed-out").touch()  # noqa: S108  (a tmpfs of this container alone)
    sys.stderr.write("secrets: handed out\n")
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        main()
    except (MaskgateError, OSError) as error:
        sys.stderr.write(f"secrets: {error}\n")
        sys.exit(3)
