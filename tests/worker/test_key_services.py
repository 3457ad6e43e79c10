"""Keys in AWS KMS and in a PKCS #11 token, as two services serve them here: what they open, and what they refuse."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes import key_services
from maskgate.base import filemodes
from maskgate.base.config import Keys
from maskgate.base.errors import ConfigurationError, KeyringError, MaskgateError, WorldError
from maskgate.cli import cli
from maskgate.crypto import hsm, signing
from maskgate.crypto.aws_kms import AwsKms
from maskgate.crypto.hsm import Place
from maskgate.crypto.hsm_keys import HsmKms, HsmSigner
from maskgate.crypto.keyring import Keyring
from maskgate.crypto.kms import Kms, open_kms

TRY = """
import sys
from maskgate.base.errors import MaskgateError
from maskgate.crypto.hsm_keys import HsmKms, Place
for uri in sys.argv[1:]:
    try:
        HsmKms(Place.parse(uri)).wrap(b"x")
    except MaskgateError as error:
        print(error)
"""
SECRET = b"thirty-two bytes of some secret."


@pytest.fixture
def arn(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A key of AWS KMS."""
    yield from key_services.aws_kms(monkeypatch)


@pytest.fixture
def place() -> Place:
    """A place of this test's own in the token."""
    return key_services.place()


@pytest.fixture(params=["aws", "pkcs11"])
def kms(request: pytest.FixtureRequest) -> Kms:
    """A service that wraps."""
    if request.param == "aws":
        return AwsKms(request.getfixturevalue("arn"))
    return HsmKms(request.getfixturevalue("place"))


def run(*arguments: str) -> tuple[int, str]:
    """`maskgate keys ...`."""
    done = CliRunner().invoke(cli, ["keys", *arguments])
    return done.exit_code, f"{done.output} {done.exception or ''}"


def test_a_keyring_is_wrapped_and_opened_again(kms: Kms, tmp_path: Path) -> None:
    """The file names the service and holds ciphertext; it rotates, and every secret comes back."""
    made = Keyring.create(tmp_path, kms)
    text = made.path.read_text() if made.path else ""
    assert '"wrapped"' in text and '"secret"' not in text
    loaded = Keyring.load(tmp_path)
    assert [k.secret for k in loaded.every()] == [k.secret for k in made.every()]
    new = loaded.rotate("mask")
    loaded.save()
    assert Keyring.load(tmp_path).key("mask").secret == new.secret
    assert open_kms(kms.describe()).unwrap(kms.wrap(SECRET)) == SECRET


def test_what_was_changed_or_wrapped_elsewhere_does_not_open(kms: Kms) -> None:
    """A clear error of ours, whatever the service says; nothing of the secret is in it."""
    wrapped = kms.wrap(SECRET)
    for wrong in ("", "AAAA", "nothing!", wrapped[:-8] + "AAAAAAA=", "A" * 200):
        with pytest.raises(MaskgateError) as caught:
            kms.unwrap(wrong)
        assert SECRET.decode() not in str(caught.value)


