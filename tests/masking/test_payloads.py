"""Schema payloads: decoded, masked, encoded with the same schema, or refused with the reason."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import fastavro
import httpx
import pytest

from fakes.small_engine import SmallEngine
from maskgate.base.config import Settings
from maskgate.base.errors import WorldError
from maskgate.base.records import Held, Masked, Outcome, Quarantined, Record
from maskgate.crypto.keyring import Keyring
from maskgate.kafka.payloads import Registry, SchemaMasker, wrap
from maskgate.masking.masker import Masker
from maskgate.policy import compile_source
from maskgate.policy.source import parse

descriptor_pb2 = pytest.importorskip("google.protobuf.descriptor_pb2")
descriptor_pool = pytest.importorskip("google.protobuf.descriptor_pool")
message_factory = pytest.importorskip("google.protobuf.message_factory")
pytest.importorskip("jsonschema")

AVRO = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "id", "type": "long"},
        {"name": "mail", "type": ["null", "string"]},
        {"name": "card", "type": "long"},
        {"name": "born", "type": {"type": "int", "logicalType": "date"}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
        {"name": "raw", "type": "bytes"},
        {"name": "more", "type": {"type": "map", "values": "string"}},
        {"name": "price", "type": "double"},
        {"name": "inner", "type": "Part"},
    ],
}
PART = {"type": "record", "name": "Part", "fields": [{"name": "note", "type": "string"}]}
ORDER = {
    "id": 1, "mail": "a@b.org", "card": 4111111111111111, "born": 5000, "kind": "A", "raw": b"\x00\xff",
    "more": {"c@d.org": "x", "k": "e@f.org"}, "price": 2.0, "inner": {"note": "hi"},
}  # fmt: skip
JSON_SCHEMA = {"type": "object", "properties": {"mail": {"type": "string", "maxLength": 20}}, "required": ["mail"]}


def proto_file() -> Any:
    """A file with a message Order: text, number, bytes, list, map, inner message."""
    file = descriptor_pb2.FileDescriptorProto(name="order.proto", package="t", syntax="proto3")
    field = descriptor_pb2.FieldDescriptorProto
    file.message_type.add(name="First")
    order = file.message_type.add(name="Order")
    inner = order.nested_type.add(name="Inner")
    inner.field.add(name="note", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    entry = order.nested_type.add(name="MoreEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    entry.field.add(name="value", number=2, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    order.field.add(name="mail", number=1, type=field.TYPE_STRING, label=field.LABEL_OPTIONAL)
    order.field.add(name="card", number=2, type=field.TYPE_INT64, label=field.LABEL_OPTIONAL)
    order.field.add(name="raw", number=3, type=field.TYPE_BYTES, label=field.LABEL_OPTIONAL)
    order.field.add(name="tags", number=4, type=field.TYPE_STRING, label=field.LABEL_REPEATED)
    order.field.add(
        name="more", number=5, type=field.TYPE_MESSAGE, label=field.LABEL_REPEATED, type_name=".t.Order.MoreEntry"
    )
    order.field.add(
        name="inner", number=6, type=field.TYPE_MESSAGE, label=field.LABEL_OPTIONAL, type_name=".t.Order.Inner"
    )
    order.field.add(name="small", number=7, type=field.TYPE_INT32, label=field.LABEL_OPTIONAL)
    return file


def proto_class(name: str = "t.Order") -> Any:
    """The class of a message of that file."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(proto_file())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


ANSWERS: dict[str, Any] = {
    "/schemas/ids/1": {
        "schema": json.dumps(AVRO), "references": [{"name": "Part", "subject": "part", "version": 3}],
    },
    "/subjects/part/versions/3": {"schema": json.dumps(PART)},
    "/schemas/ids/2": {"schema": json.dumps(JSON_SCHEMA), "schemaType": "JSON"},
    "/schemas/ids/3": {"schema": "syntax…", "schemaType": "PROTOBUF"},
    "/schemas/ids/3?format=serialized": {"schema": base64.b64encode(proto_file().SerializeToString()).decode()},
    "/schemas/ids/4": {"schema": '"string"'},
    "/schemas/ids/5": {"schema": "nope"},
}  # fmt: skip


def registry(seen: list[str] | None = None) -> Registry:
    """A registry with these answers."""

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        if seen is not None:
            seen.append(path)
        return httpx.Response(200, json=ANSWERS[path]) if path in ANSWERS else httpx.Response(404)

    return Registry("http://registry.test/", client=httpx.Client(transport=httpx.MockTransport(answer)))


