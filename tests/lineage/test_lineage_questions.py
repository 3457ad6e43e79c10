"""The commands that ask: SQL that can change nothing, and the stories of records, fields and subjects."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from fakes.lineage_rows import ENGINES, T0, record
from fakes.lineage_store import SINK
from fakes.lineage_store import writer as writer_of
from maskgate.base.errors import ConfigurationError, MaskgateError
from maskgate.base.records import FieldUse, Held, Masked
from maskgate.cli import cli
from maskgate.crypto import signing
from maskgate.crypto.keyring import Keyring
from maskgate.lineage.ask import query
from maskgate.lineage.ask.openlineage import events as openlineage
from maskgate.lineage.event import LineageEvent, Route, batch_event, gate_event, record_event
from maskgate.lineage.sinks.claims import prepare
from maskgate.lineage.wire.codec import encode
from maskgate.masking.valuemac import value_mac

MAIL = "jane.doe@example.org"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with keys and a day of lineage: masked, passed, held, released, denied."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKGATE_PIPELINE_STATE_DIR", str(tmp_path))
    (tmp_path / "keys").mkdir(exist_ok=True)
    (tmp_path / "keys" / "lineage-first.pub").write_text(signing.public_pem(SINK.public))
    monkeypatch.setenv("MASKGATE_LINEAGE_DIR", str(tmp_path / "lineage"))
    mac = value_mac(Keyring.create(tmp_path))("EMAIL_ADDRESS", MAIL)

    def use(path: str, operator: str = "pseudonym") -> FieldUse:
        return FieldUse(path, "EMAIL_ADDRESS", operator, "email", 1.0, 1, mac)

    masked, route = Masked(b"{}", None, (), (use("/users/0/mail"),), True), Route("orders.masked", 0)
    held = Held(b"{}", None, (), (use("/mail", "tokenize"),), {"verb": "export", "rule": "to-partner"})
    rows: list[LineageEvent] = [
        record_event(record(0), masked, ENGINES, route),
        batch_event([record(1), record(2), record(5)], ENGINES, route),
        record_event(record(3), held, ENGINES, Route("maskgate.approvals.requests", 0, item_id="item-1")),
        record_event(record(4), held, ENGINES, Route("maskgate.approvals.requests", 0, item_id="item-2")),
        gate_event("released", request_id="r1", item_id="item-1", source=("orders", 0, 3), dest=("partner", 1)),
        gate_event("denied", request_id="r2", item_id="item-2", source=("orders", 0, 4), actor="oidc bob"),
        record_event(record(9, "users"), masked, ENGINES, Route("users.masked", 0)),
    ]
    folder = tmp_path / "lineage"
    writer = writer_of(folder)
    for offset, event in enumerate(rows):
        event.time = T0 + offset * 1000
        writer.add(offset, T0, encode(event))
    writer.flush()
    return tmp_path


def ask(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["lineage", *arguments], input=given, catch_exceptions=True)


def lines(*arguments: str, given: str | None = None) -> list[dict[str, object]]:
    result = ask(*arguments, "--json", given=given)
    assert result.exit_code == 0, (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_sql_answers_over_the_view(place: Path) -> None:
    """A SELECT over the view gives its rows."""
    got = lines("query", "SELECT kind, sum(records)::INT AS n FROM lineage GROUP BY kind ORDER BY kind")
    assert got == [
        {"kind": "denied", "n": 1}, {"kind": "held", "n": 2}, {"kind": "masked", "n": 2}, {"kind": "passed", "n": 3},
        {"kind": "released", "n": 1},
    ]  # fmt: skip


def test_unknown_is_null(place: Path) -> None:
    """The schema's "" and -1 are NULL in SQL."""
    got = lines("query", "SELECT source_topic, source_offset, dest_partition, actor FROM lineage WHERE kind = 'denied'")
    assert got == [{"source_topic": "orders", "source_offset": 4, "dest_partition": None, "actor": "oidc bob"}]


HOSTILE = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM '/etc/hostname'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_parquet('/tmp/*.parquet')",
    "COPY lineage TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO 'x.parquet'",
    "CREATE TABLE t AS SELECT 1",
    "DROP VIEW lineage",
    "INSERT INTO lineage SELECT * FROM lineage",
    "ATTACH 'x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO 'x.csv'",
    "SELECT 1; DROP VIEW lineage",
    "EXPORT DATABASE 'x'",
    "WITH x AS (SELECT 1) SELECT * FROM read_blob('/etc/hostname'), x",
    "CALL pragma_version()",
    "SELEC nonsense",
    "",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_sql_reads_and_writes_nothing_else(sql: str, place: Path) -> None:
    """A query that looks beyond the view, or changes anything, is refused, and no file appears."""
    before = sorted(place.rglob("*"))
    with pytest.raises(MaskgateError):
        query.select(place / "lineage", sql)
    assert sorted(place.rglob("*")) == before
    assert ask("query", sql).exit_code != 0


