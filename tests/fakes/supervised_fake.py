"""A supervisor whose masker is simple and obeys: run as a program, with the settings as JSON on stdin.

A value that starts ``poison`` kills the process, ``hang`` sleeps for ever, ``raise`` raises, ``hold`` is held,
``mask`` becomes ``masked``, ``bad`` is quarantined; anything else passes as it is.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence
from types import SimpleNamespace

from maskgate.base.config import Settings
from maskgate.base.errors import MaskgateError
from maskgate.base.log import describe, say
from maskgate.base.records import FieldUse, Held, Masked, Outcome, PolicyRef, Quarantined, Record
from maskgate.crypto import signing
from maskgate.supervise.supervisor import Supervisor
from maskgate.worker.context import Parts

SEED = b"s" * 32
USES = (FieldUse("/mail", "EMAIL_ADDRESS", "replace", "email", 1.0),)


class ObedientMasker:
    """Does what the value says."""

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        return [self._one(r) for r in records]

    def _one(self, record: Record) -> Outcome:
        value = record.value
        if value is None or not value.startswith((b"poison", b"hang", b"raise", b"hold", b"mask", b"bad")):
            return Masked(value, record.key, record.headers)
        if value.startswith(b"poison"):
            os.kill(os.getpid(), signal.SIGKILL)
        if value.startswith(b"hang"):
            time.sleep(3600)
        if value.startswith(b"raise"):
            raise RuntimeError(f"cannot handle {value!r}")
        if value.startswith(b"hold"):
            export = {"destination": "default", "topic": f"{record.topic}.released", "rule": "r", "verb": "export"}
            return Held(b'{"n": "' + value + b'"}', record.key, record.headers, USES, export)
        if value.startswith(b"mask"):
            return Masked(b"masked" + value[4:], record.key, record.headers, USES, True)
        return Quarantined("not_json", "at byte 0")


def make(settings: Settings) -> Parts:
    """Parts with the obedient masker and a known key."""
    return Parts(
        masker=ObedientMasker(),
        policy=SimpleNamespace(ref=PolicyRef("fake", "v1", "d" * 64), rules=()),
        engine=SimpleNamespace(digest="e" * 64, versions={"fake": "1"}),
        item_keys=(b"i" * 32,),
        mac_key=b"m" * 32,
        signer=signing.from_seed(SEED),
    )


if __name__ == "__main__":
    try:
        Supervisor(Settings.model_validate_json(sys.stdin.read()), make).run()
    except MaskgateError as error:
        say("supervisor", "died", **describe(error))
        sys.exit(error.exit_code)
