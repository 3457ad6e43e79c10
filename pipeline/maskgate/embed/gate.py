"""``load`` and the gate it gives: masks, scans and explains in this process, without a broker.

A gate is a description until it is first used: policy, keys and models load then, once in each process. So it can be
pickled, sent to other machines and used after a fork; copies of one gate are one gate in the process that they reach,
however often an engine sends it. Threads take turns.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from maskgate.base import config
from maskgate.base.errors import ConfigurationError, KeyringError, RecordError
from maskgate.base.log import say
from maskgate.base.records import Header, Held, Quarantined, Record
from maskgate.base.records import Outcome as Decided
from maskgate.crypto.keyring import VARIABLE, Keyring
from maskgate.embed.result import Explained, Result
from maskgate.embed.values import as_json
from maskgate.policy import CompiledPolicy
from maskgate.worker import context
from maskgate.worker.batch import Kit, Writer, mask
from maskgate.worker.origin import from_policy
from maskgate_detectors import Finding, Scan


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What one process works with."""

    kit: Kit
    parts: context.Parts


class Gate:
    """Masks events under one policy with one shared keyring. Make it with :func:`load`."""

    def __init__(self, settings: config.Settings, topic: str, topic_ids: Mapping[str, str]) -> None:
        self._settings = settings
        self._topic = topic
        self._topic_ids = dict(topic_ids)
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.RLock()
        self._loaded: _Loaded | None = None

    def __reduce__(self) -> tuple[object, ...]:
        return _arrived, (type(self), pickle.dumps((self._settings, self._topic, self._topic_ids)))

    @property
    def topic(self) -> str:
        """The topic whose rules hold where no other is named."""
        return self._topic

    def load(self) -> Gate:
        """Load policy, keys and models now; returns the gate.

        Raises:
            ConfigurationError: any of them is missing or wrong.
        """
        with self._lock:
            self._here()
        return self

    def warm(self) -> Gate:
        """Load policy, keys and models now and compile every rule, for forks to share; returns the gate.

        Raises:
            ConfigurationError: any of them is missing or wrong.
        """
        with self._lock:
            self._here().parts.engine.warm()
        return self

    @property
    def policy(self) -> CompiledPolicy:
        """The policy in force here.

        Raises:
            ConfigurationError: policy, keys or models cannot be loaded.
        """
        with self._lock:
            current: CompiledPolicy = self._here().parts.policy
            return current

    @property
    def keyring(self) -> Keyring:
        """The keys in use here.

        Raises:
            ConfigurationError: policy, keys or models cannot be loaded.
        """
        with self._lock:
            keys = self._here().parts.keys
        if keys is None:
            raise ConfigurationError("this gate has no keyring of its own")
        return keys.ring

    def follow_policy(self) -> str:
        """Work with the policy's file as it is now; why it was refused where it was: the last good one stays."""
        with self._lock:
            parts = self._here().parts
            change = parts.holder.poll() if parts.holder is not None else None
            if change is None:
                return ""
            refused = change.error or parts.take(change)
            self._loaded = _Loaded(_kit(parts, self._topic_ids), parts)
            return refused

    def mask(
        self,
        event: Any,
        *,
        key: bytes | None = None,
        headers: Sequence[Header] = (),
        topic: str | None = None,
        partition: int = 0,
        offset: int = 0,
        timestamp_ms: int = 0,
    ) -> Result:
        """What becomes of one event: a JSON document as bytes or str, or a dict, list or scalar of JSON types.

        ``topic``, ``partition`` and ``offset`` are the coordinates of a record that came from Kafka: they are in the
        lineage, and they make the id of a held item, so that a replay makes no second one.

        Raises:
            ConfigurationError: policy, keys or models cannot be loaded, or the value has no type of an event.
        """
        document, back = as_json(event)
        record = Record(topic or self._topic, partition, offset, document, key, tuple(headers), timestamp_ms)
        result = self.mask_records([record])[0]
        return result if result.value is None else replace(result, value=back(result.value))

    def mask_many(self, events: Iterable[Any], *, topic: str | None = None, first_offset: int = 0) -> list[Result]:
        """:meth:`mask` for a batch, one result an event in order: faster than one by one."""
        read = [as_json(event) for event in events]
        name = topic or self._topic
        records = [Record(name, 0, first_offset + i, document) for i, (document, _) in enumerate(read)]
        results = zip(self.mask_records(records), read, strict=True)
        return [r if r.value is None else replace(r, value=back(r.value)) for r, (_, back) in results]

    def mask_records(self, records: Sequence[Record]) -> list[Result]:
        """One result a record, in order; never raises for a record. ``value`` is bytes (None for a tombstone)."""
        with self._lock:
            loaded = self._here()
            outcomes = mask(loaded.kit, records)
            return [_result(loaded.kit, record, outcome) for record, outcome in zip(records, outcomes, strict=True)]

    def scan(self, event: Any, *, language: str | None = None) -> Scan:
        """The findings in one event, in document order; with ``error`` set it could not be looked at."""
        document, _ = as_json(event)
        with self._lock:
            scan: Scan = self._here().parts.engine.batch([document], language)[0]
        return scan

    def mask_text(self, text: str) -> str:
        """Free text with a label in the place of every finding; what cannot be looked at is withheld as a whole."""
        with self._lock:
            return str(self._masker().mask_text(text))

    def scan_text(self, text: str) -> list[Finding]:
        """The findings in free text.

        Raises:
            ValueError: it cannot be looked at in the time that it has: nothing is known of it.
        """
        with self._lock:
            found: list[Finding] = self._here().parts.engine.scan_text(text)
        return found

    def explain(self, event: Any, *, topic: str | None = None) -> list[Explained]:
        """Which rule of the policy does what at which place of the event.

        Raises:
            RecordError: the event would be quarantined; ``code`` says why.
        """
        document, _ = as_json(event)
        with self._lock:
            outcome, rules = self._masker().explain(Record(topic or self._topic, 0, 0, document))
        if not hasattr(outcome, "fields"):
            raise RecordError(outcome.code, outcome.detail)
        return [
            Explained(use.path, use.entity, use.detector, use.score, use.operator, rule.rule_id if rule else "")
            for use, rule in zip(outcome.fields, rules, strict=True)
        ]

    def _masker(self) -> Any:
        return self._here().parts.masker

    def _here(self) -> _Loaded:
        """What this process works with; a fork shares what was loaded before it."""
        if self._loaded is None:
            parts = context.build(self._settings, library=True)
            self._loaded = _Loaded(_kit(parts, self._topic_ids), parts)
        elif self._loaded.parts.follow_keys():  # the keyring was rotated
            self._loaded = _Loaded(_kit(self._loaded.parts, self._topic_ids), self._loaded.parts)
        return self._loaded


