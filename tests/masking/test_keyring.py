"""Keys: created, kept safe, rotated, retired; tokens open with the right key only."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest

from maskgate.base.errors import ConfigurationError, KeyringError, RecordError, WorldError
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.kms import FileKms, VaultTransit
from maskgate.masking.valuemac import search_macs, value_mac
from maskgate.operators.encrypt import Encrypt
from maskgate.operators.tokenize import Tokenize, open_token


def test_create_and_load(tmp_path: Path) -> None:
    """A created keyring has one key a purpose, is readable by its owner only, and loads the same."""
    ring = Keyring.create(tmp_path)
    file = tmp_path / "keys" / "keyring.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = Keyring.load(tmp_path)
    assert [k.id for k in again.every()] == [k.id for k in ring.every()]
    assert {k.purpose for k in again.every()} == {"mask", "lineage", "item"}
    assert again.key("mask").secret == ring.key("mask").secret
    with pytest.raises(KeyringError, match="exists"):
        Keyring.create(tmp_path)


def test_no_repr_shows_a_secret(tmp_path: Path) -> None:
    """Neither a key nor a keyring prints its secret."""
    ring = Keyring.create(tmp_path)
    assert ring.key("mask").secret.hex()[:16] not in repr(ring.key("mask"))
    assert str(ring.key("mask").secret)[2:12] not in repr(ring.every())


def _file(**changes: Any) -> str:
    entry = {"id": "a", "purpose": "mask", "created": "", "state": "active", "secret": "QUFB" * 12} | changes
    return json.dumps({"version": 1, "keys": [{k: v for k, v in entry.items() if v is not None}]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nope", "not a keyring"),
        ('{"version": 2, "keys": []}', "not a keyring"),
        (_file(id=None), "an entry needs"),
        (_file(secret="eA=="), "shorter"),
        (_file(secret="%%%"), "an entry needs"),
        (_file(purpose="x"), "unknown purpose"),
        (_file(state="x"), "unknown purpose or state"),
        (_file(secret=None, wrapped="x"), "no 'kms'"),
        ('{"version": 1, "kms": {"kind": "cloud"}, "keys": []}', "kind: vault"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """A damaged keyring is a configuration error that names the file."""
    file = tmp_path / "ring.json"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigurationError, match=message):
        Keyring.load(file)


def test_open_files_and_missing_ones_are_refused(tmp_path: Path) -> None:
    """A file that others may read, or none at all, says what to do."""
    with pytest.raises(KeyringError, match="maskgate keys create"):
        Keyring.load(tmp_path)
    file = Keyring.create(tmp_path).path
    assert file is not None
    file.chmod(0o644)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.load(tmp_path)


def test_environment_holds_the_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MASKGATE_KEYRING beats the file."""
    ring = Keyring.create(tmp_path / "a")
    monkeypatch.setenv("MASKGATE_KEYRING", ring.dump())
    assert Keyring.load(tmp_path / "nowhere").key("mask") == ring.key("mask")


def test_rotation_keeps_old_tokens_open(tmp_path: Path) -> None:
    """After rotation new tokens have the new key, old ones open; after retirement they do not."""
    ring = Keyring.create(tmp_path)
    for action in (Tokenize(), Encrypt()):
        old = action.bind("PERSON", ring)("Jane", "")
        ring.rotate("mask")
        ring.save()
        ring = Keyring.load(tmp_path)
        new = action.bind("PERSON", ring)("Jane", "")
        assert new.split(".")[1] != old.split(".")[1]
        assert open_token(old, ring) == open_token(new, ring) == ("PERSON", "Jane")
        ring.retire(old.split(".")[1].partition("-")[0])
        with pytest.raises(KeyringError, match="retired"):
            open_token(old, ring)


def test_active_keys_cannot_be_retired_and_unknown_ones_are_named() -> None:
    """Retiring needs a rotation first."""
    ring = Keyring.fresh()
    with pytest.raises(KeyringError, match="rotate"):
        ring.retire(ring.key("mask").id)
    with pytest.raises(KeyringError, match="no key 12345678"):
        ring.retire("12345678")
    with pytest.raises(KeyringError, match="no key 12345678"):
        ring.key("mask", "12345678")


@pytest.mark.parametrize("action", [Tokenize(), Encrypt()])
def test_changed_cut_and_foreign_tokens_do_not_open(action: Any) -> None:
    """A token that was changed, cut, spelled otherwise, or made by another keyring raises and shows nothing."""
    ring = Keyring.fresh()
    token = action.bind("PERSON", ring)("Jane Whitfield", "")
    at = len(token) - 5
    for bad in (
        token[:-1],
        token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :],
        token + "A",
        token + "=",
    ):
        with pytest.raises(RecordError, match="bad_token") as caught:
            open_token(bad, ring)
        assert "Whitfield" not in str(caught.value)
    with pytest.raises(KeyringError, match="does not have it"):
        open_token(token, Keyring.fresh())
    with pytest.raises(RecordError, match="bad_token"):
        open_token("mg1.x", ring)


