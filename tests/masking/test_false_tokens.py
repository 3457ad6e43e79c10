"""What is written like a token of ours and does not open is text like any other, at every door."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

import maskgate
from maskgate.base.records import Record
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.masking import foreign
from maskgate.operators.tokenize import TOKEN
from maskgate_detectors import Engine, EngineConfig
from maskgate_detectors.text import detect

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


ENCODED = {
    "base64": lambda t: {"note": base64.b64encode(f"see {t}, please".encode()).decode()},
    "hex": lambda t: {"note": t.encode().hex()},
    "gzip": lambda t: {"note": base64.b64encode(gzip.compress(f"see {t}".encode())).decode()},
    "json in a string": lambda t: {"note": json.dumps({"k": t})},
    "escaped in json in a string": lambda t: {"note": json.dumps({"k": t}).replace("mg1", "\\u006dg1")},
    "base64 in json in json": lambda t: {
        "note": json.dumps({"k": json.dumps([base64.b64encode(t.encode()).decode()])})
    },
    "percent": lambda t: {"note": "a=1&b=%6dg1" + t.removeprefix("mg1")},
    "html": lambda t: {"note": "<p>&#109;g1" + t.removeprefix("mg1") + "</p>"},
    "full width": lambda t: {"note": "ｍｇ１" + t.removeprefix("mg1")},
}


def _gate() -> maskgate.Gate:
    """Rules alone, under keys that made none of the texts."""
    if not Path("keys").exists():
        Keyring.create("keys")
    return maskgate.load(keyring="keys", model="none")


@pytest.mark.parametrize("form", ENCODED)
def test_none_passes_in_an_encoding(form: str) -> None:
    """What is written like a token in the decoded text only is no token of ours: the rules read it."""
    for token in FALSE[:2]:
        value = json.dumps(ENCODED[form](token)).encode()
        found = _gate().mask_records([Record("t", 0, 0, value, None)])[0]
        text = (found.value or b"").decode()
        assert SECRET not in text and json.loads(value) != json.loads(text), text
        for part in re.findall(r"[A-Za-z0-9+/=]{40,}", text):
            assert SECRET.encode() not in base64.b64decode(part + "==")


def test_a_key_decides_about_one_that_is_spelt_otherwise() -> None:
    """A password without a form of its own is not let go as masked."""
    nested = json.dumps({"password": "mg1.00000000.hunter2hunter2hunter2xx"}).replace("mg1", "\\u006dg1")
    found = _gate().mask_records([Record("t", 0, 0, json.dumps({"a": nested}).encode(), None)])[0]
    assert b"hunter2" not in (found.value or b"")


def test_tokens_of_ours_in_a_document_in_a_string_stay() -> None:
    """Masking twice is masking once, at every depth that we write tokens into."""
    Keyring.create("state")
    Path("p.yaml").write_text("default: tokenize\n")
    options = ("--policy", "p.yaml", "--keyring", "state")
    inner = json.dumps(
        {"mail": "ann.archer@acme-corp.com", "password": "hunter2-hunter2-9", "deep": json.dumps(["a@b-c.com"])}
    )
    once = masked(
        json.dumps({"doc": inner, "url": "https://x.example/?mail=ann.archer%40acme-corp.com"}) + "\n", options
    )
    assert len(TOKEN.findall(once)) == 4
    assert masked(once, options) == once


def scanned(line: str) -> list[str]:
    """The detectors that `maskgate scan` names."""
    Path("in").write_text(line)
    done = CliRunner().invoke(cli, ["scan", "in", "--model", "none"])
    assert done.exit_code == 0, (done.output, done.exception)
    return [f["detector"] for f in json.loads(done.stdout)["findings"]]


def test_scan_finds_what_does_not_open() -> None:
    """It tells what would be masked here; what opens under the keyring of the state folder is a token."""
    assert scanned(f'{{"note": "see {FALSE[0]}, please"}}\n') == ["foreign-token"]
    Path("p.yaml").write_text("default: tokenize\n")
    Keyring.create(".maskgate")
    line = masked('{"note": "ann.archer@acme-corp.com"}\n', ("--policy", "p.yaml", "--keyring", ".maskgate"))
    assert TOKEN.search(line) and scanned(line) == []
    Keyring.file(".maskgate").unlink()
    assert scanned(line) == ["foreign-token"]


def test_many_tokens_in_a_document_in_a_string_cost_one_look() -> None:
    """Which tokens stand in the leaf is asked of its text once, not once for each of them."""
    tokens = [f"mg1.{n:08x}.{'A' * 30}" for n in range(20_000)]
    raw = json.dumps({"a": json.dumps(tokens)}).encode()
    engine = Engine(EngineConfig(model="none", time_budget_s=60, time_budget_max_s=60))
    plain = json.dumps({"a": json.dumps([t.replace("mg1.", "mg9.") for t in tokens])}).encode()
    costs = []
    for data in (plain, raw):
        began = time.process_time()
        engine.batch([data])
        costs.append(time.process_time() - began)
    assert costs[1] < 3 * costs[0] + 1, costs


def test_they_pass_without_the_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Detection never looks into what has the form of a token."""
    monkeypatch.setattr(foreign, "_one_opens", lambda *_: True)
    assert SECRET in masked(LINES["ndjson"][0] % FALSE[0])


def test_encoded_ones_pass_without_the_defence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the engine takes the form for the proof."""
    monkeypatch.setattr(detect, "_is_spelt", lambda *_: False)
    value = json.dumps(ENCODED["base64"](FALSE[0])).encode()
    assert _gate().mask_records([Record("t", 0, 0, value, None)])[0].value == value
