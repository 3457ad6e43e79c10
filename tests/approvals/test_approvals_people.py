"""The people registry: what a file may say, who may change it, and what is noticed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fakes.fake_office import ISS, POLICY, START, account, key, people_tree
from maskgate.approvals import lock_out
from maskgate.approvals.decisions import quorum
from maskgate.approvals.model import Exclusions, Quorum, Slot, Vote
from maskgate.approvals.rules import ApprovalPolicy
from maskgate.base.errors import ConfigurationError, RefusedError
from maskgate.crypto import canonical, signing
from maskgate.people import changes as people_changes
from maskgate.people import confusables
from maskgate.people import file as people_file
from maskgate.people.principal import Principal
from maskgate.people.registry import People


def parsed(tree: dict[str, Any]) -> People:
    return people_file.parse(canonical.dumps(tree))


def person(ident: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "name": f"{ident.title()} Example",
        "accounts": [{"iss": ISS, "sub": account(ident).sub}],
        "keys": [{"public": key(ident).public.hex()}],
    } | fields


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t["persons"][1]["accounts"].append(t["persons"][0]["accounts"][0]), "one account belongs to both"),
        (lambda t: t["persons"][1]["keys"].append(t["persons"][0]["keys"][0]), "one key belongs to both"),
        (lambda t: t["services"][0].update(public=t["persons"][0]["keys"][0]["public"]), "one key belongs to both"),
        (lambda t: t["groups"]["reviewers"].append("ghost"), "ghost, who is not enrolled"),
        (lambda t: t["groups"]["reviewers"].append("anna"), "lists a person twice"),
        (lambda t: t["persons"].append(person("аnna")), "persons.6.id"),
        (lambda t: t["persons"].append(person("x", name="Аnna Example", domain="example.com")), "look alike"),
        (lambda t: t["persons"].append(person("anna", keys=[])), "two persons have one id"),
        (
            lambda t: t["persons"].append(person("y", accounts=[{"iss": ISS, "sub": "ANNA@example.com"}])),
            "accounts of anna and y look alike",
        ),
        (lambda t: t["persons"][0].update(accounts=[]), "accounts"),
        (lambda t: t["persons"][0]["keys"].append({"public": "nonsense"}), "not an Ed25519 public key"),
        (lambda t: t.update(oncall=[{"group": "g", "persons": ["ghost"], "start": 0}]), "ghost"),
        (
            lambda t: t.update(delegations=[{"giver": "anna", "taker": "anna", "groups": ["g"], "start": 0, "end": 1}]),
            "two different enrolled persons",
        ),
        (lambda t: t.update(nonsense=1), "nonsense"),
    ],
)
def test_a_people_file_that_makes_one_human_two_is_refused(change: Any, reason: str) -> None:
    """Shared accounts or keys, look-alikes, strangers in groups: refused with the reason, at load."""
    tree = people_tree()
    change(tree)
    with pytest.raises(ConfigurationError, match=reason):
        parsed(tree)


def test_lock_outs_are_found_before_they_hurt() -> None:
    """A tier that needs more persons with keys than there are is named, with what it needs."""
    policy = ApprovalPolicy.model_validate(POLICY)
    assert lock_out.lock_outs(parsed(people_tree()), policy, START) == []
    tree = people_tree()
    for entry in tree["persons"]:
        if entry["id"] != "chloe":
            entry["keys"] = []
    found = " ".join(lock_out.lock_outs(parsed(tree), policy, START))
    assert "'double': needs 2 of 'reviewers'" in found
    assert "'high': needs 1 of 'privacy' and 1 of 'security'" in found
    assert "'standard'" not in found


def test_a_file_is_loaded_with_keys_from_beside_it(tmp_path: Path) -> None:
    """YAML with key files gives the canonical document; this host's own keys are added for roles it does not name."""
    signing.create_key(tmp_path / "keys" / "anna.pem")
    signing.create_key(tmp_path / "keys" / "gate.pem", passphrase="secret")
    path = tmp_path / "people.yaml"
    path.write_text(
        "persons:\n- id: anna\n  name: Anna\n  accounts: [{iss: https://id, sub: a}]\n"
        "  keys: [{file: keys/anna.pub}]\ngroups: {reviewers: [anna]}\n"
        "away: [{person: anna, start: '2026-01-01T00:00:00Z', end: 2026-01-02T00:00:00Z}]\n"
    )
    document = people_file.load(path, {"gate": tmp_path / "keys" / "gate.pub"})
    people = people_file.parse(document)
    anna = signing.load_public(tmp_path / "keys" / "anna.pub")
    assert people.persons["anna"].keys[0].key_id == signing.key_id(anna)
    assert list(people.role_keys("gate")) == [signing.key_id(signing.load_public(tmp_path / "keys" / "gate.pub"))]
    assert people.absences[0].end - people.absences[0].start == 86_400_000
    assert canonical.dumps(canonical.loads(document)) == document
    path.write_text("persons: [\n")
    with pytest.raises(ConfigurationError, match="not YAML"):
        people_file.load(path)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        people_file.load(tmp_path / "none.yaml")


