"""The pieces under the machine: canonical JSON, envelopes, items, requesters, previews, permits, sealing."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from fakes.fake_office import ISS, ITEM_KEY, START, Office, account, key, verified
from maskgate.approvals.messages import actions, items, permits, plain, preview, requester
from maskgate.approvals.model import Action, Requester
from maskgate.base.errors import ConfigurationError, RecordError, RefusedError
from maskgate.base.records import Held, PolicyRef, Record
from maskgate.crypto import canonical, sealing, signing
from maskgate.people.principal import Principal, ProducerKey

# --- canonical --------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé\u20ac\U0001f600"), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_json_is_a_fixed_point(value: Any) -> None:
    """What was written canonically reads back as the same value and is written the same again."""
    try:
        raw = canonical.dumps(value)
    except RecordError:
        return  # two names that are equal after NFC
    assert canonical.dumps(canonical.loads(raw)) == raw
    assert canonical.loads(raw) == value


@given(
    JSON | st.sampled_from([2**53, -(2**53), {1: 2}, {None: 1}, {True: 1}, float("nan"), {"a": [math.inf]}, 1.5, b"x"])
)
def test_the_quick_spelling_is_the_whole_one(value: Any) -> None:
    """What is spelt quickly is spelt as the whole way spells it, and nothing is spelt that the whole way refuses."""
    quick = canonical._quickly(value)
    if quick is None:
        return
    out: list[str] = []
    canonical._write(value, out, 0)
    assert quick == "".join(out).encode()


def test_what_is_common_is_spelt_quickly() -> None:
    """Else every signature and digest takes three times as long."""
    assert canonical._quickly({"b": [1, None, True], "a": {"text": 'a "quoted"\nline'}}) is not None


@given(
    JSON,
    st.integers(0, 200),
    st.sampled_from([b"", b" ", b"0", b'"a":1,', b"-0", b".0", b"e5", b"\\u0041", b"\xff", b"]"]),
)
def test_bytes_that_are_read_quickly_are_read_as_the_strict_way_reads_them(value: Any, at: int, odd: bytes) -> None:
    """Also where something odd stands in them; what only one of two readers takes is left to the strict one."""
    raw = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    raw = raw[:at] + odd + raw[at:]
    quick = canonical._canonical_already(raw)
    if quick is not None:
        assert repr(quick) == repr(canonical.loads(raw.decode()))


def test_what_was_written_canonically_is_read_quickly() -> None:
    """Else opening a held record takes an eighth longer."""
    raw = canonical.dumps({"b": [1, None, True], "a": {"text": 'a "quoted"\nline', "n": -7}})
    assert canonical._canonical_already(raw) is not None


@pytest.mark.parametrize("depth", [63, 64, 65, 66])
def test_depth_is_refused_at_one_place_on_either_way(depth: int) -> None:
    """The quick way lets nothing through that is deeper than the whole way allows."""
    nested: Any = 1
    for _ in range(depth):
        nested = [nested]
    if depth > canonical.MAX_DEPTH:
        with pytest.raises(RecordError, match="deeper"):
            canonical.dumps(nested)
    else:
        assert canonical.dumps(nested) == b"[" * depth + b"1" + b"]" * depth


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": 1.0}, '{"a":1.0,"b":1}'),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'),
        (["\u00e9", "e\u0301", "\x07", "\u2028"], '["\u00e9","e\u0301","\\u0007","\u2028"]'),
        ([1e300, -0.0, 1.5e-7], "[1e+300,-0.0,1.5e-07]"),
    ],
)
def test_canonical_spelling(value: Any, text: str) -> None:
    """Members in UTF-16 order, types kept apart, code points kept, shortest escapes."""
    assert canonical.dumps(value).decode() == text


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), 2**53, -(2**60), "\ud800", {"é": 1, "e\u0301": 2}, {1: 2}, b"x", {"a": {1, 2}}],
)
def test_values_without_one_spelling_are_refused(value: Any) -> None:
    """Where two parties could read different things there is no canonical form."""
    with pytest.raises(RecordError, match="not_canonical"):
        canonical.dumps(value)
    nested: Any = []
    for _ in range(80):
        nested = [nested]
    with pytest.raises(RecordError, match="deeper"):
        canonical.dumps(nested)


@pytest.mark.parametrize(
    "raw",
    ['{"a":1,"a":1}', "[NaN]", "[1e999]", "[9007199254740993]", "[1] [2]", "", "[" * 5000, "[" + "9" * 5000 + "]"],
)
def test_strict_parsing_refuses_what_parsers_disagree_about(raw: str) -> None:
    """Duplicate members, NaN, numbers that others round, trailing text, depth."""
    for spelling in (raw, raw.encode()):
        with pytest.raises(RecordError, match="not_strict_json"):
            canonical.loads(spelling)


def test_every_argument_is_bound_to_its_name() -> None:
    """Positional, keyword and default arguments all appear in the snapshot by name."""

    def rollback(table: str, to: int = 3, *, dry: bool = False) -> None:
        """Nothing."""

    assert actions.bind(rollback, ("t",), {"dry": True}) == {"table": "t", "to": 3, "dry": True}
    with pytest.raises(RecordError):
        actions.bind(rollback, (), {"x": 1})


# --- envelopes and keys -----------------------------------------------------------------------------------------------


def test_securesystemslib_reads_our_envelopes() -> None:
    """The envelope is DSSE as another implementation understands it."""
    raw = signing.seal("text/x", b"hello", [key("a"), key("b")])
    other = Envelope.from_dict(json.loads(raw))
    assert other.pae() == signing.pae("text/x", b"hello")
    publics = [
        SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(key(n).public), keyid=key(n).key_id) for n in "ab"
    ]
    assert set(other.verify(publics, 2)) == {key("a").key_id, key("b").key_id}
    assert signing.verify(signing.parse(raw), {key("b").key_id: key("b").public}) == (key("b").key_id,)


@pytest.mark.parametrize("part", ["payload", "payloadType", "sig"])
def test_a_changed_envelope_does_not_verify(part: str) -> None:
    """Payload, type and signature are all covered."""
    tree = json.loads(signing.seal("text/x", b"hello", [key("a")]))
    if part == "sig":
        tree["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()
    else:
        tree[part] = base64.b64encode(b"hullo").decode() if part == "payload" else "text/y"
    changed = signing.parse(json.dumps(tree).encode())
    assert signing.verify(changed, {key("a").key_id: key("a").public}) == ()


def test_key_files_keep_their_secret(tmp_path: Path) -> None:
    """A key file is private to its owner, is never overwritten, and opens with its passphrase only."""
    path = tmp_path / "k.pem"
    made = signing.create_key(path, "open sesame")
    assert path.stat().st_mode & 0o777 == 0o600
    assert signing.is_locked(path)
    assert signing.load_signer(path, "open sesame").key_id == made.key_id
    assert signing.load_public(path.with_suffix(".pub")) == made.public
    assert "open" not in repr(made)
    for wrong in (None, "guess"):
        with pytest.raises(ConfigurationError, match="passphrase"):
            signing.load_signer(path, wrong)
    with pytest.raises(ConfigurationError, match="a key already"):
        signing.create_key(path)
    with pytest.raises(ConfigurationError, match="cannot read"):
        signing.load_signer(tmp_path / "none.pem")
    for text in ("", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----"):
        with pytest.raises(ConfigurationError):
            signing.parse_public(text)


def test_sealed_originals_open_for_the_gate_alone(tmp_path: Path) -> None:
    """Only the gate's key opens a sealed original, and only as the item it was sealed for."""
    private = sealing.create_seal_key(tmp_path / "seal.pem", "pw")
    public = sealing.load_seal_public(tmp_path / "seal.pub")
    sealed = sealing.seal(b"original", public, "item-1")
    loaded = sealing.load_seal_key(tmp_path / "seal.pem", "pw")
    assert sealing.unseal(sealed, loaded, "item-1") == b"original"
    assert b"original" not in sealed
    other = sealing.create_seal_key(tmp_path / "other.pem")
    for bad, who, item in (
        (sealed, private, "item-2"),
        (sealed, other, "item-1"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), private, "item-1"),
    ):
        with pytest.raises(RecordError, match="unsealable"):
            sealing.unseal(bad, who, item)
    with pytest.raises(ConfigurationError):
        sealing.load_seal_key(tmp_path / "seal.pem", "wrong")
    signing.create_key(tmp_path / "ed.pem")
    with pytest.raises(ConfigurationError, match="X25519"):
        sealing.load_seal_key(tmp_path / "ed.pem")
    with pytest.raises(ConfigurationError, match="X25519"):
        sealing.load_seal_public(tmp_path / "ed.pub")


