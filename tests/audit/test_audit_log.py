"""The audit log: the tree against the RFC, checkpoints, a second judgement of every decision, the report."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from fakes.fake_office import ISS, Office, key, people_tree, verified
from fakes.random_office import run
from maskgate.approvals import events
from maskgate.audit import checkpoint, replay, report
from maskgate.base.errors import RecordError
from maskgate.cli import cli
from maskgate.crypto import merkle, signing
from maskgate.people import changes as people_changes
from maskgate.people import file as people_file

# Test vectors of the reference implementation of Certificate Transparency: eight inputs and the roots after each.
INPUTS = [bytes.fromhex(text) for text in ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]]
INPUTS.append(bytes(range(0x60, 0x70)))
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(n).encode()) for n in range(count)]


def recursive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162, 2.1.1, as it stands there."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + recursive_root(hashes[:k]) + recursive_root(hashes[k:])).digest()


def test_the_roots_are_those_of_the_published_vectors() -> None:
    """The tree over the well-known eight inputs has the well-known roots."""
    frontier = merkle.Frontier()
    assert frontier.root().hex() == hashlib.sha256().hexdigest()
    for data, root in zip(INPUTS, ROOTS, strict=True):
        frontier.append(merkle.leaf_hash(data))
        assert frontier.root().hex() == root


@given(st.integers(1, 70), st.data())
def test_proofs_hold_and_wrong_ones_do_not(size: int, data: st.DataObject) -> None:
    """Inclusion and consistency proofs verify for every size, and for no other leaf, index, size or root."""
    hashes = leaves(size)
    root = merkle.root_of(hashes)
    assert root == recursive_root(hashes)
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(hashes, index)
    assert merkle.verify_inclusion(hashes[index], index, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"x"), index, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], size, size, proof, root)
    assert not merkle.verify_inclusion(hashes[index], index, size, [*proof, root], root)
    old = data.draw(st.integers(1, size))
    old_root = merkle.root_of(hashes[:old])
    between = merkle.consistency_proof(hashes, old)
    assert merkle.verify_consistency(old, size, old_root, root, between)
    assert not merkle.verify_consistency(old, size, merkle.leaf_hash(b"x"), root, between)
    assert not merkle.verify_consistency(old, size, old_root, merkle.leaf_hash(b"x"), between)
    with pytest.raises(ValueError, match="old size"):
        merkle.consistency_proof(hashes, size + 1)


def test_a_frontier_is_small_and_survives_its_json() -> None:
    """After a thousand leaves it holds at most ten hashes and goes on from its JSON form."""
    frontier = merkle.Frontier()
    for leaf in leaves(1000):
        frontier.append(leaf)
    assert len(frontier.peaks) <= 10
    again = merkle.Frontier.from_json(json.loads(json.dumps(frontier.to_json())))
    other = frontier.copy()
    for tree in (again, other):
        tree.append(merkle.leaf_hash(b"x"))
    assert again.root() == other.root() != frontier.root()
    with pytest.raises(ValueError, match="peaks"):
        merkle.Frontier.from_json({"size": 3, "peaks": ["00"]})


def test_a_checkpoint_is_signed_and_says_what_it_covers() -> None:
    """A checkpoint verifies with the gate's key and nothing else, and gives the lines of a C2SP note."""
    frontier = merkle.Frontier()
    frontier.append(merkle.leaf_hash(b"x"))
    raw = checkpoint.sign(frontier, key("gate"), 5)
    keys = {key("gate").key_id: key("gate").public}
    head = checkpoint.verify(raw, keys)
    assert (head.size, head.root, head.time) == (1, frontier.root().hex(), 5)
    assert checkpoint.note(head).startswith("maskgate.approvals.log\n1\n")
    for code, bad in {
        "bad_signature": checkpoint.sign(frontier, key("mallory"), 5),
        "wrong_type": signing.seal("x", b"{}", [key("gate")]),
        "malformed_checkpoint": signing.seal(checkpoint.PAYLOAD_TYPE, b"{}", [key("gate")]),
    }.items():
        with pytest.raises(RecordError, match=code):
            checkpoint.verify(bad, keys)


