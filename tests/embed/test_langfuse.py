"""Langfuse's real client, with its two hooks of ours: what it sends holds nothing raw."""

from __future__ import annotations

import importlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import maskgate
from fakes import conformance

pytestmark = pytest.mark.doors

NUMBERS = itertools.count()  # a client of one key is the client of that key, however often it is made
MAIL = "amelia.okafor@example.co.uk"


@dataclass
class Customer:
    """What a program passes that is no JSON yet."""

    email: str


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> maskgate.Gate:
    """A gate under the policy of the conformance file, rules only."""
    keys = conformance.write_keyring(tmp_path_factory.mktemp("keys"))
    return maskgate.load(policy=conformance.POLICY, keyring=keys, model="none", topic=conformance.TOPIC)


Start = Callable[..., tuple[Any, Callable[[], list[Any]]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a client with hooks; gives it and what it has sent."""
    reason = "make doors installs it: it is no dependency of ours"
    langfuse = pytest.importorskip("langfuse", reason=reason)
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    trace = pytest.importorskip("opentelemetry.sdk.trace")
    clients = []

    def started(**hooks: Any) -> tuple[Any, Callable[[], list[Any]]]:
        kept = memory.InMemorySpanExporter()
        client = langfuse.Langfuse(
            public_key=f"pk-{next(NUMBERS)}", secret_key="sk", base_url="http://127.0.0.1:9",
            span_exporter=kept, tracer_provider=trace.TracerProvider(), should_export_span=lambda span: True, **hooks,
        )  # fmt: skip
        clients.append(client)

        def sent() -> list[Any]:
            client.flush()
            return list(kept.get_finished_spans())

        return client, sent

    yield started
    for client in clients:
        client.shutdown()


def text_of(spans: list[Any]) -> str:
    """Every attribute of what was sent."""
    return json.dumps([dict(span.attributes) for span in spans], default=list)


@pytest.fixture
def hooks() -> Any:
    """The adapters, which need Langfuse's types."""
    pytest.importorskip("langfuse", reason="make doors installs it: it is no dependency of ours")
    return importlib.import_module("maskgate.embed.langfuse")


def test_without_the_hooks_it_sends_what_it_was_given(start: Start) -> None:
    """The test below would see a hook that is not called."""
    client, sent = start()
    with client.start_as_current_observation(name="call", input=f"write to {MAIL}"):
        pass
    assert MAIL in text_of(sent())


@pytest.mark.parametrize(
    "data",
    [
        f"write to {MAIL}",
        json.dumps({"email": MAIL}),
        f"[urgent] write to {MAIL}",
        [{"role": "user", "content": f"I am {MAIL}"}],
        {"customer": Customer(MAIL)},
    ],
    ids=["prose", "a document in a text", "prose that begins like one", "messages", "an object of the program"],
)
def test_what_the_client_records_is_masked(start: Start, hooks: Any, gate: maskgate.Gate, data: Any) -> None:
    """Input, output and metadata, of every type that Langfuse takes."""
    client, sent = start(mask=hooks.masker(gate))
    with client.start_as_current_observation(name="call", input=data, metadata={"from": data}) as call:
        call.update(output=data)
    found = text_of(sent())
    assert MAIL not in found
    assert "amelia" not in found
    assert found.count("withheld") == 0


def test_spans_of_others_are_masked_by_the_names_of_their_attributes(
    start: Start, hooks: Any, gate: maskgate.Gate
) -> None:
    """A number, a list and a document in a text; what is nobody's stays as it was."""
    client, sent = start(mask_otel_spans=hooks.span_masker(gate))
    given = {
        "gen_ai.prompt": json.dumps([{"role": "user", "content": MAIL}]),
        "card_number": 4539148803436467,
        "recipients": [MAIL, "ops"],
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 31,
    }
    with client.start_as_current_observation(name="call") as call:
        call._otel_span.set_attributes(given)
    spans = sent()
    found = text_of(spans)
    assert MAIL not in found
    assert "4539148803436467" not in found
    kept = spans[0].attributes
    assert (kept["gen_ai.request.model"], kept["gen_ai.usage.input_tokens"]) == ("gpt-4o", 31)
    assert kept["recipients"][1] == "ops"


def test_a_gate_that_fails_lets_nothing_through(
    start: Start, hooks: Any, gate: maskgate.Gate, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a policy the trace goes on, and holds neither text nor attribute."""
    broken = maskgate.load(tmp_path / "nowhere.yaml", gate._settings.pipeline.state_dir, model="none")
    client, sent = start(mask=hooks.masker(broken), mask_otel_spans=hooks.span_masker(broken))
    with client.start_as_current_observation(name="call", input=f"write to {MAIL}") as call:
        call._otel_span.set_attributes({"mail": MAIL})
    spans = sent()
    assert [dict(span.attributes) for span in spans] == [{hooks.WITHHELD: "failed"}]
    assert MAIL not in caplog.text


def test_what_is_quarantined_is_withheld(hooks: Any, gate: maskgate.Gate) -> None:
    """Too deep to look at: a label says so in its place."""
    deep = "[" * 300 + "]" * 300
    assert hooks.masker(gate)(data=deep) == f"<{hooks.WITHHELD}: too_deep>"
    assert hooks.masker(gate)(data=json.loads(deep)) == f"<{hooks.WITHHELD}: failed>"
