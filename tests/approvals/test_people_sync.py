"""The provider's list against the registry: what it proposes, what it leaves to people, and what it never does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization as ser

from fakes.fake_office import ISS, account, key, people_tree
from maskgate.base.errors import ConfigurationError
from maskgate.cli import cli
from maskgate.people import changes, sync
from maskgate.people.file import parse
from maskgate.people.registry import People

GROUPS = {"privacy": "Privacy Team"}


def registry() -> People:
    return parse(json.dumps(people_tree()).encode())


def user(name: str, *groups: str, active: bool = True) -> dict[str, Any]:
    return {"id": account(name).sub, "active": active, "groups": [{"display": g} for g in groups]}


def listed(*users: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"totalResults": len(users), "Resources": list(users)} | more).encode()


def everybody(**instead: dict[str, Any] | None) -> list[dict[str, Any]]:
    """All enrolled persons as the provider has them, in the groups that they have here."""
    people = registry()
    inside = people.groups["privacy"]
    whole = {p: user(p, *(["Privacy Team"] if p in inside else [])) for p in people.persons}
    return [one for one in (whole | instead).values() if one is not None]


def planned(*users: dict[str, Any]) -> sync.Plan:
    return sync.plan(registry(), sync.members_of(listed(*users), "id"), ISS, GROUPS)


def test_two_that_agree_need_no_change() -> None:
    assert planned(*everybody()) == sync.Plan((), ())


@pytest.mark.parametrize("left", [None, user("ben", active=False)], ids=["not in the list", "not active"])
def test_who_left_is_revoked(left: Any) -> None:
    (step, *groups) = planned(*everybody(ben=left)).steps
    assert (step.change, step.body) == ("revoke_person", {"person": "ben"})
    assert all("ben" not in g.body["members"] for g in groups)  # type: ignore[operator]


def test_a_group_follows_the_provider_and_leaves_others_alone() -> None:
    """Who has no account there is not the provider's to say."""
    tree = people_tree()
    tree["persons"].append({"id": "guest", "name": "Guest", "accounts": [{"iss": "https://else", "sub": "g"}],
                            "keys": [{"public": key("guest").public.hex()}]})  # fmt: skip
    tree["groups"]["privacy"] = [*tree["groups"]["privacy"], "guest"]
    people = parse(json.dumps(tree).encode())
    had = set(people.groups["privacy"])
    new = next(p for p in registry().persons if p not in had)
    members = sync.members_of(listed(*everybody(**{new: user(new, "Privacy Team")})), "id")
    (step,) = sync.plan(people, members, ISS, GROUPS).steps
    assert step.body == {"group": "privacy", "members": sorted(had | {new})}
    assert step.why == f"privacy: +{new}"


def test_nobody_is_enrolled_by_a_list() -> None:
    """A member whom nobody knows here is a note for a person, who asks them for a key."""
    found = planned(*everybody(), {"id": "new@example.com", "groups": [{"display": "Privacy Team"}]})
    assert found.steps == ()
    assert found.notes and "new@example.com" in found.notes[0]


def test_an_account_elsewhere_is_left_to_a_person() -> None:
    tree = people_tree()
    ben = next(p for p in tree["persons"] if p["id"] == "ben")
    ben["accounts"].append({"iss": "https://else", "sub": "ben"})
    members = sync.members_of(listed(*everybody(ben=None)), "id")
    found = sync.plan(parse(json.dumps(tree).encode()), members, ISS, {})
    assert found.steps == () and "elsewhere" in found.notes[0]


def test_every_step_is_a_change_that_the_registry_takes() -> None:
    people = registry()
    for step in planned(*everybody(ben=None)).steps:
        raw = changes.build_change(step.change, step.body, signers=[key("admin")], now_ms=1)
        people = changes.apply(people, changes.verified(people, raw, 1))
    assert people.persons["ben"].revoked_at
    again = sync.plan(people, sync.members_of(listed(*everybody(ben=None)), "id"), ISS, GROUPS)
    assert again == sync.Plan((), ())


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"[]", id="another list"),
        pytest.param(b"{", id="no JSON"),
        pytest.param(listed(user("ben"), totalResults=2), id="a page of a longer list"),
        pytest.param(listed(user("ben"), user("ben")), id="one sub twice"),
        pytest.param(listed({"userName": "ben"}), id="without the attribute"),
        pytest.param(listed({"id": 7}), id="an id that is no text"),
        pytest.param(listed({"id": "ben", "active": "no"}), id="active that is no truth value"),
        pytest.param(listed({"id": "ben", "groups": ["a"]}), id="groups of another shape"),
    ],
)
def test_a_list_that_cannot_be_trusted_revokes_nobody(raw: bytes) -> None:
    with pytest.raises(ConfigurationError):
        sync.members_of(raw, "id")


def test_groups_of_claims_are_not_set_by_a_list() -> None:
    with pytest.raises(ConfigurationError, match="claims"):
        sync.plan(registry(), {}, ISS, {"oidc:privacy": "x"})


# ── the command ──


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command against a people file."""
    people = tmp_path / "people.json"
    people.write_text(json.dumps(people_tree()))

    def call(raw: bytes, *more: str) -> Result:
        file = tmp_path / "users.json"
        file.write_bytes(raw)
        named = ("--issuer", ISS, "--group", "privacy=Privacy Team", "--people", str(people))
        return CliRunner().invoke(cli, ["people", "sync", str(file), *named, *more])

    monkeypatch.chdir(tmp_path)
    return call


def test_the_command_shows_and_signs_nothing_by_itself(run: Any) -> None:
    assert run(listed(*everybody())).exit_code == 0
    shown = run(listed(*everybody(ben=None)))
    assert shown.exit_code == 1
    assert "revoke_person  ben: no active account" in shown.output


def test_a_list_that_would_revoke_many_is_refused(run: Any) -> None:
    """A list that lost its people must not cost them their keys: a revocation cannot be undone."""
    few = run(listed())
    assert isinstance(few.exception, ConfigurationError) and "--revoke-at-most" in str(few.exception)
    assert run(listed(), "--revoke-at-most", "50").exit_code == 1


def test_the_command_writes_signed_changes_for_a_second_look(run: Any, tmp_path: Path) -> None:
    """With a key and -o each step is a message that the gate would take."""
    pem = tmp_path / "admin.pem"
    pem.write_bytes(key("admin")._key.private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()))
    pem.chmod(0o600)
    done = run(listed(*everybody(ben=None)), "--signer", str(pem), "-o", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    first = (tmp_path / "out").read_bytes().splitlines()[0]
    assert changes.payload(first)["body"] == {"person": "ben"}
