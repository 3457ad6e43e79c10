"""The one-shot set-up of the composed deployment: Kafka users, topics, ACLs, and the keys of each role.

Runs as the broker's administrator, before any role starts, and may be run again: what is there stays. Each role finds
in its own volume the secrets it needs and no others: workers seal and the gate opens; the gate signs, workers do not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from maskgate.base import filemodes
from maskgate.base.config import Settings, load
from maskgate.base.errors import MaskgateError, WorldError
from maskgate.crypto import sealing, signing
from maskgate.crypto.keyring import Keyring
from maskgate.kafka import acls, admin, topics
from maskgate.policy import load_policy

# Role → private keys in its volume. Public halves go to every role.
PRIVATE = {"mask": ("pipeline",), "gate": ("gate", "gate-seal"), "console": ("intake", "console")}


def say(line: str) -> None:
    """One line for `docker compose logs setup`."""
    sys.stderr.write(f"setup: {line}\n")


def make_users(settings: Settings, secrets: Path, names: Sequence[str]) -> None:
    """Set the SCRAM password of every user to its file's."""
    from confluent_kafka import KafkaException
    from confluent_kafka import admin as lib

    client = lib.AdminClient(settings.kafka.client())
    scram = lib.ScramCredentialInfo(lib.ScramMechanism.SCRAM_SHA_512, 8192)
    wanted = [
        lib.UserScramCredentialUpsertion(name, scram, filemodes.read_secret(secrets / name).strip()) for name in names
    ]
    for name, future in client.alter_user_scram_credentials(wanted).items():
        try:
            future.result()
        except KafkaException as error:
            raise WorldError(f"user {name}: {error.args[0].str()}") from None


def users(settings: Settings, secrets: Path) -> list[str]:
    """Our own users, and those outside whose password lies among the secrets."""
    by = settings.principals
    ours = [by.mask, by.gate, by.lineage, by.watch, by.console, by.admin]
    outside = [*by.reviewers, *by.auditors, *by.operators, *by.producers.values(), *by.consumers]
    return ours + [name for name in dict.fromkeys(outside) if (secrets / name).exists()]


def make_keys(state: Path) -> None:
    """Each role's private keys in its own volume, the public halves in all of them."""
    for role, names in PRIVATE.items():
        for name in names:
            path = state / role / "keys" / f"{name}.pem"
            if path.exists():
                continue
            create = sealing.create_seal_key if name == "gate-seal" else signing.create_key
            create(path)
            say(f"made the key {name} of {role}")
    for role, names in PRIVATE.items():
        for name in names:
            public = (state / role / "keys" / f"{name}.pem").with_suffix(".pub")
            for other in PRIVATE:
                if other != role:
                    filemodes.write_public(state / other / "keys" / public.name, public.read_bytes())


def make_keyrings(state: Path) -> None:
    """Workers hold all keys of masking. Gate and console get keys of their own, which open no token.

    The gate shares the key of item ids with the workers: it proves that an item is the record it says it is.
    """
    masking = Keyring.load_or_create(state / "mask")
    for role in ("gate", "console"):
        if not Keyring.file(state / role).exists():
            fresh = [key for key in Keyring.fresh().every() if key.purpose != "item"]
            Keyring([*fresh, *masking.every("item")], Keyring.file(state / role)).save()


def main() -> None:
    """Do all of it."""
    secrets, state = Path(os.environ.get("SECRETS", "/run/secrets")), Path(os.environ.get("STATE", "/state"))
    settings, _ = load(os.environ.get("MASKGATE_CONFIG", "/etc/maskgate/maskgate.yaml"))
    admin.reachable(settings.kafka, timeout_s=120)
    names = users(settings, secrets)
    make_users(settings, secrets, names)
    say(f"{len(names)} users")
    policy = load_policy(settings.policy)
    destinations = [d.topic for d in policy.exports.destinations.values() if d.topic]
    made = admin.ensure_topics(settings.kafka, topics.specs(settings, admin.reachable(settings.kafka), destinations))
    say(f"{len(made)} topics made")
    say(f"{acls.apply(settings.kafka, acls.acls(settings, destinations))} ACLs in force")
    make_keys(state)
    make_keyrings(state)
    say("done")


if __name__ == "__main__":
    try:
        main()
    except MaskgateError as error:
        say(str(error))
        sys.exit(error.exit_code)
