"""Lines of the log: one form for all roles and libraries, levels, and never a value."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from maskgate.base import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The log of the tests themselves stays as it was."""
    handlers, level = list(logging.root.handlers), logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    log.configure("info", "json")


@pytest.mark.parametrize("name", ["faust.worker", "aiokafka.consumer", "uvicorn.error"])
def test_libraries_speak_in_our_form(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What faust, aiokafka and uvicorn log is a line of ours without what it quotes, whatever level they had set."""
    logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.getLogger(name).disabled = True
    log.adopt("watch")
    logging.getLogger(name).warning("cannot take %s of %d", "078-05-1120", 7)
    line = json.loads(capsys.readouterr().err)
    assert (line["role"], line["event"], line["level"], line["logger"]) == ("watch", "library", "warning", name)
    assert "078-05-1120" not in json.dumps(line)
    assert "7" in line["message"]


def test_an_exception_of_a_library_is_named_not_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a traceback the type and the places stay."""
    log.adopt("watch")
    try:
        raise RuntimeError("cannot handle 078-05-1120")
    except RuntimeError:
        logging.getLogger("faust.app").exception("crashed")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["error"]) == ("error", "RuntimeError")
    assert "078" not in json.dumps(line)


def test_a_line_that_cannot_be_written_is_said_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A broken call of a logger shows no argument."""
    log.adopt("watch")
    logging.getLogger("x").handle(logging.LogRecord("x", 40, "f", 1, "%s", ("078-05-1120",), (1, 2, 3)))  # type: ignore[arg-type]
    assert "078" not in capsys.readouterr().err


def test_levels_leave_lines_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Below the level nothing is written; what is wrong has its level wherever it is said."""
    log.configure("warning", "json")
    log.say("mask", "started")
    log.say("mask", "died", error="X")
    lines = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["level"]) for line in lines] == [("died", "error")]


def test_text_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The same line as text."""
    log.configure("info", "text")
    log.say("gate", "started", exactly_once=True)
    text = capsys.readouterr().err
    assert " info    gate[" in text
    assert text.endswith("started exactly_once=true\n")