def day() -> Office:
    """A day with every kind of event."""
    office = Office()
    one = office.open(tier="double")
    office.vote(one, "anna")
    office.vote(one, "dan")
    office.release(one)
    two = office.open(tier="high", value=b"[1]")
    office.act(two, "eve", "break_glass")
    office.release(two)
    office.act(two, "dan", "condemn")
    three = office.open(tier="standard", value=b"[2]")
    office.vote(three, "frank")
    office.vote(three, "dan", "deny")
    four = office.asked()
    office.vote(four, "dan")
    office.release(four)
    office.open(tier="standard", value=b"[3]")
    office.now += 25 * 3_600_000
    office.tick()
    return office


def lines(office: Office) -> list[bytes]:
    return [events.encode(event) for event in office.log]


def test_an_honest_log_is_good() -> None:
    """An auditor who decides everything again agrees with the gate, over a day and over random lives."""
    found = replay.audit(lines(day()))
    assert found.good, found.problems
    assert (found.requests, found.releases) == (5, 3)
    for seed in range(5):
        found = replay.audit(lines(run(seed, 200)))
        assert found.good, found.problems


def edited(log: list[bytes], kind: str, change: Any) -> list[bytes]:
    """The log with the last event of a kind changed."""
    out = list(log)
    for n in range(len(out) - 1, -1, -1):
        tree = json.loads(out[n])
        if tree["type"] == kind and change(tree):
            out[n] = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            assert out[n] != log[n]
            return out
    raise AssertionError(kind)


def to(state: str, **fields: Any) -> Any:
    def change(tree: dict[str, Any]) -> bool:
        hit = tree.get("to") == state
        if hit:
            tree.update(fields)
        return hit

    return change


def set_vote(**fields: Any) -> Any:
    def change(tree: dict[str, Any]) -> bool:
        tree["vote"].update(fields)
        return True

    return change


def other_bytes(tree: dict[str, Any]) -> bool:
    held = tree["request"]["items"]
    if held:
        held[0]["content_mac"] = "0" * 64
    return bool(held)


NOWHERE = {"topic": "", "offset": 0, "append_time": 0}
LATE = {"at": 1 << 50, "input": NOWHERE, "people_version": 0, "policy_digest": ""}


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("vote_accepted", set_vote(person_id="ben")),
        ("vote_accepted", set_vote(decision="deny")),
        ("vote_accepted", lambda t: t["meta"].update(at=t["meta"]["at"] + 10**9) or True),
        ("moved", to("DENIED", to="APPROVED", deadline=1 << 50)),
        ("moved", to("EXPIRED", to="APPROVED", deadline=1 << 50)),
        ("moved", to("CONDEMNED", to="RATIFIED")),
        ("moved", to("RELEASED", meta=LATE)),
        ("request_opened", lambda t: t["request"]["action"].update(verb="other") or True),
        ("request_opened", lambda t: t["request"].update(digest="0" * 64) or True),
        ("request_opened", other_bytes),
        ("glass_broken", lambda t: t.update(person_id="anna") or True),
        ("permit_issued", lambda t: t.update(request_id="ghost") or True),
    ],
)
def test_an_edited_event_shows_without_any_checkpoint(kind: str, change: Any) -> None:
    """Changing who voted, what was decided, when, or on what contradicts the signatures or the rules."""
    assert not replay.audit(edited(lines(day()), kind, change)).good


def test_events_left_out_or_made_up_show() -> None:
    """A log without its votes, with bytes that are no event, or from another people file is bad."""
    log = lines(day())
    votes = [line for line in log if b'"vote_accepted"' in line]
    without = [line for line in log if line not in votes]
    assert not replay.audit(without).good
    assert not replay.audit([*log, b"{}"]).good
    assert not replay.audit([line.replace(b'{"', b'{ "', 1) for line in log]).good
    digest = people_file.digest(b"another")
    assert not replay.audit(log, people_digest=digest).good
    assert replay.audit(log, decisions=False).good