# --- items ------------------------------------------------------------------------------------------------------------


def build(value: bytes = b'{"a":1}', **fields: Any) -> bytes:
    export = {"destination": "default", "topic": "t.released", "rule": "r", "tier": "high"} | fields.pop("export", {})
    options: dict[str, Any] = {
        "requester": verified(),
        "policy": PolicyRef("p", "1", "d"),
        "detectors": "x",
        "item_key": ITEM_KEY,
        "signer": key("pipeline"),
    } | fields
    record = Record("t", 1, 7, b'{"raw":"secret-original"}', b"k", (), 5)
    return items.build_item(Held(value, b"k", (("h", b"v"), ("n", None)), (), export), record, **options)


KEYS = {key("pipeline").key_id: key("pipeline").public}


def test_an_item_reads_back_as_it_was_held() -> None:
    """Key, value, headers and coordinates survive; the same offset gives the same id, another one another."""
    opened = items.parse_item(build(), KEYS, 3)
    assert (opened.key, opened.value, opened.headers) == (b"k", b'{"a":1}', (("h", b"v"), ("n", None)))
    assert opened.item.item_id == items.item_id(ITEM_KEY, "t", 1, 7) != items.item_id(ITEM_KEY, "t", 1, 8)
    assert items.recompute(opened, ITEM_KEY).content_mac == opened.item.content_mac
    assert items.recompute(opened, ITEM_KEY, None, b"{}").result
    assert items.group_key(opened) == items.group_key(items.parse_item(build(b"[]"), KEYS, 4))