def masker(policy: str = "", engine: Any = None) -> SchemaMasker:
    """A masker of payloads."""
    inner = Masker(compile_source(parse(policy.encode(), "p.yaml")), Keyring.fresh(), engine or SmallEngine())
    return SchemaMasker(inner, registry())


def one(value: bytes | None, policy: str = "", **more: Any) -> Outcome:
    """The outcome for one record."""
    return masker(policy).batch([Record("t", 0, 0, value, **more)])[0]


def wire(schema_id: int, payload: bytes) -> bytes:
    """Confluent wire format."""
    return b"\0" + schema_id.to_bytes(4, "big") + payload


NAMED: dict[str, Any] = {}
fastavro.parse_schema(PART, named_schemas=NAMED)
PARSED = fastavro.parse_schema(AVRO, named_schemas=NAMED)


def avro(tree: dict[str, Any]) -> bytes:
    """An Avro payload of the order schema."""
    import datetime

    out = io.BytesIO()
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=tree["born"])
    fastavro.schemaless_writer(out, PARSED, tree | {"born": day})
    return wire(1, out.getvalue())


def test_avro_is_masked_and_fits_its_schema() -> None:
    """Texts, numbers, map keys and values are masked; bytes, enums, dates and doubles stay what they were."""
    outcome = one(avro(ORDER))
    assert isinstance(outcome, Masked)
    assert outcome.value is not None
    assert outcome.value[:5] == wire(1, b"")
    tree: Any = fastavro.schemaless_reader(io.BytesIO(outcome.value[5:]), PARSED, None)
    assert tree["mail"] == "<EMAIL_ADDRESS>"
    assert tree["card"] == 10**15
    assert tree["more"] == {"<EMAIL_ADDRESS>": "x", "k": "<EMAIL_ADDRESS>"}
    assert (tree["id"], tree["kind"], tree["raw"], tree["price"]) == (1, "A", b"\x00\xff", 2.0)
    assert tree["born"].toordinal() - 719163 == 5000
    assert {u.path for u in outcome.fields} == {"/mail", "/card", "/more/<EMAIL_ADDRESS>", "/more/k"}


def test_untouched_payloads_keep_their_bytes() -> None:
    """A payload in which nothing was found leaves as it came."""
    payload = avro(ORDER | {"mail": None, "card": 5, "more": {}})
    outcome = one(payload)
    assert isinstance(outcome, Masked)
    assert outcome.value == payload
    assert not outcome.changed


@pytest.mark.parametrize(
    ("policy", "value", "code"),
    [
        ("default: {operator: replace, keep_type: false}", avro(ORDER), "schema_mismatch"),
        ("default: drop", avro(ORDER), "schema_mismatch"),
        ("default: hash", wire(2, b'{"mail": "a@b.org"}'), "schema_mismatch"),
        ("default: drop", wire(2, b'{"mail": "a@b.org"}'), "schema_mismatch"),
        ("", wire(9, b"x"), "unknown_schema"),
        ("", wire(5, b"x"), "unknown_schema"),
        ("", avro(ORDER)[:-2], "not_of_schema"),
        ("", avro(ORDER) + b"x", "not_of_schema"),
        ("", wire(2, b"nope"), "not_json"),
        ("", wire(3, b"\x02\x0e"), "not_of_schema"),
        ("", wire(3, b"\x02\x02\xff\xff"), "not_of_schema"),
        ("", avro(ORDER | {"price": float("nan")}), "not_json"),
        ("", wire(1, b""), "not_json"),
    ],
)
def test_what_does_not_fit_is_quarantined(policy: str, value: bytes, code: str) -> None:
    """A masked value that breaks the schema, or a payload that is not of it, goes to quarantine with its code."""
    outcome = one(value, policy)
    assert isinstance(outcome, Quarantined)
    assert outcome.code == code
    assert "b.org" not in outcome.detail


def test_json_schema_payloads_are_masked_in_place() -> None:
    """JSON with a schema keeps its spelling and is checked."""
    outcome = one(wire(2, b'{"mail":  "a@b.org", "n":1.10}'))
    assert isinstance(outcome, Masked)
    assert outcome.value == wire(2, b'{"mail":  "<EMAIL_ADDRESS>", "n":1.10}')