def change(name: str, body: dict[str, Any], *signers: str, at: int = START) -> bytes:
    return people_changes.build_change(name, body, signers=[key(s) for s in signers], now_ms=at)


def after(people: People, raw: bytes) -> People:
    return people_changes.apply(people, people_changes.verified(people, raw, START))


NEW = {"id": "gina", "name": "Gina", "accounts": [{"iss": ISS, "sub": "gina"}], "groups": ["reviewers"]} | {
    "keys": [{"public": key("gina").public.hex()}]
}
CLAIM = {"person": "dan", "groups": ["oidc:privacy"], "start": START, "end": START + 3_600_000}
BENS = {"iss": ISS, "sub": account("ben").sub}
LOAN = {"giver": "anna", "taker": "frank", "groups": ["privacy"], "start": START, "end": START + 1}


@pytest.mark.parametrize(
    ("name", "body", "signers", "code"),
    [
        ("enrol", NEW, ("admin", "gina"), ""),
        ("enrol", NEW, ("admin",), "not_authorised"),
        ("enrol", NEW, ("gina",), "not_authorised"),
        ("enrol", NEW, ("admin", "anna"), "not_authorised"),
        ("enrol", NEW | {"id": "anna"}, ("admin", "gina"), "bad_change"),
        ("enrol", NEW | {"nonsense": 1}, ("admin", "gina"), "bad_change"),
        ("account", {"person": "anna", "account": {"iss": ISS, "sub": "alt"}}, ("admin", "anna"), ""),
        ("account", {"person": "anna", "account": {"iss": ISS, "sub": "alt"}}, ("admin",), "not_authorised"),
        ("account", {"person": "anna", "account": {"iss": ISS, "sub": "alt"}}, ("anna",), "not_authorised"),
        (
            "account",
            {"person": "anna", "account": {"iss": ISS, "sub": account("ben").sub}},
            ("admin", "anna"),
            "bad_change",
        ),
        ("key", {"person": "anna", "key": NEW["keys"][0]}, ("admin", "anna", "gina"), ""),
        ("key", {"person": "anna", "key": NEW["keys"][0]}, ("admin", "anna"), "not_authorised"),
        ("delegate", LOAN, ("anna",), ""),
        ("delegate", LOAN, ("admin",), "not_authorised"),
        ("delegate", LOAN, ("frank",), "not_authorised"),
        ("away", {"person": "anna", "start": START, "end": START + 1}, ("admin",), ""),
        ("away", {"person": "anna", "start": START, "end": START + 1}, ("anna",), ""),
        ("away", {"person": "anna", "start": START, "end": START + 1}, ("ben",), "not_authorised"),
        ("group", {"group": "reviewers", "members": ["anna"]}, ("admin",), ""),
        ("group", {"group": "reviewers", "members": ["ghost"]}, ("admin",), "bad_change"),
        ("owns", {"person": "anna", "agents": [{"iss": ISS, "sub": "bot"}]}, ("admin",), ""),
        ("oncall", {"group": "oncall", "persons": ["eve"], "start": START}, ("admin",), ""),
        ("revoke_key", {"key_id": key("ben").key_id}, ("admin",), ""),
        ("revoke_key", {"key_id": "ed25519:none"}, ("admin",), "bad_change"),
        ("revoke_person", {"person": "ben"}, ("admin",), ""),
        ("revoke_person", {"person": "ben"}, ("intake",), "not_authorised"),
        ("service", {"name": "p2", "role": "producer", "public": key("p2").public.hex()}, ("admin", "p2"), ""),
        ("service", {"name": "p2", "role": "producer", "public": key("p2").public.hex()}, ("admin",), "not_authorised"),
        ("claims", CLAIM, ("console",), ""),
        ("claims", CLAIM, ("admin",), "not_authorised"),
        ("claims", CLAIM | {"groups": ["reviewers"]}, ("console",), "bad_change"),
        ("claims", CLAIM | {"end": START + 2 * 86_400_000}, ("console",), "bad_change"),
        ("claims", CLAIM | {"person": "ghost"}, ("console",), "bad_change"),
        ("group", {"group": "oidc:privacy", "members": ["anna"]}, ("admin",), "bad_change"),
        ("nonsense", {}, ("admin",), "malformed_change"),
    ],
)
def test_who_may_change_the_registry(name: str, body: dict[str, Any], signers: tuple[str, ...], code: str) -> None:
    """Each change needs its signatures: the admin's, a new key's own, and for a link one the person already has."""
    people = parsed(people_tree())
    if not code:
        assert after(people, change(name, body, *signers)).version == people.version + 1
        return
    with pytest.raises(RefusedError) as refused:
        after(people, change(name, body, *signers))
    assert refused.value.code == code