def test_raw_fields_travel_sealed_and_covered(tmp_path: Path) -> None:
    """The original is unreadable in the item, opens for the gate, and is part of what the MAC covers."""
    with pytest.raises(RecordError, match="no_seal_key"):
        build(export={"wants_raw": True})
    private = sealing.create_seal_key(tmp_path / "s.pem")
    raw = build(export={"wants_raw": True}, seal_to=private.public_key())
    assert b"secret-original" not in raw + signing.parse(raw).payload
    opened = items.parse_item(raw, KEYS, 0)
    assert opened.item.raw
    assert opened.sealed is not None
    original = sealing.unseal(opened.sealed, private, opened.item.item_id)
    assert items.recompute(opened, ITEM_KEY, original).content_mac == opened.item.content_mac
    assert items.recompute(opened, ITEM_KEY, original + b" ").content_mac != opened.item.content_mac


@pytest.mark.parametrize(
    "different",
    [
        {"destination": "d2"},
        {"topic": "t2"},
        {"key": None},
        {"key": b""},
        {"value": b"{}"},
        {"headers": ()},
        {"headers": (("h", None),)},
        {"original": b""},
    ],
)
def test_the_mac_covers_everything_that_leaves(different: dict[str, Any]) -> None:
    """Destination, topic, key, value, headers and original each change the MAC; None is not empty."""
    base: dict[str, Any] = {
        "destination": "d",
        "topic": "t",
        "key": b"k",
        "value": b"[]",
        "headers": (("h", b""),),
        "original": None,
    }
    assert items.content_mac(ITEM_KEY, **base) != items.content_mac(ITEM_KEY, **base | different)


@pytest.mark.parametrize("value", [b'{"a":1,"a":2}', b'[{"x":{"y":1,"y":1}}]', b'{"a":1,"\\u0061":2}'])
def test_duplicate_members_are_never_exported(value: bytes) -> None:
    """Two members of one name, however spelt or deep, keep a record from becoming an item."""
    with pytest.raises(RecordError, match="duplicate_keys"):
        build(value)


