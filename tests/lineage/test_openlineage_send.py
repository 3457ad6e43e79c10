"""OpenLineage as it is sent: to a receiver, and held against the classes and the rules of the specification."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from openlineage.client import event_v2

from fakes.lineage_rows import T0, event_bytes
from fakes.lineage_store import writer
from maskgate.cli import cli
from maskgate.lineage.ask import openlineage, openlineage_send

TOKEN = "token-4711-not-shown"


class Marquez:
    """Takes POSTs as Marquez does; can be told to refuse."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.paths: set[str] = set()
        self.status = 201
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Silent."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.paths.add(self.path)
                if outer.status == 201:
                    outer.events.append(json.loads(body))
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


@pytest.fixture
def marquez() -> Iterator[Marquez]:
    made = Marquez()
    yield made
    made.end()


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with lineage of an hour, and no configuration of OpenLineage around."""
    folder = tmp_path / "lineage"
    one = writer(folder)
    for offset in range(5):
        one.add(offset, T0, event_bytes(offset))
    one.flush()
    monkeypatch.chdir(tmp_path)
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE_API_KEY", "OPENLINEAGE_DISABLED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return folder


def send(folder: Path) -> Any:
    return CliRunner().invoke(cli, ["lineage", "--dir", str(folder), "openlineage", "--send"])


def configure(**transport: Any) -> None:
    Path("openlineage.yml").write_text(json.dumps({"transport": transport}))


def check(event: dict[str, Any]) -> None:
    """Rules of the specification, https://openlineage.io/spec/2-0-2/OpenLineage.json and the facets it names."""
    assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
    assert event["producer"] == "urn:maskgate"
    assert re.fullmatch(r"https://openlineage\.io/spec/.*#/\$defs/(RunEvent|DatasetEvent)", event["schemaURL"])
    datasets = [event["dataset"]] if "dataset" in event else event["inputs"] + event["outputs"]
    if "run" in event:
        UUID(event["run"]["runId"])
        assert event["eventType"] in ("START", "COMPLETE")
        assert event["job"]["namespace"] and event["job"]["name"]
    for dataset in datasets:
        assert dataset["namespace"].startswith("kafka://") and dataset["name"]
        for facet in [*dataset.get("facets", {}).values(), *dataset.get("outputFacets", {}).values()]:
            assert {"_producer", "_schemaURL"} <= set(facet)


def test_runs_and_datasets_reach_the_receiver(rows: Path, marquez: Marquez) -> None:
    """With masking on every masked column, the kinds as tags, and the same ids when it is sent again."""
    configure(type="http", url=marquez.url, auth={"type": "api_key", "apiKey": TOKEN})
    sent = send(rows)
    assert sent.exit_code == 0, sent.output
    assert marquez.paths == {"/api/v1/lineage"}
    start, complete, dataset = marquez.events
    for event in marquez.events:
        check(event)
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    output = complete["outputs"][0]
    column = output["facets"]["columnLineage"]["fields"]["/user/email"]["inputFields"][0]
    assert (column["name"], column["field"]) == ("orders", "/user/email")
    assert column["transformations"][0]["masking"] is True
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 5
    assert [field["name"] for field in dataset["dataset"]["facets"]["schema"]["fields"]] == ["/user/email"]
    tag = dataset["dataset"]["facets"]["tags"]["tags"][0]
    assert (tag["key"], tag["value"], tag["field"]) == ("sensitivity", "EMAIL_ADDRESS", "/user/email")
    again = send(rows)
    assert again.exit_code == 0
    assert marquez.events[3]["run"]["runId"] == start["run"]["runId"]
    assert "5e5e" not in json.dumps(marquez.events)  # MACs stay here


def test_a_receiver_that_refuses_is_said_without_its_token(rows: Path, marquez: Marquez) -> None:
    """The error says how many went and what to do."""
    marquez.status = 400
    configure(type="http", url=marquez.url, auth={"type": "api_key", "apiKey": TOKEN}, retry={"total": 0})
    sent = send(rows)
    assert sent.exit_code != 0
    assert "took 0 events" in str(sent.exception)
    assert TOKEN not in sent.output + str(sent.exception)


def test_events_go_to_a_file(rows: Path) -> None:
    """One a line."""
    configure(type="file", log_file_path="events.ndjson", append=True)
    assert send(rows).exit_code == 0
    lines = [json.loads(line) for line in Path("events.ndjson").read_text().splitlines()]
    assert len(lines) == 3
    for line in lines:
        check(line)


def test_nothing_configured_is_refused(rows: Path) -> None:
    """The package would write to its log, and nobody would notice."""
    sent = send(rows)
    assert sent.exit_code != 0
    assert "openlineage.yml" in str(sent.exception)


def test_every_event_is_one_of_the_classes(rows: Path) -> None:
    """A field that they do not know is an error here, not at the receiver."""
    trees = list(openlineage.events(rows, "kafka://broker:9092"))
    built = [event for tree in trees for event in openlineage_send.built(tree)]
    assert [type(event) for event in built] == [event_v2.RunEvent, event_v2.RunEvent, event_v2.DatasetEvent]
    with pytest.raises(ValueError):
        list(openlineage_send.built(trees[0] | {"run": {"runId": "no id", "facets": {}}}))
    with pytest.raises(TypeError):
        odd = {"nominalTime": {"_producer": "x", "nominalStart": "2026"}}
        list(openlineage_send.built(trees[0] | {"run": trees[0]["run"] | {"facets": odd}}))