def test_a_checkpoint_of_any_size_binds_the_log_before_it() -> None:
    """Every honest prefix is confirmed; a log that was cut, rewritten or replaced is not."""
    log = lines(day())
    frontier, heads = merkle.Frontier(), []
    for line in log:
        heads.append(checkpoint.Checkpoint(frontier.size, frontier.root().hex(), 0, "k"))
        frontier.append(merkle.leaf_hash(line))
    found = replay.audit(log, heads)
    assert found.good
    assert found.checkpoints == len(heads)
    assert not replay.audit(log[:-2], [heads[-1]]).good
    assert not replay.audit(lines(day()), [heads[-1]]).good, "another day has other digests"


def test_the_report_counts_what_happened() -> None:
    """States, tiers, reviewers, broken glass and refusals of a period, and none from outside it."""
    office = day()
    data = report.build(office.log, 0, 1 << 45)
    assert data["states"] == {"RELEASED": 2, "CONDEMNED": 1, "DENIED": 1, "EXPIRED": 1}
    assert data["broken_glass"][0]["by"] == "eve"
    assert {row["person"]: row["votes"] for row in data["reviewers"]} == {"anna": 1, "dan": 4}
    assert data["refused"] == {"no_authority": 1}
    assert data["seconds_to_decision"]["p50"] == 0
    assert report.build(office.log, 0, 1)["requests"] == []
    page = report.to_html(data, "head")
    assert "<script" not in page
    assert page.count("<tr>") > 10
    table = report.to_csv(data).splitlines()
    assert len(table) == 6


def test_without_dates_the_period_is_what_the_log_covers() -> None:
    """The first and the last entry, and neither 1970 nor 3084."""
    office = day()
    times = [event.meta.at for event in office.log]
    data = report.build(office.log)
    assert (data["from"], data["to"]) == (report._iso(min(times)), report._iso(max(times) + 1))
    assert len(data["requests"]) == 5
    assert report.build([])["requests"] == []


def test_the_report_defuses_what_strangers_wrote() -> None:
    """Markup is escaped, and a cell that a spreadsheet would run is not a formula."""
    tree = people_tree()
    office = Office(people=tree)
    office.open(office.item(requester=replace(verified(), iss="=cmd()", sub="<script>x")))
    data = report.build(office.log, 0, 1 << 45)
    assert "<script>" not in report.to_html(data)
    assert "'=cmd()" in report.to_csv(data)


def test_the_commands_verify_and_report_an_exported_log(tmp_path: Path) -> None:
    """`audit verify` needs the exported log, a public key and an old checkpoint; it fails on a cut or edited log."""
    office = day()
    signing.create_key(tmp_path / "gate.pem")
    log = tmp_path / "log.ndjson"
    log.write_bytes(b"\n".join(lines(office)) + b"\n")
    call = CliRunner().invoke

    made = call(cli, ["audit", "checkpoint", "--log", str(log), "--signer", str(tmp_path / "gate.pem")])
    assert made.exit_code == 0, made.output
    (tmp_path / "old").write_text(made.stdout)
    base = ["audit", "verify", "--log", str(log), "--checkpoint", str(tmp_path / "old")]
    base += ["--key", str(tmp_path / "gate.pub")]
    good = call(cli, base)
    assert good.exit_code == 0
    assert "good:" in good.stdout
    as_json = json.loads(call(cli, [*base, "--json"]).stdout)
    assert (as_json["good"], as_json["checkpoints"], as_json["problems"]) == (True, 1, [])

    log.write_bytes(b"\n".join(lines(office)[:-1]) + b"\n")
    cut = call(cli, base)
    assert cut.exit_code == 1
    assert "cut off" in cut.stdout
    alone = call(cli, ["audit", "verify", "--log", str(log)])
    assert alone.exit_code == 0
    assert alone.stdout.startswith("consistent:")
    assert "may have been cut off" in alone.stderr
    for form, mark in (("html", "<table>"), ("json", '"states"'), ("csv", "request_id,")):
        out = call(cli, ["audit", "report", "--log", str(log), "--format", form, "--from", "2020-01-01"])
        assert out.exit_code == 0
        assert mark in out.stdout


