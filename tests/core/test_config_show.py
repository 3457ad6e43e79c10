"""`maskgate config show` prints what is set, and no secret, wherever in the settings it stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from maskgate.cli import config_cmd

CANARY = "hunter2canary"
SETTINGS = f"""
kafka:
  sasl_password: {CANARY}
  options:
    sasl.password: {CANARY}
    ssl.key.password: {CANARY}
    ssl.key.pem: {CANARY}
    ssl.keystore.password: {CANARY}
    sasl.oauthbearer.client.secret: {CANARY}
    sasl.oauthbearer.config: principal={CANARY}
    sasl.oauthbearer.token.endpoint.url: https://login.example.org/token
    sasl.oauthbearer.client.id: visible-client
    client.rack: rack-7
payloads: {{registry_url: "https://user:{CANARY}@registry.example.org/"}}
watch: {{webhook_url: "https://hooks.example.org/services/{CANARY}?t={CANARY}", webhook_secret: {CANARY}}}
"""


@pytest.mark.parametrize("options", [[], ["--origin"], ["--json"], ["--origin", "--json"]])
def test_no_secret_is_printed(tmp_path: Path, options: list[str]) -> None:
    """Passwords among librdkafka's options, in addresses, in the webhook's path; the rest is there to be read."""
    file = tmp_path / "maskgate.yaml"
    file.write_text(SETTINGS)
    done = CliRunner().invoke(config_cmd.command, ["show", *options], obj=str(file))
    assert done.exit_code == 0, done.output
    assert CANARY not in done.output
    for kept in (
        "rack-7",
        "visible-client",
        "https://login.example.org/token",
        "hooks.example.org",
        "registry.example",
    ):
        assert kept in done.output, kept


def test_what_is_set_is_said(tmp_path: Path) -> None:
    """A secret is shown as set, so that a missing one can be seen."""
    file = tmp_path / "maskgate.yaml"
    file.write_text(SETTINGS)
    shown = json.loads(CliRunner().invoke(config_cmd.command, ["show", "--json"], obj=str(file)).stdout)
    assert shown["kafka.options"]["sasl.password"] == "(set)"
    assert shown["watch.webhook_url"] == "https://hooks.example.org/(set)"
    assert shown["kafka.sasl_username"] == ""
