"""Settings: precedence, units, and errors that name file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from maskgate.base import config, filemodes
from maskgate.base.errors import ConfigurationError


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "maskgate.yaml"
    file.write_text(text)
    return file


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest word wins, and the origin says which one that was."""
    file = write(tmp_path, "worker: {workers: 2, batch_records: 10, batch_wait: 20ms}\n")
    monkeypatch.setenv("MASKGATE_WORKER_WORKERS", "3")
    monkeypatch.setenv("MASKGATE_WORKER_BATCH_RECORDS", "11")
    settings, origin = config.load(file, {"worker.workers": 4})
    assert (settings.worker.workers, settings.worker.batch_records, settings.worker.batch_wait) == (4, 11, 0.02)
    assert settings.worker.max_depth == 200
    assert origin["worker.workers"] == "flag"
    assert origin["worker.batch_records"] == "MASKGATE_WORKER_BATCH_RECORDS"
    assert (origin["worker.batch_wait"], origin["worker.max_depth"]) == ("file", "default")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("kafka:\n  bootstrap_server: x\n", ":2: kafka.bootstrap_server: unknown key; did", id="typo"),
        pytest.param("worker:\n  workers: 0\n", ":2: worker.workers", id="out of range"),
        pytest.param("kafkas: {}\n", ":1: kafkas: unknown key", id="unknown section"),
        pytest.param("a: [\n", "not YAML", id="not YAML"),
        pytest.param("- 1\n", ":1: expected sections", id="a list"),
        pytest.param("worker:\n  batch_wait: 5x\n", "not a duration", id="bad duration"),
        pytest.param("worker:\n  max_record_bytes: 5 parsec\n", "not a size", id="bad size"),
        pytest.param("kafka:\n  sasl_password: {file: /nowhere/at/all}\n", "cannot read the secret", id="secret file"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    """The message names the line, the key and what is allowed."""
    with pytest.raises(ConfigurationError) as error:
        config.load(write(tmp_path, text))
    assert said in str(error.value)


def test_a_missing_file_is_refused_when_it_was_asked_for(tmp_path: Path) -> None:
    """A file that was named must be there."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        config.load(tmp_path / "nope.yaml")


def test_a_mapping_in_the_environment_is_written_with_equal_signs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What has no `=` is refused, not dropped."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKGATE_DETECTION_MODELS", "de=de_core_news_sm, fr=/models/fr")
    assert config.load()[0].detection.models == {"de": "de_core_news_sm", "fr": "/models/fr"}
    monkeypatch.setenv("MASKGATE_DETECTION_MODELS", '{"de": "x"}')
    with pytest.raises(ConfigurationError, match="MASKGATE_DETECTION_MODELS: write it as NAME=VALUE"):
        config.load()


def test_a_bad_environment_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message leads to the variable, not to a file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKGATE_WORKER_WORKERS", "many")
    with pytest.raises(ConfigurationError, match="MASKGATE_WORKER_WORKERS"):
        config.load()


def test_a_secret_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    """The password is read from the file and its value is in no representation of the settings."""
    filemodes.write_secret(tmp_path / "pw", b"hunter2-canary\n")
    settings, _ = config.load(write(tmp_path, f"kafka: {{sasl_password: {{file: {tmp_path / 'pw'}}}}}\n"))
    assert settings.kafka.sasl_password.get_secret_value() == "hunter2-canary"
    assert "hunter2-canary" not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30s", 30), ("1h30m", 5400), ("250ms", 0.25), ("2d", 172800), ("7", "7"), (3, 3)]
)
def test_durations(text: object, seconds: object) -> None:
    """A duration is a number with a unit, or several."""
    assert config.parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "size"), [("64MiB", 64 << 20), ("10 kB", 10_000), ("5", 5), (7, 7)])
def test_sizes(text: object, size: int) -> None:
    """A size is a number with a unit of bytes."""
    assert config.parse_size(text) == size


def test_every_setting_has_a_description() -> None:
    """Help, reference and schema are made from the fields, so no field is without words."""
    missing = [f"{section}.{name}" for section, name, info in config._fields() if name and not info.description]
    assert missing == []


def test_the_reference_page_is_current() -> None:
    """`docs/configuration.md` is what `maskgate config reference` prints."""
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    assert page.read_text() == config.reference(), "run: maskgate config reference > docs/configuration.md"
