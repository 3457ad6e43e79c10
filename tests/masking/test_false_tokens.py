"""What is written like a token of ours and does not open is text like any other, at every door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import maskgate
from maskgate.base.records import Record
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.masking import foreign
from maskgate.operators.tokenize import TOKEN

SECRET = "sk_live_51HqLyjWDarjtT1zdp7dcXYZ"
FALSE = [f"mg1.{key_id}.{SECRET}" for key_id in ("00000000", "00000000-e", "zz")]
LINES = {
    "ndjson": ('{"api_key": "%s"}\n', ()),
    "in a sentence": ('{"note": "see %s, please"}\n', ()),
    "in a member's name": ('{"%s": 1}\n', ()),
    "escaped": ('{"note": "\\u006dg1%s"}\n', ()),
    "plain text": ("see %s, please\n", ("--text",)),
    "csv": ("name,note\nx,%s\n", ("--format", "csv")),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keyring lies here."""
    monkeypatch.chdir(tmp_path)


def masked(line: str, options: tuple[str, ...] = ()) -> str:
    """What `maskgate mask` makes of it without a keyring."""
    Path("in").write_text(line)
    cli.main(["mask", "in", "-o", "out", *options], standalone_mode=False)
    return Path("out").read_text()


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("token", FALSE)
def test_mask_without_a_keyring_passes_none(form: str, token: str) -> None:
    """The form of a token proves nothing where no key opens it: what it hides is masked."""
    line, options = LINES[form]
    text = masked(line % (token.removeprefix("mg1") if form == "escaped" else token), options)
    assert SECRET not in text and text.strip()


def test_a_token_of_another_run_is_masked_once_more() -> None:
    """The keys of one run are gone with it; with a keyring, masking twice is masking once."""
    line = '{"mail": "ann.archer@acme-corp.com"}\n'
    Path("p.yaml").write_text("default: tokenize\n")
    policy = ("--policy", "p.yaml")
    once = masked(line, policy)
    assert TOKEN.search(once) and masked(once, policy) != once
    Keyring.create("state")
    keyring = (*policy, "--keyring", "state")
    assert masked(once := masked(line, keyring), keyring) == once


@pytest.mark.parametrize("token", FALSE)
def test_the_library_and_the_worker_pass_none(token: str) -> None:
    """One step serves both: values, keys and headers."""
    Keyring.create("state")
    gate = maskgate.load(keyring="state", model="none")
    value = json.dumps({"a": token, "b": [f"see {token}"]}).encode()
    found = gate.mask_records([Record("t", 0, 0, value, token.encode(), (("h", token.encode()),))])[0]
    assert SECRET not in repr((found.value, found.key, found.headers))


def test_they_pass_without_the_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detection never looks into what has the form of a token."""
    monkeypatch.setattr(foreign, "_one_opens", lambda *_: True)
    assert SECRET in masked(LINES["ndjson"][0] % FALSE[0])