def test_protobuf_is_masked() -> None:
    """Fields, lists, maps and inner messages are masked; what stays is what it was."""
    order = proto_class()(mail="a@b.org", card=4111111111111111, raw=b"\x00\xff", tags=["x", "c@d.org"], small=7)
    order.more["e@f.org"] = "y"
    order.inner.note = "to g@h.org"
    outcome = one(wire(3, b"\x02\x02" + order.SerializeToString()))
    assert isinstance(outcome, Masked)
    assert outcome.value is not None
    assert outcome.value[:7] == wire(3, b"\x02\x02")
    after = proto_class()()
    after.ParseFromString(outcome.value[7:])
    assert (after.mail, after.card, after.raw, after.small) == ("<EMAIL_ADDRESS>", 10**15, b"\x00\xff", 7)
    assert list(after.tags) == ["x", "<EMAIL_ADDRESS>"]
    assert dict(after.more) == {"<EMAIL_ADDRESS>": "y"}
    assert after.inner.note == "to <EMAIL_ADDRESS>"


def test_protobuf_drop_clears_fields_and_mismatches_are_refused() -> None:
    """A dropped field is cleared; a text in a number's place is a mismatch; unknown fields are not passed on."""
    order = proto_class()(mail="a@b.org", small=7)
    payload = wire(3, b"\x02\x02" + order.SerializeToString())
    outcome = one(payload, "default: drop")
    assert isinstance(outcome, Masked)
    assert outcome.value == wire(3, b"\x02\x02" + proto_class()(small=7).SerializeToString())
    card = wire(3, b"\x02\x02" + proto_class()(card=4111111111111111).SerializeToString())
    refused = one(card, "default: {operator: replace, keep_type: false}")
    assert isinstance(refused, Quarantined)
    assert refused.code == "schema_mismatch"
    foreign = one(wire(3, b"\x00" + order.SerializeToString()))
    assert isinstance(foreign, Quarantined)
    assert foreign.code == "unknown_fields"


def test_keys_in_wire_format_are_masked_too() -> None:
    """A bare string key becomes the digest that keeps it apart from others, and is encoded again."""

    def text(value: str) -> bytes:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, "string", value)
        return wire(4, out.getvalue())

    outcome = one(b"{}", key=text("a@b.org"))
    assert isinstance(outcome, Masked)
    assert outcome.key is not None and outcome.key[:5] == text("a@b.org")[:5]
    masked = fastavro.schemaless_reader(io.BytesIO(outcome.key[5:]), "string", None)
    assert "a@b.org" not in str(masked) and len(str(masked)) > 20
    other = one(b"{}", key=text("c@b.org"))
    assert isinstance(other, Masked) and other.key != outcome.key
    plain = one(b"{}", key=text("k1"))
    assert isinstance(plain, Masked)
    assert plain.key == text("k1")


def test_exports_are_held_as_json() -> None:
    """A held payload is the masked JSON that reviewers see and that is released."""
    outcome = one(avro(ORDER), headers=(("maskgate.export", b"default"),))
    assert isinstance(outcome, Held)
    assert json.loads(outcome.value)["mail"] == "<EMAIL_ADDRESS>"


def test_other_records_pass_by_and_schemas_are_fetched_once() -> None:
    """JSON, tombstones and payloads mix in a batch; the registry is asked once for each schema."""
    seen: list[str] = []
    inner = Masker(compile_source(parse(b"", "p.yaml")), Keyring.fresh(), SmallEngine())
    values = [b'{"m":"a@b.org"}', None, avro(ORDER), wire(9, b"x"), avro(ORDER), b""]
    outcomes = SchemaMasker(inner, registry(seen)).batch([Record("t", 0, i, v) for i, v in enumerate(values)])
    kinds = [type(o).__name__ for o in outcomes]
    assert kinds == ["Masked", "Masked", "Masked", "Quarantined", "Masked", "Quarantined"]
    assert sorted(seen) == ["/schemas/ids/1", "/schemas/ids/9", "/subjects/part/versions/3"]


def test_a_registry_that_does_not_answer_stops_the_batch() -> None:
    """An outage of the registry is no reason to quarantine records: the batch fails and is read again."""

    def broken(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500)

    client = httpx.Client(transport=httpx.MockTransport(broken))
    inner = Masker(compile_source(parse(b"", "p.yaml")), Keyring.fresh(), SmallEngine())
    with pytest.raises(WorldError):
        SchemaMasker(inner, Registry("http://x", client=client)).batch([Record("t", 0, 0, avro(ORDER))])


def test_wrap_follows_the_settings() -> None:
    """Without a registry nothing is in the way."""
    inner = Masker(compile_source(parse(b"", "p.yaml")), Keyring.fresh(), SmallEngine())
    assert wrap(inner, Settings()) is inner
    settings = Settings.model_validate({"payloads": {"registry_url": "http://registry.test"}})
    assert isinstance(wrap(inner, settings), SchemaMasker)