def test_a_change_counts_once_and_not_late() -> None:
    """The same signed change again, or one signed days ago, is refused; two admins are two."""
    people = parsed(people_tree())
    raw = change("enrol", NEW, "admin", "gina")
    grown = after(people, raw)
    assert grown.voter(key("gina").key_id)
    assert "gina" in grown.members("reviewers", START)
    with pytest.raises(RefusedError, match="made before"):
        after(grown, raw)
    with pytest.raises(RefusedError, match="more than a day"):
        after(people, change("enrol", NEW, "admin", "gina", at=START - 2 * 86_400_000))
    two = parsed(people_tree(admin_n=2))
    with pytest.raises(RefusedError, match="2 admin"):
        after(two, change("group", {"group": "g", "members": ["anna"]}, "admin"))


def test_groups_of_an_identity_provider_hold_until_the_sign_in_is_over() -> None:
    """Claims give their groups for their time, the next sign-in replaces them, and a quorum may ask for them."""
    people = after(parsed(people_tree()), change("claims", CLAIM, "console"))
    assert "oidc:privacy" in people.groups_of("dan", START)
    assert people.members("oidc:privacy", START) == ("dan",)
    assert "oidc:privacy" not in people.groups_of("dan", START + 3_600_000)
    people = after(people, change("claims", CLAIM | {"groups": ["oidc:other"]}, "console"))
    assert people.groups_of("dan", START) == ("reviewers", "oidc:other")
    rules = json.loads(json.dumps(POLICY))
    rules["tiers"]["high"]["quorum"]["all_of"] = [{"group": "oidc:privacy"}]
    assert lock_out.lock_outs(people, ApprovalPolicy.model_validate(rules), START) == []


def test_a_revoked_key_or_person_never_comes_back() -> None:
    """Revocation is for ever: neither the key nor the person id can be enrolled again."""
    people = after(parsed(people_tree()), change("revoke_person", {"person": "ben"}, "admin"))
    assert people.voter(key("ben").key_id) is None
    assert "ben" not in people.members("reviewers", START)
    body = {"person": "anna", "key": {"public": key("ben").public.hex()}}
    with pytest.raises(RefusedError, match="revoked"):
        after(people, change("key", body, "admin", "anna", "ben"))
    again = NEW | {"id": "ben"}
    with pytest.raises(RefusedError, match="given before"):
        after(people, change("enrol", again, "admin", "gina"))


