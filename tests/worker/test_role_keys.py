"""The private keys of the roles: locked by a passphrase, wrapped, or in a Vault; one interface for all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fakes import key_services
from fakes.fake_vault import TOKEN, FakeVault
from maskgate.base import filemodes
from maskgate.base.config import Settings
from maskgate.base.errors import ConfigurationError, WorldError
from maskgate.base.records import FieldUse, Held, Record
from maskgate.cli import cli
from maskgate.crypto import role_keys, sealing, signing
from maskgate.crypto.keyring import Keyring
from maskgate.doctor import Scope
from maskgate.doctor.local import keys as doctor_keys
from maskgate.gate.keys import load_keys
from maskgate.worker import batch, context

EXPORT = {"destination": "default", "topic": "t.released", "rule": "r", "verb": "export"}
HELD = Held(b'{"a": 1}', b"k", (), (FieldUse("/a", "EMAIL_ADDRESS", "hash", "d", 1.0, 1),), EXPORT)


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVault]:
    """A Vault whose token this process has."""
    monkeypatch.setenv("VAULT_TOKEN", TOKEN)
    running = FakeVault()
    yield running
    running.stop()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state folder with a keyring."""
    Keyring.create(tmp_path / "state")
    return tmp_path / "state"


def settings(state: Path, **keys: Any) -> Settings:
    """Settings with this ``keys`` section."""
    tree = {"pipeline": {"state_dir": state, "topics": ["t"]}, "keys": keys, "detection": {"model": "none"}}
    return Settings.model_validate(tree)


def create(state: Path, name: str, *options: str) -> None:
    """`maskgate keys create NAME`."""
    result = CliRunner().invoke(cli, ["keys", "create", name, "--keyring", str(state), *options])
    assert result.exit_code == 0, (result.output, result.exception)


def secret(path: Path, text: str) -> Path:
    """A file that only its owner reads."""
    filemodes.write_secret(path, text.encode())
    return path


WAYS = [
    "passphrase file",
    "credential",
    "credential of the name",
    "wrapped by a file",
    "wrapped by a Vault",
    "in a Vault",
    "wrapped by AWS KMS",
    "in a PKCS #11 token",
]


@pytest.fixture
def arn(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key of AWS KMS."""
    yield from key_services.aws_kms(monkeypatch)


def made(way: str, state: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Keys of pipeline, gate and seal, kept in this way; the settings that open them."""
    options: list[str] = []
    keys: dict[str, Any] = {}
    if way in ("passphrase file", "credential", "credential of the name"):
        options = ["--passphrase-file", str(secret(state.parent / "pass", "correct horse"))]
    if way == "passphrase file":
        keys = {"passphrase_file": state.parent / "pass"}
    elif way.startswith("credential"):
        for name in ("pipeline", "gate", "gate-seal"):
            end = f"-{name}" if way.endswith("name") else ""
            secret(state.parent / "credentials" / f"maskgate-passphrase{end}", "correct horse")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(state.parent / "credentials"))
    elif way == "wrapped by a file":
        options = ["--wrapping-key", str(state.parent / "wrapping")]
    elif way == "wrapped by AWS KMS":
        options = ["--aws-kms", request.getfixturevalue("arn")]
    elif way == "in a PKCS #11 token":
        keys = {"in_pkcs11": {name: key_services.place().uri() for name in ("pipeline", "gate")}}
    else:
        vault = request.getfixturevalue("vault")
        options = ["--vault", vault.address]
    for name in ("pipeline", "gate", "gate-seal"):
        if way == "in a PKCS #11 token":
            options = ["--pkcs11", keys["in_pkcs11"].get(name) or key_services.place().uri()]
        if way == "wrapped by a Vault" and name != "gate-seal":
            signer = signing.generate()
            from maskgate.crypto.kms import VaultTransit

            role_keys.wrap(state / "keys", name, signer._key, VaultTransit(vault.address, "maskgate"))
        else:
            create(state, name, *options)
    if way == "in a Vault":
        keys = {"vault": vault.address, "in_vault": {n: f"maskgate-{n}" for n in ("pipeline", "gate")}}
    return settings(state, **keys)


