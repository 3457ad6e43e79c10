"""`maskgate mask` and `maskgate scan` as pipes, and the commands for keys, policies, tokens and profiles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
import pytest

from maskgate.base import filemodes
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.cli import cli
from maskgate.crypto import canonical, signing
from maskgate.crypto.keyring import Keyring

LINES = b'{"m": "ann.archer@acme-corp.com", "n":1.10}\nnope secretcanary\n{"k":18446744073709551616}\n'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def call(*args: str) -> Any:
    """Run a command in this process; its return value."""
    return cli.main([str(a) for a in args], standalone_mode=False)


def run(*args: str, stdin: bytes = b"", **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command as a process."""
    command = [sys.executable, "-m", "maskgate", *args]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=120, check=False, **more)


def test_mask_is_a_pipe() -> None:
    """Lines keep their order, a bad one is left out and named with its number and code, exit code 1."""
    done = run("mask", "--model", "none", stdin=LINES)
    assert done.stdout == b'{"m": "<EMAIL_ADDRESS>", "n":1.10}\n{"k":18446744073709551616}\n'
    assert done.returncode == 1
    assert b"line 2: not_json" in done.stderr
    assert b"3 lines, 1 value masked (EMAIL_ADDRESS 1), 1 bad line," in done.stderr
    assert b"secretcanary" not in done.stderr
    assert b"archer" not in done.stderr


@pytest.mark.parametrize(
    ("args", "stdin", "out"),
    [
        (("--text",), b"from a@b.org\r\n\nplain \"x\"\nto c@d.org",
         b"from <EMAIL_ADDRESS>\r\n\nplain \"x\"\nto <EMAIL_ADDRESS>"),
        (("--text",), "é\ta@b.org\n".encode(), "é\t<EMAIL_ADDRESS>\n".encode()),
        (("--pretty",), b'{\n "m": "a@b.org",\n "s": "}{"\n}\n[\n1\n]\n',
         b'{\n "m": "<EMAIL_ADDRESS>",\n "s": "}{"\n}\n[\n1\n]\n'),
        ((), b'\xef\xbb\xbf{"m": "a@b.org"}\n', b'{"m": "<EMAIL_ADDRESS>"}\n'),
    ],
    ids=["text", "text beyond ASCII", "pretty", "byte order mark"],
)  # fmt: skip
def test_other_forms_of_input(args: tuple[str, ...], stdin: bytes, out: bytes) -> None:
    """Plain log lines, documents over several lines, a byte order mark: all else stays byte for byte."""
    done = run("mask", "--model", "none", *args, stdin=stdin)
    assert (done.stdout, done.returncode) == (out, 0), done.stderr


def test_bad_input_in_other_forms() -> None:
    """A line that is not UTF-8 and a document that is no JSON are named with the line that they begin in."""
    done = run("mask", "--model", "none", "--text", stdin=b"ok\n\xff\n")
    assert (done.stdout, done.returncode) == (b"ok\n", 1)
    assert b"line 2: not_utf8" in done.stderr
    done = run("mask", "--model", "none", "--pretty", stdin=b'{\n"a": 1\n}\n{\n"b": x\n}\n{')
    assert (done.stdout, done.returncode) == (b'{\n"a": 1\n}\n', 1)
    assert b"line 4: not_json" in done.stderr
    assert b"line 7: not_json" in done.stderr


def test_what_is_kept_is_said_to_be_kept(tmp_path: Path) -> None:
    """The summary counts as masked only what was."""
    (tmp_path / "p.yaml").write_text("detection: {model: none}\nrules: [{id: k, path: /k, action: keep}]\n")
    done = run("mask", "--policy", "p.yaml", stdin=b'{"k": "a@b.org", "m": "c@d.org"}\n')
    assert b"1 line, 1 value masked (EMAIL_ADDRESS 1), 1 value kept," in done.stderr


