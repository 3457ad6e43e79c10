"""The doctor on set-ups that are broken on this host."""

# ruff: noqa: E501 (a case is a line)

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from obstore.store import MemoryStore

from fakes import fake_office as office
from fakes.lineage_rows import T0, event_bytes
from fakes.lineage_store import SINK
from maskgate.base import config
from maskgate.base.address import Address
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.cli import cli
from maskgate.crypto import canonical, sealing, signing
from maskgate.crypto.kept import Kept
from maskgate.crypto.keyring import Keyring
from maskgate.doctor import Line, Scope, local, run
from maskgate.lineage.sinks import claims, objects, opened, remote
from maskgate.lineage.sinks.writer import PartitionWriter
from maskgate.people import file as people_file
from maskgate.policy import PolicyHolder

PEOPLE = """
version: 1
persons:
  - {id: ada, name: Ada, accounts: [{iss: x, sub: ada}], keys: [{file: ada.pub}]}
  - {id: bob, name: Bob, accounts: [{iss: x, sub: bob}], keys: [{file: bob.pub}]}
groups: {reviewers: [ada, bob]}
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a good set-up of all roles."""
    monkeypatch.chdir(tmp_path)
    state = tmp_path / ".maskgate"
    Keyring.create(state)
    for name in ("pipeline", "gate", "intake"):
        signing.create_key(state / "keys" / f"{name}.pem")
    sealing.create_seal_key(state / "keys" / "gate-seal.pem")
    for person in ("ada", "bob"):
        signing.create_key(tmp_path / f"{person}.pem")
    (tmp_path / "people.yaml").write_text(PEOPLE)
    (tmp_path / "maskgate.yaml").write_text("people: people.yaml\ndetection: {model: none}\n")
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the check that loads the detectors."""
    monkeypatch.setattr(local, "CHECKS", [entry for entry in local.CHECKS if entry[0] != "model"])


def look(
    check: Callable[[Scope], Any], roles: tuple[str, ...] = ("mask", "gate", "lineage", "watch", "console")
) -> list[Line]:
    settings, _ = config.load("maskgate.yaml")
    return list(run(Scope(settings, roles), [("check", check)]))


def worst(lines: list[Line]) -> str:
    return next((s for s in ("fail", "warn", "skip") if any(line.status == s for line in lines)), "ok")


@pytest.mark.slow
def test_a_good_set_up_is_ok(place: Path) -> None:
    """No line of a sound set-up warns, and the exit code is 0."""
    for _, check in local.CHECKS:
        assert worst(look(check)) == "ok", look(check)
    assert CliRunner().invoke(cli, ["doctor", "--no-broker"]).exit_code == 0


def _group(place: Path) -> None:
    (place / "people.yaml").write_text(PEOPLE.replace("[ada, bob]", "[ada]"))


def _no_keys(place: Path) -> None:
    (place / "people.yaml").write_text(PEOPLE.replace(", keys: [{file: ada.pub}]", ""))


def _same_key(place: Path) -> None:
    (place / "people.yaml").write_text(PEOPLE.replace("bob.pub", "ada.pub"))


def _agent(place: Path, owner: str = "") -> None:
    signing.create_key(place / "bot.pem")
    entry = f"{{name: bot, role: producer, file: bot.pub, iss: 'https://id', sub: bot, kind: agent{owner}}}"
    (place / "people.yaml").write_text(f"{PEOPLE}\nservices: [{entry}]\n")


def _bad_policy(place: Path) -> None:
    (place / "policy.yaml").write_text("version: 1\nid: x\nruels: []\n")
    (place / "maskgate.yaml").write_text("people: people.yaml\npolicy: policy.yaml\n")


def _key(name: str) -> Path:
    return Path(".maskgate/keys") / name


CASES: list[tuple[str, Callable[[Path], Any], Callable[[Scope], Any], str, str]] = [
    ("a policy with a wrong key", _bad_policy, local.policy, "fail", "policy.yaml:3"),
    ("one person for a quorum of two", _group, local.policy, "fail", "needs 2 of 'reviewers'"),
    ("a reviewer without a key", _no_keys, local.policy, "fail", "persons with a key"),
    ("one key for two persons", _same_key, local.policy, "fail", "people file"),
    ("an agent that nobody answers for", _agent, local.policy, "warn", "nobody owns the agent 'bot'"),
    ("no people file", lambda p: (p / "people.yaml").unlink(), local.policy, "fail", "cannot be read"),
    ("no keyring", lambda _: _key("keyring.json").unlink(), local.keys, "fail", "no keyring"),
    ("a keyring that others read", lambda _: _key("keyring.json").chmod(0o644), local.keys, "fail", "others"),
    ("a damaged keyring", lambda _: _key("keyring.json").write_text("{"), local.keys, "fail", "keyring.json"),
    ("no worker's key", lambda _: _key("pipeline.pem").unlink(), local.keys, "fail", "dead letters"),
    ("no gate's key", lambda _: _key("gate.pem").unlink(), local.keys, "fail", "does not start"),
    ("a key that others read", lambda _: _key("gate.pem").chmod(0o644), local.keys, "fail", "mode 644"),
    ("a folder that others write", lambda _: _key("").chmod(0o777), local.keys, "fail", "mode 777"),
    ("a damaged key", lambda _: _key("gate.pem").write_text("nonsense"), local.keys, "fail", "gate.pem"),
    ("another key's public half", lambda _: _key("gate.pub").write_text(_key("intake.pub").read_text()), local.keys, "fail",
     "not the public half"),
    ("no sealing key", lambda _: [_key(f"gate-seal.{e}").unlink() for e in ("pem", "pub")], local.keys, "warn", "raw fields"),
    ("a lineage folder that is a file", lambda _: Path(".maskgate/lineage").write_text(""), local.disk, "fail", "lineage folder"),
    ("an origin that is an address", lambda p: _origin(p, "http://127.0.0.1:8300"), local.pages, "warn", "a name, not an address"),
    ("an origin of another name", lambda p: _origin(p, "https://gate.example.org"), local.pages, "fail", "rp_id"),
    ("an origin without TLS", lambda p: _origin(p, "http://localhost.localhost", "localhost"), local.pages, "fail", "https"),
    ("an unsigned webhook", lambda p: _watch(p, "https://hooks.example.org", ""), local.pages, "warn", "not signed"),
    ("a webhook in the clear", lambda p: _watch(p, "http://hooks.example.org", "s"), local.pages, "warn", "without TLS"),
    ("no webhook address", lambda p: _watch(p, "hooks.example.org", "s"), local.pages, "fail", "not an http(s) address"),
]  # fmt: skip


def test_an_agent_with_an_owner_is_no_matter(place: Path) -> None:
    """An owner that is somebody's account, in whatever spelling, answers for the agent; a stranger does not."""
    _agent(place, ", owner: {iss: x, sub: ADA}")
    assert not [line for line in look(local.policy) if line.status == "warn"]
    (place / "bot.pem").unlink()
    _agent(place, ", owner: {iss: x, sub: nobody}")
    assert [line.text for line in look(local.policy) if line.status == "warn"]


