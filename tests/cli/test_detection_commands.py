"""`maskgate scan` and `maskgate profile`: reasons, tables, topics, and the policy that a profile suggests."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kafka_fixtures import Broker
from maskgate.base.errors import ConfigurationError
from maskgate.cli import cli
from maskgate.policy import load_policy
from maskgate_detectors import AllowList, DenyList, Engine, EngineConfig, Threshold
from maskgate_detectors.engine.explain import explain

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "detection.md").read_text()
EVENT = (
    b'{"mail": "ann.archer@acme-corp.com", "info": "4111 1111 1111 1112", "order_id": "20797946", "n": 123456788, '
    b'"blob": "YW5uLmFyY2hlckBhY21lLWNvcnAuY29tIGlzIGhlcmU=", "x": [true, {"tel": "n/a"}]}\n'
)
SECRETS = ("archer", "4111", "20797946", "123456788", "YW5u")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Rules only."""
    return Engine(EngineConfig(model="none"))


def out(capfd: pytest.CaptureFixture[str], *args: str) -> str:
    """What a command prints on stdout."""
    capfd.readouterr()
    code = cli.main(list(args), standalone_mode=False)
    assert code in (0, None), capfd.readouterr().err
    return capfd.readouterr().out


def at(engine: Engine, path: str, record: bytes = EVENT) -> dict[str, Any]:
    """The entry about one place."""
    entries = explain(engine, record.strip(), [path])
    return next(entry for entry in entries if entry["path"] == path and entry["in"] == "value")


# -- why ---------------------------------------------------------------------------------------------------------


def test_explain_finds_what_the_engine_finds(engine: Engine) -> None:
    """The findings of an explanation, in brief and in full, are those of the scan."""
    from fakes.detection_events import Events

    source = Events(engine.rules.rules, 3)
    for _ in range(25):
        record = source.record()
        expected = [(f.path, f.start, f.end, f.entity, f.detector, f.where) for f in engine.batch([record])[0].findings]
        for asked in ([], [""]):
            told = [
                (entry["path"], f["start"], f["end"], f["entity"], f["detector"], f["in"])
                for entry in explain(engine, record, asked)
                for f in entry.get("findings", ())
            ]
            assert told == expected


def test_what_was_found_says_how(engine: Engine) -> None:
    """The key, the check and the encoding are named."""
    (mail,) = at(engine, "/mail")["findings"]
    assert (mail["start"], mail["end"], mail["detector"]) == (0, 24, "email")
    assert [s["why"] for s in at(engine, "/mail")["steps"]] == ["the key decides"]
    blob = at(engine, "/blob")
    assert [f["layers"] for f in blob["findings"]] == [["base64"]]
    assert {"its check holds"} <= {s["why"] for s in blob["steps"] if s["rule"] == "email"}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/info", "its check fails"),
        ("/order_id", "the key says it is no personal data"),
        ("/n", "no context"),
        ("/x/1/tel", "but the value stands for a missing or a masked one"),
    ],
)
def test_what_was_not_found_says_why(engine: Engine, path: str, reason: str) -> None:
    """A wrong check digit, a key that vetoes, a missing context, a placeholder: each is named."""
    entry = at(engine, path)
    assert entry["findings"] == []
    told = [step["why"] for step in entry["steps"]] + entry["notes"]
    assert any(reason in text for text in told), told


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"a": "57ee05cd-e009-42c7-8bff-20686734721f"}', "a shape that holds nothing"),
        (b'{"order_id": 20797946}', "a number here is no personal data: no rule is tried"),
        (b'{"email": "see below"}', "does not look like one (key_pattern)"),
        (b'{"a": "all quiet"}', "too few words"),
        (b'{"a": null}', "only strings, numbers and keys"),
        (b'{"note": "Yesterday Anna Berg went to Lisbon."}', "prose, but there is no model"),
    ],
    ids=["a UUID", "a number under an id", "no such value", "two words", "null", "prose without a model"],
)
def test_other_reasons(engine: Engine, record: bytes, reason: str) -> None:
    """What no rule had a say in has its reason, too."""
    entries = explain(engine, record, ["/a", "/order_id", "/email", "/note"])
    told = [text for e in entries for text in (*e["notes"], *(step["why"] for step in e["steps"]))]
    assert any(reason in text for text in told), told