def test_a_query_spills_nothing_and_sees_no_variable(place: Path) -> None:
    """No temporary files, no extensions from the network, no tables out of the program's own memory."""
    names = ["temp_directory", "autoinstall_known_extensions", "python_enable_replacements", "enable_external_access"]
    sql = "SELECT " + ", ".join(f"current_setting('{name}')::VARCHAR" for name in names)
    assert query.select(place / "lineage", sql).rows == [("", "false", "false", "false")]


def test_lineage_files_cannot_be_written_by_sql(place: Path) -> None:
    """Not even the files that the query may read."""
    target = next((place / "lineage" / "_claims").iterdir())
    raw = target.read_bytes()
    with pytest.raises(ConfigurationError):
        query.select(place / "lineage", f"COPY (SELECT 1) TO '{target}'")
    assert target.read_bytes() == raw


def test_the_story_of_a_released_record(place: Path) -> None:
    """A source record leads to its held row and its release."""
    got = lines("record", "orders/0/3")
    assert [(row["kind"], row["dest_topic"]) for row in got] == [
        ("held", "maskgate.approvals.requests"), ("released", "partner")
    ]  # fmt: skip
    assert got[1]["dest_key"] == "r1/item-1"


def test_a_record_that_passed_is_found_in_its_run(place: Path) -> None:
    """An offset inside a run is answered by the run's row."""
    assert [row["kind"] for row in lines("record", "orders/0/2")] == ["passed"]


def test_the_story_of_a_request(place: Path) -> None:
    """A request leads back to the record it was made from."""
    assert [row["kind"] for row in lines("record", "r2")] == ["held", "denied"]


def test_an_unknown_record_is_exit_1(place: Path) -> None:
    """Nothing known is not the same as all well."""
    assert ask("record", "orders/0/999").exit_code == 1


def test_a_field_by_pattern(place: Path) -> None:
    """``*`` stands for one step; indexes are summed up."""
    got = lines("field", "/users/*/mail")
    assert [(row["source_topic"], row["path"], row["operator"], row["count"]) for row in got] == [
        ("orders", "/users/*/mail", "pseudonym", 1), ("users", "/users/*/mail", "pseudonym", 1)
    ]  # fmt: skip
    assert len(lines("field", "/users/*/mail", "-t", "users")) == 1
    assert lines("field", "/users/.*") == []


@pytest.mark.parametrize("spelling", [MAIL, MAIL.upper(), f" {MAIL}\n"])
def test_where_did_this_value_go(spelling: str, place: Path) -> None:
    """A value on stdin is found in every spelling, and is in no output and no argument."""
    got = lines("subject", given=spelling)
    assert [(row["kind"], row["source_offset"]) for row in got] == [
        ("masked", 0),
        ("held", 3),
        ("held", 4),
        ("masked", 9),
    ]
    assert MAIL not in json.dumps(got)
    assert lines("subject", given="john@example.org") == []


@pytest.mark.parametrize(
    ("name", "offsets"),
    [
        ("Jane Doe", [20]), ("DOE, jane", [20]), ("Anna Maria van der Berg", [21]), ("Jane Roe", []), ("Doe", [20, 22]),
        ("Jane Jane", []), ("4539 1488 0343 6467", [23]),
    ],
)  # fmt: skip
def test_where_did_this_person_go(name: str, offsets: list[int], place: Path) -> None:
    """A full name is found in fields of first and last name, where they are one person's; a card in its parts."""
    mac = value_mac(Keyring.load(place))

    def event(offset: int, **parts: str) -> LineageEvent:
        uses = tuple(
            FieldUse("/" + path.replace("__", "/"), "PERSON", "hash", "person-name-part", 0.95, 1, mac("PERSON", text))
            for path, text in parts.items()
        )
        return record_event(record(offset), Masked(b"{}", None, (), uses, True), ENGINES, Route("orders.masked", 0))

    card = mac("CREDIT_CARD", "4539148803436467")
    cards = tuple(FieldUse(f"/card{n}", "CREDIT_CARD", "hash", "credit-card-part", 0.9, 1, card) for n in (1, 2, 3, 4))
    writer = writer_of(place / "lineage", partition=1)
    rows = [
        event(20, user__first_name="Jane", user__last_name="Doe"),
        event(21, first_name="Anna Maria", last_name="van der Berg"),
        event(22, buyer__first_name="Jane", seller__last_name="Doe"),
        record_event(record(23), Masked(b"{}", None, (), cards, True), ENGINES, Route("orders.masked", 0)),
    ]
    for offset, row in enumerate(rows):
        writer.add(offset, T0, encode(row))
    writer.flush()
    assert sorted({row["source_offset"] for row in lines("subject", given=name)}) == offsets  # type: ignore[type-var]
    found = {row["entity"]: (row["count"], row["values"]) for row in lines("stats", "--entities")}
    assert found["CREDIT_CARD"] == (4, 1)


