"""Avro, Protobuf and JSON Schema payloads in Confluent wire format, masked as the events they hold.

A value that begins with the magic byte 0 and a schema id is decoded with that schema, masked as JSON, and encoded with
the same schema again. Where a masked value does not fit the schema, the record is dead-lettered with
``schema_mismatch``; a payload in which nothing changed leaves byte for byte as it came. An export is held, shown and
released as JSON, because reviewers judge what they can read.
"""

from maskgate.kafka.payloads.masker import SchemaMasker, wrap
from maskgate.kafka.payloads.registry import Registry, Schema

__all__ = ["Registry", "Schema", "SchemaMasker", "wrap"]
