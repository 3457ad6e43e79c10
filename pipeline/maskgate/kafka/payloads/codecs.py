"""One codec for each kind of schema: wire bytes → JSON, and the masked JSON → wire bytes of the same schema."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any, Protocol

import fastavro

from maskgate.base.errors import RecordError
from maskgate.kafka.payloads.as_json import to_json
from maskgate.kafka.payloads.registry import Schema

MISMATCH = "schema_mismatch"


class Opened(Protocol):
    """A decoded payload."""

    document: bytes  # the event as JSON

    def close(self, masked: bytes) -> bytes:
        """The payload's bytes (without the schema id) for the masked document.

        Raises:
            RecordError: it does not fit the schema (``schema_mismatch``).
        """


class Codec(Protocol):
    """Opens payloads of one schema."""

    def open(self, payload: bytes) -> Opened:
        """The decoded payload.

        Raises:
            RecordError: it is not of this schema (``not_of_schema``).
        """


def codec(schema: Schema) -> Codec:
    """The codec for a schema.

    Raises:
        RecordError: the schema's kind or text is not one that we can use (``unknown_schema``).
    """
    makers: dict[str, Callable[[Schema], Codec]] = {"AVRO": AvroCodec, "JSON": JsonSchemaCodec}
    if schema.kind == "PROTOBUF":
        from maskgate.kafka.payloads.protobuf import ProtobufCodec

        makers["PROTOBUF"] = ProtobufCodec
    maker = makers.get(schema.kind)
    if maker is None:
        raise RecordError("unknown_schema", f"schemas of kind {schema.kind} are not known")
    try:
        return maker(schema)
    except RecordError:
        raise
    except Exception as error:
        raise RecordError("unknown_schema", f"the registered schema cannot be used: {type(error).__name__}") from None


def merge(before: Any, after: Any) -> Any:
    """The masked tree with the types of the original: bytes are bytes again, whole floats floats."""
    if isinstance(before, bytes) and isinstance(after, str):
        try:
            return after.encode("latin-1")
        except UnicodeEncodeError:
            return after.encode()
    if isinstance(before, float) and isinstance(after, int) and not isinstance(after, bool):
        return float(after)
    if isinstance(before, dict) and isinstance(after, dict):
        if len(before) == len(after):  # masked keys keep their place
            return {k: merge(v, w) for v, (k, w) in zip(before.values(), after.items(), strict=True)}
        return {k: merge(before.get(k), w) for k, w in after.items()}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [merge(v, w) for v, w in zip(before, after, strict=True)]
    return after


class AvroCodec:
    """Avro, with logical types as what they are made of."""

    def __init__(self, schema: Schema) -> None:
        named: dict[str, Any] = {}
        for _, part in schema.references:
            _named(part, named)
        self._schema = fastavro.parse_schema(_bare(json.loads(schema.text)), named_schemas=named)

    def open(self, payload: bytes) -> Opened:
        source = io.BytesIO(payload)
        try:
            tree = fastavro.schemaless_reader(source, self._schema, None)
        except Exception as error:
            raise RecordError("not_of_schema", type(error).__name__) from None
        if source.tell() != len(payload):
            raise RecordError("not_of_schema", "bytes are left over")
        return _AvroOpened(self._schema, tree)


class _AvroOpened:
    def __init__(self, schema: Any, tree: Any) -> None:
        self._schema = schema
        self._tree = tree
        self.document = to_json(tree)

    def close(self, masked: bytes) -> bytes:
        tree = merge(self._tree, json.loads(masked))
        out = io.BytesIO()
        try:
            if not fastavro.validate(tree, self._schema, raise_errors=False, strict=True):
                raise ValueError
            fastavro.schemaless_writer(out, self._schema, tree)
            out.seek(0)
            if fastavro.schemaless_reader(out, self._schema, None) != tree:
                raise ValueError  # a union took another branch
        except Exception:
            raise RecordError(MISMATCH, "the masked event does not fit its Avro schema") from None
        return out.getvalue()


def _named(schema: Schema, named: dict[str, Any]) -> None:
    for _, part in schema.references:
        _named(part, named)
    fastavro.parse_schema(_bare(json.loads(schema.text)), named_schemas=named)


def _bare(part: Any) -> Any:
    """The schema without logical types: a date stays the number of days that it is."""
    if isinstance(part, dict):
        return {k: _bare(v) for k, v in part.items() if k != "logicalType"}
    return [_bare(item) for item in part] if isinstance(part, list) else part


class JsonSchemaCodec:
    """JSON with a schema: masked in place, and checked afterwards."""

    def __init__(self, schema: Schema) -> None:
        from jsonschema.validators import validator_for
        from referencing import Registry as References
        from referencing import Resource
        from referencing.jsonschema import DRAFT7

        tree = json.loads(schema.text)
        resources = [(name, Resource.from_contents(json.loads(s.text), DRAFT7)) for name, s in schema.references]
        self._validator = validator_for(tree)(tree, registry=References().with_resources(resources))

    def open(self, payload: bytes) -> Opened:
        return _JsonOpened(self._validator, payload)


class _JsonOpened:
    def __init__(self, validator: Any, payload: bytes) -> None:
        self._validator = validator
        self.document = payload

    def close(self, masked: bytes) -> bytes:
        try:
            fits = self._validator.is_valid(json.loads(masked))
        except Exception:
            fits = False
        if not fits:
            raise RecordError(MISMATCH, "the masked event does not fit its JSON Schema")
        return masked