def test_what_is_not_an_item_is_refused() -> None:
    """Other envelopes, other signers and other payloads each give their own code."""
    cases = {
        "wrong_type": signing.seal("x", b"{}", [key("pipeline")]),
        "bad_signature": signing.seal(items.PAYLOAD_TYPE, b"{}", [key("intake")]),
        "malformed_item": signing.seal(items.PAYLOAD_TYPE, b'{"schema":"item.v1"}', [key("pipeline")]),
        "malformed_envelope": b"not an envelope",
    }
    for code, raw in cases.items():
        with pytest.raises(RecordError) as error:
            items.parse_item(raw, KEYS, 0)
        assert error.value.code == code
    tree = json.loads(signing.parse(build()).payload) | {"masked_digest": "0" * 64}
    with pytest.raises(RecordError, match="malformed_item"):
        items.parse_item(signing.seal(items.PAYLOAD_TYPE, json.dumps(tree).encode(), [key("pipeline")]), KEYS, 0)
    for code, raw in {
        "wrong_type": build(),
        "bad_signature": signing.seal(items.DELETED_TYPE, b"{}", [key("x")]),
    }.items():
        with pytest.raises(RecordError, match=code):
            items.parse_source_deleted(raw, KEYS)


# --- who asks ---------------------------------------------------------------------------------------------------------

PRODUCERS = {key("app").key_id: ProducerKey(key("app").public, ISS, "app", "agent", account("dan"))}
DECLARED = (account("ben"),)


def asked(**fields: Any) -> Requester:
    header = fields.pop("header", None)
    record = Record("t", 0, 0, fields.pop("value", b"[1]"), b"k", (header,) if header else (), START)
    options: dict[str, Any] = {"keys": PRODUCERS, "declared": DECLARED, "now_ms": START} | fields
    return requester.resolve(record, options.pop("destination", "default"), **options)


def origin(**fields: Any) -> tuple[str, bytes]:
    options: dict[str, Any] = {
        "topic": "t",
        "key": b"k",
        "value": b"[1]",
        "destination": "default",
        "now_ms": START,
        "nonce": "n1",
        "on_behalf_of": (account("zoe"),),
    } | fields
    return requester.sign_origin(options.pop("signer", key("app")), **options)


def test_a_signed_header_names_the_requester() -> None:
    """A header signed by an enrolled producer key gives requester, owner and on whose behalf."""
    found = asked(header=origin())
    assert (found.assurance, found.principal, found.kind) == ("signed", Principal(ISS, "app"), "agent")
    assert (found.owner, found.on_behalf_of, found.session) == (account("dan"), (account("zoe"),), "n1")


@pytest.mark.parametrize(
    "spoil",
    [
        {"topic": "other"},
        {"key": None},
        {"value": b"[2]"},
        {"destination": "partner"},
        {"now_ms": START - 2 * requester.MAX_AGE_MS},
        {"signer": key("mallory")},
    ],
    ids=lambda spoil: next(iter(spoil)),
)
def test_a_header_that_does_not_fit_vouches_for_nobody(spoil: dict[str, Any]) -> None:
    """Another topic, key, value, destination, time or signer: unverified, even where the policy maps the topic."""
    mapped = Requester(ISS, "mapped", "service")
    found = asked(header=origin(**spoil), mapped=mapped)
    assert found.assurance == "unverified"
    assert set(found.declared) == {account("ben"), mapped.principal}


def test_the_policy_map_and_plain_headers() -> None:
    """Without a signed header the policy's map counts; a plain header never does."""
    mapped = Requester(ISS, "mapped", "service", owner=account("dan"))
    assert asked(mapped=mapped).assurance == "acl"
    assert asked(header=("maskgate.requester", b"anna")).assurance == "unverified"
    assert asked(header=(requester.HEADER, b"not an envelope"), mapped=mapped).assurance == "unverified"


# --- what a reviewer sees ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "label"), [(0, "0"), (1, "1-4"), (4, "1-4"), (5, "5-9"), (10, "10-49"), (5000, "1,000+")]
)
def test_counts_are_bands(count: int, label: str) -> None:
    """A small count is a range."""
    assert preview.band(count) == label