def test_the_key_of_aws_is_pinned(arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is not there, no region, no credentials, no answer: each says what it is."""
    wrapped = AwsKms(arn).wrap(SECRET)
    with pytest.raises(KeyringError, match="NotFound"):
        AwsKms(arn[:-4] + "0000").unwrap(wrapped)
    with pytest.raises(ConfigurationError, match="a region"):
        AwsKms("alias/maskgate").wrap(SECRET)
    with pytest.raises(ConfigurationError, match="needs a key"):
        AwsKms("")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:9")
    with pytest.raises(WorldError, match="no answer to decrypt"):
        AwsKms(arn).unwrap(wrapped)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(ConfigurationError, match="no credentials"):
        AwsKms(arn).unwrap(wrapped)


def test_a_key_made_in_the_token_cannot_be_read_out_of_it(place: Place, tmp_path: Path) -> None:
    """Signing and wrapping keys are sensitive and not extractable; the signature is one of the published half."""
    signer = HsmSigner.create(place.uri(), "unused", tmp_path / "gate.pub")
    data = os.urandom(100_000)
    signing.Ed25519PublicKey.from_public_bytes(signing.load_public(tmp_path / "gate.pub")).verify(
        signer.sign(data), data
    )
    HsmKms(place).wrap(SECRET)
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import PKCS11Error

    named = {Attribute.LABEL: place.label}

    def closed(session: object) -> None:
        kinds = (ObjectClass.PRIVATE_KEY, ObjectClass.SECRET_KEY)
        keys = [key for kind in kinds for key in session.get_objects({Attribute.CLASS: kind, **named})]  # type: ignore[attr-defined]
        assert len(keys) == 2
        for key in keys:
            assert key[Attribute.SENSITIVE] and not key[Attribute.EXTRACTABLE] and key[Attribute.PRIVATE]
            with pytest.raises(PKCS11Error):
                _ = key[Attribute.VALUE]

    hsm.use(place, closed)


def test_a_role_signs_as_the_identity_that_is_pinned(place: Place, tmp_path: Path) -> None:
    """Another key under the same label is another identity: the role does not start, and no signature of it is used."""
    public = tmp_path / "pipeline.pub"
    uri = place.uri()
    HsmSigner.create(uri, "pipeline", public)
    signer = HsmSigner.pinned(uri, public)
    assert signer.key_id == signing.key_id(signing.load_public(public))
    with pytest.raises(ConfigurationError, match="there is a key already"):
        HsmSigner.create(uri, "pipeline", tmp_path / "other.pub")
    public.write_text(signing.public_pem(signing.generate().public))
    with pytest.raises(ConfigurationError, match="has not the public half"):
        HsmSigner.pinned(uri, public)
    with pytest.raises(WorldError, match="not one of this key"):
        replace(signer, public=signing.generate().public).sign(b"x")


def test_a_forked_process_opens_a_session_of_its_own(place: Place, tmp_path: Path) -> None:
    """Workers are forked from a parent that opened the key: both go on signing."""
    signer = HsmSigner.create(place.uri(), "pipeline", tmp_path / "pipeline.pub")
    signer.sign(b"before")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            wrapped = HsmKms(place).wrap(SECRET)
            good = HsmKms(place).unwrap(wrapped) == SECRET
            code = 0 if good and len(signer.sign(b"child")) == 64 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(signer.sign(b"after")) == 64


def test_a_wrong_pin_token_or_module_is_named(place: Place, tmp_path: Path) -> None:
    """What to look at, and never the PIN; in a process that has not opened the token."""
    filemodes.write_secret(tmp_path / "wrong", b"0000-wrong")
    filemodes.write_secret(tmp_path / "open", b"0000-wrong")
    (tmp_path / "open").chmod(0o644)
    cases = {
        "the PIN does not open it": replace(place, pin_file=str(tmp_path / "wrong")),
        "no such token": replace(place, token="nowhere"),
        "no such PKCS #11 module": replace(place, module="/nowhere.so"),
        "the token failed": replace(place, module=__file__),
        "cannot read the passphrase": replace(place, pin_file="/nowhere"),
        "chmod 600": replace(place, pin_file=str(tmp_path / "open")),
    }
    done = subprocess.run(
        [sys.executable, "-c", TRY, *(wrong.uri() for wrong in cases.values())], capture_output=True, text=True
    )
    told = done.stdout.splitlines()
    assert len(told) == len(cases) and "0000-wrong" not in done.stdout + done.stderr, done.stderr
    for why, line in zip(cases, told, strict=True):
        assert why in line


@pytest.mark.parametrize(
    ("uri", "why"),
    [
        ("pkcs11:token=a;object=b?module-path=/m&pin-value=1234", "never stands in a setting"),
        ("pkcs11:token=a?module-path=/m&pin-source=/p", "needs a token, an object"),
        ("pkcs11:token=a;object=b?pin-source=/p", "needs a token, an object"),
        ("pkcs11:token=a;token=b;object=c?module-path=/m&pin-source=/p", "not a PKCS #11 URI"),
        ("pkcs11:slot-id=0;object=c?module-path=/m&pin-source=/p", "not a PKCS #11 URI"),
        ("token=a;object=c?module-path=/m&pin-source=/p", "not a PKCS #11 URI"),
    ],
)
def test_a_uri_says_all_of_it_and_no_pin(uri: str, why: str) -> None:
    """RFC 7512, with what is needed to open the key and no more; the error does not repeat what was written."""
    with pytest.raises(ConfigurationError, match=why) as caught:
        Place.parse(uri)
    assert "1234" not in str(caught.value)


def test_a_uri_is_read_back_as_it_was_written() -> None:
    """Spaces and signs of labels and paths are escaped."""
    place = Place("/usr/lib/my module.so", "a;b?c=d", "ä b&c", "/run/pin file")
    assert Place.parse(place.uri()) == place
    assert Place.parse("pkcs11:token=t?module-path=/m&pin-source=file:/p", "l") == Place("/m", "t", "l", "/p")


def test_a_role_has_one_key() -> None:
    """Which of two would sign is not left to the order in which we look."""
    with pytest.raises(ValueError, match="both name gate"):
        Keys(in_vault={"gate": "g", "pipeline": "p"}, in_pkcs11={"gate": "u"})


def test_only_one_service_keeps_a_key(tmp_path: Path) -> None:
    """Two ways to keep one key exclude each other, for the keyring as well."""
    for name in ("gate", "keyring"):
        code, told = run("create", name, "--keyring", str(tmp_path), "--aws-kms", "k", "--pkcs11", "pkcs11:x")
        assert code != 0 and "exclude each other" in told
    assert not list(tmp_path.iterdir())
