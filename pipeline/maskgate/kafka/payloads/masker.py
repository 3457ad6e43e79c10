"""A masker around the masker: opens schema payloads before it, and closes them after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from maskgate.base.config import Settings
from maskgate.base.document import decode, escape
from maskgate.base.errors import RecordError
from maskgate.base.records import Masked, Outcome, Quarantined, Record
from maskgate.kafka.payloads.codecs import Codec, Opened, codec
from maskgate.kafka.payloads.registry import Registry
from maskgate.masking.masker import Masker
from maskgate.policy import CompiledPolicy

_HEAD = 5  # magic byte and schema id


class _Part(NamedTuple):
    head: bytes
    opened: Opened


class SchemaMasker:
    """Masks records whose value or key is in Confluent wire format like any others."""

    def __init__(self, masker: Masker, registry: Registry) -> None:
        self._masker = masker
        self._registry = registry
        self._codecs: dict[int, Codec] = {}

    @property
    def policy(self) -> CompiledPolicy:
        """The policy in force."""
        return self._masker.policy

    def mask_text(self, text: str) -> str:
        """Free text with labels."""
        return self._masker.mask_text(text)

    def batch(self, records: Sequence[Record]) -> list[Outcome]:
        """One outcome per record, in order; never raises for a record.

        Raises:
            WorldError: the registry does not answer: nothing of the batch may be committed.
        """
        plain: list[Record] = []
        parts: list[tuple[_Part | None, _Part | None] | Quarantined] = []
        for record in records:
            try:
                value, key = self._open(record.value), self._open(record.key)
            except RecordError as error:
                parts.append(Quarantined(error.code, error.detail))
                continue
            parts.append((value, key))
            if value or key:
                record = replace(  # noqa: PLW2901
                    record,
                    value=value.opened.document if value else record.value,
                    key=_key_text(key.opened.document) if key else record.key,
                )
            plain.append(record)
        outcomes = iter(self._masker.batch(plain))
        given = iter(plain)
        out: list[Outcome] = []
        for record, part in zip(records, parts, strict=True):
            out.append(part if isinstance(part, Quarantined) else _close(record, next(given), part, next(outcomes)))
        return out

    def _open(self, data: bytes | None) -> _Part | None:
        if data is None or data[:1] != b"\0" or len(data) <= _HEAD:
            return None
        schema_id = int.from_bytes(data[1:_HEAD], "big")
        found = self._codecs.get(schema_id)
        if found is None:
            if len(self._codecs) > 1_000:
                self._codecs.clear()
            found = self._codecs[schema_id] = codec(self._registry.schema(schema_id))
        return _Part(data[:_HEAD], found.open(data[_HEAD:]))


def _key_text(document: bytes) -> bytes:
    """A key that is a bare string goes through the masker as that text, as keys do."""
    if document[:1] != b'"':
        return document
    return decode(document[1:-1]).encode("utf-8", "surrogatepass")


def _close(before: Record, given: Record, parts: tuple[_Part | None, _Part | None], outcome: Outcome) -> Outcome:
    value, key = parts
    if not isinstance(outcome, Masked) or not (value or key):
        return outcome  # an export is held and released as JSON
    try:
        new_value, new_key = outcome.value, outcome.key
        if value:
            same = outcome.value == given.value
            new_value = before.value if same else value.head + value.opened.close(outcome.value or b"null")
        if key:
            same = outcome.key == given.key
            new_key = before.key if same else key.head + key.opened.close(_key_json(key, outcome.key or b""))
    except RecordError as error:
        return Quarantined(error.code, error.detail)
    return replace(outcome, value=new_value, key=new_key)


def _key_json(key: _Part, masked: bytes) -> bytes:
    if key.opened.document[:1] != b'"':
        return masked
    return b'"' + escape(masked.decode("utf-8", "surrogatepass")) + b'"'


def wrap(masker: Masker, settings: Settings) -> Masker | SchemaMasker:
    """The masker, around it the opener of schema payloads where a registry is configured."""
    part = settings.payloads
    if not part.registry_url:
        return masker
    return SchemaMasker(
        masker, Registry(part.registry_url, part.registry_username, part.registry_password.get_secret_value())
    )