def test_present_members_leave_out_who_is_away_and_add_who_stands_in() -> None:
    """Whom to tell now: members who are here, and those to whom an absent one lent the vote."""
    tree = people_tree(away=[{"person": "anna", "start": 0, "end": 1 << 44}])
    tree["delegations"] = [LOAN | {"start": 0, "end": 1 << 44}]
    people = parsed(tree)
    assert people.members("privacy", START) == ("anna", "chloe")
    assert people.members("privacy", START, present=True) == ("chloe", "frank")


def votes_of(*persons: str) -> list[Vote]:
    return [Vote(p, "approve", (), key(p).key_id, "cli", START, p * 16) for p in persons]


@pytest.mark.parametrize(
    ("slots", "voters", "good"),
    [
        ([("privacy", 1), ("security", 1)], ["chloe"], False),
        ([("privacy", 1), ("security", 1)], ["chloe", "anna"], True),
        ([("privacy", 1), ("security", 1)], ["anna", "chloe"], True),
        ([("privacy", 1), ("security", 1)], ["anna", "dan"], False),
        ([("reviewers", 2), ("privacy", 1)], ["anna", "chloe"], False),
        ([("reviewers", 2), ("privacy", 1)], ["anna", "chloe", "dan"], True),
        ([("reviewers", 3)], ["anna", "anna", "anna"], False),
        ([("leads", 1)], ["stranger"], False),
        ([], ["anna"], False),
    ],
)
def test_persons_are_matched_to_slots(slots: list[tuple[str, int]], voters: list[str], good: bool) -> None:
    """Each person fills one slot, whichever makes the quorum work; nobody fills an empty quorum."""
    people = parsed(people_tree())
    wanted = Quorum(tuple(Slot(g, n) for g, n in slots), 1)
    assert quorum.standing(people, wanted, Exclusions(), votes_of(*voters), START).approved is good


def test_a_lender_who_votes_lends_nothing() -> None:
    """A loan counts once: not beside the giver's own vote, not for two takers."""
    tree = people_tree()
    loan = {"giver": "dan", "groups": ["reviewers"], "start": 0, "end": 1 << 44}
    tree["delegations"] = [loan | {"taker": "frank"}]
    people = parsed(tree)
    two = Quorum((Slot("reviewers", 2),), 1)
    assert not quorum.standing(people, two, Exclusions(), votes_of("dan", "frank"), START).approved
    assert quorum.standing(people, two, Exclusions(), votes_of("anna", "frank"), START).approved


def test_accounts_are_compared_byte_for_byte() -> None:
    """Another case or composition of an account is another account."""
    people = parsed(people_tree())
    assert people.person_of(account("anna")) == "anna"
    assert people.person_of(Principal(ISS, "ANNA@example.com")) == ""
    assert people.person_of(Principal(ISS + "/", account("anna").sub)) == ""


@pytest.mark.parametrize(
    ("a", "b"),
    [("paypal", "раураl"), ("Anna", "ANNA"), ("ANNA", "АNNА"), ("rnary", "mary"), ("ﬁne", "fine"), ("o0", "oo")],
)
def test_look_alikes_have_one_skeleton(a: str, b: str) -> None:
    """Names that a reader can take for each other fold to the same text; others do not."""
    assert confusables.skeleton(a) == confusables.skeleton(b)
    assert confusables.skeleton("anna") != confusables.skeleton("hanna")


def test_words_of_two_scripts_are_noticed() -> None:
    """One word of Latin and Cyrillic letters is flagged; two words of one script each are not."""
    assert confusables.mixes_scripts("Аnna")
    assert not confusables.mixes_scripts("Anna Мария")