def test_lists_and_thresholds_are_named() -> None:
    """A dropped finding says which list or threshold dropped it; a denied value says so."""
    engine = Engine(
        EngineConfig(
            model="none",
            allow=(AllowList(values=("x",)), AllowList(values=("a@acme-corp.com",))),
            deny=(DenyList("staff", "PERSON", ("Zork",)),),
            thresholds=(Threshold(0.99, path="/low/**"),),
        )
    )
    record = b'{"t": "a@acme-corp.com", "low": "b@acme-corp.com", "who": "Zork 1"}'
    entries = {entry["path"]: entry for entry in explain(engine, record)}
    assert [d["why"] for d in entries["/t"]["dropped"]] == ["allow list 2 names it"]
    assert [d["why"] for d in entries["/low"]["dropped"]] == ["its score 0.95 is below 0.99 (the threshold of /low/**)"]
    assert [s["why"] for s in entries["/who"]["steps"] if s["rule"] == "deny-staff"] == ["on a deny list"]


def test_a_record_that_is_refused_says_so(engine: Engine) -> None:
    """What the engine refuses has no explanation but its code."""
    assert explain(engine, b"{") == [{"error": "not_json", "detail": explain(engine, b"{")[0]["detail"]}]


def test_scan_explain_in_words_and_as_json(capfd: pytest.CaptureFixture[str]) -> None:
    """Words unless --json is given; no character of a value in either, unless it is asked for."""
    Path("in").write_bytes(EVENT + b"nope secretcanary\n{}\n")
    text = out(capfd, "scan", "in", "--explain", "--model", "none")
    assert "line 1 /mail  (its key decides: email)\n  ✓ 0–24 EMAIL_ADDRESS 0.95: email: the key decides  [" in text
    assert "  - 0–19 not credit-card" in text
    assert "line 2: cannot be read: not_json" in text
    assert "line 3: nothing found" in text
    full = out(capfd, "scan", "in", "--at", "/**", "--model", "none", "--json")
    rows = [json.loads(line) for line in full.splitlines()]
    assert [row["line"] for row in rows] == [1, 2, 3]
    assert {p["path"] for p in rows[0]["places"]} >= {"/mail", "/info", "/order_id", "/n", "/x/1/tel"}
    assert not [secret for secret in (*SECRETS, "secretcanary") if secret in text + full]
    shown = out(capfd, "scan", "in", "--at", "/mail", "--show-values", "--model", "none")
    assert "    ⟦ann.archer@acme-corp.com⟧\n" in shown


def test_scan_at_a_place_that_is_not_there(capfd: pytest.CaptureFixture[str]) -> None:
    """A path that no line has is told, and needs no guess."""
    Path("in").write_bytes(EVENT)
    assert cli.main(["scan", "in", "--at", "/nope", "--model", "none"], standalone_mode=False) == 0
    done = capfd.readouterr()
    assert done.out == ""
    assert "no line has a place /nope" in done.err


def test_explanations_keep_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """A key with control characters does not reach the terminal as it is."""
    Path("in").write_bytes(b'{"\\u001b[31m mail": "ann.archer@acme-corp.com"}\n')
    for args in (("scan", "in", "--explain"), ("profile", "in")):
        text = out(capfd, *args, "--model", "none")
        assert "\x1b" not in text
        assert "\\x1b[31m mail" in text


# -- tables and documents ----------------------------------------------------------------------------------------