def _origin(place: Path, origin: str, rp_id: str = "localhost") -> None:
    (place / "maskgate.yaml").write_text(f"console: {{origins: ['{origin}'], rp_id: {rp_id}}}\n")


def _watch(place: Path, url: str, secret: str) -> None:
    (place / "maskgate.yaml").write_text(f"watch: {{webhook_url: '{url}', webhook_secret: '{secret}'}}\n")


@pytest.mark.parametrize(("harm", "check", "status", "words"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_is_broken_is_named(
    harm: Callable[[Path], Any], check: Callable[[Scope], Any], status: str, words: str, place: Path
) -> None:
    """The line has the right status, says what is wrong, and the others stay as they were."""
    harm(place)
    lines = look(check)
    assert worst(lines) == status, lines
    assert any(line.status == status and words in f"{line.text} {line.do}" for line in lines), lines


def test_a_harmed_lineage_file_is_named(place: Path) -> None:
    """A file that cannot be read is a fail with the command to run."""
    claims.prepare(place / ".maskgate" / "lineage")
    (place / ".maskgate" / "lineage" / claims.CLAIMS / f"tid+0+{0:020d}").write_bytes(b"PAR1")
    assert worst(look(local.lineage)) == "fail"


def test_a_store_is_looked_into(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and files where it answers; a file that is gone, and a store that does not answer, are fails."""
    at = Address("s3://memory/lineage", place / ".maskgate" / "lineage")
    store = MemoryStore()
    monkeypatch.setattr(remote, "connect", lambda where: objects.Objects(store, where.url))
    monkeypatch.setattr(objects, "_WAITS_S", ())
    (place / "maskgate.yaml").write_text(f"lineage: {{store: '{at.url}'}}\n")
    one = PartitionWriter(opened.open_remote(at, SINK), "maskgate.lineage", "tid", 0)
    one.add(0, T0, event_bytes(0))
    one.flush()
    one.add(1, T0, event_bytes(1))
    one.flush()
    lines = look(local.lineage)
    assert [(line.status, line.text) for line in lines] == [("ok", f"2 rows in 2 files at {at.url}")]
    held = objects.Objects(store, at.url)
    held.remove(f"{claims.CLAIMS}/{claims.Name('tid', 0, 0)}")
    assert worst(look(local.lineage)) == "fail"
    monkeypatch.setattr(remote, "connect", lambda where: objects.Objects(object(), where.url))
    assert worst(look(local.lineage)) == "fail"


@pytest.mark.slow
def test_a_model_that_is_not_there_is_named(place: Path) -> None:
    """The name that was asked for stands in the line."""
    (place / "maskgate.yaml").write_text("detection: {model: nowhere}\n")
    lines = look(local.model)
    assert [line.status for line in lines] == ["fail"] and "nowhere" in lines[0].text


@pytest.mark.slow
def test_a_damaged_model_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A packed model whose files are not the ones that were packed is a fail, not a reason to go without."""
    from maskgate_detectors import models
    from maskgate_detectors.freetext import ner

    def damaged(*_: object) -> None:
        raise models.ModelError("sa/ner/weights.npz differs from what was packed")

    monkeypatch.setattr(ner, "load", damaged)
    (place / "maskgate.yaml").write_text("detection: {model: default}\n")
    lines = look(local.model)
    assert [line.status for line in lines] == ["fail"] and "weights.npz" in lines[0].text


@pytest.mark.slow
def test_a_language_that_the_model_was_not_measured_on_is_named(place: Path) -> None:
    """Tamil is read without a promise, and the line says so; German is promised."""
    (place / "maskgate.yaml").write_text("detection: {languages: [de, ta]}\n")
    lines = look(local.model)
    assert [line.status for line in lines] == ["warn", "ok"]
    assert " ta " in lines[0].text and " de" not in lines[0].text


def test_only_the_roles_of_this_host_count(place: Path, quick: None) -> None:
    """A host of the sink needs no keys and no people."""
    for path in place.glob(".maskgate/keys/*"):
        path.unlink()
    assert worst(look(local.keys, ("lineage",))) == "ok"
    assert CliRunner().invoke(cli, ["doctor", "--no-broker", "--role", "lineage"]).exit_code == 0
    assert CliRunner().invoke(cli, ["doctor", "--no-broker", "--role", "gate"]).exit_code == 1


def test_a_doctor_makes_nothing(place: Path, quick: None) -> None:
    """Looking changes no file."""
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()}
    CliRunner().invoke(cli, ["doctor", "--no-broker"])
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*") if path.is_file()} == before


def test_no_key_is_printed(place: Path, quick: None) -> None:
    """Neither private keys nor the keyring's secrets appear."""
    out = CliRunner().invoke(cli, ["doctor", "--no-broker", "--json"]).stdout
    assert {line["status"] for line in json.loads(out)["lines"]} == {"ok"}
    secrets = [entry["secret"] for entry in json.loads(_key("keyring.json").read_text())["keys"]]
    secrets += [line for line in _key("gate.pem").read_text().splitlines() if "-" not in line]
    assert not any(secret in out for secret in secrets)


@pytest.mark.slow
def test_no_broker_is_exit_3(place: Path) -> None:
    """A broker that does not answer is told from a set-up that fails."""
    result = CliRunner().invoke(cli, ["doctor", "-b", "127.0.0.1:1", "--role", "lineage", "--json"])
    assert result.exit_code == 3
    assert json.loads(result.stdout)["fail"] == 1


def test_a_wrong_setting_is_exit_2(place: Path) -> None:
    """Settings that cannot be read stop the doctor before it looks."""
    (place / "maskgate.yaml").write_text("kafak: {}\n")
    result = CliRunner().invoke(cli, ["doctor", "--no-broker"])
    assert isinstance(result.exception, ConfigurationError) and "kafka" in str(result.exception)


def test_a_check_that_breaks_is_a_line(place: Path) -> None:
    """An unforeseen error is a fail without its text, which could hold a value."""

    def breaks(_: Scope) -> Any:
        raise RuntimeError("marked-secret")

    def fails(_: Scope) -> Any:
        raise WorldError("the disk is gone")

    lines = look(breaks) + look(fails)
    assert [line.status for line in lines] == ["fail", "fail"]
    assert "marked-secret" not in str(lines) and lines[1].text == "the disk is gone"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_is_named(place: Path) -> None:
    """A state folder that cannot be written is a fail."""
    (place / ".maskgate").chmod(0o500)
    try:
        assert worst(look(local.disk)) == "fail"
    finally:
        (place / ".maskgate").chmod(0o700)


def test_a_broken_policy_with_a_kept_one_says_with_which_the_roles_go_on(place: Path) -> None:
    """The failing file stays a failure; beside it stands the policy that is in force, also after a restart."""
    path = place / "policy.yaml"
    path.write_text("id: good\n")
    (place / "maskgate.yaml").write_text("policy: policy.yaml\npeople: people.yaml\n")
    PolicyHolder(path, Kept.of(place / ".maskgate", "mask-policy", Keyring.load(place / ".maskgate")))
    path.write_text("id: [broken\n")
    warned, failed = look(local.policy)
    assert (warned.status, failed.status) == ("warn", "fail")
    assert "mask goes on with the policy that was good on" in warned.text


@pytest.mark.parametrize(
    ("owner", "cure"),
    [
        ("", "`owner: {iss: …, sub: …}`"),
        ("owner: {iss: x, sub: adda},", "as it stands under `accounts:`"),
        ("owner: {iss: x, sub: ada},", None),
    ],
)
def test_the_cure_for_an_agent_fits_its_fault(place: Path, owner: str, cure: str | None) -> None:
    """An agent without an owner, and one whose owner nobody is, are told apart; an owned one is no warning."""
    signing.create_key(place / "bot.pem")
    services = f"services: [{{name: bot, role: producer, kind: agent, iss: x, sub: bot, {owner} file: bot.pub}}]\n"
    (place / "people.yaml").write_text(PEOPLE + services)
    told = [line for line in look(local.policy) if "agent 'bot'" in line.text]
    assert [line.status for line in told] == ([] if cure is None else ["warn"])
    assert cure is None or cure in told[0].do


def test_a_pipeline_key_that_is_not_enrolled_is_told(place: Path) -> None:
    """A worker host whose key the people file leaves out hears it before the gate refuses its items."""
    assert not any("is not enrolled" in line.text for line in look(local.policy))
    signing.create_key(place / "other.pem")
    (place / "people.yaml").write_text(PEOPLE + "services: [{name: other, role: pipeline, file: other.pub}]\n")
    (told,) = [line for line in look(local.policy) if "is not enrolled" in line.text]
    assert "people service NAME --role pipeline" in told.do


def test_an_admin_key_that_enrols_alone_or_is_nobodys_is_warned_of() -> None:
    """What is not defended is said: the holder's own vote passes for another's, and one key makes voters."""

    def said(admin_n: int, **holder: str) -> list[str]:
        tree = office.people_tree(admin_n=admin_n)
        second = {"name": "admin2", "role": "admin", "public": office.key("admin2").public.hex()}
        tree["services"] += [second | {"iss": office.ISS, "sub": office.account("dan").sub}]
        next(service for service in tree["services"] if service["name"] == "admin").update(holder)
        people = people_file.parse(canonical.dumps(tree))
        return [line.text for line in local._admins(Path("people.yaml"), people)]

    holder = {"iss": office.ISS, "sub": office.account("eve").sub}
    assert said(2, **holder) == []
    assert len(said(1, **holder)) == 1 and "alone can enrol voters" in said(1, **holder)[0]
    assert len(said(2)) == 1 and "the holder of the admin key 'admin' is not named" in said(2)[0]