def load(
    policy: str | Path | None = None,
    keyring: str | Path | None = None,
    *,
    model: str | None = None,
    topic: str = "events",
    topic_ids: Mapping[str, str] | None = None,
    settings: str | Path | None = None,
) -> Gate:
    """A gate; nothing heavy is loaded before it is used.

    ``policy`` is a file, a folder or the name of a profile (None: the built-in default). ``keyring`` is the folder
    that ``maskgate keys create`` made, the same on every machine, since equal values get equal stand-ins only under
    equal keys; None takes the environment's ``MASKGATE_KEYRING`` or the folder of the settings. ``model`` is the
    free-text model (``none``: rules only). ``settings`` is a ``maskgate.yaml``.

    Raises:
        ConfigurationError: wrong settings, or no keyring where everybody can find it: a gate never makes keys up.
    """
    flags = {"policy": None if policy is None else str(policy), "detection.model": model}
    flags["pipeline.state_dir"] = None if keyring is None else str(keyring)
    found, _ = config.load(settings, flags)
    if not os.environ.get(VARIABLE) and not Keyring.file(found.pipeline.state_dir).exists():
        raise KeyringError(
            f"{Keyring.file(found.pipeline.state_dir)}: no keyring, and stand-ins of keys made up here would differ "
            "on every machine; run 'maskgate keys create' once and give its folder to all: load(keyring=FOLDER)"
        )
    if policy is not None and not str(policy).strip():
        raise ConfigurationError("policy: an empty name; give a file, a folder or a profile")
    return Gate(found, topic, topic_ids or {})


_MOST_KEPT = 4  # gates with policies or keys of their own in one process; each holds an engine
_kept: dict[tuple[type[Gate], bytes], Gate] = {}


def _arrived(kind: type[Gate], state: bytes) -> Gate:
    """A gate that came from another process: the one that is here already, with the policy's file as it is now.

    Spark, Dask and pools unpickle a function for every task; an engine for each would cost more than the masking.
    No lock: a fork could leave it locked for ever. Two threads at once make two gates, and one of them is kept.
    """
    gate = _kept.setdefault((kind, state), kind(*pickle.loads(state)))  # noqa: S301 - written by a gate
    for old in list(_kept)[:-_MOST_KEPT]:
        _kept.pop(old, None)
    if gate._loaded is not None and (refused := gate.follow_policy()):
        say("embed", "policy_refused", kept=gate.policy.ref.version, reason=refused)
    return gate


def _kit(parts: context.Parts, topic_ids: Mapping[str, str]) -> Kit:
    return Kit(
        masker=parts.masker,
        policy=parts.policy.ref,
        digest=parts.engine.digest,
        versions=parts.engine.versions,
        item_keys=parts.item_keys,
        mac_key=parts.mac_key,
        signer=parts.signer,
        origins=from_policy(parts.policy.exports, parts.producers),
        seal_to=parts.seal_to,
        topic_ids=topic_ids,
    )


def _result(kit: Kit, record: Record, outcome: Decided) -> Result:
    """The outcome as the stream would write it: what would not fit there is quarantined here too."""
    writer = Writer(kit)
    stands = writer.add(record, outcome)
    out, *_, last = writer.finish()
    row = last.value or b""
    if isinstance(stands, Quarantined):
        return Result("quarantined", code=stands.code, detail=stands.detail, lineage=row)
    if isinstance(stands, Held):
        destination = str(stands.export.get("destination", ""))
        return Result("held", destination=destination, fields=stands.fields, lineage=row, item=out.value)
    return Result("masked", out.value, fields=stands.fields, key=out.key, headers=out.headers, lineage=row)