def tables() -> None:
    """One table in two forms."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    Path("t.csv").write_text("email;n\nann@acme-corp.com;1\n;2\na;b;c\n")
    pq.write_table(pa.table({"email": ["ann@acme-corp.com", None], "n": [1, 2]}), "t.parquet")


@pytest.mark.parametrize(("file", "first"), [("t.csv", 2), ("t.parquet", 1)])
def test_scan_and_profile_read_tables(file: str, first: int, capfd: pytest.CaptureFixture[str]) -> None:
    """The ending says what a file is; a row is an event."""
    tables()
    rows = [json.loads(line) for line in out(capfd, "scan", file, "--model", "none").splitlines()]
    assert [row["line"] for row in rows] == list(range(first, first + len(rows)))
    assert [f["path"] for f in rows[0]["findings"]] == ["/email"]
    assert rows[1]["findings"] == []
    assert rows[2:] == ([{"line": 4, "error": "too_many_cells"}] if file == "t.csv" else [])
    told = json.loads(out(capfd, "profile", file, "--model", "none", "--json"))
    assert (told["records"], told["unread"]) == ((3, 1) if file == "t.csv" else (2, 0))
    assert told["codes"] == ({"too_many_cells": 1} if file == "t.csv" else {})
    (row,) = told["paths"]
    assert (row["path"], row["records"], row["share_of_filled"], row["whole"]) == ("/email", 1, 1.0, 1.0)
    assert cli.main(["mask", file, "--model", "none", "-q", "-o", "o"], standalone_mode=False) == (file == "t.csv")
    assert b"ann@" not in Path("o").read_bytes()


def test_parquet_from_a_pipe_is_refused() -> None:
    """It is read from its end."""
    with pytest.raises(ConfigurationError, match="from a FILE"):
        cli.main(["scan", "-", "--format", "parquet", "--model", "none"], standalone_mode=False)


def test_what_cannot_be_read_says_why(capfd: pytest.CaptureFixture[str]) -> None:
    """A bad line is named with its code and the place in it on stderr, once; `-q` leaves the error in the output."""
    Path("in").write_bytes(b'{"a": 1,}\n{}\n')
    rows = out(capfd, "scan", "in", "--model", "none", "-q").splitlines()
    assert rows[0] == '{"line": 1, "error": "not_json"}'
    cli.main(["scan", "in", "--model", "none"], standalone_mode=False)
    assert capfd.readouterr().err.startswith("maskgate: line 1: not_json (at byte 8): no findings\n")
    cli.main(["mask", "in", "--model", "none", "-q"], standalone_mode=False)
    assert capfd.readouterr().err == "maskgate: line 1: not_json (at byte 8): not written\n"


@pytest.mark.parametrize("command", ["scan", "mask", "profile"])
def test_a_document_over_many_lines_says_what_to_do(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Where no line is JSON, the one that wants one event a line says how to get there."""
    Path("doc.json").write_text('{\n  "a": 1\n}\n')
    cli.main([command, "doc.json", "--model", "none"], standalone_mode=False)
    assert "one event a line is expected; --pretty reads" in capfd.readouterr().err


