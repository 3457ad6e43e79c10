"""Protobuf by descriptors from the registry (``format=serialized``); no generated code is needed."""

from __future__ import annotations

import base64
import importlib
import json
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, unknown_fields
from google.protobuf.message import DecodeError, Message

from maskgate.base.errors import RecordError
from maskgate.kafka.payloads.as_json import to_json
from maskgate.kafka.payloads.registry import Schema

_WELL_KNOWN = "any duration empty field_mask source_context struct timestamp wrappers type api".split()
_BYTES, _ENUM, _FLOATS = 12, 14, (1, 2)


class ProtobufCodec:
    """Opens messages of one file of descriptors."""

    def __init__(self, schema: Schema) -> None:
        pool = descriptor_pool.DescriptorPool()
        for name in _WELL_KNOWN:
            module = importlib.import_module(f"google.protobuf.{name}_pb2")
            pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
        self._file = pool.FindFileByName(_add(pool, schema, "maskgate.proto", set()))

    def open(self, payload: bytes) -> ProtobufOpened:
        head, path = _indexes(payload)
        messages = list(self._file.message_types_by_name.values())
        found = None
        for index in path:
            if not 0 <= index < len(messages):
                raise RecordError("not_of_schema", "no such message in the schema")
            found = messages[index]
            messages = list(found.nested_types)
        message = message_factory.GetMessageClass(found)()
        try:
            message.ParseFromString(payload[head:])
        except DecodeError:
            raise RecordError("not_of_schema", "not a message of the schema") from None
        return ProtobufOpened(payload[:head], message)


class ProtobufOpened:
    """A message and the JSON that stands for it: the fields that are set, enumerations as numbers."""

    def __init__(self, head: bytes, message: Message) -> None:
        self._head = head
        self._message = message
        self.document = to_json(_tree(message))

    def close(self, masked: bytes) -> bytes:
        fresh = type(self._message)()
        fresh.CopyFrom(self._message)
        try:
            _apply(fresh, _tree(self._message), json.loads(masked))
            return self._head + bytes(fresh.SerializeToString(deterministic=True))
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            raise RecordError("schema_mismatch", "the masked event does not fit its Protobuf schema") from None


def _add(pool: Any, schema: Schema, name: str, seen: set[str]) -> str:
    """Put a file and those that it imports into the pool."""
    for reference, part in schema.references:
        if reference not in seen:
            seen.add(reference)
            _add(pool, part, reference, seen)
    file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(schema.text))
    file.name = name
    pool.Add(file)
    return name


def _indexes(payload: bytes) -> tuple[int, list[int]]:
    """Length of the message indexes at the front, and the indexes; a single 0 stands for the first message."""
    at, count = _varint(payload, 0)
    if count == 0:
        return at, [0]
    if not 0 < count <= 32:
        raise RecordError("not_of_schema", "the message index cannot be read")
    path = []
    for _ in range(count):
        at, index = _varint(payload, at)
        path.append(index)
    return at, path


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return at, (value >> 1) ^ -(value & 1)
        shift += 7
    raise RecordError("not_of_schema", "the message index cannot be read")


def _is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _tree(message: Message) -> dict[str, Any]:
    """Field name → value of the fields that are set.

    Raises:
        RecordError: fields that the schema does not know: nobody could look into them (``unknown_fields``).
    """
    if len(unknown_fields.UnknownFieldSet(message)):
        raise RecordError("unknown_fields", "the message has fields that its schema does not know")
    out: dict[str, Any] = {}
    for field, value in message.ListFields():
        if _is_map(field):
            inner = field.message_type.fields_by_name["value"].message_type
            out[field.name] = {_key(k): _tree(value[k]) if inner else _scalar(value[k]) for k in value}
        elif field.is_repeated:
            out[field.name] = [_tree(v) if field.message_type else _scalar(v) for v in value]
        else:
            out[field.name] = _tree(value) if field.message_type else _scalar(value)
    return out


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


def _scalar(value: Any) -> Any:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _apply(message: Any, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put what changed into the message."""
    for name, old in before.items():
        field = message.DESCRIPTOR.fields_by_name[name]
        if name not in after:
            message.ClearField(name)
            continue
        new = after[name]
        if new == old and type(new) is type(old):
            continue
        if _is_map(field):
            _apply_map(getattr(message, name), field, old, new)
        elif field.is_repeated:
            _apply_list(message, field, old, new)
        elif field.message_type:
            _apply(getattr(message, name), old, new)
        else:
            setattr(message, name, _typed(field, new))
    if set(after) - set(before):
        raise ValueError("a masked key is no field of the schema")


def _apply_list(message: Any, field: Any, old: list[Any], new: list[Any]) -> None:
    if len(old) != len(new):
        raise ValueError("another number of elements")
    if field.message_type:
        for inner, was, now in zip(getattr(message, field.name), old, new, strict=True):
            _apply(inner, was, now)
        return
    values = [_typed(field, v) for v in new]
    del getattr(message, field.name)[:]
    getattr(message, field.name).extend(values)


def _apply_map(held: Any, field: Any, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Entries by their place: a masked key takes the value of the key that it stands for."""
    if len(old) != len(new):
        for key in set(old) - set(new):
            del held[_native(field, key)]
        old = {k: old[k] for k in new}
    entry = field.message_type.fields_by_name["value"]
    pairs = []
    for (old_key, was), (new_key, now) in zip(old.items(), new.items(), strict=True):
        if entry.message_type:
            _apply(held[_native(field, old_key)], was, now)
            copy = type(held[_native(field, old_key)])()
            copy.CopyFrom(held[_native(field, old_key)])
            pairs.append((_native(field, new_key), copy))
        else:
            pairs.append((_native(field, new_key), _typed(entry, now)))
    held.clear()
    for key, value in pairs:
        if entry.message_type:
            held[key].CopyFrom(value)
        else:
            held[key] = value


def _native(field: Any, key: str) -> Any:
    kind = field.message_type.fields_by_name["key"].cpp_type
    if kind == 9:  # text
        return key
    return key == "true" if kind == 7 else int(key)


def _typed(field: Any, value: Any) -> Any:
    """The JSON value as the field's type; what does not fit raises."""
    if field.type == _BYTES:
        if not isinstance(value, str):
            raise TypeError
        return value.encode("latin-1")
    if field.type in _FLOATS and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if field.type == _ENUM and field.enum_type.values_by_number.get(value) is None:
        raise ValueError("not a value of the enumeration")
    return value