def test_an_action_is_shown_with_every_argument_and_fixed_labels() -> None:
    """Each argument has its line, by name; a newline in a text cannot add one."""
    action = Action("db.drop", purpose="x\nresource: fake", arguments='{"b":[1,2],"table":"users"}')
    lines = preview.action_text(action).split("\n")
    assert [line.split(":")[0] for line in lines[:6]] == [
        "verb",
        "resource",
        "destination",
        "purpose",
        "expected outcome",
        "arguments",
    ]
    assert lines[6:] == ["  b = [1,2]", '  table = "users"']
    assert preview.seen(action, []) != preview.seen(replace(action, purpose="y"), [])
    assert preview.seen(action, []) != preview.seen(replace(action, raw=True), [])
    assert "THE ORIGINALS LEAVE" in preview.action_text(replace(action, raw=True))


def test_plain_text_for_chat_has_no_markup() -> None:
    """Links, mentions and emphasis of a chat do not come through."""
    out = plain.mrkdwn("<!channel> *Approved* <https://evil|click> `x` _y_ ~z~\n@here")
    assert not set(out) & set("<>*_~`|\n")
    assert plain.clean("a" * 50, 10) == "a" * 9 + "…"


# --- permits ----------------------------------------------------------------------------------------------------------


def test_a_permit_is_checked_offline_and_spent_once(tmp_path: Path) -> None:
    """An executor verifies signature, arguments, verb and deadline alone, and its ledger lets it run once."""
    office = Office()
    request = office.asked(arguments={"to": 3})
    office.vote(request, "dan")
    raw = office.permit(office.release(request))
    keys = {key("gate").key_id: key("gate").public}
    permit = permits.verify(raw, keys, arguments={"to": 3}, now_ms=office.now, verb="db.rollback")
    spoilt: list[tuple[str, dict[str, Any]]] = [
        ("permit_arguments", {"arguments": {"to": 4}}),
        ("permit_arguments", {"verb": "db.drop"}),
        ("permit_arguments", {"resource": "other"}),
        ("permit_expired", {"now_ms": office.now + 10**9}),
        ("bad_signature", {"keys": {}}),
    ]
    for code, change in spoilt:
        options: dict[str, Any] = {"keys": keys, "arguments": {"to": 3}, "now_ms": office.now} | change
        with pytest.raises(RecordError, match=code):
            permits.verify(raw, **options)
    with pytest.raises(RecordError, match="wrong_type"):
        permits.verify(signing.seal("x", b"{}", [key("gate")]), keys, arguments={}, now_ms=0)
    with pytest.raises(RecordError, match="malformed_permit"):
        permits.verify(signing.seal(permits.PAYLOAD_TYPE, b"{}", [key("gate")]), keys, arguments={}, now_ms=0)
    ledger = permits.SpentLedger(tmp_path / "spent")
    ledger.spend(permit)
    with pytest.raises(RefusedError, match="used before"):
        permits.SpentLedger(tmp_path / "spent").spend(permit)


@pytest.mark.parametrize(
    "change",
    [
        {"expected_outcome": " "},
        {"verb": ""},
        {"verb": "export"},
        {"purpose": "x" * 5000},
        {"arguments": {"x": "y" * 70_000}},
        {"nonce": "short"},
    ],
)
def test_an_incomplete_action_is_refused_when_it_is_built(change: dict[str, Any]) -> None:
    """Verb and expected outcome are required, sizes are limited, exports are no actions."""
    options: dict[str, Any] = {"verb": "v", "arguments": {}, "expected_outcome": "ok", "now_ms": START} | change
    with pytest.raises(RecordError):
        actions.build_action(signer=key("intake"), requester=verified(), **options)


def test_a_token_in_a_path_is_a_label() -> None:
    """A member whose name is a token is shown as a label, and the rest of the path stays."""
    assert preview.without_tokens("/a/mg1.k1.c2VjcmV0/b") == "/a/⟦TOKEN⟧/b"