@pytest.mark.parametrize(
    "args",
    [
        ("scan", "in"), ("mask", "in"), ("profile", "in"), ("policy", "test", "p.yaml"), ("bench", "in"),
        ("policy", "explain", "p.yaml", "-e", "in"), ("policy", "diff", "p.yaml", "p.yaml", "--sample", "in"),
        ("run", "mask"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_missing_model_is_one_line_with_its_place(args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever wants the engine ends with exit 2 and the file and line, without a traceback."""
    Path("in").write_bytes(b"{}\n")
    Path("p.yaml").write_text("detection:\n  model: no_such_model\ntests:\n  - {name: a, event: {}}\n")
    monkeypatch.setenv("MASKGATE_POLICY", "p.yaml")
    done = subprocess.run([sys.executable, "-m", "maskgate", *args], capture_output=True, timeout=120, check=False)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (2, b""), said
    assert said.startswith("maskgate: p.yaml:2: detection.model: model no_such_model: not installed; install ")
    assert len(said.splitlines()) == 1


# -- profile -----------------------------------------------------------------------------------------------------


def events(count: int = 40) -> None:
    """A file with fields of one kind, prose, a list, keys that are data, and a stray."""
    lines = [
        {
            "user": {"email": f"user{i}@acme-corp.com", "first_name": "Ann", "ssn": "123-45-6789"},
            "note": f"write to box{i}@acme-corp.com now" if i % 2 else "nothing to see",
            "items": [{"phone": f"+44 20 7946 09{i:02}"}, {"phone": f"+44 20 7946 08{i:02}"}],
            "by": {f"u{i}@acme-corp.com": i},
            "sessions": {f"s-{i:08x}-{i:012d}": {"n": i}},
            "plain": i,
        }
        for i in range(count)
    ]
    Path("in").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_profile_counts(capfd: pytest.CaptureFixture[str]) -> None:
    """Shares of all records and of the filled ones, whole or within, lists and keys folded; no value."""
    events()
    told = json.loads(out(capfd, "profile", "in", "--model", "none", "--json"))
    rows = {(row["path"], row["in"]): row for row in told["paths"]}
    assert rows["/user/email", "value"]["records"] == 40
    assert rows["/items/*/phone", "value"]["records"] == 40
    assert rows["/by/*", "key"]["entity"] == "EMAIL_ADDRESS"
    note = rows["/note", "value"]
    assert (note["share"], note["share_of_filled"], note["whole"]) == (0.5, 0.5, 0.0)
    text = out(capfd, "profile", "in", "--model", "none")
    assert re.search(r"^ +50\.0% +50\.0%  /note +EMAIL_ADDRESS +0\.95 +within +replace$", text, re.M)
    assert "acme-corp" not in text + json.dumps(told)


@pytest.mark.parametrize("policy", [None, "gdpr", "dev-copy", "hipaa-safe-harbor", "secrets-only", "own.yaml"])
def test_the_suggested_policy_works_as_it_is(policy: str | None, capfd: pytest.CaptureFixture[str]) -> None:
    """It loads without a warning, its test passes, and it masks also what nobody would find in the field."""
    events()
    Path("own.yaml").write_text(
        "extends: [gdpr]\ndetection: {model: none}\nrules:\n  - {id: a, entity: US_SSN, action: redact}\n"
    )
    given = ["-p", policy] if policy else []
    out(capfd, "profile", "in", "--model", "none", "--suggest", "s.yaml", *given)
    assert "@acme-corp" not in Path("s.yaml").read_text()
    out(capfd, "policy", "check", "s.yaml", "--strict")
    out(capfd, "policy", "test", "s.yaml", "--model", "none")
    always = {path for rule in load_policy("s.yaml").policy.rules if rule.always for path in rule.path}
    kept = policy == "secrets-only"
    named = {"/user/first_name"} if policy in (None, "hipaa-safe-harbor") else set()  # a part, for stand-ins
    assert always == (set() if kept else {"/user/email", "/user/ssn", "/items/*/phone"} | named)
    Path("odd").write_text('{"user": {"email": "oddvalue"}, "items": [{"phone": "oddvalue"}], "note": "plain words"}\n')
    masked = out(capfd, "mask", "odd", "-p", "s.yaml", "--model", "none", "-q")
    assert ("oddvalue" in masked) == kept
    assert "plain words" in masked


@pytest.mark.parametrize(("policy", "always"), [("default", True), ("gdpr", False)])
def test_parts_of_a_value_are_left_to_their_whole(policy: str, always: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """A stand-in or token of a surname or of four digits comes from the whole value, so no rule names the field."""
    line = {"customer": {"first_name": "Ann", "last_name": "Archer"}, "mail": "ann@acme-corp.com"}
    Path("in").write_text((json.dumps(line) + "\n") * 8)
    out(capfd, "profile", "in", "--model", "none", "-p", policy, "--suggest", "s.yaml")
    paths = {path for rule in load_policy("s.yaml").policy.rules for path in rule.path}
    assert "/mail" in paths
    assert ("/customer/last_name" in paths) == always
    assert "/customer/last_name" in Path("s.yaml").read_text()


def test_few_records_suggest_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """What four records have is no rule yet; the suggestion still loads."""
    events(4)
    Path("s.yaml").write_text(out(capfd, "profile", "in", "--model", "none", "--suggest", "-"))
    assert load_policy("s.yaml").rules == ()
    assert load_policy("s.yaml").policy.tests, "what is masked where it is found is tested, too"
    assert cli.main(["policy", "test", "s.yaml", "--model", "none"], standalone_mode=False) in (0, None)
    assert "#   /user/email: EMAIL_ADDRESS in 100.0%" in Path("s.yaml").read_text()


def test_profile_reads_a_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    """`-` is standard input, and -n stops there."""
    events()
    done = subprocess.run(
        [sys.executable, "-m", "maskgate", "profile", "-", "-n", "7", "--model", "none"],
        input=Path("in").read_bytes(), capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.startswith(b"7 records\n")


def test_profile_of_a_topic(embedded_broker: Broker, capfd: pytest.CaptureFixture[str]) -> None:
    """The newest records of all partitions, keys and headers as well; the suggestion is for that topic."""
    from maskgate.kafka.topics import TopicSpec
    from maskgate.local import brokers

    events()
    brokers.ensure_topics(embedded_broker.kafka, [TopicSpec("profiled", 3)])
    b = embedded_broker.bootstrap
    value = b"".join(
        b"k%d@acme-corp.com|%s\n" % (i, line) for i, line in enumerate(Path("in").read_bytes().splitlines())
    )
    subprocess.run(
        [sys.executable, "-m", "maskgate", "produce", "-b", b, "-t", "profiled", "-K", "|"],
        input=value, check=True, timeout=60, capture_output=True,
    )  # fmt: skip
    told = json.loads(out(capfd, "profile", "-b", b, "-t", "profiled", "-n", "30", "--model", "none", "--json"))
    assert told["records"] == 30
    paths = {row["path"] for row in told["paths"]}
    assert {"#key", "/user/email", "/items/*/phone"} <= paths
    Path("s.yaml").write_text(out(capfd, "profile", "-b", b, "-t", "profiled", "--model", "none", "--suggest", "-"))
    policy = load_policy("s.yaml")
    assert {flat.topics for flat in policy.rules} == {("profiled",)}
    out(capfd, "policy", "test", "s.yaml", "--model", "none")


def test_wide_tables_keep_their_columns_and_data_keys_are_folded() -> None:
    """Many keys that every record has are fields; many that few records have are data."""
    from maskgate.base.records import Record
    from maskgate.crypto.keyring import Keyring
    from maskgate.files.profiling import Watching, profile
    from maskgate.masking.masker import Masker

    columns = {f"col{j}x": f"c{j}@acme-corp.com" for j in range(130)}
    values = [json.dumps(columns | {"by": {f"u{i}n": f"a{i}@acme-corp.com"}}).encode() for i in range(130)]
    watching = Watching(Engine(EngineConfig(model="none")))
    masker = Masker(load_policy(None), Keyring.fresh(), watching)
    result = profile([[Record("-", 0, i, v) for i, v in enumerate(values)], ["too_large"]], masker, watching)
    paths = {row.path: row.records for row in result.rows}
    assert paths["/by/*"] == 130
    assert len([path for path in paths if path.startswith("/col")]) == 130
    assert (result.records, result.unread) == (131, 1)


# -- the page ----------------------------------------------------------------------------------------------------


def blocks(kind: str) -> list[str]:
    """The code blocks of one kind."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.S)


def test_the_reasons_of_the_page_are_what_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """Every line of the page's example is printed; `…` stands for what is left out."""
    Path("ticket.json").write_text(blocks("json")[0])
    brief = out(capfd, "scan", "--explain", "ticket.json")
    asked = out(capfd, "scan", "--at", "/info", "--at", "/order_id", "ticket.json")
    _, first, second = blocks("text")
    for said, printed in ((first, brief), (second, asked)):
        for line in said.splitlines():
            pattern = ".*".join(re.escape(part) for part in line.split("…"))
            assert re.search(f"^{pattern}$", printed, re.M), line


def test_the_policies_of_the_page_work(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each YAML of the page is read, and its tests pass; a model that is not here is only warned about."""
    Path("staff.txt").write_text("# staff\nZork Blip\n")
    for number, text in enumerate(blocks("yaml")):
        Path("p.yaml").write_text(text)
        checked = out(capfd, "policy", "check", "p.yaml")
        assert set(re.findall(r"p\.yaml:\d+: ([a-z-]+):", checked)) <= {"missing-model"}
        if "models:" not in text:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
            tested = out(capfd, "policy", "test", "p.yaml", "--model", "none")
            assert "1 passed" in tested or "no tests" in tested, number