def test_a_subject_needs_the_keys(place: Path) -> None:
    """Without the keyring the question cannot be asked."""
    next(place.rglob("keyring.json")).unlink()
    result = ask("subject", given=MAIL)
    assert isinstance(result.exception, ConfigurationError)


def test_statistics(place: Path) -> None:
    """Counts by day, topic and kind; and by entity."""
    got = lines("stats")
    assert sum(int(row["records"]) for row in got) == 9  # type: ignore[call-overload]
    assert {row["day"] for row in got} == {"2026-11-21"}
    assert [(row["source_topic"], row["operator"], row["count"]) for row in lines("stats", "--entities")] == [
        ("orders", "pseudonym", 1), ("orders", "tokenize", 2), ("users", "pseudonym", 1)
    ]  # fmt: skip
    assert lines("stats", "--since", "2026-11-22") == []
    assert ask("stats", "--since", "yesterday").exit_code == 2


@pytest.mark.parametrize("form", [["--csv"], []], ids=["csv", "table"])
def test_other_forms(form: Sequence[str], place: Path) -> None:
    """CSV and a table hold the same cells."""
    out = ask("query", "SELECT kind, source_offset FROM lineage WHERE kind = 'released'", *form).stdout
    assert "released" in out and "3" in out


def test_verify_and_compact_commands(place: Path) -> None:
    """Both work from the command line; a harmed folder is exit 1."""
    assert ask("verify").exit_code == 0
    assert "merged 0 files" in ask("compact").stdout
    next(place.glob("lineage/dt=*/*.parquet")).unlink()
    assert ask("verify").exit_code == 1
    assert ask("verify", "--repair").exit_code == 0


def test_openlineage_events(place: Path) -> None:
    """A START and a COMPLETE per job and hour, with the columns that were masked; a second export gives the same."""
    both = list(openlineage(place / "lineage", "kafka://broker:9092"))
    assert [event["eventType"] for event in both] == ["START", "COMPLETE"] * 5
    first = both[1::2]
    assert [event["run"]["runId"] for event in both[::2]] == [event["run"]["runId"] for event in first]
    assert [event["job"]["name"] for event in first] == [
        "held.orders.maskgate.approvals.requests", "masked.orders.orders.masked", "masked.users.users.masked",
        "passed.orders.orders.masked", "released.orders.partner",
    ]  # fmt: skip
    assert both == list(openlineage(place / "lineage", "kafka://broker:9092"))
    masked = first[1]["outputs"][0]
    columns = masked["facets"]["columnLineage"]["fields"]["/users/*/mail"]["inputFields"][0]
    assert columns["transformations"][0]["masking"] is True
    assert masked["outputFacets"]["outputStatistics"]["rowCount"] == 1
    printed = ask("openlineage", "--namespace", "kafka://broker:9092").stdout.splitlines()
    assert [json.loads(line) for line in printed] == both
    assert "value_mac" not in json.dumps(both)


FACET = {"type": "object", "required": ["_producer", "_schemaURL"]}
FACETS = {"type": "object", "additionalProperties": FACET}
DATASET = {
    "type": "object",
    "required": ["namespace", "name"],
    "properties": {"facets": FACETS, "outputFacets": FACETS},
}
RUN_EVENT = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "format": "date-time"},
        "producer": {"type": "string", "format": "uri"},
        "run": {"required": ["runId"], "properties": {"runId": {"format": "uuid"}, "facets": FACETS}},
        "job": {"required": ["namespace", "name"], "properties": {"facets": FACETS}},
        "inputs": {"type": "array", "items": DATASET},
        "outputs": {"type": "array", "items": DATASET},
    },
}


def test_openlineage_events_have_the_form_of_the_specification(place: Path) -> None:
    """What the specification requires of run events and facets is there."""
    checker = jsonschema.Draft202012Validator(RUN_EVENT, format_checker=jsonschema.FormatChecker())
    for event in openlineage(place / "lineage", "kafka://broker:9092"):
        checker.validate(event)


def test_an_empty_folder_answers_with_no_rows(tmp_path: Path) -> None:
    """Before the first file there are no rows, and the columns are known."""
    prepare(tmp_path)
    assert query.select(tmp_path, "SELECT kind, fields[1].path FROM lineage").rows == []


def test_the_empty_view_has_the_columns_of_the_files(place: Path) -> None:
    """Names and types are the same with and without files."""
    prepare(place / "empty")
    sql = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'lineage' ORDER BY column_index"
    assert query.select(place / "empty", sql).rows == query.select(place / "lineage", sql).rows