@pytest.mark.parametrize("command", ["mask", "scan"])
def test_a_value_in_parts_counts_once(command: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A card in four fields and a name in two are two values of the summary; two people are two."""
    record = {
        "card1": "4539", "card2": "1488", "card3": "0343", "card4": "6467",
        "users": [{"first_name": "Ann", "last_name": "Archer"}, {"first_name": "Ben", "last_name": "Baker"}],
    }  # fmt: skip
    (tmp_path / "in").write_text(json.dumps(record) + "\n")
    assert call(command, "in", "--model", "none") == 0
    assert "3 values" in (err := capfd.readouterr().err)
    assert "PERSON 2" in err
    assert "CREDIT_CARD 1" in err


def test_scan_prints_the_contract() -> None:
    """One line of findings per input line, in input order, with exactly the fields of the contract."""
    done = run("scan", "--model", "none", stdin=b'{"a/b": [{"m": "\xc3\xa9 ann.archer@acme-corp.com"}]}\nnope\n{}')
    assert done.returncode == 0
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first == {
        "line": 1,
        "findings": [
            {
                "path": "/a~1b/0/m", "start": 2, "end": 26, "entity": "EMAIL_ADDRESS",
                "score": first["findings"][0]["score"], "detector": "email", "in": "value",
            }
        ],
    }  # fmt: skip
    assert second == {"line": 2, "error": "not_json"}
    assert third == {"line": 3, "findings": []}


@pytest.mark.slow
def test_a_slow_pipe_is_answered_at_once() -> None:
    """A line that was written comes back masked while the input stays open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "maskgate", "mask", "--model", "none", "-q"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        for _ in range(2):
            process.stdin.write(b'{"m":"ann.archer@acme-corp.com"}\n')
            process.stdin.flush()
            assert process.stdout.readline() == b'{"m":"<EMAIL_ADDRESS>"}\n'
        process.stdin.close()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.slow
def test_a_closed_output_is_quiet() -> None:
    """`| head -1` ends the command without a word."""
    command = f"{sys.executable} -m maskgate mask -q --model none big.ndjson | head -1"
    Path("big.ndjson").write_bytes(b'{"m":"ann.archer@acme-corp.com"}\n' * 60_000)
    done = subprocess.run(["sh", "-c", command], capture_output=True, timeout=120, check=False)
    assert done.stdout == b'{"m":"<EMAIL_ADDRESS>"}\n'
    assert done.stderr == b""


@pytest.mark.slow
def test_jobs_keep_the_order(tmp_path: Path) -> None:
    """Several processes give the same bytes as one."""
    lines = [b'{"i":%d,"m":"user%d@acme-corp.com"}' % (i, i) for i in range(3000)]
    lines[1500] = b"broken"
    (tmp_path / "in").write_bytes(b"\n".join(lines) + b"\n")
    call("keys", "create")
    (tmp_path / "p.yaml").write_text("default: tokenize\n")
    common = ("mask", "in", "-p", "p.yaml", "--model", "none", "-q")
    assert call(*common, "-o", "one") == 1
    assert run(*common, "-o", "three", "-j", "3").returncode == 1
    assert Path("one").read_bytes() == Path("three").read_bytes()
    assert len(Path("one").read_bytes().splitlines()) == 2999


def test_long_lines_and_odd_ends(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A line over the limit is read past; blank lines, carriage returns and a missing last newline stay."""
    data = b'{"a":1}\r\n\n  \n{"big":"' + b"x" * 2_000_000 + b'"}\n{"b":2}'
    (tmp_path / "in").write_bytes(data)
    assert call("mask", "in", "--model", "none", "-o", "out") == 1
    assert Path("out").read_bytes() == b'{"a":1}\r\n\n  \n{"b":2}'
    assert "line 4: too_large" in capfd.readouterr().err


def test_explain_and_summary_go_to_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """--explain and --json write JSON on stderr, without the values."""
    (tmp_path / "in").write_bytes(LINES)
    assert call("mask", "in", "--model", "none", "--explain", "--json") == 1
    err = capfd.readouterr().err
    rows = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert rows[0]["fields"][0]["path"] == "/m"
    assert rows[-1] == rows[-1] | {"lines": 3, "changed": 1, "bad": 1, "codes": {"not_json": 1}}
    assert "archer" not in err


@pytest.mark.parametrize(
    "args",
    [
        ("mask", "nowhere.ndjson"),
        ("mask", "-p", "nowhere.yaml", "/dev/null"),
        ("mask", "--keyring", "nowhere", "/dev/null"),
        ("scan", "-p", "bad.yaml", "/dev/null"),
        ("policy", "check", "bad.yaml"),
        ("policy", "explain", "-e", "nowhere"),
        ("keys", "rotate", "mask"),
        ("keys", "create", "../evil"),
        ("profile",),
        ("unmask", "--permit", "nowhere"),
    ],
)
def test_wrong_use_is_exit_code_2(tmp_path: Path, args: tuple[str, ...]) -> None:
    """A missing file, a bad policy or a missing key stops before a byte is read."""
    (tmp_path / "bad.yaml").write_text("rules: [{id: a, action: nope}]\n")
    with pytest.raises((ConfigurationError, click.UsageError)) as caught:
        call(*args)
    assert caught.value.exit_code == 2


def test_keys_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """Keys are made, listed without secrets, rotated and retired."""
    call("keys", "create", "--json")
    made = json.loads(capsys.readouterr().out)
    old = made["keys"]["mask"]
    call("keys", "rotate", "mask", "--json")
    assert json.loads(capsys.readouterr().out)["old"] == old
    call("keys", "retire", old)
    call("keys", "create", "pipeline")
    call("keys", "create", "gate-seal")
    capsys.readouterr()
    call("keys", "list", "--json")
    text = capsys.readouterr().out
    rows = json.loads(text)
    assert {(r["purpose"], r["state"]) for r in rows} >= {
        ("mask", "retired"), ("mask", "active"), ("lineage", "active"), ("item", "active"), ("pipeline", "active"),
    }  # fmt: skip
    assert "secret" not in text
    assert os.stat(".maskgate/keys/pipeline.pem").st_mode & 0o077 == 0


def test_policy_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """check, test, explain, diff, schema and show answer as people and programs need it."""
    (tmp_path / "a.yaml").write_text(
        "id: a\nrules: [{id: mails, entity: EMAIL_ADDRESS, action: hash}]\n"
        "tests: [{name: good, event: {m: x@acme-corp.com}, operators: {/m: hash}},"
        " {name: bad, event: {m: x@acme-corp.com}, paths: {/m: same}}]\n"
    )
    (tmp_path / "b.yaml").write_text("id: a\nrules: [{id: mails, entity: EMAIL_ADDRESS, action: redact}]\n")
    (tmp_path / "s.ndjson").write_text('{"m":"x@acme-corp.com"}\n{"n":1}\n')
    assert call("policy", "check", "a.yaml", "--strict") == 0
    assert call("policy", "test", "a.yaml", "--model", "none") == 1
    out = capsys.readouterr().out
    assert "ok   good" in out
    assert "FAIL bad" in out
    (tmp_path / "e.json").write_text('{"m":"x@acme-corp.com"}\n')
    assert call("policy", "explain", "a.yaml", "-e", "e.json", "--model", "none", "--json") == 0
    row = json.loads(capsys.readouterr().out)["fields"][0]
    assert (row["path"], row["rule"], row["operator"]) == ("/m", "mails", "hash")
    assert row["where"].endswith("a.yaml:2")
    assert call("policy", "diff", "a.yaml", "b.yaml", "--sample", "s.ndjson", "--model", "none") == 1
    out = capsys.readouterr().out
    assert "/m: hash → redact" in out
    assert "1 events of the sample would change" in out
    call("policy", "show", "a.yaml")
    assert "1 mails: entity=EMAIL_ADDRESS → hash" in capsys.readouterr().out
    call("policy", "schema")
    assert json.loads(capsys.readouterr().out)["title"] == "maskgate policy"


def test_profile_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The profile counts records per path and kind; array indexes are folded."""
    (tmp_path / "in").write_text('{"u":[{"m":"a@acme-corp.com"},{"m":"b@acme-corp.com"}]}\n{"n":1}\nnope\n')
    call("profile", "in", "--model", "none", "--json")
    result = json.loads(capsys.readouterr().out)
    assert (result["records"], result["unread"]) == (3, 1)
    assert [(r["path"], r["entity"], r["records"]) for r in result["paths"]] == [("/u/*/m", "EMAIL_ADDRESS", 1)]


def permit(signer: Any, tokens: list[str], **changes: Any) -> bytes:
    """A permit as the gate issues it."""
    from maskgate.approvals.messages.permits import PAYLOAD_TYPE, arguments_digest

    arguments = canonical.dumps({"tokens": tokens}).decode()
    tree = {
        "domain": "permit.v1", "permit_id": "p1", "request_id": "r1", "request_digest": "d", "verb": "unmask",
        "resource": "", "arguments": arguments, "arguments_digest": arguments_digest(arguments), "requester": "ann",
        "issued": 1, "not_after": int(time.time() * 1000) + 60_000,
    } | changes  # fmt: skip
    return signing.seal(PAYLOAD_TYPE, canonical.dumps(tree), [signer])


def test_unmask_needs_a_permit_for_exactly_these_tokens_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the gate's permit the tokens open once, with a lineage event; anything else is refused and shows nothing."""
    from maskgate.operators.tokenize import Tokenize

    call("keys", "create")
    call("keys", "create", "gate")
    signer = signing.load_signer(Path(".maskgate/keys/gate.pem"))
    mask = Tokenize().bind("EMAIL_ADDRESS", Keyring.load(".maskgate"))
    token, other = mask("ann@acme-corp.com", ""), mask("bob@acme-corp.com", "")
    capsys.readouterr()

    def unmask(data: bytes, *tokens: str) -> None:
        filemodes.write_secret(tmp_path / "permit", data)
        call("unmask", "--permit", "permit", "--lineage-file", "lineage.ndjson", *tokens)

    stranger = signing.generate()
    refused = [
        (permit(stranger, [token]), (), "bad_signature"),
        (permit(signer, [token]), (other,), "permit_arguments"),
        (permit(signer, [token]), (token, other), "permit_arguments"),
        (permit(signer, [token], not_after=5), (), "permit_expired"),
        (permit(signer, [token], verb="privilege.escalate"), (), "permit_arguments"),
        (permit(signer, [token[:-2] + "xx"]), (), "bad_token"),
        (permit(signer, []), (), "permit_arguments"),
    ]
    for data, tokens, code in refused:
        with pytest.raises(MaskgateError) as caught:
            unmask(data, *tokens)
        assert getattr(caught.value, "code", "") == code
        assert caught.value.exit_code == 1
    assert not Path("lineage.ndjson").exists()
    assert capsys.readouterr().out == ""

    from maskgate.base.errors import WorldError

    with pytest.raises(WorldError):  # no gate answers: nothing is printed and nothing recorded
        unmask(permit(signer, [token]), "--redeem", "--key", ".maskgate/keys/gate.pem", "--url", "http://127.0.0.1:9")
    assert capsys.readouterr().out == ""
    assert not Path("lineage.ndjson").exists()

    unmask(permit(signer, [token]))
    assert capsys.readouterr().out == f"{token}\tann@acme-corp.com\n"
    event = json.loads(Path("lineage.ndjson").read_text())
    assert (event["kind"], event["request_id"]) == ("unmasked", "r1")
    assert "ann@acme" not in Path("lineage.ndjson").read_text()
    with pytest.raises(MaskgateError) as again:
        unmask(permit(signer, [token]))
    assert getattr(again.value, "code", "") == "permit_spent"