@pytest.mark.parametrize("way", WAYS)
def test_roles_sign_and_unseal_with_keys_kept_in_every_way(
    way: str, state: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worker and gate start, the item is signed and sealed by the enrolled identity, and the gate opens it."""
    found = made(way, state, request, monkeypatch)
    filemodes.write_public(state / "keys" / "intake.pub", signing.public_pem(signing.generate().public).encode())
    parts = context.build(found, library=True)
    public = signing.load_public(state / "keys" / "pipeline.pub")
    assert parts.signer is not None and parts.signer.public == public
    raw = signing.seal("x", b"payload", [parts.signer])
    assert signing.verify(signing.parse(raw), {parts.signer.key_id: public}) == (parts.signer.key_id,)
    keys = load_keys(found)
    assert keys.signer.public == signing.load_public(state / "keys" / "gate.pub")
    sealed = sealing.seal(b"original", sealing.load_seal_public(state / "keys" / "gate-seal.pub"), "item")
    assert keys.unseal is not None and sealing.unseal(sealed, keys.unseal, "item") == b"original"
    lines = list(doctor_keys(Scope(found, ("mask", "gate"))))
    assert {line.status for line in lines} == {"ok"}
    plain = [path for path in (state / "keys").iterdir() if b"BEGIN PRIVATE KEY" in path.read_bytes()]
    assert plain == []  # no private key lies there unlocked


@pytest.mark.parametrize("name", ["pipeline", "gate", "intake"])
def test_a_locked_key_without_a_passphrase_says_where_it_may_come_from(state: Path, name: str) -> None:
    """Neither a setting nor a credential: the error names both, and never asks on a terminal."""
    create(state, name, "--passphrase-file", str(secret(state.parent / "pass", "correct horse")))
    with pytest.raises(ConfigurationError, match=r"keys\.passphrase_file .*LoadCredential"):
        role_keys.signer(settings(state), name)
    wrong = secret(state.parent / "wrong", "battery staple")
    with pytest.raises(ConfigurationError, match="the passphrase does not open it"):
        role_keys.signer(settings(state, passphrase_file=wrong), name)


def test_a_passphrase_file_that_others_read_is_refused(state: Path) -> None:
    """As every secret: with the command that mends it."""
    create(state, "gate", "--passphrase-file", str(secret(state.parent / "pass", "correct horse")))
    (state.parent / "pass").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        role_keys.signer(settings(state, passphrase_file=state.parent / "pass"), "gate")


def test_a_rotation_inside_the_vault_changes_no_identity(state: Path, vault: FakeVault) -> None:
    """The version whose public half stands beside signs on; another public half is refused."""
    create(state, "pipeline", "--vault", vault.address)
    before = signing.load_public(state / "keys" / "pipeline.pub")
    vault.rotate("maskgate-pipeline")
    found = settings(state, vault=vault.address, in_vault={"pipeline": "maskgate-pipeline"})
    signer = role_keys.signer(found, "pipeline")
    assert signer is not None and signer.public == before
    signing.Ed25519PublicKey.from_public_bytes(before).verify(signer.sign(b"x"), b"x")
    (state / "keys" / "pipeline.pub").write_text(signing.public_pem(signing.generate().public))
    with pytest.raises(ConfigurationError, match="no version with the public half"):
        role_keys.signer(found, "pipeline")


def test_a_signature_by_another_key_is_not_used(state: Path, vault: FakeVault) -> None:
    """A Vault (or somebody in its place) that signs with another key is found out before anything is written."""
    create(state, "gate", "--vault", vault.address)
    signer = role_keys.signer(settings(state, vault=vault.address, in_vault={"gate": "maskgate-gate"}), "gate")
    vault.keys["maskgate-gate"] = []
    vault.rotate("maskgate-gate")
    assert signer is not None
    with pytest.raises(WorldError, match="not one of the key"):
        signer.sign(b"x")


def test_a_vault_that_is_away_ends_the_worker_and_dead_letters_nothing(state: Path, vault: FakeVault) -> None:
    """It is not the record's fault: nothing of the batch counts, and it is read again."""
    create(state, "pipeline", "--vault", vault.address)
    found = settings(state, vault=vault.address, in_vault={"pipeline": "maskgate-pipeline"})
    parts = context.build(found, library=True)
    from maskgate.worker.origin import from_policy

    kit = batch.Kit(
        parts.masker, parts.policy.ref, "d", {}, parts.item_keys, parts.mac_key, parts.signer, from_policy(None, {})
    )
    assert batch.Writer(kit).add(Record("t", 0, 1, b"{}"), HELD) is HELD
    vault.sealed = True
    with pytest.raises(WorldError, match="refused to sign with status 503"):
        batch.Writer(kit).add(Record("t", 0, 2, b"{}"), HELD)


@pytest.mark.parametrize("token", ["", "s.another"])
def test_a_wrong_token_is_no_key(state: Path, vault: FakeVault, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the token nothing signs, and the message does not hold it."""
    create(state, "pipeline", "--vault", vault.address)
    monkeypatch.setenv("VAULT_TOKEN", token)
    found = settings(state, vault=vault.address, in_vault={"pipeline": "maskgate-pipeline"})
    with pytest.raises((ConfigurationError, WorldError)) as caught:
        role_keys.signer(found, "pipeline")
    assert "s.another" not in str(caught.value)


def test_no_option_takes_a_passphrase(state: Path) -> None:
    """A passphrase or token never stands in a command line, where others read it."""
    told = CliRunner().invoke(cli, ["keys", "create", "--help"]).stdout
    words = [word.strip(",") for word in told.split() if word.startswith("--")]
    assert "--passphrase-file" in words
    assert not {"--passphrase", "--password", "--token", "--vault-token"} & set(words)
    listed = json.dumps(Settings.model_json_schema())
    assert '"passphrase"' not in listed