def test_the_people_commands_make_changes_that_count(tmp_path: Path) -> None:
    """`people check` judges a file; `people enrol -o` writes a change that the registry accepts."""
    for name in ("admin", "gina"):
        signing.create_key(tmp_path / f"{name}.pem")
    (tmp_path / "people.json").write_text(json.dumps(people_tree(services=[])))
    call = CliRunner().invoke
    checked = call(cli, ["people", "check", str(tmp_path / "people.json")])
    assert checked.exit_code == 0, checked.output
    assert "6 persons" in checked.stdout
    listed = call(cli, ["people", "list", "--file", str(tmp_path / "people.json"), "--json"])
    assert {row["person"] for row in json.loads(listed.stdout)["persons"]} >= {"anna", "frank"}
    out = tmp_path / "changes"
    enrol = ["people", "enrol", "gina", "--name", "Gina", "--account", ISS, "gina", "--key", str(tmp_path / "gina.pub")]
    enrol += ["--group", "reviewers", "-o", str(out), "--signer", str(tmp_path / "admin.pem")]
    made = call(cli, [*enrol, "--signer", str(tmp_path / "gina.pem")])
    assert made.exit_code == 0, made.output
    document = people_file.load(tmp_path / "people.json", {"admin": tmp_path / "admin.pub"})
    people = people_file.parse(document)
    change = people_changes.verified(people, out.read_bytes().strip(), time.time_ns() // 1_000_000)
    grown = people_changes.apply(people, change)
    assert "gina" in grown.groups["reviewers"]
    shared = people_tree(services=[])
    shared["persons"][1]["keys"] = shared["persons"][0]["keys"]
    (tmp_path / "people.json").write_text(json.dumps(shared))
    refused = call(cli, ["people", "check", str(tmp_path / "people.json")])
    assert refused.exception is not None
    assert "one human could fill two slots" in str(refused.exception)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: []\nexports: {}\n", "not a people file: its members are exports, rules"),
        ("- a\n- b\n", "not a people file: it has persons"),
        ("persons:\n  - {id: anna, nmae: A}\n", ":2: persons.0.nmae: unknown key; did you mean 'name'?"),
        ("persons:\n  - id: anna\n    name: A\n", ":2: persons.0.accounts: is missing; an entry here has: id, name"),
        ("persons: []\nservices:\n  - name: a\n    role: robot\n", "people.yaml:4: services.0.role: Input should be"),
    ],
    ids=["a policy", "a list", "a slip", "a gap", "a wrong word"],
)  # fmt: skip
def test_a_wrong_people_file_is_told_where_and_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    """`people check` names the line, what stands there, and what may."""
    (tmp_path / "people.yaml").write_text(text)
    result = CliRunner().invoke(cli, ["people", "check", str(tmp_path / "people.yaml")])
    assert told in str(result.exception)


def test_an_agent_and_a_worker_host_are_enrolled_by_command(tmp_path: Path) -> None:
    """`people agent` and `people service` write changes that the registry accepts."""
    for name in ("admin", "bot", "host-b"):
        signing.create_key(tmp_path / f"{name}.pem")
    (tmp_path / "people.json").write_text(json.dumps(people_tree(services=[])))
    out = tmp_path / "changes"
    agent = f"people agent bot --key {tmp_path}/bot.pub --account {ISS} bot --owner {ISS} anna@example.com"
    host = f"people service host-b --role pipeline --key {tmp_path}/host-b.pub"
    for command, new in ((agent, "bot"), (host, "host-b")):
        signed = f"-o {out} --signer {tmp_path}/admin.pem --signer {tmp_path}/{new}.pem"
        made = CliRunner().invoke(cli, f"{command} {signed}".split())
        assert made.exit_code == 0, made.output
    people = people_file.parse(people_file.load(tmp_path / "people.json", {"admin": tmp_path / "admin.pub"}))
    for line in out.read_bytes().splitlines():
        people = people_changes.apply(people, people_changes.verified(people, line, time.time_ns() // 1_000_000))
    assert signing.load_public(tmp_path / "host-b.pub") in people.role_keys("pipeline").values()
    assert people.without_owner() == ()
    assert people.services["bot"].owner is not None