def test_file_kms_wraps_the_secrets(tmp_path: Path) -> None:
    """With a wrapping key the file holds no secret; another wrapping key does not open it."""
    kms = FileKms.create(tmp_path / "wrap.key")
    ring = Keyring.create(tmp_path, kms)
    text = (tmp_path / "keys" / "keyring.json").read_text()
    assert '"secret"' not in text
    assert Keyring.load(tmp_path).key("mask") == ring.key("mask")
    (tmp_path / "wrap.key").write_bytes(bytes(32))
    with pytest.raises(KeyringError, match="does not open"):
        Keyring.load(tmp_path)
    (tmp_path / "wrap.key").unlink()
    with pytest.raises(KeyringError, match="cannot be read"):
        Keyring.load(tmp_path)


def _vault(answers: list[httpx.Response], seen: list[httpx.Request]) -> httpx.Client:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers.pop(0)

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_vault_transit_wraps_and_unwraps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets go to the transit engine in base64 with the token in its header, and come back."""
    monkeypatch.setenv("VAULT_TOKEN", "t0ken")
    seen: list[httpx.Request] = []
    client = _vault(
        [
            httpx.Response(200, json={"data": {"ciphertext": "vault:v1:abc"}}),
            httpx.Response(200, json={"data": {"plaintext": "c2VjcmV0"}}),
        ],
        seen,
    )
    kms = VaultTransit("https://vault.test/", "maskgate", client)
    assert kms.wrap(b"secret") == "vault:v1:abc"
    assert kms.unwrap("vault:v1:abc") == b"secret"
    assert str(seen[0].url) == "https://vault.test/v1/transit/encrypt/maskgate"
    assert json.loads(seen[0].content) == {"plaintext": "c2VjcmV0"}
    assert str(seen[1].url) == "https://vault.test/v1/transit/decrypt/maskgate"
    assert seen[1].headers["X-Vault-Token"] == "t0ken"
    assert kms.describe() == {"kind": "vault", "address": "https://vault.test", "key": "maskgate"}


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(403, text="t0ken secret"), httpx.Response(200, text="<html>"), httpx.Response(200, json=[])],
)
def test_a_vault_that_refuses_is_the_worlds_fault(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> None:
    """A refusal or a strange answer stops with exit 3 and shows neither token nor body."""
    monkeypatch.setenv("VAULT_TOKEN", "t0ken")
    with pytest.raises(WorldError) as caught:
        VaultTransit("https://vault.test", "k", _vault([answer], [])).wrap(b"x")
    assert "t0ken" not in str(caught.value)


def test_a_vault_needs_a_token() -> None:
    """Without VAULT_TOKEN the set-up is wrong."""
    with pytest.raises(ConfigurationError, match="VAULT_TOKEN"):
        VaultTransit("https://vault.test", "k", _vault([], [])).wrap(b"x")


def test_value_macs_find_spellings_of_one_value() -> None:
    """Letter case, width and spaces do not matter, separators of numbers neither; old lineage keys are searched."""
    ring = Keyring.fresh()
    mac = value_mac(ring)
    assert mac("PERSON", "Jane  DOE") == mac("PERSON", " jane doe ") == mac("OTHER", "Ｊane Doe")
    assert mac("CREDIT_CARD", "4111 1111-1111 1111") == mac("CREDIT_CARD", "4111111111111111")
    assert mac("PERSON", "Jane Doe") != mac("PERSON", "Jane Roe")
    assert mac("CREDIT_CARD", "4111 1111 1111 1111") in search_macs(ring, "4111111111111111")
    old = mac("EMAIL_ADDRESS", "a@b.org")
    ring.rotate("lineage")
    assert old in search_macs(ring, "A@B.org")
    assert value_mac(ring)("EMAIL_ADDRESS", "a@b.org") != old
    assert value_mac(ring)("EMAIL_ADDRESS", "a@b.org") in search_macs(ring, "a@b.org")


def test_a_lost_keyring_is_not_made_again(tmp_path: Path) -> None:
    """On first use one is made; where one was used, only a person begins with other keys."""
    first = Keyring.load_or_create(tmp_path)
    Keyring.file(tmp_path).unlink()
    with pytest.raises(KeyringError, match="restore it"):
        Keyring.load_or_create(tmp_path)
    assert not Keyring.file(tmp_path).exists()
    first.save()
    assert Keyring.load_or_create(tmp_path).key("mask").secret == first.key("mask").secret
    Keyring.file(tmp_path).unlink()
    Keyring.create(tmp_path)
    Keyring.load_or_create(tmp_path)
