"""Avro on the wire: single-object encoding by default, the Confluent wire format where a registry is configured.

Single-object encoding is ``C3 01``, the schema's CRC-64-AVRO fingerprint (little-endian), the body; readers need no
registry because every schema that was ever published ships with the package.
"""

from __future__ import annotations

import io
import json
import struct
from functools import cache
from typing import Any

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

import maskgate_schemas
from maskgate.base.errors import ConfigurationError, RecordError, WorldError
from maskgate.lineage.event import LineageEvent
from maskgate.lineage.wire import avro

SINGLE_OBJECT = b"\xc3\x01"
CONFLUENT = b"\x00"
SUBJECT = "maskgate.lineage-value"


def _plain(schema: Any) -> Any:
    """The schema without logical types: times stay integers, which is what the sink and the tests want."""
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items() if key != "logicalType"}
    return [_plain(item) for item in schema] if isinstance(schema, list) else schema


def schema_fingerprint(schema: Any) -> bytes:
    """The 8 bytes that name a schema in single-object encoding."""
    return bytes.fromhex(fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO"))


@cache
def _schemas() -> tuple[dict[bytes, Any], Any]:
    """Every published lineage schema by fingerprint, and the newest."""
    known: dict[bytes, Any] = {}
    newest: Any = None
    for name in maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT):
        newest = parse_schema(_plain(json.loads(maskgate_schemas.text(name))))
        known[schema_fingerprint(newest)] = newest
    return known, newest


def schema_version() -> str:
    """Name of the newest schema without its ending: ``lineage_event.v1``."""
    return maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)[-1].removesuffix(".avsc")


class Codec:
    """Encodes with the newest schema; decodes whatever was published, resolved to the newest."""

    def __init__(self, registry: Registry | None = None) -> None:
        known, self._newest = _schemas()
        if maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)[-1] != avro.SCHEMA:
            raise ConfigurationError("the newest lineage schema has no writer; lineage/avro.py has to follow it")
        self._known: dict[bytes, Any] = dict(known)
        self._registry = registry
        if registry is None:
            self._prefix = SINGLE_OBJECT + schema_fingerprint(self._newest)
        else:
            newest_file = maskgate_schemas.versions(maskgate_schemas.LINEAGE_EVENT)[-1]
            self._prefix = CONFLUENT + struct.pack(">I", registry.register(maskgate_schemas.text(newest_file)))

    def encode(self, event: LineageEvent) -> bytes:
        """The event's bytes with their prefix."""
        return self._prefix + avro.body(event)

    def decode(self, data: bytes) -> dict[str, Any]:
        """The event's fields; RecordError where the bytes are not of a known schema."""
        schema, body = self._writer(data)
        try:
            target = None if schema is self._newest else self._newest
            event = fastavro.schemaless_reader(io.BytesIO(body), schema, target)
        except (EOFError, ValueError, TypeError, IndexError, KeyError, OverflowError, UnicodeDecodeError):
            raise RecordError("bad_lineage_event", "the Avro body does not fit its schema") from None
        return dict(event) if isinstance(event, dict) else {}

    def _writer(self, data: bytes) -> tuple[Any, bytes]:
        if data[:2] == SINGLE_OBJECT and len(data) >= 10:
            schema = self._known.get(data[2:10])
            if schema is None:
                raise RecordError("unknown_schema", f"fingerprint {data[2:10].hex()}; upgrade maskgate to read it")
            return schema, data[10:]
        if data[:1] == CONFLUENT and len(data) >= 5:
            return self._registered(data[:5]), data[5:]
        raise RecordError("bad_lineage_event", "neither single-object encoding nor Confluent wire format")

    def _registered(self, prefix: bytes) -> Any:
        if prefix not in self._known:
            if self._registry is None:
                raise RecordError("unknown_schema", "Confluent wire format, but lineage.registry_url is not set")
            self._known[prefix] = parse_schema(_plain(json.loads(self._registry.schema(prefix[1:]))))
        return self._known[prefix]


class Registry:
    """The two calls of the Confluent schema registry API that lineage needs."""

    def __init__(self, url: str, subject: str = SUBJECT, timeout_s: float = 10.0) -> None:
        self._url, self._subject, self._timeout_s = url.rstrip("/"), subject, timeout_s

    def register(self, schema: str) -> int:
        """The schema's id; registering what is there already returns the same id."""
        answer = self._call("POST", f"/subjects/{self._subject}/versions", {"schema": schema})
        return int(answer["id"])

    def schema(self, packed_id: bytes) -> str:
        """The schema with this id (4 bytes, big-endian)."""
        return str(self._call("GET", f"/schemas/ids/{struct.unpack('>I', packed_id)[0]}", None)["schema"])

    def _call(self, method: str, path: str, body: Any) -> dict[str, Any]:
        import httpx

        try:
            answer = httpx.request(method, self._url + path, json=body, timeout=self._timeout_s)
        except httpx.HTTPError as error:
            raise WorldError(f"schema registry {self._url} does not answer: {type(error).__name__}") from None
        if answer.status_code == 409:
            raise ConfigurationError(
                f"schema registry: {self._subject} holds an incompatible schema; use another subject"
            )
        if not answer.is_success:
            raise WorldError(f"schema registry: HTTP {answer.status_code} for {method} {path}")
        return dict(answer.json())


_current: list[Codec] = []


def current() -> Codec:
    """The codec of this process."""
    if not _current:
        _current.append(Codec())
    return _current[0]


def use_registry(url: str) -> None:
    """From now on, write the Confluent wire format with this registry; an empty URL changes nothing."""
    if url:
        _current[:] = [Codec(Registry(url))]


def encode(event: LineageEvent) -> bytes:
    """Avro bytes: single-object encoding, or the Confluent wire format once ``use_registry`` was called."""
    return current().encode(event)


def decode(data: bytes) -> dict[str, Any]:
    """The fields of an encoded event in the newest schema; times are milliseconds.

    Raises:
        RecordError: not one of ours, or of a schema this version does not know.
    """
    return current().decode(data)
