"""Error paths with marked secrets: no message, log line, outcome or traceback shows a value."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest

from fakes.small_engine import SmallEngine
from maskgate.base.errors import MaskgateError
from maskgate.base.records import Held, Masked, Record
from maskgate.cli import cli
from maskgate.crypto.keyring import Keyring
from maskgate.masking.masker import Masker
from maskgate.operators.catalogue import OPERATORS
from maskgate.policy import compile_source
from maskgate.policy.source import parse

CANARY = "zqxcanary77"
MAIL = f"{CANARY}@acme-corp.com"
VALUES = [
    b'{"m":"' + MAIL.encode() + b'"',
    b'{"m":"' + MAIL.encode() + b'\xff"}',
    MAIL.encode(),
    json.dumps({"m": MAIL, MAIL: {"x": [MAIL, {"y": MAIL}]}}).encode(),
    b'{"a":"' + MAIL.encode() + b'","a":"' + MAIL.encode() + b'"}',
    json.dumps({"inner": json.dumps({"m": MAIL})}).encode(),
    json.dumps([MAIL] * 50).encode(),
    json.dumps({"t": f"\n é {MAIL} \u2028 {MAIL}"}).encode(),
]
HEADERS: list[tuple[tuple[str, bytes | None], ...]] = [
    (),
    (("maskgate.export", MAIL.encode()),),
    (("maskgate.export", b"default"), ("maskgate.purpose", MAIL.encode())),
    (("maskgate.export", b"default"), ("maskgate.raw", b"true")),
    (("maskgate.export", b"\xff" + MAIL.encode()),),
    (("user", MAIL.encode()), ("user", MAIL.encode() + b"\xff")),
]


@pytest.mark.parametrize("operator", sorted(set(OPERATORS) - {"keep", "partial", "generalize"}))
def test_outcomes_show_no_value(operator: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever becomes of a record, its outcome (fields, details, export, headers, key) holds no value."""
    caplog.set_level(logging.DEBUG)
    masker = Masker(compile_source(parse(f"default: {operator}".encode(), "p")), Keyring.fresh(), SmallEngine())
    records = [Record("t", 0, 0, v, MAIL.encode(), h) for v in VALUES for h in HEADERS]
    for record, outcome in zip(records, masker.batch(records), strict=True):
        if isinstance(outcome, (Masked, Held)):
            assert CANARY.encode() not in (outcome.value or b"")
            assert CANARY.encode() not in (outcome.key or b"")
        assert CANARY not in repr(outcome), (record.headers, type(outcome))
    assert CANARY not in caplog.text


class Faulty(SmallEngine):
    """An engine whose findings lie outside the record, in its middle, or upside down."""

    def __init__(self, change: dict[str, Any]) -> None:
        super().__init__()
        self.change = change

    def batch(self, records: Any) -> Any:
        return [
            s._replace(findings=tuple(f._replace(**self.change) for f in s.findings)) for s in super().batch(records)
        ]


@pytest.mark.parametrize(
    "change",
    [
        {"leaf_start": 10**9, "leaf_end": 10**9 + 5},
        {"leaf_start": -5},
        {"start": 10**6, "end": 10**6 + 3},
        {"kind": "number"},
        {"where": "key", "kind": "key"},
        {"where": "whole"},
        {"layers": ("base64", "gzip")},
        {"layers": ("json", "percent", "html", "fold")},
        {"layers": ("nobody-knows",)},
    ],
    ids=str,
)
@pytest.mark.parametrize("operator", ["replace", "drop", "tokenize", "fpe"])
def test_a_faulty_engine_breaks_no_process_and_no_silence(change: dict[str, Any], operator: str) -> None:
    """Findings that do not fit the record give a quarantine or a masked record, never an exception with a value."""
    masker = Masker(compile_source(parse(f"default: {operator}".encode(), "p")), Keyring.fresh(), Faulty(change))
    for outcome in masker.batch([Record("t", 0, 0, v) for v in VALUES]):
        if not isinstance(outcome, (Masked, Held)):
            assert CANARY not in repr(outcome)


@pytest.mark.parametrize(
    "args",
    [
        ("mask", "in", "--model", "none"),
        ("scan", "in", "--model", "none"),
        ("scan", "in", "--model", "none", "--format", "csv"),
        ("scan", "in", "--model", "none", "--explain"),
        ("scan", "in", "--model", "none", "--at", "/**", "--json"),
        ("scan", "in", "-p", "in"),
        ("mask", "in", "--model", "none", "--explain", "--json"),
        ("mask", "in", "--model", "none", "--format", "csv"),
        ("policy", "explain", "-e", "in", "--model", "none", "--json"),
        ("profile", "in", "--model", "none"),
        ("profile", "in", "--model", "none", "--suggest", "-"),
        ("policy", "check", "in"),
        ("keys", "list", "--keyring", "in.json"),
        ("unmask", "--permit", "in", "--gate-key", "in"),
        ("unmask", "--permit", "in", f"mg1.00000000.{CANARY}{CANARY}"),
    ],
    ids=" ".join,
)
def test_commands_show_no_value(
    args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Output, messages and tracebacks of the commands hold no value, whether they succeed or fail."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").write_bytes(b"\n".join(VALUES))
    (tmp_path / "in.json").write_bytes(b"\n".join(VALUES))
    (tmp_path / "in.json").chmod(0o600)
    try:
        cli.main(list(args), standalone_mode=False)
        text = ""
    except MaskgateError as error:
        text = "".join(traceback.format_exception(error))
        text = "\n".join(line for line in text.splitlines() if not line.startswith("    "))  # source lines of ours
    out = capfd.readouterr()
    if args[0] != "scan":  # the paths of scan are those of the input, by its contract
        assert CANARY not in out.out
    assert CANARY not in out.err
    assert CANARY not in text
